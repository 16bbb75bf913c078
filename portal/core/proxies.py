"""Whose word is taken for where a request comes from: the proxies' that the settings name, and nobody else's.

A client can send any header. Behind a proxy the connection is the proxy's, and the client's address and scheme stand in
headers that the proxy sets. They are believed on a connection from `settings.TRUSTED_PROXIES`, and removed on others.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings

#: What proxies say of a request, as WSGI names it.
_SAID = (
    "HTTP_X_REAL_IP",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
)


@cache
def networks(trusted: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks that TRUSTED_PROXIES names. Raises ValueError for what is neither address nor network."""
    return tuple(ip_network(each, strict=False) for each in trusted)


def is_trusted(address: str) -> bool:
    """Whether `address` is a proxy of this installation."""
    trusted = networks(tuple(settings.TRUSTED_PROXIES))
    return any(parsed in network for parsed in _parsed(address) for network in trusted)


def _parsed(address: str) -> list[Any]:
    """The address as a number, also the one inside an IPv6 address; none for what is no address."""
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return []
    inside = getattr(parsed, "ipv4_mapped", None)
    return [parsed, inside] if inside is not None else [parsed]


def client_address(connection: str, real_ip: str, forwarded_for: str) -> str:
    """Who asks, on a connection from the trusted proxy `connection`.

    X-Real-IP where the proxy set it; otherwise the last of X-Forwarded-For that is no proxy of ours: what stands before
    it, the client itself may have written.
    """
    if _parsed(real_ip):
        return real_ip.strip()
    for hop in reversed([each.strip() for each in forwarded_for.split(",") if each.strip()]):
        if not _parsed(hop):
            break
        if not is_trusted(hop):
            return hop
    return connection


class TrustedProxies:
    """WSGI middleware in front of everything: REMOTE_ADDR is the client's."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass on with the headers believed, or without them."""
        connection = environ.get("REMOTE_ADDR", "")
        if is_trusted(connection):
            environ["REMOTE_ADDR"] = client_address(
                connection, environ.get("HTTP_X_REAL_IP", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
            )
        else:
            for name in _SAID:
                environ.pop(name, None)
        return self.application(environ, start_response)


class TrustedProxiesOfSockets:
    """The same for sockets: ``scope["client"]`` is the client's."""

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket."""
        connection = (scope.get("client") or ("", 0))[0]
        if is_trusted(connection):
            said = {name: value.decode("latin-1") for name, value in scope["headers"]}
            address = client_address(connection, said.get(b"x-real-ip", ""), said.get(b"x-forwarded-for", ""))
            scope = {**scope, "client": (address, 0)}
        await self.application(scope, receive, send)
