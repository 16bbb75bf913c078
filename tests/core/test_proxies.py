"""Nobody chooses the address that is written down about them, but the proxies that the settings name."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.conf import settings

from portal.core.proxies import TrustedProxies, TrustedProxiesOfSockets, client_address, is_trusted

PROXIES = ["10.0.0.1", "172.30.77.0/24", "::1"]


@pytest.fixture(autouse=True)
def _proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TRUSTED_PROXIES", PROXIES)


def asked(**environ: str) -> dict[str, Any]:
    """What the application is told of a request."""
    told: dict[str, Any] = {}

    def application(given: dict[str, Any], start_response: Any) -> list[bytes]:
        told.update(given)
        return []

    TrustedProxies(application)(dict(environ), lambda *args: None)
    return told


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.0.0.1", True),
        ("10.0.0.2", False),
        ("172.30.77.9", True),
        ("::ffff:172.30.77.9", True),
        ("::1", True),
        ("", False),
        ("proxy", False),
    ],
)
def test_who_is_trusted(address: str, trusted: bool) -> None:
    assert is_trusted(address) is trusted


def test_a_client_cannot_choose_its_address_or_scheme() -> None:
    told = asked(
        REMOTE_ADDR="203.0.113.5",
        HTTP_X_REAL_IP="198.51.100.1",
        HTTP_X_FORWARDED_FOR="198.51.100.1",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="evil.example",
        HTTP_FORWARDED="for=198.51.100.1",
    )
    assert told == {"REMOTE_ADDR": "203.0.113.5"}


def test_the_proxy_names_the_client() -> None:
    told = asked(REMOTE_ADDR="10.0.0.1", HTTP_X_REAL_IP="203.0.113.5", HTTP_X_FORWARDED_PROTO="https")
    assert told["REMOTE_ADDR"] == "203.0.113.5"
    assert told["HTTP_X_FORWARDED_PROTO"] == "https"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the first is what the client wrote itself
        ("198.51.100.1, 203.0.113.5, 172.30.77.9", "203.0.113.5"),  # through a second proxy of ours
        ("203.0.113.5, nonsense", "10.0.0.1"),
        ("172.30.77.9", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_the_last_hop_that_is_no_proxy_of_ours_is_the_client(forwarded: str, client: str) -> None:
    assert client_address("10.0.0.1", "", forwarded) == client


@pytest.mark.parametrize(("connection", "client"), [("10.0.0.1", "203.0.113.5"), ("192.0.2.1", "192.0.2.1")])
def test_a_sockets_client_is_named_by_the_proxy_alone(connection: str, client: str) -> None:
    seen: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    scope = {"type": "websocket", "client": (connection, 1), "headers": [(b"x-real-ip", b"203.0.113.5")]}
    asyncio.run(TrustedProxiesOfSockets(application)(scope, None, None))
    assert seen == [client]
