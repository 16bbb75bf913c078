"""How the CMS lays out the pages of the meetings."""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel

from portal.core.models import BasePage

MEETINGS_PANELS: list[Any] = [
    *BasePage.content_panels,
    FieldPanel("lead"),
    FieldPanel("background"),
    FieldPanel("sources"),
]

MEETING_PANELS: list[Any] = [
    *BasePage.content_panels,
    MultiFieldPanel([FieldRowPanel(["series", "also_series"]), "series_basis"], heading=_("Series")),
    MultiFieldPanel(
        [
            FieldRowPanel(["start", "end"]),
            FieldRowPanel(["date_precision", "date_note"]),
            FieldRowPanel(["city", "country"]),
            "venue",
        ],
        heading=_("When and where"),
    ),
    MultiFieldPanel(
        [
            PageChooserPanel("previous_meeting", "events.MeetingPage"),
            PageChooserPanel("next_meeting", "events.MeetingPage"),
            "in_short",
        ],
        heading=_("On the route"),
    ),
    MultiFieldPanel(
        [FieldRowPanel(["scope", "participants_count"]), "countries", "organisers_inferred"],
        heading=_("Who took part"),
    ),
    InlinePanel("organisations", heading=_("Organisers and participating organisations"), label=_("Organisation")),
    MultiFieldPanel(["topics", "conclusions", "announced", "facts"], heading=_("Outcome")),
    FieldPanel("recommended"),
    FieldPanel("terms", widget=CheckboxSelectMultiple),
    MultiFieldPanel(["notes", "gaps", "sources"], heading=_("What this rests on")),
]
