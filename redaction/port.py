"""The port that every finder of personal data fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.spans import Span
from domain.speech import Transcript


@dataclass(frozen=True, slots=True)
class KnownParty:
    """What the call itself knows of its people: numbers (E.164 or as dialled), names and e-mail addresses."""

    numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FinderStamp:
    """Which finder, model and rules made a span list; `version` rises whenever the same words may give other spans."""

    finder: str
    model_id: str
    version: str


class SpanFinder(Protocol):
    """Finds personal data in a transcript. Synchronous, pure for the same input."""

    @property
    def stamp(self) -> FinderStamp:
        """Stored with each span list."""
        ...

    def find(self, transcript: Transcript, *, known: KnownParty | None = None) -> tuple[Span, ...]:
        """Return merged spans over the transcript's words (`domain.spans.merge_spans`)."""
        ...

    def residual(self, redacted: Transcript) -> Sequence[str]:
        """Return the kinds that an independent second look still sees in a *redacted* transcript; empty means clean.

        The stage fails closed on anything returned: a call that is not clean is not served.
        """
        ...
