"""People and organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.audience import MEMBERS, held_by
from portal.core.countries import WESTERN_BALKANS, country_name
from portal.core.languages import Language, languages
from portal.core.navigation import Crumb
from portal.core.once import taken_once

from . import permissions, selectors, services, unsent
from .directory import PEOPLE
from .forms import AgencyFilter, PostsForm, ProfileForm, ReasonForm
from .models import Agency, Profile, User
from .permissions import member_required, staff_required
from .services import Refused


def _directory_crumbs() -> list[Crumb]:
    return [Crumb(_("Directory"), reverse("members:directory"))]


@member_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Whom to ask: people by words, country, stage, language and agency."""
    return render(request, "members/directory.html", {"listing": PEOPLE.listing(request.GET, held_by(request))})


@member_required
@require_safe
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """One person, as members see them; staff also suspend and appoint here."""
    return _person_page(request, _person_or_404(request, pk))


def _person_or_404(request: HttpRequest, pk: int) -> User:
    found = selectors.person(pk, viewer=request.user)
    if found is None:
        raise Http404(_("There is no such person in the directory. They may have left the network."))
    return found


def _person_page(request: HttpRequest, person: User, reason_form: ReasonForm | None = None) -> HttpResponse:
    membership = selectors.membership_of(person)
    viewer = request.user
    may_suspend = permissions.may_suspend(viewer, person)
    may_appoint = permissions.may_appoint(viewer, person) and membership is not None and membership.agency is not None
    posts = {"focal_point": membership.is_focal_point, "reviewer": membership.is_reviewer} if membership else {}
    context: dict[str, Any] = {
        "person": person,
        "profile": getattr(person, "profile", None),
        "membership": membership,
        "role": selectors.role_of(person),
        "is_self": viewer.pk == person.pk,
        "may_reconfirm": membership is not None and permissions.may_reconfirm(viewer, person),
        "reason_form": (reason_form or ReasonForm()) if may_suspend else None,
        "posts_form": PostsForm(initial=posts) if may_appoint and permissions.is_current_member(person) else None,
        "trail": selectors.trail_of(person) if permissions.is_staff(viewer) else (),
        "crumbs": _directory_crumbs(),
    }
    return render(request, "members/person.html", context)


def _change(
    request: HttpRequest, pk: int, change: Callable[[User], object], done: str, form: ReasonForm | None = None
) -> HttpResponse:
    """Make a change to a person, say what came of it, and go back to their page; a refused `form` keeps its words."""
    person = _person_or_404(request, pk)
    try:
        change(person)
    except Refused as refused:
        if form is not None and permissions.may_suspend(request.user, person):
            form.add_error(None, str(refused))
            return _person_page(request, person, form)
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("members:profile", pk=pk)


@staff_required
@require_POST
@taken_once
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a person at once, with a reason."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _person_page(request, _person_or_404(request, pk), form)
    reason = form.cleaned_data["reason"]
    done = _("Suspended: every session has ended.")
    return _change(request, pk, lambda user: services.suspend(user=user, by=_me(request), reason=reason), done, form)


@staff_required
@require_POST
@taken_once
def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a suspension."""
    form = ReasonForm(request.POST)
    form.fields["reason"].required = False
    if not form.is_valid():
        return _person_page(request, _person_or_404(request, pk), form)
    reason = form.cleaned_data["reason"]
    done = _("Reinstated.")
    return _change(request, pk, lambda user: services.reinstate(user=user, by=_me(request), reason=reason), done, form)


@staff_required
@require_POST
@taken_once
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Give and take the posts of focal point and peer reviewer."""
    form = PostsForm(request.POST)
    form.is_valid()  # two boxes can not be wrong
    posts = form.cleaned_data

    def change(user: User) -> object:
        return services.appoint(user=user, by=_me(request), **posts)

    return _change(request, pk, change, _("The posts are kept."))


@member_required
@require_POST
@taken_once
def reconfirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that a person still works for the agency, for another twelve months."""
    done = _("Confirmed for twelve months.")
    return _change(request, pk, lambda user: services.reconfirm(user=user, by=_me(request)), done)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@taken_once
def own_profile(request: HttpRequest) -> HttpResponse:
    """One's own profile: how long the membership holds, and the form."""
    user = _me(request)
    mine = Profile.objects.filter(user=user).prefetch_related("languages", "stages", "themes").first()
    form = ProfileForm(request.POST or None, initial=ProfileForm.initial_from(user, mine))
    if request.method == "POST" and form.is_valid():
        services.update_profile(user=user, change=form.change(), by=user)
        messages.success(request, _("Your profile is saved."))
        return redirect("members:own_profile")
    context = {
        "form": form,
        "profile": mine,
        "membership": selectors.membership_of(user),
        "crumbs": _directory_crumbs(),
    }
    return render(request, "members/own_profile.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@taken_once
def leave(request: HttpRequest) -> HttpResponse:
    """Leave the network: asked once more, then done."""
    if request.method == "POST":
        try:
            services.leave(user=_me(request))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("members:own_profile")
        messages.success(request, _("You have left the network."))
        return redirect("vetting:apply")
    crumbs = [*_directory_crumbs(), Crumb(_("My profile"), reverse("members:own_profile"))]
    return render(request, "members/leave.html", {"crumbs": crumbs})


@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """Every organisation, by country: the region first, bodies of several states last."""
    form = AgencyFilter(request.GET or None, codes=selectors.agency_countries())
    asked = form.cleaned_data if form.is_valid() else {}
    found = selectors.find_agencies(
        text=asked.get("q", ""), country=asked.get("country", ""), kind=asked.get("kind", "")
    )
    groups = by_country(found)
    number = sum(len(group.agencies) for group in groups)
    return render(request, "members/agencies.html", {"form": form, "groups": groups, "number": number})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Whom to write to: the project office, the organisations, and why no person's address stands here."""
    reachable = selectors.agencies().exclude(website="").filter(is_example=False)
    return render(request, "members/contact.html", {"office": settings.CONTACT_EMAIL, "groups": by_country(reachable)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsent_form(request: HttpRequest) -> HttpResponse:
    """What one typed before the session ended, to be sent now or dropped; seen by whoever wrote it."""
    if request.method == "POST":
        unsent.drop(request)
        messages.success(request, _("It is dropped."))
        return redirect("members:unsent")
    return render(request, "members/unsent.html", {"typed": unsent.waiting(request)})


@dataclass(frozen=True, slots=True)
class CountryOfAgencies:
    """The organisations of one country; an empty code for bodies of several states."""

    code: str
    name: str
    agencies: list[Agency]


def by_country(found: Iterable[Agency]) -> list[CountryOfAgencies]:
    """The organisations under their countries: the region first, bodies of several states last."""
    rows: dict[str, list[Agency]] = {}
    for agency in found:
        rows.setdefault(agency.country, []).append(agency)
    groups = [
        CountryOfAgencies(code, country_name(code) if code else _("Bodies of several states"), those)
        for code, those in rows.items()
    ]
    return sorted(groups, key=lambda group: (not group.code, group.code not in WESTERN_BALKANS, group.name.casefold()))


@dataclass(frozen=True, slots=True)
class LocalName:
    """An agency's name in one of its own languages."""

    language: Language
    name: str


@require_safe
def agency(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation: public; its people for members only."""
    subject = get_object_or_404(Agency.objects.select_related("part_of").prefetch_related("parts"), slug=slug)
    names = [
        LocalName(each, subject.names_local[each.code]) for each in languages() if each.code in subject.names_local
    ]
    sees_people = MEMBERS in held_by(request)
    context = {
        "agency": subject,
        "names": names,
        "people": selectors.people_of(subject) if sees_people else None,
        "crumbs": [Crumb(_("Organisations"), reverse("members:agencies"))],
    }
    return render(request, "members/agency.html", context)


def _me(request: HttpRequest) -> User:
    """The signed-in user, behind a guard that made sure there is one."""
    assert isinstance(request.user, User)
    return request.user
