"""EMAIL_URL: files under var/mail by default (readable in the browser in development), SMTP grown up."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .env import VAR_DIR, address, env

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


def email() -> dict[str, Any]:
    """Django's EMAIL_* settings for EMAIL_URL, for example smtp+tls://user:password@host:587."""
    if url := address("EMAIL_URL", "smtp", "smtp+tls", "smtp+ssl"):
        config = dict(env.email_url_config(url))
        config.pop("EMAIL_FILE_PATH", None)
        config["EMAIL_PORT"] = config["EMAIL_PORT"] or _PORTS[urlsplit(url).scheme]
        return {**config, "EMAIL_TIMEOUT": 10}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(VAR_DIR / "mail"),
    }


def sender() -> str:
    """Who letters are from. Raises ImproperlyConfigured when DEFAULT_FROM_EMAIL holds no address."""
    return _letterbox("DEFAULT_FROM_EMAIL", "Return network <portal@example.org>")


def office() -> str:
    """The project office's address, as visitors are shown it; "" when CONTACT_EMAIL is not set.

    Raises ImproperlyConfigured when it holds no address.
    """
    return parseaddr(_letterbox("CONTACT_EMAIL", ""))[1]


def _letterbox(variable: str, default: str) -> str:
    value = str(env.str(variable, default="")).strip() or default
    name, _, host = parseaddr(value)[1].partition("@")
    if value and not (name and host):
        raise ImproperlyConfigured(f"{variable}={value} is no address: expected Name <name@example.org>.")
    return value
