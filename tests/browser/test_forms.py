"""What a form does for the person who fills it in: where the focus goes, what is counted, what is kept."""

from typing import Any

import pytest
from playwright.sync_api import expect

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
