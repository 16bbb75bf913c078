"""What search knows of organisations and of people."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.core.audience import ANONYMOUS, MEMBERS
from portal.vocabulary.selectors import phrases_of
from search.documents import SearchDocument

from .directory import TYPE
from .enums import MembershipState
from .models import Agency, Profile
from .selectors import STOPPED, membership_of


def agency_document(agency: Agency) -> SearchDocument:
    """An organisation by its names in every language."""
    return SearchDocument(
        type="organisation",
        id=str(agency.pk),
        slug=agency.slug,
        title=agency.name,
        summary=agency.role,
        body=agency.seat,
        keywords=(agency.acronym, *agency.names_local.values()),
        path=f"organisations/{agency.slug}/",
        audiences=ANONYMOUS,
        language="en",
        facets={"country": (agency.country, *agency.participants), "kind": (agency.kind,)},
        # An invented agency stands below every real one.
        rank=0.5 if agency.is_example else 1.0,
    )


def people_for_search() -> QuerySet[Profile]:
    """Every profile with what its document is made of."""
    found: QuerySet[Profile] = Profile.objects.select_related("user__membership__agency").prefetch_related(
        "languages", "stages", "themes"
    )
    return found


def person_document(profile: Profile) -> SearchDocument | None:
    """A member or staff by what the directory shows of them, for members; None for who is not in it.

    The same rule as `selectors.current`: a membership that is not confirmed again ends on its day by itself.
    """
    user = profile.user
    membership = membership_of(user)
    is_stopped = membership is not None and membership.state in STOPPED
    is_staff = user.is_staff or user.is_superuser
    is_member = membership is not None and membership.state == MembershipState.MEMBER
    until = membership.valid_until if membership is not None and not is_staff else None
    if not user.is_active or is_stopped or not (is_staff or (is_member and until is not None)):
        return None
    agency = membership.agency if membership is not None else None
    terms = [*profile.stages.all(), *profile.themes.all()]
    of_agency = (agency.name, agency.acronym, *agency.names_local.values()) if agency is not None else ()
    return SearchDocument(
        type=TYPE,
        id=str(profile.pk),
        slug=str(user.pk),
        title=str(user),
        summary=profile.position,
        body=profile.can_help_with,
        subjects=(*of_agency, *(phrase for term in terms for phrase in phrases_of(term))),
        path=f"directory/{user.pk}/",
        audiences=frozenset({MEMBERS}),
        facets={
            "country": (profile.country,),
            "stage": tuple(term.slug for term in profile.stages.all()),
            "theme": tuple(term.slug for term in profile.themes.all()),
            "speaks": tuple(language.code for language in profile.languages.all()),
            "agency": (agency.slug,) if agency is not None else (),
            "year": (),  # a person is of no year
        },
        date=profile.verified_on,
        until=until,
        rank=0.5 if user.is_example else 1.0,
    )
