"""What every format is read into: rows of a call, the call that they make, and the rows that were refused.

A `Row` is what one row of a file (or one event, one callback) says of a call. Rows of one call share `group`; `join`
in `ingest.formats.joining` makes a `CallRecord` of them, in whatever order and however often they came.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec


class Presentation(StrEnum):
    """Whether the caller let the number be shown (Android NUMBER_PRESENTATION, SIP Privacy, BroadWorks indicator)."""

    ALLOWED = "allowed"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"
    PAYPHONE = "payphone"


class PartyKind(StrEnum):
    """What stands where a number is expected. Only the first three are somebody (formats.md A3)."""

    SUBSCRIBER = "subscriber"
    """A telephone number in E.164."""
    EXTENSION = "extension"
    """A desk or account inside a company's own system."""
    ADDRESS = "address"
    """A SIP address or e-mail address."""
    SERVICE = "service"
    """A short code, a feature code, a destination of the dial plan: never a subject."""
    EMERGENCY = "emergency"
    """112 and its like: never a subject."""
    WITHHELD = "withheld"
    """Hidden by the caller or the network: never a person."""
    NONE = "none"
    """The source says nothing."""


SUBJECTS = frozenset({PartyKind.SUBSCRIBER, PartyKind.EXTENSION, PartyKind.ADDRESS})


class PartyNumber(msgspec.Struct, frozen=True, gc=False):
    """One side of a call: as it came, as E.164 where it is a number, and whether it was shown."""

    raw: str = ""
    e164: str | None = None
    presentation: Presentation = Presentation.ALLOWED
    kind: PartyKind = PartyKind.NONE

    @property
    def subject(self) -> str | None:
        """What this party is found by (blind index); None for whoever is no subject."""
        return (self.e164 or self.raw) if self.kind in SUBJECTS else None


class Direction(StrEnum):
    """Seen from the company's own side."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class Disposition(StrEnum):
    """How a call or leg ended."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    MISSED = "missed"
    """A phone's own word for an inbound call that nobody took."""
    BUSY = "busy"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    BLOCKED = "blocked"


class RecordingRef(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A recording that the source speaks of. `name` and `url` are personal data and, often, secrets."""

    origin_id: str | None = None
    name: str | None = None
    url: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    duration_s: float | None = None
    channels: int | None = None
    media_type: str | None = None
    status: str | None = None


class Cost(msgspec.Struct, frozen=True, gc=False):
    """What the call cost, as a decimal text so that it sums exactly; `currency` is ISO 4217, None when not said."""

    amount: str
    currency: str | None = None


class Row(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What one row says. Times are aware and in UTC; None means "not set" or "not said here".

    Attributes:
        source: the format's name.
        group: the key that the rows of one call share; with the source and workspace it makes the idempotency key.
        key: the row's own key: the same row delivered twice has the same.
        origin_id: the call's id at its source, None when it has none.
        raw_line: number of the row's first line in the file, from 1.
        kind: `leg` when the row is a leg or a whole call; the event's name when it is one event of a call.
        at: when the event happened, for rows that are events; orders them.
        rank: among rows with one `key` the one with the greatest (rank, content) wins: later statuses, newer versions.
        duration_s: what the source calls the duration; talk_s: from answer to end.
        extra: free fields, all of them taken for identifiers; they are sealed.
        facts: enumerated facts (technology, hangup cause); anything that looks like an identifier is sealed instead.
    """

    source: str
    group: str
    key: str
    raw_line: int
    origin_id: str | None = None
    kind: str = "leg"
    leg_id: str | None = None
    at: datetime | None = None
    rank: float = 0.0
    direction: Direction = Direction.UNKNOWN
    caller: PartyNumber = PartyNumber()
    callee: PartyNumber = PartyNumber()
    setup_time: datetime | None = None
    answer_time: datetime | None = None
    end_time: datetime | None = None
    duration_s: float | None = None
    talk_s: float | None = None
    disposition: Disposition | None = None
    recording: RecordingRef | None = None
    cost: Cost | None = None
    extra: dict[str, str] = {}
    facts: dict[str, str] = {}


class Leg(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One leg of a joined call."""

    leg_id: str | None
    raw_line: int
    caller: PartyNumber
    callee: PartyNumber
    setup_time: datetime | None = None
    answer_time: datetime | None = None
    end_time: datetime | None = None
    duration_s: float | None = None
    talk_s: float | None = None
    disposition: Disposition | None = None
    recording: RecordingRef | None = None
    cost: Cost | None = None
    facts: dict[str, str] = {}


class CallRecord(msgspec.Struct, frozen=True, gc=False):
    """A call as its rows tell it: the normalised record that `callward parse` prints."""

    source: str
    origin_id: str | None
    idempotency_key: str
    direction: Direction
    caller: PartyNumber
    callee: PartyNumber
    setup_time: datetime | None
    answer_time: datetime | None
    end_time: datetime | None
    duration_s: float | None
    talk_s: float | None
    disposition: Disposition | None
    legs: list[Leg]
    recording: RecordingRef | None
    recordings: list[RecordingRef]
    cost: Cost | None
    raw_line: int
    rows: int
    """How many rows of the file this record was made of."""
    facts: dict[str, str] = {}
    extra: dict[str, str] = {}


class Rejection(msgspec.Struct, frozen=True, gc=False):
    """A row that was refused: where, a constant reason, what a person can do; `raw` is the row, cut to 4 KiB."""

    raw_line: int
    reason: str
    message: str
    raw: str = ""
    rows: int = 1


def to_json(item: CallRecord | Rejection | Row) -> bytes:
    """Return one line of JSON without its line end; instants end in Z."""
    return msgspec.json.encode(item)


def to_plain(item: Any) -> Any:
    """Return the same as plain Python values (instants as text)."""
    return msgspec.to_builtins(item)


def utc(moment: datetime) -> datetime:
    """Return an aware instant in UTC. Raises ValueError when it has no zone."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return moment.astimezone(UTC)
