"""What de-identification is given: one call as its records have it, and the key of the release."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from domain.spans import Span
from domain.speech import Transcript

Keyed = Callable[[bytes], bytes]
"""HMAC-SHA256 under the release key: any bytes → 32 bytes."""


class SurrogateScope(StrEnum):
    """How far one person or number keeps one surrogate."""

    CALL = "call"
    """Inside a call: two calls of one person have nothing in common."""
    RELEASE = "release"
    """Over all calls of a release: speakers can be followed, and so can be found again more easily."""


@dataclass(frozen=True, slots=True)
class SourceCall:
    """A call as spoken, with all that its own records know of its people. Lives only while it is worked on."""

    call_id: str
    transcript: Transcript
    """The clear one."""
    spans: Sequence[Span]
    """Over the transcript's words, kept ones too: what a customer may read is not what may be trained on."""
    names: Sequence[str] = ()
    numbers: Sequence[str] = ()
    emails: Sequence[str] = ()
    began_at: datetime | None = None
    """Aware."""
    zone: tzinfo = UTC
    """Where its day and hour are told."""
    direction: str = ""
    jurisdictions: Sequence[str] = ()
    """ISO 3166-1 codes of its parties' countries."""
    basis: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    avoid: Container[bytes] = frozenset()
    """Real values as `real_forms` writes them, of this call or of others: no surrogate is one of them."""
