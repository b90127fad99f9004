"""A row of an Asterisk CDR file made of its fields. The hot loop of the fastest reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from operator import itemgetter
from typing import Final, TypeVar

from ingest.formats.asterisk_layout import DISPOSITIONS, Layout
from ingest.formats.asterisk_zone import epoch_of
from ingest.formats.checks import check
from ingest.formats.clock import WITHIN_HOUR, LocalClock, seconds
from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, by_extension, dialled
from ingest.formats.record import Disposition, PartyNumber, RecordingRef, Row

_KEPT: Final = 100_000
_CALLER_ID: Final = re.compile(r'\s*"*(?P<name>.*?)"*\s*<(?P<number>[^<>]*)>\s*', re.DOTALL)
_FLOATED_ID: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.ASCII)
_READ: Final = (
    *("src", "dst", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer", "end", "duration"),
    *("billsec", "disposition", "amaflags", "uniqueid", "linkedid", "sequence", "recordingfile"),
)
_K = TypeVar("_K")
_V = TypeVar("_V")


def maker(
    layout: Layout, options: ParseOptions, doubts: Mapping[str, str] | None = None
) -> Callable[[int, list[str]], Row]:
    """Return the function that makes a row of (line number, fields). It raises RowError and ZoneNeeded.

    `doubts` are facts about the file that go with every row.

    The hot loop: what repeats (hours, numbers, durations, caller ids) is looked up in dictionaries.
    """
    width = len(layout.names)
    # a column that the file does not have is read from an empty field put behind the last
    pick = itemgetter(*(width if (at := layout.at(name)) is None else at for name in _READ))
    others = _others(layout)
    compass = Compass(options.own_numbers) if options.own_numbers else None
    seen = _Seen(options, doubts or {})
    hours, numbers, lengths, caller_ids = seen.hours, seen.numbers, seen.lengths, seen.caller_ids
    dispositions, facts_of = seen.dispositions, seen.facts

    def make(number: int, fields: list[str]) -> Row:
        if len(fields) != width:
            raise RowError("columns", f"the row has {len(fields)} columns, and the file {width}")
        fields.append("")
        (source, called, clid, channel, peer, app, data, start, answer, end, duration) = (picked := pick(fields))[:11]
        talk, said, flags, unique, linked, sequence, file = picked[11:]
        try:
            setup_time: datetime | None = hours[start[:13]] + WITHIN_HOUR[start[13:]]
            answer_time = hours[answer[:13]] + WITHIN_HOUR[answer[13:]] if answer else None
            end_time = hours[end[:13]] + WITHIN_HOUR[end[13:]] if end else None
        except KeyError:
            setup_time, answer_time, end_time = seen.times(unique, start, answer, end)
        name, shown = caller_ids[clid]
        caller, callee = numbers[source or shown], numbers[called]
        duration_s, talk_s = lengths[duration], lengths[talk]
        disposition, facts = dispositions[said], facts_of[channel[:8], app, flags]
        extra = {"channel": channel, "dst_channel": peer, "last_data": data}
        if name:
            extra["caller_name"] = name
        if shown and source and shown != source:
            extra["caller_id_number"] = shown
        for title, at in others:
            if fields[at]:
                extra[title] = fields[at]
        if unique and sequence and "E+" not in unique:
            group, key = linked or unique, f"{unique}/{sequence}"
        else:
            group, key = _keys(unique, linked, sequence, (start, source, called, channel, duration), (peer, talk, said))
        row = Row(
            "asterisk_csv",
            group,
            key,
            number,
            linked or unique or None,
            "leg",
            unique or None,
            None,
            0.0,
            compass.direction(caller, callee) if compass else by_extension(caller.kind, callee.kind),
            caller,
            callee,
            setup_time,
            answer_time,
            end_time,
            duration_s,
            talk_s,
            disposition,
            RecordingRef(name=file) if file else None,
            None,
            extra,
            facts,
        )
        return check(row, options)

    return make


def _keys(unique: str, linked: str, sequence: str, call: tuple[str, ...], leg: tuple[str, ...]) -> tuple[str, str]:
    """Return the keys of the call and of its row (formats.md A1). Legs under one id differ by their other channel."""
    if not unique:
        group = _digest(*call)
        return linked or group, f"{group}/{sequence or _digest(*call, *leg)}"
    if "E+" in unique and _FLOATED_ID.fullmatch(unique):
        raise RowError("number_as_float", "the unique id was written as a float and lost digits")
    if sequence:
        return linked or unique, f"{unique}/{sequence}"
    return linked or unique, f"{unique}/{_digest(*call, *leg)}"


class _Known(dict[_K, _V]):
    """What was made of keys that came before; of others it is made. Emptied when it has grown too large.

    What `make` raises for a key that cannot be read goes to whoever asked.
    """

    def __init__(self, make: Callable[[_K], _V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: _K) -> _V:
        value = self._make(key)
        if len(self) >= _KEPT:
            self.clear()
        self[key] = value
        return value


class _Seen:
    """What the rows of one file repeat, read once."""

    def __init__(self, options: ParseOptions, doubts: Mapping[str, str]) -> None:
        self._doubts = dict(doubts)
        self._clock = LocalClock(options.zone)
        self.hours = self._clock.hours
        self.numbers = _Known[str, PartyNumber](lambda text: dialled(text, options.region))
        self.lengths = _Known(seconds)
        self.caller_ids = _Known(_caller_id)
        self.dispositions = _Known(_disposition)
        self.facts = _Known(self._fact)

    def times(
        self, unique: str, start: str, answer: str, end: str
    ) -> tuple[datetime, datetime | None, datetime | None]:
        """Return the three instants; the id's epoch tells the hours apart when clocks went back."""
        hint = epoch_of(unique)
        setup = self._clock.read(start, hint)
        if setup is None:
            raise RowError("time", "the row has no start time")
        return setup, self._clock.read(answer, hint), self._clock.read(end, hint)

    def _fact(self, told: tuple[str, str, str]) -> dict[str, str]:
        """Return the enumerated facts of a row: of its channel, application and flags."""
        channel, application, flags = told
        named = {"technology": channel.partition("/")[0], "last_app": application, "ama_flags": flags}
        return {name: value for name, value in named.items() if value} | self._doubts


def _caller_id(text: str) -> tuple[str, str]:
    """Return (name, number) of `"Name" <number>`; text without brackets is a number when it looks like one."""
    match = _CALLER_ID.fullmatch(text)
    if match is not None:
        return match["name"].strip(), match["number"].strip()
    bare = text.strip().strip('"')
    return ("", bare) if bare.lstrip("+").isdigit() else (bare, "")


def _others(layout: Layout) -> list[tuple[str, int]]:
    """Return the columns that go to `extra`, each under a name of its own."""
    found: dict[str, int] = {}
    for at, name in enumerate(layout.names):
        if name not in _READ or layout.at(name) != at:
            found[f"column_{at + 1}" if name in found or not name or name in _READ else name] = at
    return list(found.items())


def _disposition(text: str) -> Disposition:
    found = DISPOSITIONS.get(text.strip().upper())
    if found is None:
        raise RowError("field", "the disposition is none that Asterisk writes")
    return found


def _digest(*fields: str) -> str:
    return sha256("\x1f".join(fields).encode()).hexdigest()[:32]
