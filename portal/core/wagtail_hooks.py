"""What the CMS asks the core: who may be served a page."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from wagtail import hooks

from .audience import can_view, held_by
from .models import BasePage


@hooks.register("before_serve_page", order=-100)
def page_for_its_audience(page: Any, request: HttpRequest, serve_args: Any, serve_kwargs: Any) -> None:
    """404 for those outside the audience, and for any page type that carries none: deny by default."""
    if isinstance(page, BasePage):
        # The label on the page asks for them again.
        prefetch_related_objects([page], "audiences")
    if not isinstance(page, BasePage) or not can_view(page, held_by(request)):
        raise Http404
