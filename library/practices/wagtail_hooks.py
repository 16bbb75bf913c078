"""The library in the CMS."""

from __future__ import annotations

from wagtail import hooks

from .viewsets import PracticeViewSet


@hooks.register("register_admin_viewset")
def practice_viewset() -> PracticeViewSet:
    """A list of practices in the menu."""
    return PracticeViewSet("practice_list")
