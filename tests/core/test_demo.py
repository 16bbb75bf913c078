"""Loading the starter content."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils.module_loading import autodiscover_modules

from portal.core import demo
from portal.core.demo import DemoReport

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal's own parts are registered, and left out."""
    autodiscover_modules("demo")
    monkeypatch.setattr(demo, "_loaders", [])


def test_the_parts_run_in_order_and_tell_what_they_made(capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[int] = []

    @demo.register(order=20)
    def second(report: DemoReport) -> None:
        ran.append(2)
        report.count("meetings", 0)
        report.notes.append("A note for whoever started it.")

    @demo.register(order=10)
    def first(report: DemoReport) -> None:
        ran.append(1)
        report.count("terms", 3)
        report.count("terms")

    call_command("load_demo")
    assert ran == [1, 2]
    said = capsys.readouterr().out
    assert "Made 4 terms." in said
    assert "A note for whoever started it." in said


def test_a_run_that_makes_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo")
    assert "Everything was there already." in capsys.readouterr().out
