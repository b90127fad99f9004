"""Which items of a call are the same: a name that is said again in part or misspelt, a number read back in words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from domain.inventory import item_of
from domain.spans import Span
from domain.speech import Transcript
from redaction.lexicon import words
from redaction.neighbours import parts_of
from redaction.spoken import fold
from redaction.view import CallView, Token

PERSON: Final = "PERSON"
_TITLES: Final = words("mr mrs ms miss dr mister missus doctor sir madam prof professor smt shri ji")
_SAID: Final = {"dot": ".", "at": "@", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+", "slash": "/"}
_WRITTEN_AS_SAID: Final = frozenset({"EMAIL_ADDRESS", "URL", "UPI_ID", "USERNAME", "SOCIAL_HANDLE"})
_FUZZY_FROM: Final = 5
_MOST_ALIKE: Final = 200
"""So many people of one name, or of one initial, are remembered: more than a call has, and a text may be endless."""
_CLOSE: Final = 0.8
_CODE_DIGITS: Final = 2


@dataclass(frozen=True, slots=True)
class Item:
    """What a span holds, for as long as the call is worked on; never stored.

    `value` is the same for the same item however it is said; `code` is what its own words spell, digits and capitals.
    """

    kind: str
    value: str
    code: str
    tokens: tuple[Token, ...]


@dataclass
class _Person:
    parts: list[str]
    last_said: int

    @property
    def value(self) -> str:
        return " ".join(self.parts)


@dataclass
class Identities:
    """Knows who and what came up in one call, over as many transcripts as it comes in."""

    _of_part: dict[str, deque[_Person]] = field(default_factory=dict)
    _of_initial: dict[str, deque[_Person]] = field(default_factory=dict)
    _clock: int = 0

    def of(self, transcript: Transcript, spans: Sequence[Span]) -> list[Item]:
        """Return the item of each span, in their order."""
        by_segment: dict[int, list[Token]] = {}
        for token in CallView.of(transcript).tokens:
            by_segment.setdefault(token.segment, []).append(token)
        held = [_tokens_in(by_segment.get(span.segment, []), span) for span in spans]
        for span, tokens in zip(spans, held, strict=True):
            if span.entity_type == PERSON and len(parts := _name_parts(tokens)) > 1:
                self._introduce(parts)
        values = self._values(spans, held)
        return [
            Item(span.entity_type, value, _code(tokens), tokens)
            for span, tokens, value in zip(spans, held, values, strict=True)
        ]

    def _values(self, spans: Sequence[Span], held: Sequence[tuple[Token, ...]]) -> list[str]:
        whole = {item: tuple(token for at in places for token in held[at]) for item, places in _pieces(spans).items()}
        return [
            self._person(_name_parts(tokens)) if span.entity_type == PERSON else _value(span, whole[item_of(span)])
            for span, tokens in zip(spans, held, strict=True)
        ]

    def _introduce(self, parts: Sequence[str]) -> _Person:
        """Return the person of a whole name: one that fits in first and last part, or a new one."""
        known: list[_Person] = [*self._of_part.get(parts[0], ()), *self._alike(parts[0])]
        for person in known:
            if len(person.parts) > 1 and same(parts[0], person.parts[0]) and same(parts[-1], person.parts[-1]):
                return person
        return self._new(parts)

    def _new(self, parts: Sequence[str]) -> _Person:
        person = _Person(list(parts), 0)
        for part in dict.fromkeys(parts):
            self._of_part.setdefault(part, deque(maxlen=_MOST_ALIKE)).append(person)
        for initial in {part[:1] for part in parts}:
            self._of_initial.setdefault(initial, deque(maxlen=_MOST_ALIKE)).append(person)
        return person

    def _alike(self, part: str) -> Iterable[_Person]:
        """Return the people met last of whom a part begins with the same letter."""
        return self._of_initial.get(part[:1], ())

    def _person(self, parts: Sequence[str]) -> str:
        self._clock += 1
        person = self._introduce(parts) if len(parts) > 1 else self._mentioned(parts[0] if parts else "")
        person.last_said = self._clock
        return person.value

    def _mentioned(self, part: str) -> _Person:
        """Return whom one name means: who has it, exactly before nearly, the one spoken of last before others."""
        found: list[_Person] = list(self._of_part.get(part, ()))
        found = found or [person for person in self._alike(part) if any(same(part, one) for one in person.parts)]
        found = found or [self._new([part])]
        return max(found, key=lambda person: person.last_said)


def same(one: str, other: str) -> bool:
    """Say whether two names are one, misspelt at most: letters enough, the same first one, and nearly all the rest."""
    if one == other:
        return True
    if min(len(one), len(other)) < _FUZZY_FROM or one[0] != other[0]:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _CLOSE


def _pieces(spans: Sequence[Span]) -> dict[tuple[str, int, int], list[int]]:
    numbered = sorted(enumerate(spans), key=lambda pair: item_of(pair[1]))
    return {item: [at for at, _ in pairs] for item, pairs in groupby(numbered, key=lambda pair: item_of(pair[1]))}


def _tokens_in(tokens: Iterable[Token], span: Span) -> tuple[Token, ...]:
    return tuple(one for one in tokens if one.end > span.first_word and one.first < span.end_word)


def _name_parts(tokens: Sequence[Token]) -> list[str]:
    norms = [one.norm.removesuffix("'s").rstrip(".") for one in tokens if one.norm]
    letters = [norm.replace("-", "").replace(".", "") for norm in norms]
    if norms and all(len(piece) == 1 for norm in norms for piece in norm.replace(".", "-").split("-")):
        return ["".join(letters)]
    return [norm for norm in norms if norm not in _TITLES]


def _code(tokens: Sequence[Token]) -> str:
    return fold(parts_of(tokens)) if tokens else ""


def _value(span: Span, tokens: Sequence[Token]) -> str:
    if span.entity_type not in _WRITTEN_AS_SAID:
        code = _code(tokens)
        if sum(char.isdigit() for char in code) >= _CODE_DIGITS:
            return code
    return "".join(_SAID.get(one.norm, one.norm) for one in tokens)
