"""The letters the portal wrote, readable in the browser: for development and the demo."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_safe

from .models import OutgoingMail

SHOWN = 100


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The last letters, newest first."""
    return render(request, "core/mailbox.html", {"letters": OutgoingMail.objects.order_by("-pk")[:SHOWN]})


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter."""
    return render(request, "core/letter.html", {"letter": get_object_or_404(OutgoingMail, pk=pk)})


app_name = "mailbox"
urlpatterns = [path("", mailbox, name="list"), path("<int:pk>/", letter, name="letter")]
