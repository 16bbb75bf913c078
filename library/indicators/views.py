"""Pages of figures, and the same figures as CSV."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.audience import held_by
from portal.core.navigation import Crumb

from . import export, fragments, selectors
from .forms import FigureFilter


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All indicators by owner, each with its newest figure."""
    return render(request, "indicators/index.html", {"list": fragments.list_of_all(held_by(request))})


@require_safe
def indicator(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator: definition, charts, table. What the filters do not know is named, and everything is shown."""
    parts = fragments.indicator_parts(slug, request.GET, held_by(request))
    if parts is None:
        raise _no_indicator(slug)
    crumbs = [Crumb(_("Figures"), reverse("indicators:index"))]
    return render(request, "indicators/indicator.html", {"parts": parts, "crumbs": crumbs})


@require_safe
def csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures the page would show, with their codes. 400 with the reason for a filter that is not understood."""
    subject = selectors.find(slug, held_by(request))
    if subject is None:
        raise _no_indicator(slug)
    form = FigureFilter(request.GET, list(subject.figures.all()))
    figures = form.shown()
    if form.errors:
        reasons = [f"{name}: {message}" for name, messages in form.errors.items() for message in messages]
        return HttpResponse("\n".join([*reasons, ""]), status=400, content_type="text/plain; charset=utf-8")
    response = HttpResponse(export.figures_csv(subject, figures), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{subject.slug}.csv"'
    return response


def _no_indicator(slug: str) -> Http404:
    """The same words for what is hidden and for what does not exist."""
    return Http404(_("There is no indicator “%(slug)s”. Look through all figures, or search.") % {"slug": slug})
