"""Meetings in the CMS, which only project staff enter: what is added where, and what is not deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from .models import FollowUp, MeetingPage, MeetingSeries, Recommendation
from .selectors import in_series
from .viewsets import IssuedElsewhere, MeetingsGroup

register_permission_policy(Recommendation, IssuedElsewhere(Recommendation))
register_snippet(MeetingsGroup)


@hooks.register("before_delete_page")
def keep_what_recommends(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A meeting with recommendations or follow-ups is unpublished, not deleted."""
    if not _resting_on([page]):
        return None
    messages.error(request, _refusal())
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def keep_what_recommends_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> HttpResponse | None:
    """The same for several at once."""
    pages = [item for item in objects if isinstance(item, Page)]
    if action_type != "delete" or not pages or not _resting_on(pages):
        return None
    messages.error(request, _refusal())
    return redirect("wagtailadmin_explore_root")


@hooks.register("before_delete_snippet")
def keep_what_is_used(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """A recommendation with follow-ups is closed, not deleted; a series with meetings stays."""
    for item in instances:
        if isinstance(item, Recommendation) and item.follow_ups.exists():
            messages.error(
                request, _("Meetings took up %(code)s: close it instead of deleting it.") % {"code": item.code}
            )
            return redirect("wagtailsnippets_events_recommendation:list")
        if isinstance(item, MeetingSeries) and MeetingPage.objects.filter(in_series(pk=item.pk)).exists():
            messages.error(request, _("Meetings belong to “%(series)s”: it stays.") % {"series": item})
            return redirect("wagtailsnippets_events_meetingseries:list")
    return None


def _resting_on(pages: list[Page]) -> bool:
    """Whether recommendations or follow-ups rest on one of `pages` or on a page below."""
    return any(
        model.objects.filter(meeting__path__startswith=page.path).exists()
        for page in pages
        for model in (Recommendation, FollowUp)
    )


def _refusal() -> str:
    return _(
        "Recommendations rest on a meeting here. Unpublish it instead: it disappears from the site and nothing is lost."
    )
