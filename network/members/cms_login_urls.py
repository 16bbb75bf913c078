"""The CMS has no log-in of its own: its address leads to the portal's."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme


def to_portal_login(request: HttpRequest) -> HttpResponse:
    """Send to the portal's log-in, and from there to where the CMS was asked for."""
    onward = request.GET.get("next", "/cms/")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = "/cms/"
    return redirect_to_login(onward)


urlpatterns = [path("", to_portal_login, name="cms_login")]
