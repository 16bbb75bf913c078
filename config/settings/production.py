"""Production: what is missing or wrong in the environment is refused with a message that names it."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from .base import *  # noqa: F403  a settings module is a namespace; the names are Django settings
from .env import env, origin
from .logs import logging

_REQUIRED = {
    "SECRET_KEY": "a random string of at least 50 characters",
    "ALLOWED_HOSTS": "the host names the portal answers to, separated by commas",
    "BASE_URL": "the portal's public address, for links in mail, for example https://portal.example.org",
    "DATABASE_URL": "for example postgres://user:password@host:5432/portal",
    "REDIS_URL": "for example redis://host:6379/0",
    "ELASTICSEARCH_URL": "for example https://user:password@host:9200",
    "EMAIL_URL": "for example smtp+tls://user:password@host:587",
    "TRUSTED_PROXIES": "the addresses or networks of the proxies in front, separated by commas, for example 127.0.0.1",
}
_missing = [f"{name} ({what})" for name, what in _REQUIRED.items() if not env.str(name, default="").strip()]
if _missing:
    raise ImproperlyConfigured("Set in the environment: " + "; ".join(_missing) + ". See .env.example.")

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
    raise ImproperlyConfigured("SECRET_KEY is too weak: use at least 50 random characters.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name hosts; '*' would answer to any.")
if _wrong := [host for host in ALLOWED_HOSTS if not re.fullmatch(r"\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:]+\]", host)]:
    raise ImproperlyConfigured(
        f"ALLOWED_HOSTS holds {', '.join(map(repr, _wrong))}: expected host names alone, separated by commas."
    )
_own = str(urlsplit(origin("BASE_URL", "https")).hostname)
if not validate_host(_own, ALLOWED_HOSTS):
    raise ImproperlyConfigured(f"BASE_URL leads to {_own}, which ALLOWED_HOSTS lacks: links in mail would fail.")
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS]
LOGGING = logging("json")

# The proxy in front ends TLS and says so, and says who asks: TRUSTED_PROXIES names it (docs/operations.md).
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
