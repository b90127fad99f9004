"""The fields of a callback: form, multipart form or JSON, one event or several; numbers keep all their digits.

Ids such as monitorUCID do not fit a float: JSON integers stay exact, and a number with a point or exponent becomes a
`FloatText`, which may be a duration and never an id.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from python_multipart import multipart

from ingest.providers.errors import CallbackUnreadable

Fields = Mapping[str, Any]
FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
MOST_FIELDS: Final = 500
MOST_EVENTS: Final = 5_000
DEEPEST: Final = 16


class FloatText(str):
    """A JSON number with a point or exponent, as it was written."""

    __slots__ = ()


def form_pairs(encoded: str | bytes) -> list[tuple[str, str]]:
    """Return a form's names and values in their order, repeated names too. Raises CallbackUnreadable."""
    try:
        text = encoded.decode("utf-8") if isinstance(encoded, bytes) else encoded
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise CallbackUnreadable("the form is not UTF-8 or has too many fields") from None


def multipart_pairs(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a multipart form; a file in it is refused. Raises CallbackUnreadable."""
    pairs: list[tuple[str, str]] = []
    files: list[object] = []

    def on_field(field: Any) -> None:
        if len(pairs) >= MOST_FIELDS:
            raise ValueError
        pairs.append(((field.field_name or b"").decode("utf-8"), (field.value or b"").decode("utf-8")))

    headers = {"Content-Type": content_type.encode(), "Content-Length": str(len(body)).encode()}
    try:
        multipart.parse_form(headers, io.BytesIO(body), on_field, files.append)
    except (ValueError, LookupError):
        raise CallbackUnreadable("the multipart form cannot be read") from None
    if files:
        raise CallbackUnreadable("the form holds a file; callbacks hold fields only")
    return pairs


def first_of_each(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return one value per name, the first; later ones under the same name do not replace what was read."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields


def read_json(text: str | bytes) -> Any:
    """Return a JSON value with exact integers. Raises CallbackUnreadable; depth and size of texts are bounded."""
    try:
        value = json.loads(text, parse_float=FloatText, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise CallbackUnreadable("the body is not valid JSON in UTF-8") from None
    _check(value, DEEPEST)
    return value


def _refuse_constant(_: str) -> Any:
    raise ValueError


def _check(value: Any, deepest: int) -> None:
    if deepest < 0:
        raise CallbackUnreadable("the JSON is nested too deep")
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise CallbackUnreadable("a text holds half of a character") from None
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name, deepest)
            _check(inner, deepest - 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, deepest - 1)


def events_of(content_type: str, body: bytes, query: str = "") -> list[dict[str, Any]]:
    """Return the events of a callback: one of a form or query, one or more of JSON (object, list, or a line each).

    Raises:
        CallbackUnreadable: it is none of these, holds nothing, or more than 5,000 events.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == FORM:
        events = [first_of_each(form_pairs(body))]
    elif media_type == MULTIPART:
        events = [first_of_each(multipart_pairs(content_type, body))]
    elif body.strip():
        events = _objects(body)
    else:
        events = [first_of_each(form_pairs(query))]
    if not events or not all(events) or len(events) > MOST_EVENTS:
        raise CallbackUnreadable("the callback holds no event, or too many")
    return events


def _objects(body: bytes) -> list[dict[str, Any]]:
    try:
        value = read_json(body)
    except CallbackUnreadable:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004 - one line is no list of lines
            raise
        value = [read_json(line) for line in lines[: MOST_EVENTS + 1]]
    events = value if isinstance(value, list) else [value]
    if not all(isinstance(event, dict) for event in events):
        raise CallbackUnreadable("the body is no JSON object and no list of them")
    return events
