"""The mapping of generic CSV, as data: which column is what, how its times are written, what its words mean.

`mapping_from` checks a document (of a YAML or JSON file, or of the sources API) and names the field that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, Literal
from zoneinfo import available_timezones

import msgspec

from domain.errors import Invalid
from ingest.formats.record import Direction, Disposition

Column = str | int
"""A name of the header line, or a position from 1."""


class FieldMap(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where a field comes from: one column, or a constant for every row."""

    column: Column | None = None
    constant: str | None = None


class TimeMap(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A time: one column, or several joined by a space (a date and a clock).

    `format` is `iso` (also what spreadsheets write, where day and month can be told apart), `epoch` (seconds,
    milliseconds or microseconds, told by size), or a strptime format such as `%d/%m/%Y %H:%M:%S`.
    """

    column: Column | None = None
    columns: tuple[Column, ...] = ()
    format: str = "iso"


class LengthMap(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A duration: `s` reads seconds and `H:MM:SS`, `go` reads `1h2m3s`."""

    column: Column
    unit: Literal["s", "ms", "min", "go"] = "s"


class DirectionMap(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the words in a column mean; a word that is not named refuses its row, unless `otherwise` says."""

    column: Column | None = None
    values: Mapping[str, Direction] = {}
    otherwise: Direction | None = None
    constant: Direction | None = None


class DispositionMap(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the words in a column mean; see DirectionMap."""

    column: Column | None = None
    values: Mapping[str, Disposition] = {}
    otherwise: Disposition | None = None
    constant: Disposition | None = None


class Fields(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The fields of a row. Columns that none of them names go to `extra`, sealed."""

    caller: Column | FieldMap
    callee: Column | FieldMap
    setup_time: Column | TimeMap
    origin_id: Column | None = None
    leg_id: Column | None = None
    answer_time: Column | TimeMap | None = None
    end_time: Column | TimeMap | None = None
    duration_s: Column | LengthMap | None = None
    talk_s: Column | LengthMap | None = None
    direction: DirectionMap | None = None
    disposition: DispositionMap | None = None
    recording: Column | None = None
    cost: Column | None = None
    currency: Column | FieldMap | None = None


class CsvMapping(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A whole mapping; docs/formats.md shows one.

    Attributes:
        fields: the columns of a call's fields.
        header: the first row names the columns.
        delimiter: one character; a tab too.
        quote: one character around fields.
        comment: lines that begin so are skipped; empty: there are none.
        zone: of local times, before the source's own.
        call: the columns that the rows of one call share; without them `origin_id`, else each row is a call.
        key: the columns that tell a row from all others; without them every column.
    """

    fields: Fields
    header: bool = True
    delimiter: str = ","
    quote: str = '"'
    comment: str = ""
    zone: str | None = None
    call: tuple[Column, ...] = ()
    key: tuple[Column, ...] = ()


_CHOICES: Final = (FieldMap, DirectionMap, DispositionMap)
_PATH: Final = re.compile(r"(?P<message>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?", re.DOTALL)


def mapping_from(document: Mapping[str, object]) -> CsvMapping:
    """Return the mapping that a document holds. Raises Invalid, which names the field."""
    try:
        mapping = msgspec.convert(document, CsvMapping)
    except msgspec.ValidationError as error:
        match = _PATH.fullmatch(str(error))
        message, path = (match["message"], match["path"]) if match else (str(error), None)
        raise Invalid(f"the mapping cannot be used: {message}", field=path or "mapping") from None
    for field, wrong in _faults(mapping):
        raise Invalid(f"the mapping cannot be used: {wrong}", field=field)
    return mapping


def columns_of(part: object) -> tuple[Column, ...]:
    """Return the columns that a part of the mapping reads."""
    if isinstance(part, str | int):
        return (part,)
    if isinstance(part, TimeMap) and part.columns:
        return part.columns
    column = getattr(part, "column", None)
    return () if column is None else (column,)


def all_columns(mapping: CsvMapping) -> Iterator[tuple[str, Column]]:
    """Yield (field, column) of everything that the mapping reads."""
    for name in mapping.fields.__struct_fields__:
        for column in columns_of(getattr(mapping.fields, name)):
            yield f"fields.{name}", column
    for name in ("call", "key"):
        for column in getattr(mapping, name):
            yield name, column


def _faults(mapping: CsvMapping) -> Iterator[tuple[str, str]]:
    yield from _dialect_faults(mapping)
    for field, column in all_columns(mapping):
        if isinstance(column, str) and not mapping.header:
            yield field, "a column is named, and the file has no header; give its position from 1"
        if isinstance(column, int) and column < 1:
            yield field, "positions are counted from 1"
    for name in mapping.fields.__struct_fields__:
        part = getattr(mapping.fields, name)
        if isinstance(part, TimeMap):
            yield from _time_faults(f"fields.{name}", part)
        if isinstance(part, _CHOICES) and (part.column is None) == (part.constant is None):
            yield f"fields.{name}", "give either a column or a constant"


def _dialect_faults(mapping: CsvMapping) -> Iterator[tuple[str, str]]:
    for name in ("delimiter", "quote"):
        text = getattr(mapping, name)
        if len(text) != 1 or text in "\r\n\0":
            yield name, "it must be one character"
    if mapping.delimiter == mapping.quote:
        yield "quote", "it must differ from the delimiter"
    if mapping.zone is not None and mapping.zone not in available_timezones():
        yield "zone", "unknown zone; write one of the IANA database such as Asia/Kolkata"


def _time_faults(field: str, part: TimeMap) -> Iterator[tuple[str, str]]:
    if (part.column is None) == (not part.columns):
        yield field, "give either column or columns"
    if part.format in {"iso", "epoch"}:
        return
    probe = datetime(2026, 12, 31, 23, 58, 59)  # noqa: DTZ001 - only its text matters
    try:
        again = datetime.strptime(probe.strftime(part.format), part.format)  # noqa: DTZ007 - the same
    except ValueError:
        yield f"{field}.format", "it is no date format, or one that does not tell the whole time"
        return
    if again.replace(tzinfo=None, second=0) != probe.replace(second=0):
        yield f"{field}.format", "it does not tell year, month, day, hour and minute"
