"""What a source's configuration says and a file does not: zone, region, encoding, mapping. Nothing here is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

FUTURE_ALLOWED = timedelta(days=1)
"""How far ahead a clock may run before what it says is refused."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost its reader."""

    line_bytes: int = 1024 * 1024
    ratio: int = 200
    """Bytes out per byte in, of a compressed file."""
    ratio_from_bytes: int = 16 * 1024 * 1024
    """Up to here any ratio is allowed: small files of equal rows compress well."""
    total_bytes: int = 64 * 1024**3
    """Decompressed bytes of one file."""
    document_bytes: int = 64 * 1024 * 1024
    """A document that is read whole (one vCon, one XML record, one JSON object)."""
    depth: int = 64
    """Nesting of JSON and XML."""


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How to read a file of one source.

    Attributes:
        zone: of local times in the data; None: a format that needs one refuses the file (`ZoneNeeded`).
        region: ISO country code for national numbers; None takes international ones only.
        encoding: of text files.
        mapping: columns of generic CSV (`ingest.formats.csv_mapping`), None when not configured.
        currency: ISO 4217, of costs without one.
        own_numbers: regular expression of the company's own numbers, to tell inbound from outbound; None: unknown.
        certificates: SHA-256 fingerprints (hex) of the certificates whose signatures are trusted (signed vCons).
        now: the instant against which the future is told.
    """

    zone: ZoneInfo | None = None
    region: str | None = None
    encoding: str = "utf-8"
    mapping: Mapping[str, object] | None = None
    currency: str | None = None
    own_numbers: str | None = None
    certificates: frozenset[str] = frozenset()
    now: datetime = field(default_factory=lambda: datetime.max.replace(tzinfo=UTC))
    limits: Limits = field(default_factory=Limits)
