"""From a query to what an engine is asked: which words match, and what each match is worth.

Points are constant for each kind of match, not computed by the engine from its statistics: so both engines give the
same score, and a score tells nothing about documents the viewer may not see. A word's weight comes from how many
visible documents have it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.utils import timezone

from .analysis import Token, heads, words
from .fields import TIERS, facet_token
from .plan import AllOf, AnyOf, Best, Between, Everything, Has, Like, Node, Run, Scored, StartsWith
from .query import Query, SearchRequest, Unit
from .registry import synonyms
from .stemming import stems
from .synonyms import Phrase

#: Where a word is found.
POINTS = {"title": 8.0, "keywords": 6.0, "summary": 4.0, "all": 2.0}
#: How it is found. A synonym in the title stands below the word itself (or a form of it) in the text, whatever the
#: ranks: 0.1 * 8 plus ties and the language's share, times the largest weight, is less than 0.8 * 2 times the smallest.
EXACT, STEM, BEGINNING, SYNONYM, ALIKE = 1.0, 0.8, 0.3, 0.1, 0.04
#: What further matches of the same word add.
TIE = 0.05
#: The whole title, or a whole keyword, is what was asked for.
WHOLE = {"whole_title": 14.0, "whole_keywords": 10.0}
#: The words stand one after the other: this share of the tier's points.
TOGETHER = 0.4
#: All words are there, where not all are needed.
COMPLETE = 4.0
OWN_LANGUAGE = 0.1

_SHORTEST_BEGINNING = 3
#: Letters of a word -> changes forgiven.
_EDITS = ((8, 2), (4, 1))


@dataclass(slots=True)
class Part:
    """One thing wanted.

    `direct` finds it as asked for: forms, beginnings and synonyms too. `alike` finds it by likeness only.
    """

    units: tuple[Unit, ...]
    direct: Node
    scores: tuple[Best, ...]
    alike: tuple[Token, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    required: bool = False
    visible: int = 0

    @property
    def node(self) -> Node:
        """What matches it, likeness included."""
        if not self.alike:
            return self.direct
        return AnyOf((self.direct, *(Like("words_all", token.folded, edits(token.folded)) for token in self.alike)))


@dataclass(slots=True)
class Plan:
    """A query being planned: its parts, what is left out, and how many documents the viewer can see."""

    query: Query
    request: SearchRequest
    parts: list[Part] = field(default_factory=list)
    excluded: tuple[Node, ...] = ()
    documents: int = 0

    @property
    def visible(self) -> Node:
        """What the viewer may find at all."""
        return visible_to(self.request.audiences)

    @property
    def beginning(self) -> str:
        """The last word when it may be a beginning: somebody may not have typed it to its end. "" otherwise."""
        last = self.query.wanted[-1] if self.query.wanted and self.query.text[-1:].isalnum() else ()
        if self.request.exact or len(last) != 1 or last[0].quoted or last[0].tokens[-1].end != len(self.query.text):
            return ""
        word = last[0].tokens[0].folded
        return word if len(word) >= _SHORTEST_BEGINNING and word.isalpha() else ""

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All synonyms in use."""
        return tuple(dict.fromkeys(phrase for part in self.parts for phrase in part.phrases))

    def forgive(self) -> list[Part]:
        """Search for similar words where no visible document has the word itself; returns those parts."""
        helped = []
        for part in self.parts:
            tokens = tuple(unit.tokens[0] for unit in part.units if not unit.quoted and edits(unit.tokens[0].folded))
            if part.visible == 0 and tokens and not self.request.exact:
                part.alike = tokens
                helped.append(part)
        return helped

    def match(self, *, relaxed: bool = False) -> Node:
        """What is found: all parts when there are one or two, all but some of more; `relaxed`: any of them."""
        required = tuple(part.node for part in self.parts if part.required)
        others = tuple(part.node for part in self.parts if not part.required)
        needed = min(1, len(others)) if relaxed else least_of(len(others))
        found: tuple[Node, ...] = (AnyOf(others, needed),) if others and needed else ()
        return AllOf((*required, *found), self.excluded)

    def scores(self) -> tuple[Node, ...]:
        """What adds up to a hit's score."""
        if not self.parts:
            return (Scored(Everything(), 1.0),)
        nodes: list[Node] = [node for part in self.parts for node in _weighted(part, self._weight(part))]
        nodes += _together(self.query)
        if len(self.parts) > 2:
            nodes.append(Scored(AllOf(tuple(part.node for part in self.parts)), COMPLETE))
        if self.request.language:
            nodes.append(Scored(Has("facets", (facet_token("language", self.request.language),)), OWN_LANGUAGE))
        return tuple(nodes)

    def _weight(self, part: Part) -> float:
        """Among several words the rare one counts for more: between 1 and 2.5 or so."""
        if len(self.parts) < 2 or not part.visible:
            return 1.0
        return math.sqrt(1 + math.log(max(self.documents, 1) / part.visible))


def visible_to(audiences: Collection[str]) -> Node:
    """What whoever holds `audiences` may find today."""
    held = Has("audiences", tuple(sorted(audiences)))
    return AllOf((held, Between("until", low=timezone.localdate().toordinal())))


def least_of(parts: int) -> int:
    """How many of so many words a result must have."""
    return parts if parts <= 2 else math.ceil(parts * 2 / 3)


def edits(word: str) -> int:
    """How many changes are forgiven in a word that is found nowhere."""
    if not word.isalpha():
        return 0
    return next((allowed for length, allowed in _EDITS if len(word) >= length), 0)


def plan(request: SearchRequest, query: Query) -> Plan:
    """The plan for `query`; the counts are still to be asked for (see `search.engine`)."""
    made = Plan(query, request)
    made.excluded = tuple(_unit_node(unit) for unit in query.excluded)
    runs = {} if request.exact else _synonym_runs(query)
    position = 0
    while position < len(query.wanted):
        length, phrases = runs.get(position, (1, ()))
        taken = query.wanted[position : position + length]
        if length > 1:
            made.parts.append(_run_part(request, [choices[0] for choices in taken], phrases))
        else:
            is_last = position == len(query.wanted) - 1
            made.parts.append(_part(request, taken[0], beginning=made.beginning if is_last else ""))
        position += length
    return made


def _part(request: SearchRequest, choices: tuple[Unit, ...], *, beginning: str = "") -> Part:
    """The part for one entry of the query: a word, a quotation, or several joined by OR."""
    nodes: list[Node] = []
    scores: list[Scored] = []
    phrases: list[Phrase] = []
    for unit in choices:
        nodes.append(_unit_node(unit))
        scores += _unit_scores(unit)
        if unit.quoted or request.exact:
            continue
        token = unit.tokens[0]
        if beginning:
            nodes.append(StartsWith("words_all", beginning))
            scores += _tiers(lambda tier: StartsWith(f"words_{tier}", beginning), BEGINNING)
        phrases += synonyms.of_word(token)
    nodes += [_phrase_node(phrase) for phrase in phrases]
    scores += [score for phrase in phrases for score in _phrase_scores(phrase)]
    required = any(unit.quoted for unit in choices)
    return Part(choices, AnyOf(tuple(nodes)), (Best(tuple(scores), TIE),), phrases=tuple(phrases), required=required)


def _run_part(request: SearchRequest, units: list[Unit], phrases: tuple[Phrase, ...]) -> Part:
    """The part for words that together have synonyms: all the words, or one of the synonyms."""
    single = [_part(request, (unit,)) for unit in units]
    direct = AnyOf((AllOf(tuple(part.direct for part in single)), *(_phrase_node(phrase) for phrase in phrases)))
    said = Best(tuple(score for phrase in phrases for score in _phrase_scores(phrase)), TIE)
    scores = (*(best for part in single for best in part.scores), said)
    return Part(tuple(units), direct, scores, phrases=phrases)


def _synonym_runs(query: Query) -> dict[int, tuple[int, tuple[Phrase, ...]]]:
    """Where plain words in a row have synonyms together: first position -> length, synonyms. The longest run wins."""
    found: dict[int, tuple[int, tuple[Phrase, ...]]] = {}
    plain = [choices[0].tokens[0] if len(choices) == 1 and not choices[0].quoted else None for choices in query.wanted]
    start = 0
    while start < len(plain):
        for length in range(min(synonyms.longest(), len(plain) - start), 1, -1):
            run = [token for token in plain[start : start + length] if token is not None]
            phrases = synonyms.of_run(run) if len(run) == length else ()
            if phrases:
                found[start] = (length, phrases)
                start += length - 1
                break
        start += 1
    return found


def _unit_node(unit: Unit) -> Node:
    """The unit itself: a quotation as it stands; a word in any of its forms."""
    if unit.quoted:
        return Run("words_all", tuple(token.folded for token in unit.tokens))
    forms = [Has("words_all", (unit.tokens[0].folded,)), *_stem_nodes("all", unit.tokens[0].surface)]
    return AnyOf(tuple(forms))


def _unit_scores(unit: Unit) -> list[Scored]:
    spelling = tuple(token.folded for token in unit.tokens)
    if unit.quoted:
        return [*_whole(spelling), *_tiers(lambda tier: Run(f"words_{tier}", spelling), EXACT)]
    return [*_whole(spelling), *_word_scores(spelling[0], unit.tokens[0].surface, 1.0)]


def _whole(spelling: Sequence[str]) -> list[Scored]:
    return [Scored(Has(field, (" ".join(spelling),)), points) for field, points in WHOLE.items()]


def _word_scores(word: str, surface: str, share: float, language: str = "") -> list[Scored]:
    scores = _tiers(lambda tier: Has(f"words_{tier}", (word,)), EXACT * share)
    found = sorted(stems(surface, language))
    if found:
        scores += _tiers(lambda tier: Has(f"stems_{tier}", tuple(found)), STEM * share)
    return scores


def _phrase_node(phrase: Phrase) -> Node:
    """A synonym: one word in any of its forms, or a run of heads."""
    spelling = words(phrase.text)
    if len(spelling) == 1:
        return AnyOf((Has("words_all", (spelling[0],)), *_stem_nodes("all", phrase.text, phrase.language)))
    return Run("heads_all", tuple(heads(phrase.text)))


def _phrase_scores(phrase: Phrase) -> list[Scored]:
    spelling = words(phrase.text)
    if len(spelling) == 1:
        return _word_scores(spelling[0], phrase.text, SYNONYM, phrase.language)
    return _tiers(lambda tier: Run(f"heads_{tier}", tuple(heads(phrase.text))), SYNONYM)


def _stem_nodes(tier: str, surface: str, language: str = "") -> list[Node]:
    found = sorted(stems(surface, language))
    return [Has(f"stems_{tier}", tuple(found))] if found else []


def _weighted(part: Part, weight: float) -> list[Best]:
    """The part's scores times its weight, likeness included."""
    alike = [score for token in part.alike for score in _tiers(partial(_like, token.folded), ALIKE)]
    bests = [*part.scores, *([Best(tuple(alike), TIE)] if alike else [])]
    return [
        Best(tuple(Scored(score.node, round(score.points * weight, 4)) for score in best.parts), best.tie)
        for best in bests
    ]


def _like(word: str, tier: str) -> Node:
    """Words of a tier that are spelt nearly as `word`."""
    return Like(f"words_{tier}", word, edits(word))


def _together(query: Query) -> list[Node]:
    """Points for words that stand one after the other as they were asked for."""
    if not query.is_plain or len(query.wanted) < 2:
        return []
    typed = [choices[0].tokens[0].surface for choices in query.wanted]
    spelling = [choices[0].tokens[0].folded for choices in query.wanted]
    run = tuple(heads(" ".join(typed)))
    return [
        Best(tuple(_tiers(lambda tier: Run(f"heads_{tier}", run), TOGETHER))),
        Best(tuple(_whole(spelling))),
    ]


def _tiers(node_of: Callable[[str], Node], share: float) -> list[Scored]:
    """The points for a node in each tier."""
    return [Scored(node_of(tier), POINTS[tier] * share) for tier in TIERS]
