"""Provider callbacks that were kept in a file: one JSON object, a list, a line each, or form bodies, a line each.

Whose event it is shows in its fields. No signature is checked here: a file says nothing of who sent it. What the events
say is read by `ingest.providers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ingest.formats.checks import check
from ingest.formats.errors import RowError, UnknownFormat
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format
from ingest.providers.errors import CallbackUnreadable
from ingest.providers.events import without_address
from ingest.providers.payload import Fields, first_of_each, form_pairs, read_json
from ingest.providers.registry import provider_of

_MARKS: Final = re.compile(
    rb'"(?:AWSContactTraceRecordFormatVersion|monitorUCID|conversation_uuid|call_session_id|recording_urls|CallSid'
    rb'|CallUUID|RecordingSid|InitiationMethod|call_to_number)"'
    rb'|"eventType"(?=[\s\S]*"callId")|"call_uuid"(?=[\s\S]*"(?:resource_uri|call_date|agent_number|from_number|initiation_time)")'
)
"""Fields that nobody but a provider writes; FreeSWITCH has `call_uuid` and `start_stamp` too."""
_FORM: Final = re.compile(rb"(?:[^\s=&]+=[^\s&]*&)*(?:CallSid|RecordingSid|CallUUID|data|call_uuid)=[^\s]+")
_SURE: Final = 0.9
_RAW_KEPT: Final = 4096


def recognise(head: bytes) -> float:
    """Say how sure it is that these are provider events: a field that only providers have, in JSON or a form."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in {b"{", b"["}:
        return _SURE if _MARKS.search(text) else 0.0
    return _SURE if _FORM.match(text) else 0.0


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield the rows of each event and a rejection for each that cannot be read; see `registry.Reader`."""
    if not recognise(source.head):
        raise UnknownFormat("the file holds no provider events")
    for line, value in _events(source, options):
        if isinstance(value, Rejection):
            yield value
        else:
            yield from _rows(value, line, options)


def _events(source: Input, options: ParseOptions) -> Iterator[tuple[int, Any]]:
    """Yield (line, value): of a document that is one JSON value its elements, else one a line."""
    if _by_line(source.head):
        for item in source.lines(options.encoding):
            if isinstance(item, Rejection):
                yield item.raw_line, item
            elif item[1].strip():
                yield item[0], _line(*item)
        return
    whole = source.all_bytes()
    try:
        value = read_json(whole.removeprefix(b"\xef\xbb\xbf"))
    except CallbackUnreadable:
        yield 1, Rejection(1, "json", "the document is not valid JSON", whole[:_RAW_KEPT].decode("utf-8", "replace"))
        return
    for element in value if isinstance(value, list) else [value]:
        yield 1, element


def _by_line(head: bytes) -> bool:
    """Say whether the first line is a whole event by itself."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0].strip()
    if first[:1] != b"{":
        return first[:1] != b"["
    try:
        read_json(first)
    except CallbackUnreadable:
        return False
    return True


def _line(number: int, text: str) -> Any:
    try:
        return read_json(text) if text.lstrip().startswith("{") else first_of_each(form_pairs(text.strip()))
    except CallbackUnreadable:
        return Rejection(number, "json", "the line is no JSON object and no form", text[:_RAW_KEPT])


def _rows(value: Any, line: int, options: ParseOptions) -> Iterator[Row | Rejection]:
    raw = str(value)[:_RAW_KEPT]
    provider = provider_of(value) if isinstance(value, dict) else None
    if provider is None:
        yield Rejection(line, "not_a_call", "the event is no known provider's", raw)
        return
    try:
        events: list[Fields] = list(provider.unwrap(value))
    except CallbackUnreadable:
        yield Rejection(line, "json", "what the event holds is not valid JSON", raw)
        return
    for event in events:
        try:
            rows = [without_address(check(row, options)) for row in provider.rows(event, options, line)]
        except RowError as error:
            yield Rejection(line, error.reason, error.message, raw)
            continue
        if not rows:
            yield Rejection(line, "not_a_call", "the event says nothing of a call or recording", raw)
        yield from rows


FORMAT: Final = Format("provider_events", "Provider callbacks (JSON, JSON lines, forms)", read, recognise, joins=True)
