"""Applying, and deciding on applications."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.members.permissions import is_staff, member_required
from network.members.services import Refused
from portal.core.navigation import Crumb
from portal.core.once import taken_once

from . import selectors, services
from .enums import Verdict
from .forms import ApplyForm, DecisionForm, NameAgencyForm
from .models import Application
from .permissions import decider_required, may_vouch

PAGE_SIZE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@taken_once
def apply(request: HttpRequest) -> HttpResponse:
    """What it takes (visitors); where one stands, and the form where one may apply (signed in)."""
    user = request.user
    if not user.is_authenticated:
        if request.method == "POST":
            return redirect_to_login(request.get_full_path())
        return render(request, "vetting/how_to_join.html")
    standing = selectors.standing_of(user)
    form: ApplyForm | None = None
    if request.method == "POST":
        form = ApplyForm(request.POST)
        if form.is_valid():
            try:
                services.submit(user=user, form=form.filled())
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Your application is sent. We write to you when there is news."))
                return redirect("vetting:apply")
    elif standing.may_apply:
        form = ApplyForm(initial=selectors.what_is_known_of(_person(request), standing.application))
    return render(request, "vetting/apply.html", {"standing": standing, "form": form})


@require_POST
@taken_once
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take one's own application back."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    application = selectors.latest_application_of(request.user)
    if application is None or not application.is_open:
        raise Http404(_("You have no open application."))
    services.withdraw(application=application, by=request.user)
    messages.success(request, _("Your application is withdrawn."))
    return redirect("vetting:apply")


@decider_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, or what was decided."""
    closed = request.GET.get("state") == "closed"
    page = Paginator(selectors.queue_for(request.user, is_open=not closed), PAGE_SIZE).get_page(request.GET.get("page"))
    here = reverse("vetting:queue")
    tabs = [
        {"label": _("Open"), "url": here, "count": None, "current": not closed},
        {"label": _("Closed"), "url": f"{here}?state=closed", "count": None, "current": closed},
    ]
    return render(request, "vetting/queue.html", {"page_of": page, "closed": closed, "tabs": tabs})


def _application_or_404(request: HttpRequest, pk: int) -> Application:
    return get_object_or_404(selectors.applications_for(request.user), pk=pk)


@decider_required
@require_http_methods(["GET", "HEAD", "POST"])
@taken_once
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application: what was written, the checks, the decisions, and the form for one's own."""
    subject = _application_or_404(request, pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verdict = Verdict(form.cleaned_data["verdict"])
        try:
            services.decide(
                application=subject, by=_person(request), verdict=verdict, reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your decision is kept, and the applicant is told what concerns them."))
            return redirect("vetting:application", pk=pk)
    return _application_page(request, subject, form, NameAgencyForm())


@decider_required
@require_POST
@taken_once
def name_agency(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff choose the agency of an application that names one outside the list."""
    subject = _application_or_404(request, pk)
    form = NameAgencyForm(request.POST)
    if form.is_valid():
        try:
            services.name_agency(application=subject, by=_person(request), **form.cleaned_data)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The agency is chosen."))
        return redirect("vetting:application", pk=pk)
    return _application_page(request, subject, DecisionForm(), form)


def _application_page(
    request: HttpRequest, subject: Application, form: DecisionForm, agency_form: NameAgencyForm
) -> HttpResponse:
    may_decide = selectors.may_still_decide(request.user, subject)
    context: dict[str, Any] = {
        "application": subject,
        "checks": selectors.checks_of(subject),
        "decisions": selectors.decisions_of(subject),
        "trail": selectors.trail_of(subject),
        "form": form if may_decide or form.errors else None,
        "agency_form": agency_form if subject.agency is None and subject.is_open and is_staff(request.user) else None,
        "crumbs": [Crumb(_("Applications"), reverse("vetting:queue"))],
    }
    return render(request, "vetting/application.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@taken_once
def vouch(request: HttpRequest, pk: int) -> HttpResponse:
    """The member whom an applicant named says whether they vouch; nobody else learns that there is an application."""
    subject = get_object_or_404(Application.objects.select_related("user", "agency"), pk=pk)
    if not may_vouch(request.user, subject):
        raise Http404(_("The application is closed, or names somebody else."))
    if request.method == "POST":
        services.vouch(application=subject, by=_person(request), vouches=request.POST.get("vouches") == "yes")
        messages.success(request, _("Thank you. Those who decide see your answer."))
        return redirect("members:directory")
    return render(request, "vetting/vouch.html", {"application": subject})


def _person(request: HttpRequest) -> Any:
    """The signed-in user, behind a guard that made sure there is one."""
    return request.user
