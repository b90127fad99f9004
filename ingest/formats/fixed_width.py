"""Fixed-width files of carriers: a header, a line per call, a trailer with control totals.

The trailer counts the records and adds up their durations. Both are checked over every record in the file, the refused
ones too; when they do not fit, nothing of the file lands, for what is missing cannot be told. A file is known by the
number in its header: sent again it makes the same calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from ingest.formats.building import built, digest, said
from ingest.formats.clock import in_zone, plausible
from ingest.formats.errors import FileRefused, RowError, UnknownFormat, ZoneNeeded
from ingest.formats.fixed_layout import DEFAULT, Layout, layout_from, length, whole
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, party
from ingest.formats.reading import Input
from ingest.formats.record import Cost, Disposition, Rejection, Row
from ingest.formats.registry import Format

_NAME: Final = "fixed_width"


@dataclass(slots=True)
class _Totals:
    """What has been read of the file that is open."""

    file: str
    sequence: str
    records: int = 0
    seconds: int | None = 0
    """None once a record's duration could not be read: then no total can fit."""

    def add(self, duration: int | None) -> None:
        self.records += 1
        self.seconds = None if duration is None or self.seconds is None else self.seconds + duration


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield the calls of a file, or of several one after the other.

    Raises:
        FileRefused: `truncated` without header or trailer, `control_totals`, `mapping`. UnknownFormat. ZoneNeeded.
    """
    reading = _Reading(layout_from(options.mapping), options)
    if options.zone is None:
        raise ZoneNeeded("the times in the file have no zone; set the zone of the source (--zone Area/City)")
    for item in source.lines(options.encoding):
        if isinstance(item, Rejection):
            reading.unreadable()
            yield item
        elif item[1].strip(" \t\x1a"):  # \x1a: CP/M's end of file, which some carriers still write
            found = reading.line(*item)
            if found is not None:
                yield found
    reading.end()


class _Reading:
    """Where in its file, or in which of several, the reader is."""

    def __init__(self, layout: Layout, options: ParseOptions) -> None:
        self._layout, self._options = layout, options
        self._totals: _Totals | None = None
        self._began = False

    def line(self, number: int, text: str) -> Row | Rejection | None:
        """Return the record on this line; None for header and trailer, which are checked."""
        layout = self._layout
        if text.startswith(layout.header.marker):
            if self._totals is not None:
                raise _truncated("the file has a second header before its trailer")
            self._totals, self._began = _opened(text, layout), True
            return None
        if not self._began:
            raise UnknownFormat("the file does not begin with a header")
        if self._totals is None:
            raise _truncated("the file has lines behind its trailer")
        if text.startswith(layout.trailer.marker):
            _check(text, layout, self._totals)
            self._totals = None
            return None
        return _record(text, number, layout, self._totals, self._options)

    def unreadable(self) -> None:
        """Count a line that could not be read: its duration is not known, so the totals cannot fit."""
        if self._totals is not None:
            self._totals.add(None)

    def end(self) -> None:
        """Say that there is nothing more. Raises FileRefused and UnknownFormat."""
        if self._totals is not None:
            raise _truncated("the file ends before its trailer; send all of it")
        if not self._began:
            raise UnknownFormat("the file has no header")


def _truncated(message: str) -> FileRefused:
    return FileRefused("truncated", message)


def _opened(text: str, layout: Layout) -> _Totals:
    sequence = layout.header.read(text, "sequence")
    if not sequence:
        raise _truncated("the header has no file number")
    return _Totals(file=digest(layout.header.read(text, "sender"), sequence), sequence=sequence)


def _check(text: str, layout: Layout, totals: _Totals) -> None:
    trailer = layout.trailer
    try:
        records = whole(trailer.read(text, "records"))
        seconds = length(trailer.read(text, "duration"), layout.duration_format)
    except RowError:
        raise FileRefused("control_totals", "the trailer's totals cannot be read") from None
    if (records, seconds) != (totals.records, totals.seconds):
        raise FileRefused(
            "control_totals",
            "the trailer's totals are not those of the records; send the file again",
            records_said=records,
            records_found=totals.records,
            seconds_said=seconds,
            seconds_found=totals.seconds,
        )
    if trailer.read(text, "sequence") not in {"", totals.sequence}:
        raise FileRefused("control_totals", "the trailer is that of another file")


def _record(text: str, line: int, layout: Layout, totals: _Totals, options: ParseOptions) -> Row | Rejection:
    if not text.startswith(layout.record.marker):
        return Rejection(line, "columns", "the line is neither header nor record nor trailer", text[:4096])
    try:
        duration = length(layout.record.read(text, "duration"), layout.duration_format)
    except RowError as error:
        totals.add(None)
        return Rejection(line, error.reason, error.message, text[:4096])
    totals.add(duration)
    return built(partial(_row, text, line, layout, totals.file, duration, options), options, line=line, raw=text)


def _row(text: str, line: int, layout: Layout, file: str, duration: int, options: ParseOptions) -> Row:
    record = layout.record
    number = record.read(text, "number")
    if not number:
        raise RowError("columns", "the record has no number")
    start = _start(record.read(text, "start"), layout, options)
    caller = party(record.read(text, "caller"), options.region)
    callee = party(record.read(text, "callee"), options.region)
    key = digest(file, number)
    others = {name: record.read(text, name) for name in record.fields if name not in layout.known}
    return Row(
        source=_NAME,
        group=key,
        key=key,
        raw_line=line,
        direction=Compass(options.own_numbers).direction(caller, callee),
        caller=caller,
        callee=callee,
        setup_time=start,
        end_time=start + timedelta(seconds=duration) if start else None,
        duration_s=float(duration),
        talk_s=float(duration),
        disposition=Disposition.ANSWERED if duration else None,
        cost=_cost(record.read(text, "cost"), layout, options),
        extra=said(record=number, **others),
    )


def _start(text: str, layout: Layout, options: ParseOptions) -> datetime | None:
    if not text.strip("0"):
        return None
    try:
        moment = datetime.strptime(text, layout.start_format)  # noqa: DTZ007 - local; its zone is the source's
    except ValueError:
        raise RowError("time", "the start is not written as the layout says") from None
    if options.zone is None:
        raise ZoneNeeded("the times in the file have no zone; set the zone of the source")
    return plausible(in_zone(moment, options.zone))


def _cost(text: str, layout: Layout, options: ParseOptions) -> Cost | None:
    if not text or not layout.cost_divisor:
        return None
    return Cost(format(Decimal(whole(text)) / layout.cost_divisor, "f"), options.currency)


def recognise(head: bytes) -> float:
    """Say how sure it is that this is the default layout: a header line and under it a record or the trailer."""
    lines = [line for line in head.lstrip(b"\xef\xbb\xbf").split(b"\n", 3)[:2] if line.strip()]
    markers = [line.marker.encode() for line in (DEFAULT.header, DEFAULT.record, DEFAULT.trailer)]
    if len(lines) < 2 or not lines[0].startswith(markers[0]):  # noqa: PLR2004 - header and one more
        return 0.0
    return 0.95 if lines[1].startswith((markers[1], markers[2])) else 0.0


FORMAT: Final = Format(
    name=_NAME,
    title="fixed-width carrier file with header, trailer and control totals",
    read=read,
    recognise=recognise,
    needs_zone=True,
    totals=True,
)
