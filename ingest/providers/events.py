"""Small readings that the providers share: an event's fields as text, ids, instants, durations and parties."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from ingest.formats import clock
from ingest.formats.errors import RowError
from ingest.formats.parties import party
from ingest.formats.record import Direction, Disposition, PartyNumber, Row
from ingest.providers.payload import Fields, FloatText

IST: Final = ZoneInfo("Asia/Kolkata")
"""The zone in which the Indian providers write times without a zone; their documentation says so."""
ZULU: Final = ZoneInfo("UTC")
LONGEST_ID: Final = 200
LONGEST_TEXT: Final = 4_000
_SAYS_NOTHING: Final = frozenset({"", "null", "none", "undefined", "na", "n/a"})
_DIGITS: Final = re.compile(r"[1-9]\d{7,14}", re.ASCII)
_ISO_DURATION: Final = re.compile(
    r"P(?:(\d{1,4})D)?T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?", re.ASCII
)


def text(fields: Fields, *names: str) -> str:
    """Return the first of these fields that says something, as text; empty when none does.

    Raises:
        RowError: `field` when it is a list or object, or longer than any of these is.
    """
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, dict | list):
            raise RowError("field", f"{name} is no single value")
        told = value if isinstance(value, str) else ("true" if value is True else str(value))
        if len(told) > LONGEST_TEXT:
            raise RowError("field", f"{name} is longer than 4,000 characters")
        if told.strip().lower() not in _SAYS_NOTHING:
            return told.strip()
    return ""


def ident(fields: Fields, *names: str) -> str:
    """Return an id exactly as it came.

    Raises:
        RowError: `number_as_float` when it may have lost digits, `field` when it is too long.
    """
    for name in names:
        value = fields.get(name)
        if isinstance(value, FloatText | float):
            raise RowError("number_as_float", f"{name} came as a floating-point number; ask for it as a text")
        found = text(fields, name)
        if len(found) > LONGEST_ID:
            raise RowError("field", f"{name} is longer than 200 characters")
        if found:
            return found
    return ""


def instant(fields: Fields, *names: str, zone: ZoneInfo | None = None) -> datetime | None:
    """Return the instant of the first of these fields that is set: ISO order, or as in mail; see `clock.local`."""
    told = text(fields, *names)
    if told[:1].isalpha():
        return rfc2822(told, zone)
    return clock.local(told, zone)


def rfc2822(told: str, zone: ZoneInfo | None) -> datetime | None:
    """Return the instant of `Tue, 21 Jan 2025 10:30:00 +0000`; without an offset it is in the zone."""
    try:
        moment = parsedate_to_datetime(told)
        if moment.tzinfo is not None:
            return clock.plausible(moment.astimezone(UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        raise RowError("time", "a time is not written as in mail (RFC 2822)") from None
    return clock.local(moment.isoformat(sep=" "), zone)


def from_epoch(fields: Fields, *names: str) -> datetime | None:
    """Return the instant of an epoch in any unit, None for "not set"."""
    told = text(fields, *names)
    return clock.epoch(told) if told else None


def lasted(fields: Fields, *names: str) -> float | None:
    """Return a duration in seconds: `13`, `00:00:13` or `PT13S`."""
    told = text(fields, *names)
    if not told.startswith("P"):
        return clock.seconds(told)
    match = _ISO_DURATION.fullmatch(told)
    if match is None:
        raise RowError("field", "a duration is not written as PT30S")
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return clock.seconds(days * 86_400 + hours * 3_600 + minutes * 60 + rest)


def thousandth(fields: Fields, *names: str) -> float | None:
    """Return a duration given in milliseconds, in seconds."""
    told = lasted(fields, *names)
    return None if told is None else told / 1000


def side(fields: Fields, *names: str, region: str | None) -> PartyNumber:
    """Return the party in the first of these fields that is set.

    Digits without a plus that no national plan explains are an international number as these providers write it.
    """
    return _side(text(fields, *names), region)


@lru_cache(maxsize=65_536)
def _side(told: str, region: str | None) -> PartyNumber:
    found = party(told, region)
    if found.e164 is None and _DIGITS.fullmatch(told):
        international = party(f"+{told}", None)
        if international.e164 is not None:
            return msgspec.structs.replace(international, raw=told)
    return found


def without_address(row: Row) -> Row:
    """Return the row without the recording's address, which is a secret for a time and is never stored or shown."""
    if row.recording is None or row.recording.url is None:
        return row
    return msgspec.structs.replace(row, recording=msgspec.structs.replace(row.recording, url=None))


def small_number(fields: Fields, *names: str) -> int | None:
    """Return a small whole number, None when not said."""
    told = text(fields, *names)
    return int(told) if told.isascii() and told.isdigit() and len(told) <= len("99") else None


_DIRECTIONS: Final = {
    "inbound": Direction.INBOUND,
    "incoming": Direction.INBOUND,
    "in": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
    "outgoing": Direction.OUTBOUND,
    "out": Direction.OUTBOUND,
    "outbound-api": Direction.OUTBOUND,
    "outbound-dial": Direction.OUTBOUND,
    "manual": Direction.OUTBOUND,
    "progressive": Direction.OUTBOUND,
    "predictive": Direction.OUTBOUND,
    "preview": Direction.OUTBOUND,
    "clicktocall": Direction.OUTBOUND,
    "click_to_call": Direction.OUTBOUND,
}


def direction(fields: Fields, *names: str) -> Direction:
    """Return a call's direction; a word that nobody documented is unknown."""
    return _DIRECTIONS.get(text(fields, *names).lower(), Direction.UNKNOWN)


_ENDINGS: Final = {
    "answered": Disposition.ANSWERED,
    "answer": Disposition.ANSWERED,
    "connected": Disposition.ANSWERED,
    "completed": Disposition.ANSWERED,
    "busy": Disposition.BUSY,
    "no-answer": Disposition.NO_ANSWER,
    "no_answer": Disposition.NO_ANSWER,
    "noanswer": Disposition.NO_ANSWER,
    "notanswered": Disposition.NO_ANSWER,
    "not_answered": Disposition.NO_ANSWER,
    "unanswered": Disposition.NO_ANSWER,
    "timeout": Disposition.NO_ANSWER,
    "missed": Disposition.MISSED,
    "failed": Disposition.FAILED,
    "canceled": Disposition.CANCELLED,
    "cancelled": Disposition.CANCELLED,
    "cancel": Disposition.CANCELLED,
    "rejected": Disposition.REJECTED,
    "voicemail": Disposition.VOICEMAIL,
}


def ending(told: str) -> Disposition | None:
    """Return how a call ended by the words that most providers share, None for another word."""
    return _ENDINGS.get(told.strip().lower())


def extras(fields: Fields, **names: str) -> dict[str, str]:
    """Return free fields under names of ours, those that say something; all of them are sealed."""
    found: dict[str, Any] = {ours: text(fields, theirs) for ours, theirs in names.items()}
    return {ours: told for ours, told in found.items() if told}
