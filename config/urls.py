"""Every address of the portal. Human pages carry their language; machines' addresses do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from portal.core.files.views import serve_document
from portal.core.views import serve_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("cms/login/", include("network.members.cms_login_urls")),
    path("cms/account/", include("network.members.cms_account_urls")),
    path("cms/", include(wagtailadmin_urls)),
    # In place of Wagtail's view, which answers differently for what is hidden, missing or misnamed; under its name.
    path("documents/<int:pk>/<path:name>", serve_document, name="wagtaildocs_serve"),
    path("", include("portal.core.urls")),
    # Where password managers look for the page (https://www.w3.org/TR/change-password-url/).
    path(
        ".well-known/change-password",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="change_password",
    ),
]

if settings.PORTAL_DEV_PAGES:
    urlpatterns += [
        path("mail/", include("portal.core.mailbox_urls")),
        path("styleguide/", include("portal.pages.styleguide")),
    ]

urlpatterns += i18n_patterns(
    path("accounts/", include("network.members.account_urls")),
    path("search/", include("portal.finding.urls")),
    path("terms/", include("portal.vocabulary.urls")),
    path("", include("network.members.urls")),
    path("", include("network.vetting.urls")),
    path("rooms/", include("network.rooms.urls")),
    path("library/", include("library.practices.urls")),
    path("figures/", include("library.indicators.urls")),
    path("recommendations/", include("events.urls")),
    # Wagtail's own log-in form knows neither our limits nor confirmed addresses: it leads to ours too.
    path("_util/login/", include("network.members.cms_login_urls")),
    # All of Wagtail's but its last, which serves the pages.
    path("", include(wagtail_urls.urlpatterns[:-1])),
    re_path(wagtail_urls.serve_pattern, serve_page, name="wagtail_serve"),
)

handler400 = "portal.core.views.bad_request"
handler403 = "portal.core.views.forbidden"
handler404 = "portal.core.views.not_found"
handler500 = "portal.core.views.server_error"
