"""Pages of terms. Public, the same for everyone but for what carries a term."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.navigation import Crumb

from . import selectors
from .enums import TermKind
from .models import Term


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All terms by kind."""
    return render(request, "vocabulary/index.html", {"lists": selectors.term_lists()})


@require_safe
def term_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The terms of one kind."""
    if kind not in TermKind.values:
        raise Http404(_("There is no list of terms called “%(kind)s”.") % {"kind": kind})
    chosen = TermKind(kind)
    lists = [selectors.TermList(chosen, selectors.terms_of_kind(chosen))]
    return render(request, "vocabulary/index.html", {"lists": lists, "only": chosen, "crumbs": [_all_terms()]})


@require_safe
def term(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One term: definition, labels, neighbours, and everything that carries it."""
    found = Term.objects.select_related("stage").prefetch_related("broader", "narrower", "related", "glossary_terms")
    subject = found.filter(kind=kind, slug=slug).first()
    if subject is None:
        raise Http404(
            _("There is no term “%(slug)s” in this list. Look through all terms, or search.") % {"slug": slug}
        )
    context = {
        "term": subject,
        "labels": selectors.labels_of(subject),
        "neighbours": selectors.neighbours_of(subject),
        "crumbs": [_all_terms(), Crumb(subject.get_kind_display(), reverse("vocabulary:list", args=[kind]))],
    }
    return render(request, "vocabulary/term.html", context)


def _all_terms() -> Crumb:
    return Crumb(_("Terms"), reverse("vocabulary:index"))
