"""Every kind of page the browser looks at: axe, sideways scrolling, weight, messages of the console.

A new kind of page joins by one line here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageToSee:
    """One page: `path` as `role` sees it; with `follow`, the page behind the first link of that selector on it."""

    name: str
    path: str
    role: str = ""
    follow: str = ""
    status: int = 200


PAGES = [
    PageToSee("home", "/en/"),
    PageToSee("home-member", "/en/", role="member"),
    PageToSee("home-german", "/de/"),
    PageToSee("home-serbian-cyrillic", "/sr/"),
    PageToSee("home-montenegrin", "/cnr/"),
    PageToSee("about", "/en/about/"),
    PageToSee("meetings", "/en/meetings/"),
    PageToSee("meeting", "/en/meetings/sarajevo-2025-01-operational/"),
    PageToSee("meeting-macedonian", "/mk/meetings/sarajevo-2025-01-operational/"),
    PageToSee("board", "/en/recommendations/"),
    PageToSee("board-member", "/en/recommendations/", role="member"),
    PageToSee("recommendation", "/en/recommendations/", follow='main a[href*="/recommendations/"]'),
    PageToSee("library", "/en/library/"),
    PageToSee("library-filtered", "/en/library/?stage=reintegration&country=RS"),
    PageToSee("library-nothing", "/en/library/?stage=decision-remedies"),
    PageToSee("practice", "/en/library/", follow="main .entry__title a"),
    PageToSee("practice-submit", "/en/library/submit/", role="member"),
    PageToSee("practices-mine", "/en/library/mine/", role="member"),
    PageToSee("figures", "/en/figures/"),
    PageToSee("figure", "/en/figures/migr_eirtn/"),
    PageToSee("terms", "/en/terms/"),
    PageToSee("terms-stages", "/en/terms/stage/"),
    PageToSee("term", "/en/terms/stage/readmission/"),
    PageToSee("search", "/en/search/?q=povratak"),
    PageToSee("search-cyrillic", "/sr/search/?q=%D0%BF%D0%BE%D0%B2%D1%80%D0%B0%D1%82%D0%B0%D0%BA"),
    PageToSee("search-start", "/en/search/"),
    PageToSee("search-nothing", "/en/search/?q=zzzzqqqq"),
    PageToSee("organisations", "/en/organisations/"),
    PageToSee("organisation", "/en/organisations/", follow='main a[href*="/organisations/"]'),
    PageToSee("contact", "/en/contact/"),
    PageToSee("directory", "/en/directory/", role="member"),
    PageToSee("person", "/en/directory/", role="member", follow="main .entry__title a"),
    PageToSee("person-staff", "/en/directory/", role="staff", follow="main .entry__title a"),
    PageToSee("profile", "/en/profile/", role="member"),
    PageToSee("unsent", "/en/unsent/", role="member"),
    PageToSee("profile-leave", "/en/profile/leave/", role="member"),
    PageToSee("rooms", "/en/rooms/", role="member"),
    PageToSee("room", "/en/rooms/readmission-officers/", role="member"),
    PageToSee("apply", "/en/apply/", role="applicant"),
    PageToSee("apply-suspended", "/en/apply/", role="suspended"),
    PageToSee("applications", "/en/applications/", role="staff"),
    PageToSee("log-in", "/en/accounts/login/"),
    PageToSee("sign-up", "/en/accounts/signup/"),
    PageToSee("password-reset", "/en/accounts/password/reset/"),
    PageToSee("password-reset-bad-link", "/en/accounts/password/reset/key/1-x/"),
    PageToSee("log-out", "/en/accounts/logout/", role="member"),
    PageToSee("e-mail", "/en/accounts/email/", role="member"),
    PageToSee("password", "/en/accounts/password/change/", role="member"),
    PageToSee("not-found", "/en/no-such-page/", status=404),
    PageToSee("not-found-member", "/en/no-such-page/", role="member", status=404),
    PageToSee("letters", "/mail/"),
    PageToSee("styleguide", "/styleguide/"),
]
