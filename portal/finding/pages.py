"""The pages of a list: which one is asked for, and what is said where there is no such page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from search.query import DEEPEST


class Pages(Paginator[int]):
    """The pages of a list that is so long; no further than an engine pages."""

    def __init__(self, total: int, per_page: int) -> None:
        super().__init__(range(total), per_page)

    @cached_property
    def num_pages(self) -> int:
        """How many pages can be turned to."""
        return min(max(1, -(-int(self.count) // int(self.per_page))), DEEPEST // int(self.per_page))


class OpenPages(Paginator[int]):
    """The pages of a list of unknown length, as far as they are known: up to `number`, and one if there is `more`."""

    count = 0

    def __init__(self, number: int, per_page: int, *, more: bool) -> None:
        super().__init__(range(0), per_page)
        self.known = number + (1 if more else 0)

    @cached_property
    def num_pages(self) -> int:
        """How many pages are known of."""
        return self.known


def asked_for(params: QueryDict, per_page: int) -> int:
    """The number of the page that the address asks for, between 1 and the deepest there can be; 1 for what is none."""
    given = params.get("page", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 1
    return min(max(number, 1), DEEPEST // per_page)


def hints(params: QueryDict, page: Page[Any]) -> list[str]:
    """What to say when the page that is shown is not the one asked for."""
    asked = params.get("page", "")
    if not asked or asked == str(page.number):
        return []
    said = _("There is no page “%(asked)s”: this is page %(shown)s of %(last)s.") % {
        "asked": asked[:20],
        "shown": page.number,
        "last": page.paginator.num_pages,
    }
    if page.paginator.count > DEEPEST:
        said = f"{said} " + _("Only the first %(most)s can be paged through.") % {"most": DEEPEST}
    return [said]
