"""Wrong passwords: who has to wait, and until when. Right ones are never counted.

Failures are counted by the *pair* of account and network address, so that nobody locks the owner out from elsewhere.
A browser that has logged in to the account before says so with a signed cookie; its failures are counted by
themselves, so that nobody locks it out from the same network either. For the browsers nobody knows there are two limits
more: of one account, against guesses from many places, and of one network address, against one guess for each of many.

The count is one higher while a password is being checked, so that a hundred tries at once are a hundred tries. An
account that does not exist is counted, and told to wait, like one that does.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

from portal.core import ratelimit
from portal.core.security_log import address_of

COOKIE = "known_browser"
#: How long a browser stays known after its last log-in.
COOKIE_DAYS = 180
#: Accounts that one browser is known for: the last ones to log in, as on the machine of a training room.
MOST_ACCOUNTS = 10
_SALT = "network.members.lockout"
#: An agency's network of the newer kind: one household's or building's worth of addresses.
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Count:
    """One counter that an attempt goes into."""

    limit: str
    who: str

    def exceeded(self) -> bool:
        """Count one more: is it too many?"""
        return ratelimit.exceeded(action="login", who=self.who, limit=self.limit)

    def give_back(self) -> None:
        """It was none."""
        ratelimit.give_back(action="login", who=self.who, limit=self.limit)

    def forget(self) -> None:
        """Begin anew."""
        ratelimit.forget(action="login", who=self.who, limit=self.limit)


class Attempt:
    """Somebody tries a password for the account with the address `login`, by `request`."""

    def __init__(self, request: HttpRequest, login: str) -> None:
        limits = settings.LOGIN_FAILURE_LIMITS
        account, client = _account(login), _network(address_of(request))
        browser = _browser(request)
        if account in browser.accounts:
            self.counts = [Count(limits["pair"], f"{account}:browser:{browser.key}")]
        else:
            self.counts = [
                Count(limits["pair"], f"{account}:{client}"),
                Count(limits["account"], account),
                Count(limits["client"], client),
            ]

    def seconds_to_wait(self) -> int:
        """0 where there is room for the attempt, which is counted then; otherwise how long to wait."""
        for number, count in enumerate(self.counts):
            if count.exceeded():
                for taken in self.counts[:number]:
                    taken.give_back()
                return math.ceil(ratelimit.seconds_left(count.limit))
        return 0

    def succeeded(self) -> None:
        """The password was right: whoever knows it may have mistyped before. The counts of many accounts stay."""
        self.forgive()
        for count in self.counts[1:]:
            count.give_back()

    def forgive(self) -> None:
        """Whoever it is has shown by something else that the account is theirs."""
        self.counts[0].forget()


def remember_browser(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Make the browser known for the account with the address `login`, which has just logged in by it."""
    browser = _browser(request)
    account = _account(login)
    accounts = [account, *(each for each in browser.accounts if each != account)][:MOST_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps([browser.key, accounts], salt=_SALT),
        max_age=COOKIE_DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def last_account(request: HttpRequest) -> str:
    """What stands for the account that logged in last by this browser; empty where none has."""
    return next(iter(_browser(request).accounts), "")


def account_of(user: Any) -> str:
    """What stands for the account of `user`."""
    return _account(user.email)


@dataclass(frozen=True, slots=True)
class _Browser:
    key: str
    accounts: list[str]


def _browser(request: HttpRequest) -> _Browser:
    """The browser as its cookie tells; a new one without a cookie of ours."""
    try:
        key, accounts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=COOKIE_DAYS * 24 * 3600)
    except signing.BadSignature:
        return _Browser(get_random_string(22), [])
    return _Browser(str(key), list(accounts))


def _account(login: Any) -> str:
    """What stands for an account, and tells nobody which it is."""
    return salted_hmac(_SALT, str(login).strip().lower()).hexdigest()[:32]


def _network(address: str) -> str:
    """What limits count: the address, or of the newer kind the network, whose every address is one's own to choose."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is None:
            return str(ipaddress.ip_network((known, _IPV6_PREFIX), strict=False).network_address)
        known = known.ipv4_mapped
    return str(known)
