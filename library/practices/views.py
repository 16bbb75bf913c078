"""A member's own practices: write, send, follow, change. The library itself is a page of the CMS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from network.members.permissions import member_required
from portal.core.audience import held_by
from portal.core.once import taken_once

from . import permissions, selectors, services
from .forms import PracticeForm, ResultFormSet, SourceFormSet, initial_of, result_rows, source_rows
from .models import PracticePage


@dataclass(slots=True)
class Desk:
    """The three forms of one page, and what the page says about them."""

    form: PracticeForm
    results: Any
    sources: Any
    standing: selectors.Standing | None = None
    theirs: list[tuple[str, str]] | None = None

    @property
    def forms(self) -> list[Any]:
        """All three."""
        return [self.form, self.results, self.sources]

    def is_valid(self) -> bool:
        """Every one is asked, so that every error is shown."""
        valid = [form.is_valid() for form in self.forms]
        return all(valid)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@taken_once
def submit(request: HttpRequest) -> HttpResponse:
    """Write a practice, save it as a draft or send it to the project staff."""
    if selectors.library() is None:
        raise Http404(_("The library has no page yet. Project staff create it in the CMS."))
    return _desk(request, None)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@taken_once
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own draft. 404 for what is not the reader's; back to the list while it can not be changed."""
    practice = PracticePage.objects.filter(id=pk).first()
    if practice is None or not permissions.is_author(request.user, practice):
        raise Http404
    standing = selectors.standing_of(practice)
    if not permissions.can_edit(request.user, practice, standing.state):
        messages.warning(
            request,
            _("“%(title)s” can not be changed now: %(state)s.")
            % {"title": practice.draft_title, "state": standing.state.label},
        )
        return redirect("practices:mine")
    return _desk(request, standing)


@member_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own practices and where each of them stands."""
    standings = selectors.written_by(request.user)
    return render(request, "practices/mine.html", {"standings": standings, "crumbs": selectors.crumbs()})


def _desk(request: HttpRequest, standing: selectors.Standing | None) -> HttpResponse:
    """Show the forms, or take what was sent. Whatever is wrong, everything typed comes back."""
    desk = _forms(request, standing)
    if request.method == "POST" and desk.is_valid():
        try:
            return _take(request, desk)
        except services.DraftChangedError as error:
            _show_conflict(desk, error.practice)
        except ValidationError as error:
            desk.form.add_error(None, error)
    status = 422 if request.method == "POST" else 200
    context = {
        "desk": desk,
        "form": desk.form,
        "sections": desk.form.sections(),
        "results": desk.results,
        "sources": desk.sources,
        "standing": standing,
        "crumbs": selectors.crumbs(),
    }
    return render(request, "practices/form.html", context, status=status)


def _forms(request: HttpRequest, standing: selectors.Standing | None) -> Desk:
    posted = request.POST if request.method == "POST" else None
    draft = standing.practice.get_latest_revision_as_object() if standing else None
    audiences = selectors.audiences_of_author(held_by(request))
    form = PracticeForm(
        posted,
        audiences=audiences,
        complete=bool(posted and "send" in posted),
        initial=initial_of(draft) if draft else {"language": getattr(request, "LANGUAGE_CODE", "en")},
    )
    results = ResultFormSet(posted, prefix="results", initial=result_rows(draft) if draft else None)
    sources = SourceFormSet(posted, prefix="sources", initial=source_rows(draft) if draft else None)
    return Desk(form, results, sources, standing)


def _take(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save or send; says which. Raises what the services raise."""
    practice = desk.standing.practice if desk.standing else None
    text = desk.form.practice(desk.results, desk.sources)
    seen = desk.form.cleaned_data["revision"]
    if desk.form.complete:
        page = services.submit_practice(by=request.user, data=text, practice=practice, seen_revision=seen)
        messages.success(
            request,
            _("Sent to the project staff: “%(title)s”. You are told by mail what they decide.") % {"title": page.title},
        )
        return redirect("practices:mine")
    page = services.save_draft(by=request.user, text=text, practice=practice, seen_revision=seen)
    messages.success(request, _("The draft is saved. Only you and the project staff see it."))
    return redirect("practices:edit", page.pk)


def _show_conflict(desk: Desk, now: PracticePage) -> None:
    """Both texts: the reader's stays in the form, what is saved meanwhile stands above; sending again replaces it."""
    saved = initial_of(now)
    form = desk.form
    desk.theirs = [
        (str(form[name].label), _readable(saved[name]))
        for name in form.fields
        if name != "revision" and _readable(saved.get(name)) != _readable(form.cleaned_data.get(name))
    ]
    typed: Any = form.data  # a QueryDict, from the view
    data = typed.copy()
    data["revision"] = str(now.latest_revision_id)
    form.data = data


def _readable(value: Any) -> str:
    """A field's value as a person reads it; the same text for the same value, saved or typed."""
    if value is None:
        return ""
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return ", ".join(sorted(str(part) for part in value))
    return "\n".join(line.strip() for line in str(value).splitlines()).strip()
