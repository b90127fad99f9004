"""What an entry of a phone's call log means: when, which way, how it ended, and who was on the other side, if anybody.

Nothing is guessed: an entry with a value that cannot be meant is refused with its reason, the rest of its batch lands.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec
from phonenumbers import SUPPORTED_REGIONS

from ingest.formats.errors import RowError
from ingest.formats.options import FUTURE_ALLOWED
from ingest.formats.parties import party
from ingest.formats.record import Direction, Disposition, PartyKind, PartyNumber, Presentation
from ingest.log_batches import Device, EntryIn, instant

LONGEST_S: Final = 7 * 86_400
"""A call of more than a week cannot be meant; the same limit as at POST /v1/calls."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_FIRST_MS: Final = (datetime(1990, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
"""Before this no phone wrote a log: such a time means "not set", or seconds in place of milliseconds."""
_LAST_MS: Final = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
SIM_SLOTS: Final = 16
_TOO_LONG: Final = 130
"""Longer than any number that is taken; what is cut here is refused."""
_DIALLED: Final = re.compile(r"(?=.*[0-9*#])[+0-9*#(),;./ PpWwXx-]{1,64}")
_ADDRESS: Final = re.compile(r"(?:[a-z]{2,8}:)?[^\s@]{1,64}(?:@[^\s@]{1,64})?", re.IGNORECASE)
_URI: Final = re.compile("[:@]")
_WORD: Final = re.compile(r"[A-Za-z0-9._&-]{1,20}")
_ENTRY_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NOBODY: Final = frozenset({PartyKind.WITHHELD, PartyKind.NONE})


class LogType(StrEnum):
    """Android's CallLog.Calls.TYPE by name, in the order of its numbers from 1."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    MISSED = "missed"
    VOICEMAIL = "voicemail"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    ANSWERED_EXTERNALLY = "answered_externally"


_PRESENTATIONS: Final[dict[int | str, Presentation]] = {
    1: Presentation.ALLOWED,
    2: Presentation.RESTRICTED,
    3: Presentation.UNKNOWN,
    4: Presentation.PAYPHONE,
    5: Presentation.UNKNOWN,  # PRESENTATION_UNAVAILABLE, since Android 14
    **{kind.value: kind for kind in Presentation},
}
_ENDINGS: Final = {
    LogType.MISSED: Disposition.MISSED,
    LogType.VOICEMAIL: Disposition.VOICEMAIL,
    LogType.REJECTED: Disposition.REJECTED,
    LogType.BLOCKED: Disposition.BLOCKED,
    LogType.ANSWERED_EXTERNALLY: Disposition.ANSWERED,
}


class OtherSide(msgspec.Struct, frozen=True, gc=False):
    """Who was on the other side, with what is stored of it: made once for a number that comes often.

    Attributes:
        text: by which the phone knows it; empty when that was withheld.
        party: who that is, by the entry's region.
        subject: what it is found by, None for whoever is no subject.
        kind: the kind of party, as a word.
        presentation: how its number may be shown, as a word.
        held: the end of the JSON object that is sealed of an entry, with its number unless that was withheld.
    """

    text: str
    party: PartyNumber
    subject: str | None
    kind: str
    presentation: str
    held: bytes


def _side(text: str, found: PartyNumber) -> OtherSide:
    withheld = found.kind is PartyKind.WITHHELD
    held = b"}" if withheld else b"," + msgspec.json.encode({"number": found.raw, "e164": found.e164})[1:]
    return OtherSide(text, found, found.subject, found.kind.value, found.presentation.value, held)


class _Kind(msgspec.Struct, frozen=True, gc=False):
    """A type of entry with the words that it is stored as."""

    type: LogType
    word: str
    direction: str
    ending: str | None


_KINDS: Final = [
    _Kind(
        one,
        one.value,
        (Direction.OUTBOUND if one is LogType.OUTGOING else Direction.INBOUND).value,
        _ENDINGS[one].value if one in _ENDINGS else None,
    )
    for one in LogType
]
_TYPES: Final[dict[int | str, _Kind]] = {
    **dict(enumerate(_KINDS, start=1)),
    **{kind.word: kind for kind in _KINDS},
}
_ANSWERED: Final = Disposition.ANSWERED.value
_NO_ANSWER: Final = Disposition.NO_ANSWER.value


class LogEntry(msgspec.Struct, frozen=True, gc=False):
    """An entry that may land. `at_ms` is its start, as the phone gave it; `side` is who was on the other side."""

    setup_time: datetime
    at_ms: int
    kind: _Kind
    side: OtherSide
    duration_s: float | None
    sim_slot: int | None

    @property
    def type(self) -> LogType:
        """Android's type of the entry."""
        return self.kind.type

    @property
    def number(self) -> str:
        """The text by which the phone knows the other side."""
        return self.side.text

    @property
    def other(self) -> PartyNumber:
        """Who was on the other side, by the entry's region."""
        return self.side.party

    @property
    def direction(self) -> Direction:
        """Seen from the phone."""
        return Direction(self.kind.direction)

    @property
    def disposition(self) -> str | None:
        """How it ended, a word of `Disposition`; what nobody answered is told by its duration of nothing."""
        if self.kind.ending is not None or self.duration_s is None:
            return self.kind.ending
        return _ANSWERED if self.duration_s > 0 else _NO_ANSWER


def read_entry(entry: EntryIn, device: Device, *, now: datetime) -> LogEntry:
    """Return what the entry means. Raises RowError with a reason of `ingest.formats.errors.REASONS`."""
    at_ms = entry.date
    if type(at_ms) is not int or entry.setup_time is not None or not _FIRST_MS <= at_ms <= _LAST_MS:
        at_ms = _at_ms(entry)
    moment = _EPOCH + at_ms * _MILLISECOND
    if moment > now and moment - now > FUTURE_ALLOWED:
        raise RowError("future", "the call begins more than a day in the future; check the device's clock")
    kind, presentation = _TYPES.get(entry.type), _PRESENTATIONS.get(entry.presentation)
    if kind is None or presentation is None:
        unknown = "type" if kind is None else "presentation"
        raise RowError("field", f"{unknown} is none that Android's call log has")
    if entry.sim_slot is not None and not 0 <= entry.sim_slot < SIM_SLOTS:
        raise RowError("field", f"sim_slot must lie between 0 and {SIM_SLOTS - 1}")
    if entry.entry_id is not None and told_id(entry) is None:
        raise RowError("field", "entry_id has 1 to 64 letters, digits and . _ : -")
    region = _region(entry.country_iso) if entry.country_iso else device.region  # Android has "" for no country
    side = _other_side((entry.number or "")[:_TOO_LONG], region, entry.normalized_number)
    if presentation is not Presentation.ALLOWED:
        # What the caller did not let be shown is not kept, even where the phone has it (formats.md A1).
        side = _side(side.text, PartyNumber("", None, presentation, PartyKind.WITHHELD))
    return LogEntry(moment, at_ms, kind, side, _duration(entry.duration_s), entry.sim_slot)


def told_id(entry: EntryIn) -> str | None:
    """Return the app's own id of the entry if it may be told back, None when it is none or too odd for that."""
    return entry.entry_id if entry.entry_id is not None and _ENTRY_ID.fullmatch(entry.entry_id) else None


def _at_ms(entry: EntryIn) -> int:
    if (entry.date is None) == (entry.setup_time is None):
        raise RowError("time", "send one of date (epoch milliseconds) and setup_time")
    if isinstance(entry.date, float):
        raise RowError("number_as_float", "date is written as a floating-point number")
    if entry.date is not None:
        at_ms = entry.date
    else:
        try:
            at_ms = (instant(entry.setup_time or "") - _EPOCH) // _MILLISECOND
        except ValueError:
            raise RowError("time", "write setup_time with its zone, as 2026-11-20T11:32:00+05:30") from None
    if at_ms < _FIRST_MS:
        raise RowError("time", "the time is not set, or date is in seconds; send milliseconds")
    if at_ms > _LAST_MS:
        raise RowError("future", "the call begins more than a day in the future; is date in microseconds?")
    return at_ms


def _duration(value: float | None) -> float | None:
    if value is None:
        return None
    if type(value) is int and 0 <= value <= LONGEST_S:
        return float(value)
    if value < 0:
        raise RowError("negative_duration", "the duration is negative")
    if not value <= LONGEST_S:
        raise RowError("field", "a duration of more than a week cannot be meant; send seconds")
    return round(float(value), 3)


@lru_cache(maxsize=100_000)
def _other_side(sent: str, region: str | None, normalized: str | None) -> OtherSide:
    """Return who is on the other side. Raises RowError for prose."""
    text = _ascii_digits(sent) if not sent.isascii() else sent.strip()
    found = party(text, region)
    if found.kind in _NOBODY:
        return _side("", PartyNumber("", None, Presentation.RESTRICTED, PartyKind.WITHHELD))
    if not (_DIALLED.fullmatch(text) or _WORD.fullmatch(text) or (_URI.search(text) and _ADDRESS.fullmatch(text))):
        raise RowError("field", "number is none; send CallLog.Calls.NUMBER and no text of your own")
    if found.kind is PartyKind.EXTENSION:  # a phone has none: what is as short is a short code of its network
        return _side(text, PartyNumber(found.raw, None, found.presentation, PartyKind.SERVICE))
    if found.kind is PartyKind.SUBSCRIBER and found.e164 is None and normalized:
        known = party(normalized.strip()[:32], None)
        return _side(text, PartyNumber(found.raw, known.e164, found.presentation, found.kind))
    return _side(text, found)


def _ascii_digits(text: str) -> str:
    """Return the text with the digits of other scripts as ours, and without marks of writing direction."""
    kept = (one for one in text if unicodedata.category(one) != "Cf")
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in kept).strip()


def _region(country: str) -> str:
    region = country.upper()
    if region not in SUPPORTED_REGIONS:
        raise RowError("field", "country_iso is no country; send COUNTRY_ISO as the phone has it")
    return region
