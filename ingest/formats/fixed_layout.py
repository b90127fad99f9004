"""Where each field of a fixed-width file stands: data, so that another carrier's layout is a mapping and no code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ingest.formats.errors import FileRefused, RowError

_LONGEST: Final = 65_536


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of line: the text that it begins with, and the columns [from, to) of its fields, counted from 0."""

    marker: str
    fields: Mapping[str, tuple[int, int]]

    def read(self, text: str, name: str) -> str:
        """Return a field without its padding, empty when the layout has none of this name."""
        if name not in self.fields:
            return ""
        start, end = self.fields[name]
        return text[start:end].strip()

    def width(self, *names: str) -> int:
        """Return how long a line must be to hold these fields."""
        return max((self.fields[name][0] + 1 for name in names if name in self.fields), default=0)


@dataclass(frozen=True, slots=True)
class Layout:
    """A carrier's file.

    Attributes:
        header: `sequence` (of the file), `sender` and whatever else makes the file's number unique.
        record: `number`, `start`, `caller`, `callee`, `duration`; `cost`; all others are kept as they are.
        trailer: `records` and `duration` (the totals), `sequence`.
        start_format: of `start`, as `strptime` takes it; local time.
        duration_format: `hhmmss` or `seconds`.
        cost_divisor: units of `cost` in one unit of the currency; 0: the layout does not say, and cost is not read.
    """

    header: Line
    record: Line
    trailer: Line
    start_format: str = "%Y%m%d%H%M%S"
    duration_format: str = "hhmmss"
    cost_divisor: int = 0
    known: frozenset[str] = field(default=frozenset({"number", "start", "caller", "callee", "duration", "cost"}))


DEFAULT: Final = Layout(
    header=Line("HDR", {"sender": (6, 55), "sequence": (135, 141)}),
    record=Line(
        "CDR",
        {
            "number": (3, 10),
            "start": (14, 28),
            "caller": (30, 49),
            "callee": (52, 80),
            "duration": (127, 133),
            "access": (145, 151),
            "tariff": (157, 199),
            "area": (199, 203),
            "charge": (203, 211),
        },
    ),
    trailer=Line("TRL", {"sequence": (135, 141), "records": (141, 149), "duration": (149, 159)}),
)
"""A Dutch carrier's layout (`../shared/samples/telephony/fixed_width`); the unit of its charge is not known."""

_NEEDED: Final = {
    "header": ("sequence",),
    "record": ("number", "start", "duration"),
    "trailer": ("records", "duration"),
}


def layout_from(document: Mapping[str, Any] | None) -> Layout:
    """Return the layout that a source's mapping describes, the default one when it describes none.

    Raises:
        FileRefused: `mapping`, naming the field.
    """
    if document is None or "record" not in document:
        return DEFAULT
    lines = {name: _line(document.get(name), name, needed) for name, needed in _NEEDED.items()}
    duration = document.get("duration_format", "hhmmss")
    divisor = document.get("cost_divisor", 0)
    start = document.get("start_format", DEFAULT.start_format)
    if duration not in {"hhmmss", "seconds"}:
        raise _refused("duration_format", "write hhmmss or seconds")
    if not isinstance(divisor, int) or isinstance(divisor, bool) or divisor < 0:
        raise _refused("cost_divisor", "write a whole number")
    if not isinstance(start, str) or "%" not in start:
        raise _refused("start_format", "write a date's format such as %Y%m%d%H%M%S")
    header, record, trailer = (lines[name] for name in _NEEDED)
    return Layout(header, record, trailer, start_format=start, duration_format=duration, cost_divisor=divisor)


def _line(document: Any, name: str, needed: Sequence[str]) -> Line:
    if not isinstance(document, Mapping) or not isinstance(document.get("marker"), str) or not document["marker"]:
        raise _refused(f"{name}.marker", "write the text that the line begins with")
    fields = {key: _columns(value, f"{name}.{key}") for key, value in document.items() if key != "marker"}
    for key in needed:
        if key not in fields:
            raise _refused(f"{name}.{key}", "this field is needed")
    return Line(document["marker"], fields)


def _columns(value: Any, name: str) -> tuple[int, int]:
    whole = isinstance(value, Sequence) and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
    if not whole or len(value) != 2 or not 0 <= value[0] < value[1] <= _LONGEST:  # noqa: PLR2004 - from and to
        raise _refused(name, "write [from, to], counted from 0, the end not included")
    return value[0], value[1]


def _refused(name: str, what: str) -> FileRefused:
    return FileRefused("mapping", f"the source's layout cannot be used: {what}", field=name)


def whole(text: str) -> int:
    """Return a field's whole number. Raises RowError `field`."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - more digits are no count
        raise RowError("field", "a field is not a whole number")
    return int(text)


def length(text: str, written: str) -> int:
    """Return seconds of a duration written `hhmmss` (hours may have more digits) or as `seconds`. Raises RowError."""
    value = whole(text)
    if written == "seconds":
        return value
    hours, minutes, seconds = value // 10_000, value // 100 % 100, value % 100
    if minutes > 59 or seconds > 59:  # noqa: PLR2004 - the clock
        raise RowError("field", "a duration is not written as HHMMSS")
    return hours * 3600 + minutes * 60 + seconds
