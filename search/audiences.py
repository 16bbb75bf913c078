"""Whose eyes a search sees with.

The rule itself is elsewhere: settings.SEARCH_AUDIENCES names the function user -> tokens.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import import_string


def audiences_of(email: str) -> frozenset[str]:
    """The audience tokens of the user with this address. Raises LookupError when there is none."""
    users = get_user_model()._default_manager.filter(email__iexact=email)
    user = users.first()
    if user is None:
        raise LookupError(f"no user has the e-mail address {email!r}")
    return frozenset(import_string(settings.SEARCH_AUDIENCES)(user))


def audiences_of_anonymous() -> frozenset[str]:
    """The audience tokens of somebody who is not signed in."""
    return frozenset(import_string(settings.SEARCH_AUDIENCES)(AnonymousUser()))
