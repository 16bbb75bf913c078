"""Content-Security-Policy, security headers, cookies, rate limits."""

from typing import Any

from csp.constants import NONE, SELF

# The public and member site: no inline script or style, nothing from a third party.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# Under the CMS path only: Wagtail's page editor, users and site history still write inline styles and scripts.
CMS_CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "script-src": [SELF, "'unsafe-inline'", "'unsafe-eval'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "worker-src": [SELF, "blob:"],
    }
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # Wagtail itself allows its previews
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.core.views.csrf_failure"

# URL name -> requests per minute or hour of one viewer (signed in: the user; otherwise the address).
RATE_LIMITS = {
    "search:results": "120/m",
    "rooms:post": "30/m",
    "practices:submit": "20/h",
    "vetting:apply": "10/h",
}
# Of these the reads count too: an answer costs a search.
RATE_LIMITED_READS = {"search:results"}
# Wrong passwords (network.members.lockout): of one account from one network address or known browser; of one account
# from all unknown browsers together; from one network address for all accounts together. Right ones are never counted.
LOGIN_FAILURE_LIMITS = {"pair": "5/10m", "account": "100/h", "client": "50/10m"}
# allauth limits sign-up, password letters and confirmation itself, and tries of a second factor ("login_failed").
# A limit for an address ("ip") has room for a training in which everybody of an agency does the same at once.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key",
    "signup": "60/h/ip",
    "reset_password": "40/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
}
