"""A call with its truth: what is said in words that know what they are, and where that stands in a transcript."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from domain.speech import Transcript
from redaction.port import KnownParty

Random = random.Random
Piece = tuple[str, bool]
"""A written word and whether it carries the value: in "M for Mumbai" the "for" does not."""
Group = list[Piece]
Groups = list[Group]


class Role(StrEnum):
    """What becomes of a marked stretch in the count."""

    ITEM = "item"
    """Personal data: must not stay readable."""
    FLAG = "flag"
    """A special category: neither required nor charged when hidden, counted when flagged."""
    FREE = "free"
    """Neither required nor charged: a company, a town, the "uh" inside a number."""
    HARMLESS = "harmless"
    """Must stay readable: a price, a time, an order number."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mention of something. All words of a call that bear its number belong to it."""

    kind: str
    role: Role


@dataclass(frozen=True, slots=True)
class Said:
    """A written word; `mark` is its mark's number, 0 for none."""

    text: str
    mark: int = 0
    carries: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says before the other one speaks."""

    channel: int
    words: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A call before anybody wrote it down. `marks[n - 1]` is mark n."""

    turns: tuple[Turn, ...]
    marks: tuple[Mark, ...]
    domain: str
    country: str
    known: KnownParty = field(default_factory=KnownParty)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Characters [start, end) of a segment's text."""

    segment: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One mention and where it stands; several places where it runs over turns."""

    kind: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A transcript and the truth about it."""

    transcript: Transcript
    items: tuple[Item, ...]
    harmless: tuple[Item, ...] = ()
    flags: tuple[Item, ...] = ()
    free: tuple[Place, ...] = ()
    """Neither required nor charged."""
    domain: str = ""
    country: str = ""
    known: KnownParty = field(default_factory=KnownParty)


@dataclass(frozen=True, slots=True)
class Value:
    """Something that may be said more than once, each time in another manner (`aloud`: in words that can be spoken)."""

    kind: str
    read: Callable[[Random, bool], Groups]
    role: Role = Role.ITEM
    plain: str = ""
    """As a record would hold it, where it is a number or an address."""
