"""FreeSWITCH's `mod_cdr_csv` in its default template: one row a leg, local times, known by its uuid.

A leg's row may come again with another hangup cause: of several under one uuid the one that ends last wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

from ingest.formats.checks import check
from ingest.formats.clock import LocalClock, seconds
from ingest.formats.errors import RowError, UnknownFormat
from ingest.formats.freeswitch_causes import CAUSE, disposition
from ingest.formats.lines import need_zone, rows_of
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, dialled
from ingest.formats.reading import Input, text_lines
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.table import records, records_of

_SAMPLED: Final = 100
_COLUMNS: Final = (
    *("caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp", "answer_stamp"),
    *("end_stamp", "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid", "accountcode", "read_codec"),
    *("write_codec", "sip_hangup_disposition", "ani"),
)
"""cdr_csv.conf.xml's `example` template; its last two columns came later."""
_LEAST: Final = _COLUMNS.index("accountcode")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)
_TIME: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]\d{1,2}:\d{2}.*", re.ASCII)
_START, _CAUSE_AT, _UUID_AT = (_COLUMNS.index(name) for name in ("start_stamp", "hangup_cause", "uuid"))


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield legs and rejections; see `Reader` for its errors."""
    items = records_of(source, options.encoding)
    first = list(islice(items, _SAMPLED))
    sampled = [item for item in first if not isinstance(item, Rejection)]
    fitting = [fields for _, fields, _ in sampled if _fits(fields)]
    if sampled and not fitting:
        raise UnknownFormat("the columns are not those of FreeSWITCH's default template; use csv_mapping")
    if sampled and _is_header(sampled[0][1]):
        first.remove(sampled[0])
    if options.zone is None:
        need_zone(fields[_START] for fields in fitting)
    widths = [len(fields) for fields in fitting]
    reader = _Legs(max(widths, key=widths.count, default=0), options)
    yield from rows_of(chain(first, items), reader.leg, is_header=_is_header)


def _fits(fields: Sequence[str]) -> bool:
    return (
        _LEAST <= len(fields) <= len(_COLUMNS)
        and _UUID.fullmatch(fields[_UUID_AT]) is not None
        and CAUSE.fullmatch(fields[_CAUSE_AT]) is not None
        and _TIME.fullmatch(fields[_START]) is not None
    )


def _is_header(fields: Sequence[str]) -> bool:
    return len(fields) > _UUID_AT and fields[_UUID_AT].strip().lower() == "uuid"


class _Legs:
    """Makes rows of the legs of one file."""

    def __init__(self, width: int, options: ParseOptions) -> None:
        self._width = width
        self._options = options
        self._clock = LocalClock(options.zone)
        self._direction = Compass(options.own_numbers).direction

    def leg(self, number: int, fields: list[str]) -> Row:
        """Return the leg. Raises RowError and ZoneNeeded."""
        if len(fields) != self._width:
            raise RowError("columns", f"the row has {len(fields)} columns, and the file {self._width}")
        named = {name: text.strip() for name, text in zip(_COLUMNS, fields, strict=False)}
        if not _UUID.fullmatch(named["uuid"]) or not CAUSE.fullmatch(named["hangup_cause"]):
            raise RowError("field", "the leg's uuid or hangup cause is not as FreeSWITCH writes it")
        stamps = (named[f"{name}_stamp"] for name in ("start", "answer", "end"))
        setup, answer, end = (self._clock.known(text) or self._clock.read(text) for text in stamps)
        if setup is None:
            raise RowError("time", "the row has no start time")
        caller = dialled(named["caller_id_number"], self._options.region)
        callee = dialled(named["destination_number"], self._options.region)
        kept = ("context", "bleg_uuid", "accountcode", "ani")
        texts = {"caller_name": named["caller_id_name"], **{name: named.get(name, "") for name in kept}}
        facts = {name: text for name in ("hangup_cause", "read_codec", "write_codec") if (text := named.get(name, ""))}
        row = Row(
            source="freeswitch_csv",
            group=named["uuid"].lower(),
            key=named["uuid"].lower(),
            raw_line=number,
            origin_id=named["uuid"],
            leg_id=named["uuid"],
            rank=end.timestamp() if end is not None else 0.0,
            direction=self._direction(caller, callee),
            caller=caller,
            callee=callee,
            setup_time=setup,
            answer_time=answer,
            end_time=end,
            duration_s=seconds(named["duration"]),
            talk_s=seconds(named["billsec"]),
            disposition=disposition(named["hangup_cause"], answered=answer is not None),
            extra={name: text for name, text in texts.items() if text},
            facts=facts,
        )
        return check(row, self._options)


def recognise(head: bytes) -> float:
    """Say how sure it is: a uuid, a hangup cause and a start time, each in its column."""
    rows = [item[1] for item in islice(records(text_lines(head)), _SAMPLED) if not isinstance(item, Rejection)]
    fitting = sum(_fits(fields) for fields in rows)
    return 0.9 if fitting and fitting * 2 >= len(rows) else 0.0


FORMAT: Final = Format(
    name="freeswitch_csv",
    title="FreeSWITCH mod_cdr_csv",
    read=read,
    recognise=recognise,
    joins=True,
    needs_zone=True,
)
