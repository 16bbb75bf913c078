"""Figures in the CMS."""

from wagtail.snippets.models import register_snippet

from .viewsets import IndicatorViewSet

register_snippet(IndicatorViewSet)
