"""Reads the environment once. Every value the portal takes from outside passes through here."""

import re
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
if (BASE_DIR / ".env").is_file() and not env.bool("IGNORE_DOTENV", default=False):
    env.read_env(BASE_DIR / ".env")


def address(name: str, *schemes: str, default: str = "") -> str:
    """The URL in variable `name`, or `default` when it is unset or empty.

    Raises ImproperlyConfigured, without the value, which may hold a password, unless it begins with one of `schemes`
    and names a host.
    """
    value = env.str(name, default="").strip() or default
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        understood = parts.scheme in schemes and (parts.hostname or parts.scheme == "sqlite") and parts.port != 0
    except ValueError:
        understood = False
    if not understood:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} is not understood: expected {wanted} and a host. See .env.example.")
    return value


def origin(name: str, *schemes: str, default: str = "") -> str:
    """The address in variable `name`, without a slash at its end. Raises ImproperlyConfigured when it has a path."""
    value = address(name, *schemes, default=default).rstrip("/")
    if value.count("/") > 2 or set(value) & set("?#@"):
        raise ImproperlyConfigured(f"{name} is not understood: expected {schemes[0]}:// and a host, and no path.")
    return value


def choice(name: str, *choices: str) -> str:
    """The value of variable `name`, by default the first of `choices`. Raises ImproperlyConfigured for another."""
    value = env.str(name, default="").strip() or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value} is not understood: expected {' or '.join(choices)}.")
    return value


def proxies(name: str) -> list[str]:
    """The addresses and networks in variable `name`. Raises ImproperlyConfigured naming what is neither."""
    given = [each.strip() for each in env.str(name, default="").split(",") if each.strip()]
    for each in given:
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} holds {each!r}: expected addresses or networks, such as 127.0.0.1 or 10.0.0.0/8."
            ) from None
    return given


def seconds(name: str, default: float) -> float:
    """The number in variable `name`. Raises ImproperlyConfigured for what is no positive number."""
    value = env.str(name, default="").strip() or str(default)
    try:
        number = float(value)
    except ValueError:
        number = 0
    if not number > 0:
        raise ImproperlyConfigured(f"{name}={value} is not understood: expected a number of seconds.")
    return number


def megabytes(name: str, default: int) -> int:
    """The bytes of the whole megabytes in variable `name`. Raises ImproperlyConfigured for what is no such number."""
    value = env.str(name, default="").strip() or str(default)
    if not re.fullmatch(r"[1-9][0-9]{0,3}", value):
        raise ImproperlyConfigured(f"{name}={value} is not understood: expected whole megabytes, 1 to 9999.")
    return int(value) * 1024 * 1024


def own_address() -> str:
    """Where a bare machine serves: PORT, as `make demo` takes it, on this machine."""
    return f"http://localhost:{env.str('PORT', default='').strip() or '8000'}"


VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
