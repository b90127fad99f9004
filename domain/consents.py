"""What a person granted, per purpose, as events that are only added to: granted, refused, withdrawn.

The last act counts, by when the person did it and not by when it was written down. Of two at one instant the one that
takes away counts. A grant ends with the period that was stated in it (promise RK18), the instant itself not included.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain.records import Purpose
from domain.training import Granted, PartyGround


class ConsentState(StrEnum):
    """What a person did about one purpose."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """How a person made the choice known. There is no silent, and no ticked-beforehand, way (promise RN14)."""

    WRITTEN = "written"
    """A signature, a letter, an e-mail."""
    CLICKED = "clicked"
    """A box that was empty, a button, a setting."""
    SPOKEN = "spoken"
    """Said in a call, after the text was read out."""
    KEY_PRESSED = "key_pressed"


_TAKES_AWAY: Final = frozenset({ConsentState.REFUSED, ConsentState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One act of one person about one purpose. All instants are aware."""

    purpose: Purpose
    state: ConsentState
    act: Act
    text_version: str
    """Which text was shown or read to the person (promise RN14)."""
    acted_at: datetime
    noted_at: datetime
    until: datetime | None = None
    """The first instant at which it is not granted any more; None: until it is taken back."""
    sure: bool = True
    """Whether the person is surely the one in question. A number without its country may be somebody else's: what
    takes away counts then too, what grants does not."""

    @classmethod
    def from_document(cls, document: Mapping[str, Any], people: Collection[str]) -> ConsentEvent:
        """Read a stored act as an act of somebody with these keyed hashes."""
        return cls(
            Purpose(document["purpose"]),
            ConsentState(document["state"]),
            Act(document["act"]),
            document["text_version"],
            document["acted_at"],
            document["noted_at"],
            document["until"],
            sure=not set(document["certain"]).isdisjoint(people),
        )


def standing(events: Iterable[ConsentEvent], purpose: Purpose, *, at: datetime) -> ConsentEvent | None:
    """Return the act that counts for a purpose, of those that were done and known at an instant; None for none."""
    known = [one for one in events if one.purpose is purpose and one.acted_at <= at and one.noted_at <= at]
    counted = [one for one in known if one.sure or one.state in _TAKES_AWAY]
    return max(counted, key=lambda one: (one.acted_at, one.state in _TAKES_AWAY, one.noted_at), default=None)


def is_granted(event: ConsentEvent | None, *, at: datetime) -> bool:
    """Say whether the act that counts grants the purpose at this instant."""
    if event is None or event.state is not ConsentState.GRANTED:
        return False
    return event.until is None or at < event.until


def takes_away(event: ConsentEvent | None) -> bool:
    """Say whether the act that counts is a refusal or a withdrawal."""
    return event is not None and event.state in _TAKES_AWAY


def ground_of(events: Sequence[ConsentEvent], purpose: Purpose, *, at: datetime, now: datetime) -> PartyGround:
    """Return how a person's consent stands: it must have stood at the snapshot `at`, and stand now.

    `at` lies at or before `now`.
    """
    then, today = standing(events, purpose, at=at), standing(events, purpose, at=now)
    if is_granted(then, at=at) and is_granted(today, at=now):
        return PartyGround(Granted.YES, None if today is None else today.until)
    ended = today is not None and today.until is not None and today.until <= now
    return PartyGround(Granted.EXPIRED if ended and not takes_away(today) else Granted.NO)
