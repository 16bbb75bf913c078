from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from search import leases
from search.rebuilding import rebuild
from tests.factories.search import SILENT

pytestmark = pytest.mark.django_db


def run(name: str, *args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _registered(groups: None) -> None:
    Group.objects.all().delete()
    Group.objects.bulk_create([Group(name="escorts on flights"), Group(name="hidden escorts")])


def test_rebuild_search_tells_its_progress() -> None:
    said = run("rebuild_search")
    assert "auth.group: 2 of 2" in said
    assert "2 documents in" in said
    assert "(2 group)" in said
    assert run("rebuild_search", verbosity=0) == ""


def test_rebuild_search_ends_with_what_failed() -> None:
    Group.objects.bulk_create([Group(name="broken")])
    with pytest.raises(CommandError, match=r"1 records could not be indexed.*\n.*no such figure"):
        run("rebuild_search")


def test_rebuild_search_is_refused_while_another_runs() -> None:
    leases.take("rebuild", seconds=60)
    with pytest.raises(CommandError, match="another process"):
        run("rebuild_search")


def test_check_search_repairs() -> None:
    assert "2 missing from the index: group:" in run("check_search")
    assert run("check_search") == "2 documents agree, 0 differed, 0 repaired, 0 failed\n"


def test_check_search_can_only_look() -> None:
    with pytest.raises(CommandError, match=r"2 differed.*run without --dry-run"):
        run("check_search", "--dry-run")
    rebuild()
    assert run("check_search", "--dry-run").startswith("2 documents agree")


def test_check_search_names_what_it_can_not_repair() -> None:
    Group.objects.filter(name="escorts on flights").update(name="broken")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 failed"):
        call_command("check_search", stdout=out)
    assert "ZeroDivisionError: no such figure" in out.getvalue()


def test_check_search_shows_some_of_many() -> None:
    Group.objects.bulk_create(Group(name=f"group {number}") for number in range(30))
    assert "and 12 more" in run("check_search")


@pytest.mark.parametrize("name", ["rebuild_search", "check_search"])
def test_a_silent_engine_is_named(name: str, settings: Any) -> None:
    settings.SEARCH = SILENT
    with pytest.raises(CommandError, match=r"Elasticsearch at http://127\.0\.0\.1:9 does not answer"):
        run(name)


class TestSearchBatch:
    @pytest.fixture(autouse=True)
    def _built(self) -> None:
        rebuild()

    @pytest.fixture
    def queries(self, tmp_path: Path) -> str:
        path = tmp_path / "queries.txt"
        path.write_text("escorts\n\n  ескорт flights\n" + "x" * 400 + "\n", "utf-8")
        return str(path)

    def test_one_line_of_json_for_each_query(self, queries: str) -> None:
        lines = [json.loads(line) for line in run("search_batch", queries).splitlines()]
        assert [line["query"] for line in lines] == ["escorts", "ескорт flights", "x" * 400]
        hit = lines[0]["hits"][0]
        assert set(hit) == {"type", "slug", "title", "score"}
        assert (hit["type"], hit["slug"], hit["title"]) == ("group", "escorts on flights", "escorts on flights")
        assert hit["score"] > 0
        assert [len(line["hits"]) for line in lines] == [1, 1, 0]
        assert "400" in lines[2]["error"]

    def test_letters_are_written_as_they_are(self, queries: str) -> None:
        assert "ескорт" in run("search_batch", queries)

    def test_as_a_user(self, queries: str, settings: Any) -> None:
        settings.SEARCH_AUDIENCES = "tests.search.test_commands.everything"
        get_user_model()._default_manager.create(email="member@example.org")
        first = run("search_batch", queries, "--user", "MEMBER@example.org").splitlines()[0]
        assert {hit["slug"] for hit in json.loads(first)["hits"]} == {"escorts on flights", "hidden escorts"}

    def test_a_user_that_is_not_there(self, queries: str) -> None:
        with pytest.raises(CommandError, match=r"no user has the e-mail address 'nobody@example\.org'"):
            run("search_batch", queries, "--user", "nobody@example.org")

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="can not be read"):
            run("search_batch", str(tmp_path / "none.txt"))

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("escorts\n"))
        assert len(run("search_batch", "-").splitlines()) == 1

    def test_a_silent_engine_is_named(self, queries: str, settings: Any) -> None:
        settings.SEARCH = SILENT
        with pytest.raises(CommandError, match="does not answer"):
            run("search_batch", queries)


def everything(user: object) -> set[str]:
    return {"public", "members"}
