"""What an entry of a phone's call log means: when, which way, how it ended, and who was on the other side, if anybody.

Nothing is guessed: an entry with a value that cannot be meant is refused with its reason, the rest of its batch lands.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar

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
_SIM_SLOTS: Final = 16
_TOO_LONG: Final = 130
"""Longer than any number that is taken; what is cut here is refused."""
_DIALLED: Final = re.compile(r"(?=.*[0-9*#])[+0-9*#(),;./ PpWwXx-]{1,64}")
_ADDRESS: Final = re.compile(r"(?:[a-z]{2,8}:)?[^\s@]{1,64}(?:@[^\s@]{1,64})?", re.IGNORECASE)
_URI: Final = re.compile("[:@]")
_WORD: Final = re.compile(r"[A-Za-z0-9._&-]{1,20}")
_ENTRY_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NOBODY: Final = frozenset({PartyKind.WITHHELD, PartyKind.NONE})
Kind = TypeVar("Kind")


class LogType(StrEnum):
    """Android's CallLog.Calls.TYPE by name, in the order of its numbers from 1."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    MISSED = "missed"
    VOICEMAIL = "voicemail"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    ANSWERED_EXTERNALLY = "answered_externally"


_TYPES: Final[dict[int | str, LogType]] = {
    **dict(enumerate(LogType, start=1)),
    **{kind.value: kind for kind in LogType},
}
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


class LogEntry(msgspec.Struct, frozen=True, gc=False):
    """An entry that may land.

    Attributes:
        at_ms: its start, as the phone gave it.
        number: the text by which the phone knows the other side; empty when that was withheld.
        other: who that is, by the entry's region.
    """

    setup_time: datetime
    at_ms: int
    type: LogType
    number: str
    other: PartyNumber
    duration_s: float | None
    sim_slot: int | None

    @property
    def direction(self) -> Direction:
        """Seen from the phone."""
        return Direction.OUTBOUND if self.type is LogType.OUTGOING else Direction.INBOUND

    @property
    def disposition(self) -> Disposition | None:
        """How it ended; what nobody answered is told by its duration of nothing."""
        known = _ENDINGS.get(self.type)
        if known is not None or self.duration_s is None:
            return known
        return Disposition.ANSWERED if self.duration_s > 0 else Disposition.NO_ANSWER


def read_entry(entry: EntryIn, device: Device, *, now: datetime) -> LogEntry:
    """Return what the entry means. Raises RowError with a reason of `ingest.formats.errors.REASONS`."""
    at_ms = entry.date
    if type(at_ms) is not int or entry.setup_time is not None or not _FIRST_MS <= at_ms <= _LAST_MS:
        at_ms = _at_ms(entry)
    moment = _EPOCH + at_ms * _MILLISECOND
    if moment > now and moment - now > FUTURE_ALLOWED:
        raise RowError("future", "the call begins more than a day in the future; check the device's clock")
    kind = _known(_TYPES, entry.type, "type")
    presentation = _known(_PRESENTATIONS, entry.presentation, "presentation")
    if entry.sim_slot is not None and not 0 <= entry.sim_slot < _SIM_SLOTS:
        raise RowError("field", f"sim_slot must lie between 0 and {_SIM_SLOTS - 1}")
    if entry.entry_id is not None and told_id(entry) is None:
        raise RowError("field", "entry_id has 1 to 64 letters, digits and . _ : -")
    region = _region(entry.country_iso) if entry.country_iso else device.region  # Android has "" for no country
    text, other = _other_side((entry.number or "")[:_TOO_LONG], region, entry.normalized_number)
    if presentation is not Presentation.ALLOWED:
        # What the caller did not let be shown is not kept, even where the phone has it (formats.md A1).
        other = PartyNumber("", None, presentation, PartyKind.WITHHELD)
    return LogEntry(moment, at_ms, kind, text, other, _duration(entry.duration_s), entry.sim_slot)


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


def _known(table: dict[int | str, Kind], value: int | str, name: str) -> Kind:
    found = table.get(value)
    if found is None:
        raise RowError("field", f"{name} is none that Android's call log has")
    return found


def _duration(value: float | None) -> float | None:
    if value is None:
        return None
    if value < 0:
        raise RowError("negative_duration", "the duration is negative")
    if not value <= LONGEST_S:
        raise RowError("field", "a duration of more than a week cannot be meant; send seconds")
    return round(float(value), 3)


@lru_cache(maxsize=100_000)
def _other_side(sent: str, region: str | None, normalized: str | None) -> tuple[str, PartyNumber]:
    """Return the text by which the phone knows the other side, and who that is. Raises RowError for prose."""
    text = _ascii_digits(sent) if not sent.isascii() else sent.strip()
    found = party(text, region)
    if found.kind in _NOBODY:
        return "", PartyNumber("", None, Presentation.RESTRICTED, PartyKind.WITHHELD)
    if not (_DIALLED.fullmatch(text) or _WORD.fullmatch(text) or (_URI.search(text) and _ADDRESS.fullmatch(text))):
        raise RowError("field", "number is none; send CallLog.Calls.NUMBER and no text of your own")
    if found.kind is PartyKind.EXTENSION:  # a phone has none: what is as short is a short code of its network
        return text, PartyNumber(found.raw, None, found.presentation, PartyKind.SERVICE)
    if found.kind is PartyKind.SUBSCRIBER and found.e164 is None and normalized:
        known = party(normalized.strip()[:32], None)
        return text, PartyNumber(found.raw, known.e164, found.presentation, found.kind)
    return text, found


def _ascii_digits(text: str) -> str:
    """Return the text with the digits of other scripts as ours, and without marks of writing direction."""
    kept = (one for one in text if unicodedata.category(one) != "Cf")
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in kept).strip()


def _region(country: str) -> str:
    region = country.upper()
    if region not in SUPPORTED_REGIONS:
        raise RowError("field", "country_iso is no country; send COUNTRY_ISO as the phone has it")
    return region
