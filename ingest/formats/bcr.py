"""The side-car that BCR (Basic Call Recorder) writes beside each recording: one JSON document with `//` comments.

Nearly every field can be null. The recording's own name is not in it; its format and length are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from ingest.formats.building import built, digest, said
from ingest.formats.clock import epoch, local, seconds
from ingest.formats.errors import RowError, UnknownFormat
from ingest.formats.json_in import documents, identifier, text_of
from ingest.formats.options import ParseOptions
from ingest.formats.parties import NOBODY, party
from ingest.formats.reading import Input
from ingest.formats.record import Direction, Disposition, PartyNumber, Presentation, RecordingRef, Rejection, Row
from ingest.formats.registry import Format

_NAME: Final = "bcr"
_DIRECTIONS: Final = {
    "in": Direction.INBOUND,
    "out": Direction.OUTBOUND,
    "conference": Direction.UNKNOWN,
    "": Direction.UNKNOWN,
}
_MARKS: Final = (b'"timestamp_unix_ms"', b'"call_log_name"', b'"package_name"', b'"phone_number_formatted"')


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield a row for each side-car."""
    if source.head.strip() and not re.match(rb"(?:\xef\xbb\xbf)?\s*(?:[{\[]|//|/\*)", source.head):
        raise UnknownFormat("the file is not JSON")
    for one in documents(source, encoding=options.encoding, comments=True):
        if isinstance(one, Rejection):
            yield one
        else:
            yield built(partial(_row, one.value, one.line, options), options, line=one.line, raw=one.raw)


def _row(value: Mapping[str, Any], line: int, options: ParseOptions) -> Row:
    start, stamp = _start(value)
    way = text_of(value.get("direction"))
    if way not in _DIRECTIONS:
        raise RowError("field", "the direction is none of in, out and conference")
    others = _others(value, options)
    other = others[0] if others else party("", None, Presentation.UNKNOWN)
    inbound = _DIRECTIONS[way] is Direction.INBOUND
    recording = _recording(value, start)
    key = digest(stamp, way, *(one.raw for one in others), text_of(value.get("sim_slot")))
    return Row(
        source=_NAME,
        group=key,
        key=key,
        raw_line=line,
        direction=_DIRECTIONS[way],
        caller=other if inbound else NOBODY,
        callee=NOBODY if inbound else other,
        setup_time=start,
        duration_s=recording.duration_s if recording else None,
        disposition=Disposition.ANSWERED if recording else None,
        recording=recording,
        extra=_extra(value, others),
        facts=said(direction=way, sim_slot=text_of(value.get("sim_slot"))),
    )


def _start(value: Mapping[str, Any]) -> tuple[datetime, str]:
    """Return when the recording began, from the milliseconds, else from the text with its offset."""
    stamp = identifier(value.get("timestamp_unix_ms"))
    start = epoch(stamp) if stamp else local(text_of(value.get("timestamp")), None)
    if start is None:
        raise RowError("time", "the side-car has no timestamp")
    return start, str(int(start.timestamp() * 1000))


def _calls(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    calls = value.get("calls")
    return [call for call in calls if isinstance(call, Mapping)] if isinstance(calls, list) else []


def _others(value: Mapping[str, Any], options: ParseOptions) -> list[PartyNumber]:
    """Return the other parties; a private caller's number is null and is never a person."""
    found = []
    for call in _calls(value):
        number = identifier(call.get("phone_number"))
        found.append(party(number, options.region, Presentation.ALLOWED if number else Presentation.RESTRICTED))
    return found


def _recording(value: Mapping[str, Any], start: datetime) -> RecordingRef | None:
    output = value.get("output")
    if not isinstance(output, Mapping):
        return None
    kind, made = output.get("format"), output.get("recording")
    if not isinstance(made, Mapping):
        return None
    channels = made.get("channel_count")
    return RecordingRef(
        start_time=start,
        duration_s=seconds(text_of(made.get("duration_secs_encoded"))),
        channels=channels if isinstance(channels, int) else None,
        media_type=text_of(kind.get("mime_type_container")) or None if isinstance(kind, Mapping) else None,
    )


def _extra(value: Mapping[str, Any], others: list[PartyNumber]) -> dict[str, str]:
    names = [text_of(call.get(name)) for call in _calls(value) for name in ("contact_name", "caller_name")]
    more = {f"party_{number}": one.raw for number, one in enumerate(others[1:], 2) if one.raw}
    return more | said(
        name=text_of(value.get("call_log_name")) or next((name for name in names if name), ""),
        package=text_of(value.get("package_name")),
    )


def recognise(head: bytes) -> float:
    """Say how sure it is that this is a side-car of BCR."""
    found = sum(mark in head for mark in _MARKS)
    return min(1.0, 0.3 + 0.25 * found) if _MARKS[0] in head and found > 1 else 0.0


FORMAT: Final = Format(name=_NAME, title="BCR (Basic Call Recorder) side-car", read=read, recognise=recognise)
