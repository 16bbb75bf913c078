"""Agencies and working groups in the CMS."""

from wagtail.snippets.models import register_snippet

from .viewsets import AgencyViewSet, WorkingGroupViewSet

register_snippet(AgencyViewSet)
register_snippet(WorkingGroupViewSet)
