"""What a form does for the person who fills it in: where the focus goes, what is counted, what is kept."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from network.members.demo import PASSWORD

#: Role, address, what is emptied or filled first (by its label), and the button that sends.
REFUSED = [
    ("", "/en/accounts/login/", {}, "Log in"),
    ("", "/en/accounts/signup/", {}, "Sign up"),
    ("", "/en/accounts/password/reset/", {}, "Send the link"),
    ("member", "/en/accounts/password/change/", {}, "Save the new password"),
    ("member", "/en/accounts/email/", {}, "Add this address"),
    ("member", "/en/library/submit/", {}, "Send to the project staff"),
    ("member", "/en/profile/", {"Name": ""}, "Save my profile"),
    ("expired", "/en/apply/", {"Position": ""}, "Send the application"),
    ("member", "/en/rooms/training/", {"Message": " "}, "Send"),
]


@pytest.mark.parametrize(("role", "path", "filled", "button"), REFUSED, ids=[row[1] for row in REFUSED])
def test_after_a_refused_form_the_focus_is_on_the_summary(
    visit: Any, role: str, path: str, filled: dict[str, str], button: str
) -> None:
    with visit(role, script=False) as page:
        page.goto(path)
        main = page.get_by_role("main")
        for label, text in filled.items():
            main.get_by_label(label, exact=True).fill(text)
        main.get_by_role("button", name=button).click()
        expect(page.locator(".form-errors")).to_be_focused()
        expect(page.locator(".form-errors")).to_be_in_viewport()


def test_a_text_is_counted_while_it_is_typed_and_never_cut_off(visit: Any) -> None:
    with visit("member") as page:
        page.goto("/en/library/submit/")
        box = page.get_by_label("Summary")
        expect(page.locator("#id_summary_count")).to_have_count(0)
        box.fill("Čas\nдан 👍")
        count = page.locator("#id_summary_count")
        expect(count).to_have_text("9 of at most 500 characters")
        box.fill("ж" * 1234)
        expect(box).to_have_value("ж" * 1234)
        expect(count).to_have_text("Too long: 1,234 of at most 500 characters")
        expect(page.get_by_role("status").filter(has_text="Too long: 1,234")).to_have_count(1)
        assert "id_summary_count" in box.get_attribute("aria-describedby")
        title = page.get_by_label("Title", exact=True).first
        title.fill("x" * 80)
        expect(page.locator("#id_title_count")).to_have_count(0)
        title.fill("x" * 90)
        expect(page.locator("#id_title_count")).to_have_text("90 of at most 100 characters")
        assert page.complaints == []


PRACTICE = "/en/library/submit/"


def fill_practice(page: Page) -> None:
    page.get_by_label("Title", exact=True).first.fill("Escorts by air")
    page.locator("#id_problem").fill("Čuvar, „đ“\nsecond line")
    page.get_by_label("Serbia", exact=True).check()
    page.locator("#id_other_countries").select_option(["DK", "SE"])
    page.locator("[name=non_refoulement][value=yes]").check()
    page.locator("[name=results-0-text]").fill("people reached")
    page.locator("#id_evidence").select_option(index=2)


def filled(page: Page) -> dict[str, Any]:
    """What stands in the form's fields that a person fills in."""
    return dict(
        page.locator("#practice-form").evaluate(
            """form => [...new FormData(form)].filter(([name, value]) => value && !/token|FORMS/.test(name))"""
        )
    )


def typed_is_back(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="What you typed is back")


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('typed:'))")


def test_what_is_typed_survives_a_change_of_language_and_the_back_button_until_it_is_discarded(visit: Any) -> None:
    with visit("member") as page:
        page.goto(PRACTICE)
        fill_practice(page)
        before = filled(page)
        page.locator(".masthead summary", has_text="English").click()
        page.locator(".masthead").get_by_role("link", name="Deutsch").click()
        expect(page).to_have_url(re.compile("/de/library/submit/$"))
        assert filled(page) == before
        page.locator(".masthead .brand").click()
        expect(page).to_have_url(re.compile("/de/$"))
        page.go_back()
        expect(typed_is_back(page)).to_have_count(1)
        assert filled(page) == before
        assert page.complaints == []
        typed_is_back(page).get_by_role("button").click()
        expect(typed_is_back(page)).to_have_count(0)
        expect(page.locator("#id_problem")).to_have_value("")
        page.reload()
        expect(page.locator("#id_problem")).to_have_value("")
        assert kept(page) == []


def test_what_was_refused_is_kept_and_what_was_taken_is_not(visit: Any) -> None:
    with visit("member") as page:
        page.goto(PRACTICE)
        fill_practice(page)
        page.get_by_role("button", name="Send to the project staff").click()
        expect(page.locator(".form-errors")).to_be_focused()
        before = filled(page)
        page.goto(PRACTICE.replace("/en/", "/sq/"))
        assert filled(page) == before
        page.goto(PRACTICE)
        page.get_by_role("button", name="Save as draft").click()
        expect(page).to_have_url(re.compile(r"/en/library/mine/\d+/"))
        assert kept(page) == []
        page.goto(PRACTICE)
        expect(page.locator("#id_problem")).to_have_value("")
        expect(typed_is_back(page)).to_have_count(0)


def test_a_line_that_breaks_and_a_session_that_ends_lose_nothing(visit: Any) -> None:
    with log_in_anew(visit, "reviewer") as page:
        page.goto(PRACTICE)
        fill_practice(page)
        before = filled(page)
        page.context.set_offline(True)
        page.get_by_role("button", name="Save as draft").click()
        page.wait_for_url("chrome-error://**")
        page.context.set_offline(False)
        page.goto(PRACTICE)
        assert filled(page) == before
        page.context.clear_cookies(name="sessionid")
        page.get_by_role("button", name="Save as draft").click()
        expect(page.get_by_role("status").filter(has_text="What you typed is kept")).to_have_count(1)
        give_password(page, "reviewer")
        expect(page).to_have_url(re.compile("/en/unsent/$"))
        assert len(kept(page)) == 1
        page.get_by_role("button", name="Send it now").click()
        expect(page).to_have_url(re.compile(r"/en/library/mine/\d+/"))
        assert {**filled(page), "revision": ""} == {**before, "revision": ""}
        assert kept(page) == []


def test_nothing_is_left_for_the_next_person_at_the_same_machine(visit: Any) -> None:
    with log_in_anew(visit, "reviewer") as page:
        page.goto("/en/accounts/password/change/")
        page.get_by_label("Current Password").fill("something secret")
        page.goto("/en/profile/")
        page.get_by_label("What you can help with").fill("Escorts by air")
        page.reload()
        expect(typed_is_back(page)).to_have_count(1)
        assert "secret" not in page.evaluate("JSON.stringify(sessionStorage)")
        page.context.clear_cookies(name="sessionid")
        page.goto("/en/accounts/login/")
        give_password(page, "focal-point")
        page.goto("/en/profile/")
        expect(typed_is_back(page)).to_have_count(0)
        assert kept(page) == []
        page.get_by_label("What you can help with").fill("Something else")
        page.goto("/en/accounts/logout/")
        assert len(kept(page)) == 1
        page.get_by_role("main").get_by_role("button", name="Log out").click()
        page.wait_for_url(re.compile(r"/en/$"))
        assert kept(page) == []


@contextmanager
def log_in_anew(visit: Any, role: str) -> Iterator[Page]:
    """A session of its own: the others' are shared between tests."""
    with visit() as page:
        page.goto("/en/accounts/login/")
        give_password(page, role)
        yield page


def give_password(page: Page, role: str) -> None:
    page.get_by_label("Email").fill(f"{role}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.get_by_text("My account").first.wait_for(state="attached")
