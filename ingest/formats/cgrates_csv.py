"""CGRateS' CDR files: its export with and without `Direction`, files with a named header, and the short semicolon form.

Times are written by Go (`2013-11-07 08:42:25 +0000 UTC`) or local without zone; usage is `10s`, `1h2m3s` or bare
seconds. Every run rates the same call again: the default run is its leg and its cost, and what another run says it cost
stands in `extra`, for two ratings of one call must not add up (as `cgrates_json` has it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Final

from ingest.formats.checks import check
from ingest.formats.clock import epoch
from ingest.formats.errors import RowError, UnknownFormat
from ingest.formats.go_values import go_duration, go_time
from ingest.formats.lines import rows_of
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, dialled
from ingest.formats.reading import Input, text_lines
from ingest.formats.record import Cost, Disposition, Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.table import Line, Record, records, records_of
from ingest.formats.units import amount

_SAMPLED: Final = 100
_EXPORT: Final = (
    *("CGRID", "RunID", "ToR", "OriginID", "RequestType", "Direction", "Tenant", "Category", "Account", "Subject"),
    *("Destination", "SetupTime", "AnswerTime", "Usage", "Cost"),
)
_EXPORT_NOW: Final = tuple(name for name in _EXPORT if name != "Direction")
_SHORT: Final = ("OriginID", "RequestType", "Tenant", "Account", "Destination", "SetupTime", "Usage")
_SHA1: Final = re.compile(r"[0-9a-f]{40}", re.ASCII)
_META: Final = re.compile(r"\*[a-z][a-z_]*", re.ASCII)
_USAGE: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:h|m|s|ms|us|µs|ns)?)+", re.ASCII)
_EPOCH: Final = re.compile(r"\d{9,19}", re.ASCII)
_CALLS: Final = frozenset({"", "*voice"})
_NEEDED: Final = frozenset({"originid", "account", "destination", "setuptime", "usage"})
_NAMED: Final = frozenset(name.lower() for name in _EXPORT)


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield calls and rejections; see `Reader` for its errors."""
    delimiter = _delimiter(text_lines(source.head))
    items = records_of(source, options.encoding, delimiter=delimiter, comment="#")
    first = list(islice(items, _SAMPLED))
    sampled = [item for item in first if not isinstance(item, Rejection)]
    names = _columns(sampled)
    if names is None:
        if sampled:
            raise UnknownFormat("the columns are not CGRateS'; add a header line, or use csv_mapping")
        yield from (item for item in first if isinstance(item, Rejection))
        return
    if _header(sampled[0][1]) is not None:
        first.remove(sampled[0])
    reader = _Calls(names, options)
    if options.zone is None:
        reader.need_zone([fields for _, fields, _ in sampled])
    make = reader.call
    yield from rows_of(chain(first, items), make, is_header=lambda fields: _header(fields) is not None)


def _delimiter(lines: Iterator[Line | Rejection]) -> str:
    texts = (line[1] for line in lines if not isinstance(line, Rejection))
    first = next((text for text in texts if text.strip() and not text.startswith("#")), "")
    return max(",;|\t", key=first.count)


def _header(fields: Sequence[str]) -> tuple[str, ...] | None:
    names = tuple(field.strip().lstrip(":").lower().replace("_", "") for field in fields)
    return names if _NEEDED.issubset(names) else None


def _columns(sampled: Sequence[Record]) -> tuple[str, ...] | None:
    """Return the columns' names in small letters; those of an export go on with extra fields."""
    if not sampled:
        return None
    header = _header(sampled[0][1])
    if header is not None:
        return header
    for _, fields, _ in sampled:
        shape = next((names for names in (_EXPORT, _EXPORT_NOW, _SHORT) if _is_shape(fields, names)), None)
        if shape is not None:
            named = tuple(name.lower() for name in shape)
            return named + tuple(f"column_{at + 1}" for at in range(len(named), len(fields)))
    return None


def _is_shape(fields: Sequence[str], names: Sequence[str]) -> bool:
    if len(fields) < len(names):
        return False
    named = dict(zip(names, fields, strict=False))
    return (
        _SHA1.fullmatch(named.get("CGRID", "0" * 40)) is not None
        and all(_META.fullmatch(named.get(name, "*x")) for name in ("ToR", "RequestType", "Direction"))
        and _USAGE.fullmatch(named["Usage"]) is not None
        and named["SetupTime"][:4].isdigit()
    )


class _Calls:
    """Makes rows of the calls of one file."""

    def __init__(self, names: tuple[str, ...], options: ParseOptions) -> None:
        self._names = names
        self._options = options
        self._direction = Compass(options.own_numbers).direction

    def need_zone(self, rows: Sequence[Sequence[str]]) -> None:
        """Raise ZoneNeeded when one of these rows' times has no zone."""
        for fields in rows:
            named = dict(zip(self._names, fields, strict=False))
            try:
                self._moment(named.get("setuptime", ""))
            except RowError:
                continue

    def _moment(self, text: str) -> datetime | None:
        plain = text.strip()
        return epoch(plain) if _EPOCH.fullmatch(plain) else go_time(plain, self._options.zone)

    def call(self, number: int, fields: list[str]) -> Row:
        """Return the call. Raises RowError and ZoneNeeded."""
        if len(fields) != len(self._names):
            raise RowError("columns", f"the row has {len(fields)} columns, and the file {len(self._names)}")
        named = {name: text.strip() for name, text in zip(self._names, fields, strict=True)}
        if named.get("tor", "") not in _CALLS:
            raise RowError("not_a_call", "the row charges for something else than a call")
        origin, run = named["originid"], named.get("runid", "").strip("*") or "default"
        if not origin:
            raise RowError("field", "the row has no OriginID")
        setup, answer = self._moment(named["setuptime"]), self._moment(named.get("answertime", ""))
        if setup is None and answer is None:
            raise RowError("time", "the row has no time")
        usage = go_duration(named["usage"]) or 0.0
        caller = dialled(named["account"], self._options.region)
        callee = dialled(named["destination"], self._options.region)
        cost, charged = self._cost(named.get("cost", "")), run == "default"
        others = {name: text for name, text in named.items() if text and self._is_extra(name)}
        facts = {name: text.strip("*") for name in ("requesttype", "category") if (text := named.get(name, ""))}
        row = Row(
            source="cgrates_csv",
            group=origin,
            key=f"{origin}/{run}",
            raw_line=number,
            origin_id=origin,
            kind="leg" if charged else "run",
            leg_id=origin,
            rank=usage,
            direction=self._direction(caller, callee),
            caller=caller,
            callee=callee,
            setup_time=setup,
            answer_time=answer,
            duration_s=usage,
            talk_s=usage,
            disposition=Disposition.ANSWERED if usage > 0 else Disposition.NO_ANSWER,
            cost=cost if charged else None,
            extra={**others, **({f"cost_{run}": cost.amount} if cost is not None and not charged else {})},
            facts={**facts, "run": run},
        )
        return check(row, self._options)

    def _cost(self, text: str) -> Cost | None:
        """Return the cost; -1 says that the call was not rated."""
        if not text or text.startswith("-1"):
            return None
        return Cost(amount(text), self._options.currency)

    @staticmethod
    def _is_extra(name: str) -> bool:
        return name not in _NAMED or name in {"tenant", "subject", "cgrid"}


def recognise(head: bytes) -> float:
    """Say how sure it is: a header with OriginID and SetupTime, or CGRateS' `*meta` values where its columns are."""
    delimiter = _delimiter(text_lines(head))
    rows = records(text_lines(head), delimiter=delimiter, comment="#")
    sampled = [item for item in islice(rows, 20) if not isinstance(item, Rejection)]
    return 0.9 if _columns(sampled) is not None else 0.0


FORMAT: Final = Format(
    name="cgrates_csv",
    title="CGRateS CDR (CSV)",
    read=read,
    recognise=recognise,
    joins=True,
    needs_zone=True,
)
