"""Asterisk's CDR files: `cdr_csv` with 16 to 21 columns, `cdr_custom`, and any order that a header line names.

One call is several rows (legs, transfers): they share `linkedid` when it is exported. Times are local to the PBX unless
it says otherwise, and the files never say. A unique id alone is no row's key: a call that rings two phones writes two
rows under one id.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from ingest.formats.asterisk_layout import Layout, from_header, from_rows
from ingest.formats.asterisk_rows import maker
from ingest.formats.asterisk_zone import contradiction, zone_needed
from ingest.formats.clock import LocalClock
from ingest.formats.errors import RowError, UnknownFormat, ZoneNeeded
from ingest.formats.lines import rows_of
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input, text_lines
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.table import Record, records, records_of

_SAMPLED: Final = 100
"""Rows that decide over columns and zone."""


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield rows and rejections; see `Reader` for its errors."""
    items = records_of(source, options.encoding)
    first = list(islice(items, _SAMPLED))
    sampled = [item for item in first if not isinstance(item, Rejection)]
    layout = _layout(sampled)
    if layout is None:
        if sampled:
            raise UnknownFormat("the columns are none of Asterisk's; add a header line, or use csv_mapping")
        yield from (item for item in first if isinstance(item, Rejection))
        return
    doubt = _check_zone(sampled, layout, options)
    if layout.header:
        first.remove(sampled[0])
    make = maker(layout, options, {"clock_by_ids": doubt} if doubt else {})
    yield from rows_of(chain(first, items), make, is_header=lambda fields: from_header(fields) is not None)


def _layout(sampled: list[Record]) -> Layout | None:
    if not sampled:
        return None
    return from_header(sampled[0][1]) or from_rows([fields for _, fields, _ in sampled])


def _check_zone(sampled: list[Record], layout: Layout, options: ParseOptions) -> str | None:
    """Return what casts doubt on the zone that is set. Raises ZoneNeeded when one is needed and none is."""
    start, unique = layout.at("start"), layout.at("uniqueid")
    width = len(layout.names)
    rows = [fields for _, fields, _ in sampled if len(fields) == width and tuple(fields) != layout.header]
    pairs = [(fields[start or 0], fields[unique] if unique is not None else "") for fields in rows]
    if options.zone is not None:
        return contradiction(pairs, options.zone)
    try:
        for text, _ in pairs:
            _quietly(text)
    except ZoneNeeded:
        raise zone_needed(pairs) from None
    return None


def _quietly(text: str) -> None:
    try:
        LocalClock(None).read(text)
    except RowError:
        return


def recognise(head: bytes) -> float:
    """Say how sure it is: a header that names the columns, or dates and disposition where Asterisk writes them."""
    rows = [item[1] for item in islice(records(text_lines(head)), _SAMPLED) if not isinstance(item, Rejection)]
    if not rows:
        return 0.0
    header = from_header(rows[0])
    if header is not None:
        return 0.95 if {"channel", "dstchannel", "billsec", "dcontext"} & set(header.names) else 0.6
    return 0.9 if from_rows(rows) is not None else 0.0


FORMAT: Final = Format(
    name="asterisk_csv",
    title="Asterisk CDR (cdr_csv, cdr_custom)",
    read=read,
    recognise=recognise,
    joins=True,
    needs_zone=True,
)
