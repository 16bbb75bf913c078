from collections.abc import Collection

import pytest
from django.http import QueryDict
from django.utils import translation
from wagtail.models import Locale

from events import lists, route, selectors
from events.lists import BoardFilters
from events.models import Recommendation
from portal.core.audience import ANONYMOUS, MEMBERS, PUBLIC
from tests.factories import events as make
from tests.factories.commits import index_what_waits
from tests.factories.pages import home_page
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db

INSIDE = frozenset({PUBLIC, MEMBERS})


def board(tokens: Collection[str], filters: BoardFilters | None = None) -> list[Recommendation]:
    index_what_waits()
    return lists.board(tokens, filters or BoardFilters(), QueryDict()).items


def tally(tokens: Collection[str]) -> dict[str, int]:
    index_what_waits()
    return lists.tally(tokens)


def choices(tokens: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    index_what_waits()
    return lists.BOARD.choices(QueryDict(), tokens)


def listed(tokens: Collection[str]) -> list[int]:
    index_what_waits()
    return [page.pk for page in lists.MEETINGS.some(tokens, 50).items]


def test_the_board_puts_overdue_first_then_work_in_hand_then_open_then_closed() -> None:
    page = make.meeting()
    done = make.recommendation(page, status="done", due=make.days(-90))
    open_one = make.recommendation(page)
    dropped = make.recommendation(page, status="dropped", reason="Overtaken.")
    going = make.recommendation(page, status="in_progress", due=make.days(5))
    late = make.recommendation(page, due=make.days(-1))
    later = make.recommendation(page, status="in_progress", due=make.days(-3))
    due_today = make.recommendation(page, due=make.days(0))
    assert board(ANONYMOUS) == [later, late, going, due_today, open_one, done, dropped]


def test_each_recommendation_is_counted_once() -> None:
    page = make.meeting()
    make.recommendation(page, due=make.days(-1))
    make.recommendation(page, status="in_progress", due=make.days(-1))
    make.recommendation(page, status="in_progress")
    make.recommendation(page, status="done", due=make.days(-1))
    counts = tally(ANONYMOUS)
    assert counts == {"overdue": 2, "in_progress": 1, "open": 0, "done": 1, "dropped": 0}
    for status, count in counts.items():
        assert len(board(ANONYMOUS, BoardFilters(status=status))) == count


def test_the_board_is_narrowed_by_owner_series_and_theme() -> None:
    series, theme = make.SeriesFactory(), TermFactory(kind="theme", slug="data-exchange")
    page = make.meeting("sarajevo", also_series=series, terms=[theme])
    wanted = make.recommendation(page, owner=make.agency("owner"))
    make.recommendation(make.meeting("budva"))
    for filters in (
        BoardFilters(owner="owner"),
        BoardFilters(series=series.slug),
        BoardFilters(theme="data-exchange"),
    ):
        assert board(ANONYMOUS, filters) == [wanted]
    found = choices(ANONYMOUS)
    assert found["owner"] == [("owner", "Owner")]
    assert [slug for slug, _title in found["series"]] == [series.slug]
    assert [slug for slug, _label in found["theme"]] == ["data-exchange"]


def test_a_hidden_meeting_leaks_no_recommendation_choice_or_count() -> None:
    theme = TermFactory(kind="theme", slug="secret")
    hidden = make.meeting("hidden", audiences=(MEMBERS,), series=make.SeriesFactory(), terms=[theme])
    row = make.recommendation(hidden, owner=make.agency("owner"))
    assert board(ANONYMOUS) == []
    assert selectors.recommendation(row.pk, ANONYMOUS) is None
    assert sum(tally(ANONYMOUS).values()) == 0
    assert choices(ANONYMOUS) == {"owner": [], "series": [], "theme": []}
    assert listed(ANONYMOUS) == []
    assert lists.meetings_with_term(theme, ANONYMOUS) == []
    assert lists.owned_by(make.agency("owner"), ANONYMOUS).items == []
    assert selectors.recommendation(row.pk, INSIDE) == row


def test_an_unpublished_meeting_takes_its_recommendations_off_the_board() -> None:
    page = make.meeting(recommended=["One."])
    page.unpublish()
    assert board(INSIDE) == []


def test_a_follow_up_at_a_hidden_meeting_is_not_part_of_the_life_others_see() -> None:
    row = make.recommendation(make.meeting("sarajevo", start=make.days(-60)))
    make.follow_up(row, make.meeting("hidden", start=make.days(-40), audiences=(MEMBERS,)), note="Told in confidence.")
    make.follow_up(row, make.meeting("budva", start=make.days(-20)))
    public = selectors.recommendation(row.pk, ANONYMOUS)
    assert public is not None
    assert [stop.name for stop in route.life(public)] == ["Sarajevo", "Budva", "Next meeting"]
    inside = selectors.recommendation(row.pk, INSIDE)
    assert inside is not None
    assert [stop.name for stop in route.life(inside)] == ["Sarajevo", "Hidden", "Budva", "Next meeting"]


def chained(*, hide: str = "") -> dict[str, object]:
    """Four meetings, each linked to the one before; one may be hidden."""
    pages: dict[str, object] = {}
    previous = None
    for place, slug in enumerate(("ohrid", "sarajevo", "ljubljana", "budva")):
        page = make.meeting(
            slug,
            start=make.days(-100 + 20 * place),
            previous_meeting=previous,
            audiences=(MEMBERS,) if slug == hide else (PUBLIC,),
        )
        pages[slug] = previous = page
    return pages


def slugs(pages: list) -> list[str]:
    return [page.slug for page in pages]


def test_the_chain_follows_links_given_on_either_side() -> None:
    pages = chained()
    before, after = selectors.chain(pages["sarajevo"], ANONYMOUS)
    assert (slugs(before), slugs(after)) == (["ohrid"], ["ljubljana", "budva"])
    before, after = selectors.chain(pages["budva"], ANONYMOUS)
    assert (slugs(before), slugs(after)) == (["ljubljana", "sarajevo"], [])


def test_a_hidden_neighbour_ends_the_chain_and_is_not_skipped() -> None:
    pages = chained(hide="ljubljana")
    before, after = selectors.chain(pages["sarajevo"], ANONYMOUS)
    assert (slugs(before), slugs(after)) == (["ohrid"], [])
    assert slugs(selectors.chain(pages["sarajevo"], INSIDE)[1]) == ["ljubljana", "budva"]


def test_the_route_goes_back_from_the_last_meeting_and_names_the_next() -> None:
    chained()
    coming = make.meeting("vienna", start=make.days(30))
    make.meeting("later", start=make.days(60))
    make.meeting("undated", start=None, date_precision="unknown")
    past, following = selectors.route_so_far(ANONYMOUS, length=3)
    assert slugs(past) == ["sarajevo", "ljubljana", "budva"]
    assert following == coming


def test_links_in_a_circle_end() -> None:
    pages = chained()
    first = pages["ohrid"]
    first.previous_meeting = pages["budva"]
    first.save_revision().publish()
    past, _following = selectors.route_so_far(ANONYMOUS, length=9)
    assert len(past) == 4


def test_a_meeting_is_listed_once_in_the_best_language() -> None:
    page = make.meeting()
    german = Locale.objects.get_or_create(language_code="de")[0]
    home_page().copy_for_translation(german, copy_parents=True)
    translated = page.copy_for_translation(german, copy_parents=True)
    translated.title = "Treffen in Sarajevo"
    translated.save_revision().publish()
    with translation.override("de"):
        assert listed(ANONYMOUS) == [page.pk for page in selectors.listed_meetings(ANONYMOUS)] == [translated.pk]
    with translation.override("sq"):
        assert listed(ANONYMOUS) == [page.pk for page in selectors.listed_meetings(ANONYMOUS)] == [page.pk]


def test_a_translation_shows_the_originals_recommendations_and_issues_none() -> None:
    page = make.meeting(recommended=["Share figures."])
    german = Locale.objects.get_or_create(language_code="de")[0]
    home_page().copy_for_translation(german, copy_parents=True)
    translated = page.copy_for_translation(german, copy_parents=True)
    translated.save_revision().publish()
    assert not translated.recommendations.exists()
    assert [row.text for row in selectors.recommendations_at(translated, ANONYMOUS)] == ["Share figures."]
