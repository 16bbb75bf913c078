"""How staff keep series and recommendations in the CMS."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from . import services
from .models import MeetingPage, MeetingSeries, Recommendation


class IssuedElsewhere(ModelPermissionPolicy):
    """As the group of project staff may, but nothing is added: publishing a meeting's page issues recommendations."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether `user` may do `action`."""
        return action != "add" and bool(super().user_has_permission(user, action))


class RecommendationForm(WagtailAdminModelForm):
    """Everything but the wording, which belongs to the meeting's page. Knows which version staff saw."""

    data: Any
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Recommendation
        fields = ("owner", "due", "priority", "status", "reason", "evidence", "is_example", "source_note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Say so when someone else changed it since the form was opened: what they wrote stands in the message."""
        cleaned: dict[str, Any] = super().clean()
        current = Recommendation.objects.select_related("changed_by").get(pk=self.instance.pk)
        if cleaned.get("seen_version") != current.version:
            data = self.data.copy()
            data["seen_version"] = str(current.version)
            self.data = data
            self.add_error(
                None,
                _(
                    "%(who)s changed this meanwhile. Now it stands as: %(status)s; evidence: “%(evidence)s”; "
                    "reason: “%(reason)s”. What you typed is kept; save again to replace theirs."
                )
                % {
                    "who": current.changed_by or _("Someone"),
                    "status": current.get_status_display(),
                    "evidence": current.evidence,
                    "reason": current.reason,
                },
            )
        return cleaned

    def save(self, commit: bool = True) -> Recommendation:
        """Through the service, which audits it and tells a new owner."""
        row: Recommendation = super().save(commit=False)
        row.version = self.cleaned_data["seen_version"]
        return services.save_recommendation(recommendation=row, by=self.for_user) if commit else row


class RecommendationViewSet(SnippetViewSet):
    """All recommendations. New ones are written on their meeting's page, which issues them when it is published."""

    model = Recommendation
    icon = "tasks"
    menu_label = gettext_lazy("Recommendations")
    list_display = ("code", "text", "status", "due", "owner")
    list_filter = ("status", "owner", "is_example")
    search_fields = ("code", "text")
    copy_view_enabled = False
    panels = (
        MultiFieldPanel(
            [
                FieldPanel("meeting", read_only=True),
                FieldPanel("number", read_only=True),
                FieldPanel(
                    "text", read_only=True, help_text=gettext_lazy("The wording is changed on the meeting's page.")
                ),
            ],
            gettext_lazy("Issued"),
        ),
        MultiFieldPanel(["owner", "due", "priority"], gettext_lazy("Who and when")),
        MultiFieldPanel(["status", "reason", "evidence"], gettext_lazy("Where it stands")),
        MultiFieldPanel(["source_note", "is_example"], gettext_lazy("What this rests on")),
    )

    def get_form_class(self, for_update: bool = False) -> type[RecommendationForm]:
        """One form, for editing only."""
        return RecommendationForm


class SeriesViewSet(SnippetViewSet):
    """The series that meetings belong to."""

    model = MeetingSeries
    icon = "list-ul"
    menu_label = gettext_lazy("Meeting series")
    list_display = ("title", "slug", "start", "end")
    search_fields = ("title", "slug")
    panels = (
        FieldPanel("title"),
        FieldPanel("slug"),
        MultiFieldPanel([FieldRowPanel(["start", "end"]), "period_note", "countries"], gettext_lazy("When and where")),
        MultiFieldPanel(["implemented_by", "funded_by"], gettext_lazy("Who")),
        MultiFieldPanel(["aim", "results", "note"], gettext_lazy("What for")),
        FieldPanel("sources"),
    )


class MeetingViewSet(PageListingViewSet):
    """All meetings, drafts too: where staff begin when they publish an outcome."""

    name = "meeting_list"
    model = MeetingPage
    icon = "calendar-alt"
    menu_label = gettext_lazy("All meetings")
    ordering = "-sort_date"
    columns = (
        *PageListingViewSet.columns[:2],
        Column("place_and_date", label=gettext_lazy("Place and date"), sort_key="sort_date"),
        *PageListingViewSet.columns[3:],  # without the parent, which is the same for all
    )


class MeetingsGroup(SnippetViewSetGroup):
    """All in one menu."""

    items = (MeetingViewSet, RecommendationViewSet, SeriesViewSet)
    menu_label = gettext_lazy("Meetings")
    menu_icon = "calendar-alt"
    menu_order = 310
