"""The frame around every page: by keyboard, without a script, on a phone, on paper."""

from typing import Any

import pytest
from playwright.sync_api import expect


def test_the_first_key_leads_past_the_navigation(visit: Any) -> None:
    with visit() as page:
        page.goto("/en/accounts/login/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_sections_open_on_a_phone_without_a_script(visit: Any) -> None:
    with visit(width=360, script=False) as page:
        page.goto("/en/")
        sections = page.get_by_role("navigation", name="Sections")
        expect(sections).to_be_hidden()
        page.get_by_role("button", name="Menu", exact=True).click()
        expect(sections).to_be_visible()
        expect(sections.get_by_role("link", name="Log in")).to_be_visible()
        sections.get_by_role("button", name="Close menu").click()
        expect(sections).to_be_hidden()


def test_the_language_is_changed_on_the_same_page_without_a_script(visit: Any) -> None:
    with visit(script=False) as page:
        page.goto("/en/accounts/signup/")
        page.locator(".masthead summary", has_text="English").click()
        page.locator(".masthead").get_by_role("link", name="Српски").click()
        assert page.url.endswith("/sr/accounts/signup/")
        assert page.locator("html").get_attribute("lang") == "sr-Cyrl"


def test_the_language_is_changed_on_a_phone_without_a_script(visit: Any) -> None:
    with visit(width=360, script=False) as page:
        page.goto("/en/accounts/signup/")
        page.get_by_role("button", name="Menu", exact=True).click()
        sections = page.get_by_role("navigation", name="Sections")
        sections.get_by_text("Other languages").click()
        sections.get_by_role("link", name="Shqip").click()
        assert page.url.endswith("/sq/accounts/signup/")


def test_an_open_menu_closes_on_escape_and_on_a_click_elsewhere(visit: Any) -> None:
    with visit() as page:
        page.goto("/en/accounts/login/")
        menu = page.locator("details.menu").first
        menu.locator("summary").click()
        assert menu.get_attribute("open") is not None
        page.keyboard.press("Escape")
        assert menu.get_attribute("open") is None
        expect(menu.locator("summary")).to_be_focused()
        menu.locator("summary").click()
        page.locator("h1").click()
        assert menu.get_attribute("open") is None


def test_the_icons_are_drawn_under_the_strict_policy(visit: Any) -> None:
    with visit() as page:
        answer = page.goto("/en/accounts/login/")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        drawn = page.locator(".brand__mark use").evaluate("use => use.getBoundingClientRect().width")
        assert drawn > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_icons_take_the_colour_of_their_words(scheme: str, visit: Any) -> None:
    with visit(scheme=scheme) as page:
        page.goto("/en/accounts/login/")
        tool = page.locator(".masthead__tool.masthead__wide").first
        colours = tool.evaluate("a => [getComputedStyle(a).color, getComputedStyle(a.querySelector('svg')).stroke]")
        assert colours[0] == colours[1]


def test_someone_signed_in_finds_the_way_out(visit: Any) -> None:
    with visit("reviewer") as page:
        page.goto("/en/")
        page.locator(".masthead summary", has_text="My account").click()
        page.locator(".masthead__bar").get_by_role("button", name="Log out").click()
        expect(page.locator(".masthead__bar").get_by_role("link", name="Log in")).to_be_visible()


def test_a_visitors_page_is_the_same_for_every_visitor(visit: Any) -> None:
    bodies = []
    for _ in range(2):
        with visit() as page:
            bodies.append(page.request.get("/en/").text())
    assert bodies[0] == bodies[1]
    assert "csrfmiddlewaretoken" not in bodies[0]


def test_paper_shows_the_record_and_not_the_tool(visit: Any) -> None:
    with visit() as page:
        page.goto("/en/")
        page.emulate_media(media="print")
        expect(page.get_by_role("navigation", name="Sections")).to_be_hidden()
        expect(page.locator(".masthead__tools")).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("#kosovo-note")).to_be_visible()
        expect(page.locator(".print-only")).to_contain_text("/en/")


def test_a_wrong_password_is_explained_and_the_address_kept(visit: Any) -> None:
    with visit(script=False) as page:
        page.goto("/en/accounts/login/")
        page.get_by_label("Email").fill("nobody@example.org")
        page.get_by_label("Password", exact=True).fill("wrong")
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_contain_text("Latin and Cyrillic differ in passwords")
        expect(page.get_by_label("Email")).to_have_value("nobody@example.org")
