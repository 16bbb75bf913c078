"""Who may see an item: the one place that decides it.

An audience is a row whose primary key is a *token*: ``public``, ``members``, ``group:<slug>`` or ``agency:<slug>``.
Content points at rows; a viewer holds a set of tokens. They see the item when the two share one. An item without rows
is seen by nobody: deny by default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

PUBLIC = "public"
MEMBERS = "members"
ANONYMOUS: frozenset[str] = frozenset({PUBLIC})

M = TypeVar("M", bound=Model)


def group_token(slug: str) -> str:
    """The token of a working group."""
    return f"group:{slug}"


def agency_token(slug: str) -> str:
    """The token of an agency."""
    return f"agency:{slug}"


def held_by(request: HttpRequest) -> frozenset[str]:
    """The tokens that the asker of `request` holds; the public's alone where the members' middleware did not run."""
    return frozenset(getattr(request, "audiences", ANONYMOUS))


def tokens_of(item: Any) -> frozenset[str]:
    """The tokens `item` is addressed to. One query, or none when `audiences` is prefetched."""
    return frozenset(audience.pk for audience in item.audiences.all())


def can_view(item: Any, tokens: Collection[str]) -> bool:
    """Whether a viewer holding `tokens` may see `item`."""
    return not tokens_of(item).isdisjoint(tokens)


def visible_to(queryset: QuerySet[M], tokens: Iterable[str]) -> QuerySet[M]:
    """`queryset` less what a viewer holding `tokens` may not see, without doubling rows."""
    through = queryset.model.audiences.through  # type: ignore[attr-defined]  # every content model has `audiences`
    source = next(
        field.name
        for field in through._meta.get_fields()
        if getattr(field, "related_model", None) is not None
        and field.many_to_one
        and issubclass(queryset.model, field.related_model)
    )
    held = through.objects.filter(**{source: OuterRef("pk"), "audience__in": list(tokens)})
    return queryset.filter(Exists(held))


@dataclass(frozen=True, slots=True)
class AudienceLabel:
    """What the audience component shows: words, and a kind (one of AudienceKind, or ``nobody``)."""

    kind: str
    text: str


def audience_label(item: Any) -> AudienceLabel:
    """The label of `item` in the active language; several groups or agencies are listed by name."""
    return _label_of(item.audiences.all())


def audience_labels(token_sets: Sequence[frozenset[str]]) -> list[AudienceLabel]:
    """The label of each set of tokens, for what is no row (a search hit). One query, none when everything is public."""
    from .models import Audience  # models are not loaded yet when this module is

    asked = set().union(*(tokens for tokens in token_sets if PUBLIC not in tokens))
    rows = Audience.objects.in_bulk(asked) if asked else {}
    public = AudienceLabel("public", gettext("Public"))
    return [
        public if PUBLIC in tokens else _label_of(rows[token] for token in tokens if token in rows)
        for tokens in token_sets
    ]


def _label_of(audiences: Iterable[Any]) -> AudienceLabel:
    rows = sorted(audiences, key=lambda row: (row.kind, row.label))
    kinds = {row.kind for row in rows}
    if "public" in kinds:
        return AudienceLabel("public", gettext("Public"))
    if "members" in kinds:
        return AudienceLabel("members", gettext("Members"))
    if rows:
        return AudienceLabel(rows[0].kind, ", ".join(row.label for row in rows))
    return AudienceLabel("nobody", gettext("Nobody yet"))
