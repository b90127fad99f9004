"""Cisco CUCM's CDR files: a header line, a line of SQL types, times as epochs in UTC with 0 for never.

The rows of one call share the global call id of their cluster; each has its own pair of leg ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from ingest.formats.causes import unanswered
from ingest.formats.checks import check
from ingest.formats.clock import epoch, seconds
from ingest.formats.errors import RowError, UnknownFormat
from ingest.formats.lines import rows_of
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, dialled
from ingest.formats.reading import Input, text_lines
from ingest.formats.record import Disposition, Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.table import records, records_of

_NEEDED: Final = (
    *("cdrRecordType", "globalCallID_callManagerId", "globalCallID_callId", "dateTimeOrigination"),
    *("callingPartyNumber", "finalCalledPartyNumber", "dateTimeConnect", "dateTimeDisconnect", "duration"),
)
_CDR: Final = "1"
_SQL_TYPE: Final = re.compile(r"(?:INTEGER|BIGINT|SMALLINT|UNIQUEIDENTIFIER|TEXT|N?(?:VAR)?CHAR(?:\(\d+\))?)", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,20}", re.ASCII)
_FACTS: Final = ("origCause_value", "destCause_value", "origNodeId", "destNodeId", "lastRedirectRedirectReason")
_EXTRA: Final = (
    *("callingPartyUnicodeLoginUserID", "finalCalledPartyUnicodeLoginUserID", "originalCalledPartyNumber"),
    *("lastRedirectDn", "origDeviceName", "destDeviceName", "origIpv4v6Addr", "destIpv4v6Addr", "huntPilotDN"),
    *("callingPartyNumberPartition", "finalCalledPartyNumberPartition", "authCodeDescription", "pkid"),
)


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield legs and rejections; see `Reader` for its errors."""
    items = records_of(source, options.encoding)
    before: list[Rejection] = []
    for item in items:
        if not isinstance(item, Rejection):
            names = _header(item[1])
            break
        before.append(item)
    else:
        yield from before
        return
    if names is None:
        raise UnknownFormat("the file does not begin with the header line of a CUCM CDR file")
    reader = _Legs(names, options)
    types = list(islice(items, 1))
    if types and not isinstance(types[0], Rejection) and _is_types(types[0][1]):
        types.clear()
    again = rows_of(chain(types, items), reader.leg, is_header=lambda row: _header(row) is not None or _is_types(row))
    yield from chain(before, again)


def _header(fields: Sequence[str]) -> tuple[str, ...] | None:
    names = tuple(field.strip() for field in fields)
    return names if set(_NEEDED).issubset(names) else None


def _is_types(fields: Sequence[str]) -> bool:
    return all(_SQL_TYPE.fullmatch(field.strip().upper()) for field in fields)


class _Legs:
    """Makes rows of the legs of one file."""

    def __init__(self, names: tuple[str, ...], options: ParseOptions) -> None:
        self._names = names
        self._options = options
        self._direction = Compass(options.own_numbers).direction

    def leg(self, number: int, fields: list[str]) -> Row:
        """Return the leg. Raises RowError."""
        if len(fields) != len(self._names):
            raise RowError("columns", f"the row has {len(fields)} columns, and the file {len(self._names)}")
        named = {name: text.strip() for name, text in zip(self._names, fields, strict=True)}
        if named["cdrRecordType"] != _CDR:
            raise RowError("not_a_call", "the row is no call detail record")
        group, key = _keys(named)
        setup, answer = epoch(named["dateTimeOrigination"]), epoch(named["dateTimeConnect"])
        if setup is None:
            raise RowError("time", "the row has no time of origination")
        end = epoch(named["dateTimeDisconnect"])
        caller = dialled(named["callingPartyNumber"], self._options.region)
        called = named.get("originalCalledPartyNumber", "") or named["finalCalledPartyNumber"]
        callee = dialled(called, self._options.region)
        row = Row(
            source="cucm",
            group=group,
            key=key,
            raw_line=number,
            origin_id=group,
            leg_id=key,
            direction=self._direction(caller, callee),
            caller=caller,
            callee=callee,
            setup_time=setup,
            answer_time=answer,
            end_time=end,
            duration_s=(end - setup).total_seconds() if end is not None and end >= setup else None,
            talk_s=seconds(named["duration"]),
            disposition=_disposition(named, answered=answer is not None),
            extra=self._extra(named, called),
            facts={name.lower(): named[name] for name in _FACTS if named.get(name)},
        )
        return check(row, self._options)

    @staticmethod
    def _extra(named: Mapping[str, str], called: str) -> dict[str, str]:
        found = {name: named[name] for name in _EXTRA if named.get(name)}
        answered_by = named["finalCalledPartyNumber"]
        return found | ({"answered_by": answered_by} if answered_by and answered_by != called else {})


def _keys(named: Mapping[str, str]) -> tuple[str, str]:
    """Return the call's key (cluster, manager, call id) and the row's: its own id, else its legs' ids and time."""
    manager, call = named["globalCallID_callManagerId"], named["globalCallID_callId"]
    if not _WHOLE.fullmatch(manager) or not _WHOLE.fullmatch(call):
        reason = "number_as_float" if "E+" in manager + call or "." in manager + call else "field"
        raise RowError(reason, "the global call id is not a whole number")
    group = "-".join(text for text in (named.get("globalCallId_ClusterID", ""), manager, call) if text)
    leg = (named.get(name, "") for name in ("origNodeId", "origLegCallIdentifier", "destNodeId", "destLegIdentifier"))
    return group, f"{group}/{named.get('pkid') or '-'.join((*leg, named['dateTimeOrigination']))}"


def _disposition(named: Mapping[str, str], *, answered: bool) -> Disposition:
    if answered:
        return Disposition.ANSWERED
    causes = (named.get("destCause_value", ""), named.get("origCause_value", ""))
    return next((found for cause in causes if (found := unanswered(cause))), Disposition.NO_ANSWER)


def recognise(head: bytes) -> float:
    """Say how sure it is: CUCM's column names."""
    first = next((item for item in records(text_lines(head)) if not isinstance(item, Rejection)), None)
    return 0.98 if first is not None and _header(first[1]) is not None else 0.0


FORMAT: Final = Format(
    name="cucm",
    title="Cisco CUCM CDR",
    read=read,
    recognise=recognise,
    joins=True,
)
