"""What stands for each span of one call: everything that its records and its spans know is learned first, then told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from corpus.deid import ages, dates
from corpus.deid.codes import Codes
from corpus.deid.dates import MONTH_OF, MONTHS
from corpus.deid.draws import Draws
from corpus.deid.facts import shift_of
from corpus.deid.mailboxes import Mailboxes
from corpus.deid.number_words import ALPHABET
from corpus.deid.people import People
from corpus.deid.places import Places
from corpus.deid.source import SourceCall
from corpus.deid.spelling import Form, Spelled, say, spelled
from corpus.deid.vocabulary import Look, is_common, look, words
from domain.inventory import item_of
from domain.redaction_kinds import KINDS
from domain.spans import Span

PERSONAL: Final = "[personal]"
"""Stands for what is of a kind that nobody here knows."""
SENSITIVE: Final = "[sensitive]"
"""Stands for words about health, belief, origin and the like: whatever takes their place would say such a thing too."""
PLAIN: Final = words(
    "amber birch cedar copper cotton fern harbour hazel indigo ivory jasper lantern linen maple marble meadow olive "
    "pebble pepper quartz ribbon saffron silver spruce thistle timber velvet walnut willow"
)
_NET: Final = frozenset({"EMAIL_ADDRESS", "URL", "UPI_ID", "USERNAME", "SOCIAL_HANDLE"})
_PLACES: Final = frozenset({"ADDRESS", "LOCATION"})
_DATES: Final = frozenset({"DATE_OF_BIRTH", "CARD_EXPIRY"})
_ON_THE_NET: Final = re.compile(r"@|\w\.\w{2,}|\bdot\b|\d")
_KIND: Final = re.compile(r"[A-Z][A-Z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class Mention:
    """One span with its words, and the pieces of the item that it is a piece of."""

    span: Span
    words: tuple[str, ...]
    before: str
    """The word before it, maybe a title."""


class Teller:
    """Knows what stands for what in one call.

    Args:
        draws: of the call.
        lasting: of whatever keeps its surrogate: the call again, or the release.
        source: the call.
        mentions: all its spans.
    """

    def __init__(self, draws: Draws, lasting: Draws, source: SourceCall, mentions: Sequence[Mention]) -> None:
        country = next(iter(source.jurisdictions), "").upper().partition("-")[0]
        self._draws = lasting
        self._month_first = country == "US"
        self._year = source.began_at.year if source.began_at else 2024
        self.people = People(lasting, source.avoid, country)
        self.codes = Codes(lasting, source.avoid)
        self._places = Places(lasting, source.avoid)
        self._mailboxes = Mailboxes(lasting, self.people)
        self.sensitive: set[str] = set()
        self._by_item: dict[tuple[str, int, int], list[Mention]] = {}
        self._spelled: dict[tuple[str, int, int], Spelled] = {}
        self._told: dict[tuple[str, int, int], list[list[str]]] = {}
        for mention in mentions:
            self._by_item.setdefault(item_of(mention.span), []).append(mention)
        self._dates = self._dates_said()
        self.shift = shift_of(draws, [found.when for found in self._dates.values()])
        self._learn(source, mentions)

    def told(self, mention: Mention) -> list[str]:
        """Return the words that stand for a span; at least one."""
        item = item_of(mention.span)
        pieces = self._by_item[item]
        if item not in self._told:
            self._told[item] = self._tell(item, pieces)
        words = self._told[item][pieces.index(mention)]
        return [word for text in words for word in text.split()] or [PERSONAL]

    def number(self, text: str) -> str | None:
        """Return a word of plain talk with a code of the call in it, told as the call tells it; None: it has none."""
        found = spelled([text])
        code = found.code
        return say(found, self.codes.told(code), self._other)[0] if self.codes.knows(code) else None

    def net(self, text: str) -> str:
        """Return another address for one that stands in plain talk."""
        return self._mailboxes.told([text])[0]

    def _dates_said(self) -> dict[tuple[str, int, int], dates.Said]:
        """Return the items that are dates, as they are read."""
        read = {
            item: dates.read(
                [word for piece in pieces for word in piece.words], month_first=self._month_first, year=self._year
            )
            for item, pieces in self._by_item.items()
            if pieces[0].span.entity_type in _DATES
        }
        return {item: found for item, found in read.items() if found is not None}

    def _learn(self, source: SourceCall, mentions: Sequence[Mention]) -> None:
        for name in source.names:
            self.people.learn(name.split())
        names = [one for one in mentions if one.span.entity_type == "PERSON" and not _on_the_net(one.words)]
        for mention in sorted(names, key=lambda one: -min(2, len(one.words))):
            letters = spelled(mention.words).letters
            self.people.learn([letters] if letters else mention.words, before=mention.before)
        for mention in mentions:
            if mention.span.entity_type == "SPECIAL_CATEGORY":
                self.sensitive.update(norm for word in mention.words if not is_common(norm := look(word).norm))
        for number in source.numbers:
            self.codes.learn("".join(char for char in number if char.isdecimal()))
        for item, pieces in self._by_item.items():
            if pieces[0].span.entity_type not in _NET:
                code = spelled([word for piece in pieces for word in piece.words])
                self._spelled[item] = code
                if not self._spells_a_name(code, pieces):
                    self.codes.learn(code.code, code.ties(), code.fixed())
        self.codes.settle()

    def _spells_a_name(self, code: Spelled, pieces: Sequence[Mention]) -> bool:
        return bool(code.letters) and (pieces[0].span.entity_type == "PERSON" or self.people.knows(code.letters))

    def _tell(self, item: tuple[str, int, int], pieces: Sequence[Mention]) -> list[list[str]]:
        """Return the words of each piece of an item."""
        kind = pieces[0].span.entity_type
        words = [word for piece in pieces for word in piece.words]
        constant = SENSITIVE if kind == "SPECIAL_CATEGORY" else "" if kind in KINDS else PERSONAL
        if constant:
            return [[constant] for _ in pieces]
        if kind in _NET or (kind == "PERSON" and _on_the_net(words)):
            return [self._mailboxes.told(piece.words) for piece in pieces]
        code = self._spelled[item]
        if self._spells_a_name(code, pieces):
            return _parted(self._letters(code), pieces)
        if kind == "PERSON" and not any(piece.form is Form.NAMING for piece in code.pieces):
            return [self.people.told(piece.words) for piece in pieces]
        found = self._dates.get(item)
        if found is not None:
            return _dealt(dates.shifted(found, self.shift), [one.words for one in found.pieces], pieces)
        return self._plainly(kind, code, pieces)

    def _plainly(self, kind: str, code: Spelled, pieces: Sequence[Mention]) -> list[list[str]]:
        """Return the words of each piece of an item that is told word by word."""
        if kind == "AGE":
            return [ages.told(self._draws, piece.words, self._other) for piece in pieces]
        if kind == "LOCATION":
            return [self._places.told(piece.words) for piece in pieces]
        other = (
            self._places.word if kind == "ADDRESS" else self._places.company if kind == "ORGANIZATION" else self._other
        )
        return _parted(say(code, self.codes.told(code.code) if code.code else "", other), pieces)

    def _letters(self, code: Spelled) -> list[str]:
        """Return the letters of an invented name, as far as words go; the last word says what is left."""
        letters = [char for char in self.people.part(code.letters) if char.isalpha()]
        slots = [at for at, piece in enumerate(code.pieces) if piece.code]
        width = max(len(piece.code) for piece in code.pieces)
        told: list[str] = []
        last = ""
        for at, piece in enumerate(code.pieces):
            one = piece.look
            if piece.form is Form.NAMING:
                told.append(one.lead + (ALPHABET.get(last.upper(), "") if last else "") + one.trail)
            elif not piece.code:
                told.append(one.lead + one.core + one.trail)
            else:
                own = letters if at == slots[-1] else letters[: len(piece.code)]
                letters = letters[len(own) :]
                glue = "-" if "-" in one.core else "." if "." in one.core else "" if width > 1 else " "
                text = glue.join(char.upper() if one.capital else char.lower() for char in own)
                told.append(f"{one.lead}{text}{one.trail}" if text else "")
                last = own[-1] if own else ""
        return told

    def _other(self, one: Look) -> str:
        """Return what stands for a word that spells nothing: another month for a month, else a plain word."""
        if one.norm in MONTH_OF:
            month = MONTHS[(MONTH_OF[one.norm] + self._draws.number(f"month:{one.norm}", 11)) % 12]
            return month.capitalize() if one.capital else month
        made = self._draws.choice(f"word:{one.norm}", [word for word in PLAIN if word != one.norm])
        return made.capitalize() if one.capital else made


def kind_told(kind: str) -> str:
    """Return the kind as an item may name it: what has not the form of a kind could be anything."""
    return kind if _KIND.fullmatch(kind) else "UNKNOWN"


def _on_the_net(words: Sequence[str]) -> bool:
    text = " ".join(look(word).core if word.count(".") == 1 else word for word in words)
    return _ON_THE_NET.search(text) is not None


def _parted(told: Sequence[str], pieces: Sequence[Mention]) -> list[list[str]]:
    """Return words, one for each of the item's, by its pieces."""
    parts: list[list[str]] = []
    at = 0
    for piece in pieces:
        parts.append(list(told[at : at + len(piece.words)]))
        at += len(piece.words)
    return parts


def _dealt(told: Sequence[str], widths: Sequence[int], pieces: Sequence[Mention]) -> list[list[str]]:
    """Return texts that each stand for some words of the item, by its pieces: where the first of those words is."""
    parts: list[list[str]] = [[] for _ in pieces]
    ends = [sum(len(piece.words) for piece in pieces[: at + 1]) for at in range(len(pieces))]
    at = 0
    for text, width in zip(told, widths, strict=True):
        parts[next(number for number, end in enumerate(ends) if at < end)].append(text)
        at += width
    return parts
