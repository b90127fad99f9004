"""Which column of an Asterisk CDR file holds what: by its header, or by where the dates and the disposition stand.

`cdr_csv` writes `accountcode, src, dst, dcontext, clid, channel, …`, `cdr_custom` by default `clid, src, dst, dcontext,
channel, …`; both have ten columns from `channel` to `disposition` in one order, which is what is looked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.formats.asterisk_zone import UNIQUE_ID
from ingest.formats.record import Disposition

DISPOSITIONS: Final[Mapping[str, Disposition]] = {
    "ANSWERED": Disposition.ANSWERED,
    "ANSWER": Disposition.ANSWERED,
    "NO ANSWER": Disposition.NO_ANSWER,
    "NOANSWER": Disposition.NO_ANSWER,
    "BUSY": Disposition.BUSY,
    "FAILED": Disposition.FAILED,
    "CONGESTION": Disposition.FAILED,
    "CANCEL": Disposition.CANCELLED,
}

_CORE: Final = (
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
)
_START_IN_CORE: Final = _CORE.index("start")
_HEADS: Final = (
    ("accountcode", "src", "dst", "dcontext", "clid"),
    ("clid", "src", "dst", "dcontext"),
)
_TAILS: Final = (
    # cdr_custom: the default template, without some of its columns, with linkedid
    ("accountcode", "uniqueid", "userfield", "sequence"),
    ("accountcode", "uniqueid", "userfield", "sequence", "linkedid"),
    ("accountcode", "uniqueid", "userfield", "linkedid", "sequence"),
    ("accountcode", "uniqueid", "linkedid", "sequence"),
    ("accountcode", "uniqueid", "sequence"),
    ("accountcode", "userfield", "sequence"),
    ("accountcode", "uniqueid", "userfield", "linkedid"),
    ("accountcode", "uniqueid", "linkedid"),
    ("accountcode", "uniqueid", "userfield"),
    ("accountcode", "uniqueid"),
    ("accountcode", "userfield"),
    ("accountcode",),
    # cdr_csv: loguniqueid, loguserfield, newcdrcolumns
    ("uniqueid", "userfield", "peeraccount", "linkedid", "sequence"),
    ("uniqueid", "peeraccount", "linkedid", "sequence"),
    ("userfield", "peeraccount", "linkedid", "sequence"),
    ("peeraccount", "linkedid", "sequence"),
    ("uniqueid", "userfield", "linkedid"),
    ("uniqueid", "linkedid"),
    ("uniqueid", "userfield"),
    ("uniqueid",),
    ("userfield",),
    (),
)
"""What follows `amaflags`, tried in order: the first whose ids and sequence numbers stand where it says."""
_NAMES: Final = {
    "calldate": "start",
    "starttime": "start",
    "start_time": "start",
    "answertime": "answer",
    "answer_time": "answer",
    "endtime": "end",
    "end_time": "end",
    "callerid": "clid",
    "caller_id": "clid",
    "source": "src",
    "destination": "dst",
    "dst_channel": "dstchannel",
    "destinationchannel": "dstchannel",
    "destinationcontext": "dcontext",
    "last_app": "lastapp",
    "lastapplication": "lastapp",
    "last_data": "lastdata",
    "bill_sec": "billsec",
    "billableseconds": "billsec",
    "account": "accountcode",
    "unique_id": "uniqueid",
    "linked_id": "linkedid",
    "user_field": "userfield",
    "recording_file": "recordingfile",
}
_KNOWN: Final = frozenset(_NAMES.values()) | frozenset(_CORE) | frozenset(_HEADS[0]) | {"peeraccount", "sequence"}
_NEEDED: Final = frozenset({"src", "dst", "start", "duration", "disposition"})
_LOOKS_LIKE_TIME: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]+\d{1,2}:\d{2}\b.*", re.ASCII)
_UNSET: Final = frozenset({"", "0", "0000-00-00 00:00:00"})
_WHOLE: Final = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of the columns in order; `header` is the header line's fields, empty when there is none."""

    names: tuple[str, ...]
    header: tuple[str, ...] = ()

    def at(self, name: str) -> int | None:
        """Return the position of a column, None when the file has none of this name."""
        return self.names.index(name) if name in self.names else None


def from_header(fields: Sequence[str]) -> Layout | None:
    """Return the layout that a header line names, None when this is none."""
    named = [field.strip().strip("#:").lower().replace(" ", "") for field in fields]
    names = tuple(_NAMES.get(name, name) for name in named)
    if not _NEEDED.issubset(names) or len(set(names) & _KNOWN) != sum(name in _KNOWN for name in names):
        return None
    return Layout(names, tuple(fields))


def from_rows(rows: Sequence[Sequence[str]]) -> Layout | None:
    """Return the layout that most of the first rows have, None when it is none that is known."""
    shapes = Counter(shape for shape in ((_start_of(row), len(row)) for row in rows) if shape[0] is not None)
    for (start, width), _ in shapes.most_common(1):
        fitting = [row for row in rows if len(row) == width and _start_of(row) == start]
        return next(_fitting(fitting, start or 0, width), None)
    return None


def _start_of(row: Sequence[str]) -> int | None:
    for at in (len(head) + _START_IN_CORE for head in _HEADS):
        if len(row) < at + len(_CORE) - _START_IN_CORE:
            continue
        start, answer, end, duration, billsec, disposition = row[at : at + 6]
        if (
            disposition.strip().upper() in DISPOSITIONS
            and _LOOKS_LIKE_TIME.fullmatch(start.strip())
            and all(text.strip() in _UNSET or _LOOKS_LIKE_TIME.fullmatch(text.strip()) for text in (answer, end))
            and all(_WHOLE.fullmatch(text.strip().lstrip("-")) for text in (duration, billsec))
        ):
            return at
    return None


def _fitting(rows: Sequence[Sequence[str]], start: int, width: int) -> Iterator[Layout]:
    heads = [head for head in _HEADS if len(head) + _START_IN_CORE == start]
    if start == len(_HEADS[1]) + _START_IN_CORE and not _is_caller_id([(row[0], row[1]) for row in rows]):
        heads = [_HEADS[0][:-1]]  # accountcode first, and no clid
    for head in heads:
        for tail in _TAILS:
            names = (*head, *_CORE, *tail)
            clash = len(set(names)) < len(names)
            if len(names) == width and not clash and _agrees(tail, [row[width - len(tail) :] for row in rows]):
                yield Layout(names)


def _is_caller_id(rows: Sequence[tuple[str, str]]) -> bool:
    return any("<" in first for first, _ in rows) or any(first and first == src for first, src in rows)


def _agrees(tail: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    return all(_suits(name, [row[at].strip() for row in rows]) for at, name in enumerate(tail))


def _suits(name: str, texts: Sequence[str]) -> bool:
    """Say whether most of a column's texts are what its name says; a damaged row must not hide the layout."""
    if name == "sequence":
        return _mostly(_WHOLE, texts)
    told = [text for text in texts if text]
    return _mostly(UNIQUE_ID, told) if name in {"uniqueid", "linkedid"} else not _mostly(UNIQUE_ID, told)


def _mostly(pattern: re.Pattern[str], texts: Sequence[str]) -> bool:
    return sum(pattern.fullmatch(text) is not None for text in texts) * 2 > len(texts)
