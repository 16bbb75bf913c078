"""Rooms in two browsers at once, on a bad line, and without a script."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from network.members.demo import PASSWORD

ROOM = "/en/rooms/training/"


def text_of_its_own(what: str) -> str:
    """A text no other test writes."""
    return f"{what} {uuid.uuid4().hex[:8]}"


def enter(page: Page, room: str = ROOM) -> None:
    page.goto(room)
    expect(page.locator("[data-connection]")).to_contain_text("Connected")


def write(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send").click()


def message(page: Page, text: str) -> Locator:
    """The article with this text that stands: it has a number."""
    return page.locator("article[id^=m-]", has_text=text)


@contextmanager
def two(visit: Any, **options: Any) -> Iterator[tuple[Page, Page]]:
    with visit("member", **options) as one, visit("staff") as other:
        yield one, other


def test_two_browsers_see_each_others_messages_at_once_and_a_reload_shows_them_all(visit: Any) -> None:
    hello, answer = text_of_its_own("Hello"), text_of_its_own("Здраво, č đ")
    with two(visit) as (one, other):
        enter(one)
        enter(other)
        write(one, hello)
        expect(message(other, hello)).to_have_count(1)
        write(other, answer)
        expect(message(one, answer)).to_have_count(1)
        for page in (one, other):
            page.reload()
            expect(message(page, hello)).to_have_count(1)
            expect(message(page, answer)).to_have_count(1)
            assert page.complaints == []


def test_a_message_sent_by_keyboard_leaves_the_box_empty_and_ready(visit: Any) -> None:
    text = text_of_its_own("By keyboard")
    with visit("member") as page:
        enter(page)
        box = page.get_by_label("Message", exact=True)
        box.fill(text)
        box.press("Control+Enter")
        expect(message(page, text)).to_have_count(1)
        expect(box).to_have_value("")
        expect(box).to_be_focused()
        expect(page.locator(".message--pending")).to_have_count(0)


def test_without_a_script_the_room_is_a_page_with_a_form(visit: Any) -> None:
    text = text_of_its_own("By form")
    with visit("staff") as listening, visit("member", script=False) as page:
        enter(listening)
        page.goto(ROOM)
        write(page, text)
        expect(message(page, text)).to_have_count(1)
        assert re.search(r"/en/rooms/training/#m-\d+$", page.url)
        expect(message(listening, text)).to_have_count(1)


def test_what_can_not_be_posted_without_a_script_comes_back_with_the_reason(visit: Any) -> None:
    with visit("member", script=False) as page:
        page.goto(ROOM)
        page.get_by_label("Message", exact=True).fill("   ")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_contain_text("Write something first.")
        page.get_by_role("alert").get_by_role("link").click()
        expect(page.get_by_label("Message", exact=True)).to_be_focused()


def test_a_message_posted_while_the_others_line_is_down_arrives_when_it_returns(visit: Any) -> None:
    text = text_of_its_own("While you were away")
    with two(visit) as (away, here):
        enter(away)
        enter(here)
        away.context.set_offline(True)
        expect(away.locator("[data-connection]")).to_contain_text("No connection")
        write(here, text)
        expect(message(here, text)).to_have_count(1)
        expect(message(away, text)).to_have_count(0)
        away.context.set_offline(False)
        expect(message(away, text)).to_have_count(1)
        expect(away.locator("[data-connection]")).to_contain_text("Connected")


def test_what_is_written_while_the_line_is_down_is_kept_over_a_reload_and_sent_once(visit: Any) -> None:
    first, draft = text_of_its_own("Written offline"), text_of_its_own("Not finished")
    with two(visit) as (away, here):
        enter(away)
        enter(here)
        away.context.set_offline(True)
        expect(away.locator("[data-connection]")).to_contain_text("No connection")
        write(away, first)
        expect(away.locator(".message--pending", has_text=first)).to_contain_text("Not sent yet")
        away.get_by_label("Message", exact=True).fill(draft)
        away.context.set_offline(False)
        away.reload()
        expect(message(away, first)).to_have_count(1)
        expect(away.locator(".message--pending")).to_have_count(0)
        expect(away.get_by_label("Message", exact=True)).to_have_value(draft)
        expect(message(here, first)).to_have_count(1)


def test_a_connection_cut_before_the_answer_neither_loses_nor_doubles(visit: Any) -> None:
    text = text_of_its_own("Cut in the middle")
    with two(visit) as (one, other):
        cut: list[str] = []

        def wire(route: Any) -> None:
            server = route.connect_to_server()

            def from_page(frame: str) -> None:
                server.send(frame)
                if json.loads(frame)["type"] == "post":
                    cut.append(frame)

            def from_server(frame: str) -> None:
                # The first answer to the message never arrives: the line breaks in its place.
                if len(cut) == 1 and json.loads(frame)["type"] in ("posted", "messages"):
                    cut.append(frame)
                    route.close(code=1011)
                elif len(cut) != 2 or json.loads(frame)["type"] != "posted":
                    route.send(frame)

            route.on_message(from_page)
            server.on_message(from_server)

        one.route_web_socket("**/ws/**", wire)
        enter(one)
        enter(other)
        write(one, text)
        expect(message(one, text)).to_have_count(1)
        expect(one.locator(".message--pending")).to_have_count(0)
        expect(message(other, text)).to_have_count(1)
        assert len(cut) > 1, "the line was never cut"
        other.reload()
        expect(message(other, text)).to_have_count(1)


def test_what_is_written_is_text_for_every_reader(visit: Any) -> None:
    text = text_of_its_own("<img src=x onerror=alert(1)> <b>bold</b> https://example.org/a")
    with two(visit) as (one, other):
        enter(one)
        enter(other)
        write(one, text)
        for page in (one, other):
            expect(message(page, text)).to_have_count(1)
            assert message(page, text).locator("img, b").count() == 0
            expect(message(page, text).get_by_role("link", name="https://example.org/a")).to_have_count(1)
        other.reload()
        expect(message(other, text)).to_have_count(1)
        assert other.complaints == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ж" * 4624, "4,624 of at most 4,000 characters"),
        ("x" * 100_000, "100,000 of at most 4,000 characters"),  # more than any frame carries
        ("Mark\u202eo", "U+202E “right-to-left override”, after “Mark”"),
        ("\a", "U+0007 “bell”, at the beginning of a line"),
    ],
)
def test_a_message_that_is_refused_says_why_and_can_be_taken_back(visit: Any, text: str, reason: str) -> None:
    with visit("member") as page:
        enter(page)
        write(page, text)
        failed = page.locator(".message--failed")
        expect(failed).to_contain_text(reason)
        failed.get_by_role("button", name="Discard").click()
        expect(failed).to_have_count(0)
        expect(page.get_by_label("Message", exact=True)).to_have_value(text)


def test_a_refused_message_stays_refused_over_a_bad_line_and_a_reload(visit: Any) -> None:
    with visit("member") as page:
        enter(page)
        write(page, "Mark\u202eo")
        failed = page.locator(".message--failed")
        expect(failed).to_contain_text("right-to-left override")
        page.context.set_offline(True)
        expect(page.locator("[data-connection]")).to_contain_text("No connection")
        expect(failed.get_by_role("button", name="Try again")).to_be_visible()
        page.context.set_offline(False)
        expect(page.locator("[data-connection]")).to_contain_text("Connected")
        for _opened in range(2):
            expect(failed).to_contain_text("Not sent")
            expect(failed).not_to_contain_text("no connection")
            expect(failed.get_by_role("button", name="Discard")).to_be_visible()
            enter(page)
        failed.get_by_role("button", name="Discard").click()


def test_a_message_looks_the_same_live_and_after_a_reload(visit: Any) -> None:
    text = text_of_its_own(
        "https://example.org/Readmission_(law) (https://example.org/a). www.example.org, ana@example.org\v"
        "next line\n\n„https://example.org/b“"
    )
    name = text.rpartition(" ")[2]
    with two(visit) as (one, other):
        enter(one)
        enter(other)
        write(one, text)
        live = [message(page, name).locator(".message__text").inner_html() for page in (one, other)]
        other.reload()
        assert live == [message(other, name).locator(".message__text").inner_html()] * 2
        links = [link.get_attribute("href") for link in message(other, name).locator(".message__text a").all()]
    assert links == [
        "https://example.org/Readmission_(law)",
        "https://example.org/a",
        "https://www.example.org",
        "mailto:ana@example.org",
        "https://example.org/b",
    ]


def test_logging_out_elsewhere_ends_the_room_at_once(visit: Any) -> None:
    with visit() as page:  # a session of its own: the others' are shared between tests
        page.goto(f"/en/accounts/login/?next={ROOM}")
        page.get_by_label("Email").fill("reviewer@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        expect(page.locator("[data-connection]")).to_contain_text("Connected")
        other = page.context.new_page()
        other.goto("/en/accounts/logout/")
        other.get_by_role("main").get_by_role("button", name="Log out").click()
        expect(page.locator("[data-connection]")).to_contain_text("You can not read this room any more")


def test_what_arrived_while_the_room_was_open_is_counted_as_read(visit: Any) -> None:
    with two(visit) as (one, other):
        enter(one)
        enter(other)
        text = text_of_its_own("Read here")
        write(other, text)
        expect(message(one, text)).to_have_count(1)
        one.goto("/en/rooms/")
        unread = one.locator("article", has_text="Training and capacity building").locator("dd").first
        # The last word of the window that was left, and the page that follows it, travel side by side.
        for _ in range(20):
            if unread.inner_text() == "0":
                break
            one.reload()
        expect(unread).to_have_text("0")
