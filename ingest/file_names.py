"""What a recording's file name says: the other side's number and when it began (formats.md A2).

A file name is personal data. It is read here and goes no further: what is kept of it is a number, which is sealed, and
an instant. A contact's name that holds digits ("Mom 2", "Office 5551234") is no number, and is not kept at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from ingest.formats.clock import in_zone, plausible
from ingest.formats.errors import RowError
from ingest.formats.record import utc

LONGEST: Final = 255
_NUMBER: Final = re.compile(r"\+?[0-9][0-9 ().-]*")
_FEWEST_DIGITS, _MOST_DIGITS = 3, 17
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
_COPY: Final = re.compile(r" ?\([0-9]{1,3}\)\Z")
"""What is added to the name of a file that was copied."""

_SAMSUNG: Final = re.compile(r"(?:Call recording |Call_recording_)?(?P<who>.+)_(?P<date>[0-9]{6})_(?P<time>[0-9]{6})")
_XIAOMI: Final = re.compile(r"[^@]{1,40}@.*\((?P<who>[^()]*)\)_(?P<when>[0-9]{14})")
_LG: Final = re.compile(r"[01]d(?P<when>[0-9]{14})p(?P<who>.+)")
_BCR: Final = re.compile(
    r"(?P<date>[0-9]{8})_(?P<time>[0-9]{6})(?:\.(?P<fraction>[0-9]{1,6}))?(?P<offset>[+-][0-9]{4}|Z)?(?P<rest>(?:_.*)?)"
)
_BCR_BEFORE_NUMBER: Final = re.compile(r"(?:in|out|conference|sim[0-9]+|[0-9])")
_MARKED_TIME: Final = re.compile(
    r".*_DT_?(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<time>[0-9]{2}-[0-9]{2}-[0-9]{2})(?:_.*)?"
)
_CONNECT: Final = re.compile(r".*_(?P<date>[0-9]{8})T(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})_UTC")


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What a name says. `moment` is aware where the name has an offset, else the phone's local time."""

    number: str | None = None
    moment: datetime | None = None

    def began(self, zone: ZoneInfo | None) -> datetime | None:
        """Return when the recording began, in UTC; None when nothing says so without a guess.

        Args:
            zone: the phone's; without it a local time says nothing, and one that happened twice never does.
        """
        if self.moment is None:
            return None
        if self.moment.tzinfo is not None:
            return plausible(utc(self.moment))
        if zone is None:
            return None
        try:
            return plausible(in_zone(self.moment, zone))
        except RowError:
            return None


NOTHING: Final = NameFacts()


def read_name(file_name: str) -> NameFacts:
    """Return what a file name says; a name of no known kind, or one with an impossible time, says less, never wrong."""
    name = re.split(r"[/\\]", file_name[-LONGEST:])[-1]
    stem = _COPY.sub("", _EXTENSION.sub("", name))
    for read in _READERS:
        facts = read(stem)
        if facts is not None:
            return facts
    return NOTHING


def number_in(text: str) -> str | None:
    """Return the number that a text is, None when it is a name, a label, or says that the number is hidden."""
    plain = text.strip(" _")
    digits = sum(character.isdigit() for character in plain)
    return plain if _NUMBER.fullmatch(plain) and _FEWEST_DIGITS <= digits <= _MOST_DIGITS else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _compact(digits: str) -> datetime | None:
    """Read YYYYMMDDHHMMSS."""
    return _moment(f"{digits[:8]}T{digits[8:]}")


def _bcr(stem: str) -> NameFacts | None:
    found = _BCR.fullmatch(stem)
    if found is None:
        return None
    fraction = f".{found['fraction']:0<6}" if found["fraction"] else ""
    moment = _moment(f"{found['date']}T{found['time']}{fraction}{found['offset'] or ''}")
    parts = found["rest"].split("_")[1:]
    while parts and _BCR_BEFORE_NUMBER.fullmatch(parts[0]):
        parts = parts[1:]
    return NameFacts(number_in(parts[0]) if parts else None, moment)


def _xiaomi(stem: str) -> NameFacts | None:
    found = _XIAOMI.fullmatch(stem)
    return found and NameFacts(number_in(found["who"]), _compact(found["when"]))


def _lg(stem: str) -> NameFacts | None:
    found = _LG.fullmatch(stem)
    return found and NameFacts(number_in(found["who"]), _compact(found["when"]))


def _samsung(stem: str) -> NameFacts | None:
    found = _SAMSUNG.fullmatch(stem)
    return found and NameFacts(number_in(found["who"]), _compact(f"20{found['date']}{found['time']}"))


def _marked_time(stem: str) -> NameFacts | None:
    found = _MARKED_TIME.fullmatch(stem)
    return found and NameFacts(None, _moment(f"{found['date']}T{found['time'].replace('-', ':')}"))


def _connect(stem: str) -> NameFacts | None:
    found = _CONNECT.fullmatch(stem)
    return found and NameFacts(None, _moment(f"{found['date']}T{found['hour']}{found['minute']}Z"))


_READERS: Final[tuple[Callable[[str], NameFacts | None], ...]] = (_bcr, _xiaomi, _lg, _samsung, _marked_time, _connect)
