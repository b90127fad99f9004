"""Any CSV, read by a mapping that says what its columns are. What the mapping does not say is not guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from itertools import chain, islice
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from ingest.formats.checks import check
from ingest.formats.clock import LocalClock, epoch, in_zone, is_set, plausible, seconds
from ingest.formats.errors import RowError, UnknownFormat, ZoneNeeded
from ingest.formats.go_values import go_duration
from ingest.formats.lines import rows_of
from ingest.formats.mapping import (
    Column,
    CsvMapping,
    DirectionMap,
    DispositionMap,
    FieldMap,
    LengthMap,
    TimeMap,
    all_columns,
    columns_of,
    mapping_from,
)
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, dialled
from ingest.formats.reading import Input
from ingest.formats.record import Cost, Direction, Disposition, PartyNumber, RecordingRef, Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.table import Record, records_of
from ingest.formats.units import amount

_SAMPLED: Final = 100
_V = TypeVar("_V", Direction, Disposition)
_UNITS: Final = {"s": 1.0, "ms": 0.001, "min": 60.0}


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield rows and rejections; see `Reader` for its errors. Raises Invalid for a mapping that cannot be used."""
    if options.mapping is None:
        raise UnknownFormat("generic CSV is read by a mapping, and the source has none")
    mapping = mapping_from(options.mapping)
    items = records_of(
        source,
        options.encoding,
        delimiter=mapping.delimiter,
        quote=mapping.quote,
        comment=mapping.comment,
    )
    first = list(islice(items, _SAMPLED))
    sampled = [item for item in first if not isinstance(item, Rejection)]
    if not sampled:
        yield from (item for item in first if isinstance(item, Rejection))
        return
    header = [field.strip() for field in sampled[0][1]] if mapping.header else None
    if mapping.header:
        first.remove(sampled.pop(0))
    width = len(header) if header is not None else _usual_width(sampled)
    reader = _Rows(mapping, header, width, options)
    reader.need_zone([fields for _, fields, _ in sampled if len(fields) == width])
    make = reader.row
    yield from rows_of(chain(first, items), make, is_header=lambda row: [one.strip() for one in row] == header)


def _usual_width(sampled: Sequence[Record]) -> int:
    widths = [len(fields) for _, fields, _ in sampled]
    return max(widths, key=widths.count)


class _Rows:
    """Makes rows of one file."""

    def __init__(self, mapping: CsvMapping, header: Sequence[str] | None, width: int, options: ParseOptions) -> None:
        self._header = header
        self._width = width
        self._fields = mapping.fields
        self._mapping = mapping
        self._options = options
        self._zone = ZoneInfo(mapping.zone) if mapping.zone else options.zone
        self._clock = LocalClock(self._zone)
        self._direction = Compass(options.own_numbers).direction
        self._at = {column: self._position(field, column) for field, column in all_columns(mapping)}
        used = {self._at[column] for field, column in all_columns(mapping) if field.startswith("fields.")}
        self._others = [(self._name(at), at) for at in range(width) if at not in used]
        self._written = lru_cache(maxsize=4096)(self._strptime)

    def _position(self, field: str, column: Column) -> int:
        if isinstance(column, int):
            if column > self._width:
                raise UnknownFormat("the mapping names a column behind the file's last", field=field)
            return column - 1
        if self._header is None or self._header.count(column) != 1:
            raise UnknownFormat("the file's header does not have the column of the mapping exactly once", field=field)
        return self._header.index(column)

    def _name(self, at: int) -> str:
        named = self._header[at] if self._header is not None else ""
        once = self._header is not None and self._header.count(named) == 1
        return named if named and once else f"column_{at + 1}"

    def need_zone(self, rows: Sequence[list[str]]) -> None:
        """Raise ZoneNeeded when one of these rows' times has no zone."""
        for fields in rows:
            try:
                self._moment(self._fields.setup_time, fields)
            except RowError:
                continue

    def row(self, number: int, fields: list[str]) -> Row:
        """Return the row. Raises RowError and ZoneNeeded."""
        if len(fields) != self._width:
            raise RowError("columns", f"the row has {len(fields)} columns, and the file {self._width}")
        told = self._fields
        setup = self._moment(told.setup_time, fields)
        if setup is None:
            raise RowError("time", "the row has no start time")
        caller, callee = self._party(told.caller, fields), self._party(told.callee, fields)
        origin, recording = self._text(told.origin_id, fields), self._text(told.recording, fields)
        key = self._joined(self._mapping.key, fields) or _digest(fields)
        row = Row(
            source="csv_mapping",
            group=self._joined(self._mapping.call, fields) or origin or key,
            key=f"{origin}/{key}" if origin else key,
            raw_line=number,
            origin_id=origin or None,
            leg_id=self._text(told.leg_id, fields) or None,
            direction=self._word(told.direction, fields) or self._direction(caller, callee),
            caller=caller,
            callee=callee,
            setup_time=setup,
            answer_time=self._moment(told.answer_time, fields),
            end_time=self._moment(told.end_time, fields),
            duration_s=self._length(told.duration_s, fields),
            talk_s=self._length(told.talk_s, fields),
            disposition=self._outcome(told.disposition, fields),
            recording=RecordingRef(name=recording) if recording else None,
            cost=self._cost(fields),
            extra={name: fields[at] for name, at in self._others if fields[at]},
        )
        return check(row, self._options)

    def _text(self, part: object, fields: Sequence[str]) -> str:
        if isinstance(part, FieldMap) and part.constant is not None:
            return part.constant
        return " ".join(fields[self._at[column]].strip() for column in columns_of(part)).strip()

    def _joined(self, columns: Sequence[Column], fields: Sequence[str]) -> str:
        texts = [fields[self._at[column]].strip() for column in columns]
        return "" if not any(texts) else texts[0] if len(texts) == 1 else _digest(texts)

    def _party(self, part: Column | FieldMap, fields: Sequence[str]) -> PartyNumber:
        return dialled(self._text(part, fields), self._options.region)

    def _moment(self, part: Column | TimeMap | None, fields: Sequence[str]) -> datetime | None:
        if part is None:
            return None
        text = self._text(part, fields)
        written = part.format if isinstance(part, TimeMap) else "iso"
        if written == "epoch":
            return epoch(text)
        if written == "iso":
            return self._clock.known(text) or self._clock.read(text)
        return self._written(text, written) if is_set(text) else None

    def _strptime(self, text: str, written: str) -> datetime | None:
        try:
            moment = datetime.strptime(text, written)  # noqa: DTZ007 - its zone comes next
            if moment.tzinfo is not None:
                return plausible(moment.astimezone(UTC))
        except (ValueError, OverflowError):
            raise RowError("time", "a time is not written as the mapping's format says") from None
        if moment.year < 1990:  # noqa: PLR2004 - the same limit as clock.plausible
            return None
        if self._zone is None:
            raise ZoneNeeded("the times in the file have no zone; set the zone of the source (--zone Area/City)")
        return in_zone(moment, self._zone)

    def _length(self, part: Column | LengthMap | None, fields: Sequence[str]) -> float | None:
        text = self._text(part, fields)
        unit = part.unit if isinstance(part, LengthMap) else "s"
        if unit == "go":
            return go_duration(text)
        value = seconds(text)
        return None if value is None else value * _UNITS[unit]

    def _word(self, part: DirectionMap | None, fields: Sequence[str]) -> Direction | None:
        if part is None:
            return None
        return part.constant or _meaning(self._text(part, fields), part.values, part.otherwise)

    def _outcome(self, part: DispositionMap | None, fields: Sequence[str]) -> Disposition | None:
        if part is None:
            return None
        return part.constant or _meaning(self._text(part, fields), part.values, part.otherwise)

    def _cost(self, fields: Sequence[str]) -> Cost | None:
        text = self._text(self._fields.cost, fields)
        if not text:
            return None
        return Cost(amount(text), self._text(self._fields.currency, fields) or self._options.currency)


def _meaning(text: str, values: Mapping[str, _V], otherwise: _V | None) -> _V | None:
    if not text:
        return otherwise
    found = values.get(text)
    if found is None:
        found = next((value for word, value in values.items() if word.casefold() == text.casefold()), otherwise)
    if found is None:
        raise RowError("field", "a word in the row is none that the mapping explains")
    return found


def _digest(texts: Sequence[str]) -> str:
    return sha256("\x1f".join(texts).encode()).hexdigest()[:32]


def recognise(head: bytes) -> float:
    """Say that it recognises nothing by itself: it takes a mapping to read any CSV."""
    del head
    return 0.0


FORMAT: Final = Format(
    name="csv_mapping",
    title="Generic CSV by a mapping",
    read=read,
    recognise=recognise,
    joins=True,
    needs_zone=True,
)
