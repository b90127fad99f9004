"""The port of the second detector: it shares nothing with the redaction's rules, and judges words in context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Sight:
    """A word as it stands among others: characters [start, end) of the text."""

    text: str
    start: int
    end: int


class SecondLook(Protocol):
    """Judges words. Synchronous; the same sight gets the same answer, whatever is asked beside it."""

    @property
    def name(self) -> str:
        """Which detector it is, with its version: for the report."""
        ...

    def scores(self, sights: Sequence[Sight]) -> Sequence[float]:
        """Return for each word how surely it names or finds somebody (a name, a street, an address), 0 to 1."""
        ...
