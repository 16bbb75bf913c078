"""Rooms in the CMS."""

from wagtail.snippets.models import register_snippet

from .viewsets import RoomViewSet

register_snippet(RoomViewSet)
