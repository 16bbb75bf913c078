"""EMAIL_URL: files under var/mail by default (readable in the browser in development), SMTP grown up."""

from typing import Any

from .env import VAR_DIR, address, env


def email() -> dict[str, Any]:
    """Django's EMAIL_* settings for EMAIL_URL, for example smtp+tls://user:password@host:587."""
    if url := address("EMAIL_URL", "smtp", "smtp+tls", "smtp+ssl"):
        config = dict(env.email_url_config(url))
        config.pop("EMAIL_FILE_PATH", None)
        return {**config, "EMAIL_TIMEOUT": 10}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(VAR_DIR / "mail"),
    }
