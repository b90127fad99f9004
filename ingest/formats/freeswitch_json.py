"""FreeSWITCH mod_json_cdr: one JSON document per leg, its values percent-encoded or not (`encode-values`).

Read with `ingest.formats.freeswitch_leg`, which says how legs meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from ingest.formats.building import built
from ingest.formats.errors import RowError, UnknownFormat
from ingest.formats.freeswitch_leg import decoded, leg_row
from ingest.formats.json_in import documents, identifier, text_of
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format

_NAME: Final = "freeswitch_json"
_STARTS: Final = (b"{", b"[")


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield the rows of a file of documents, of JSON lines or of an array."""
    if source.head.strip() and not source.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_STARTS):
        raise UnknownFormat("the file is not JSON")
    for one in documents(source, encoding=options.encoding):
        if isinstance(one, Rejection):
            yield one
        else:
            yield built(partial(_row, one.value, one.line, options), options, line=one.line, raw=one.raw)


def _row(value: Mapping[str, Any], line: int, options: ParseOptions) -> Row:
    variables = value.get("variables")
    if not isinstance(variables, Mapping):
        raise RowError("field", "the document has no variables; it is no record of mod_json_cdr")
    texts = _decoded(variables)
    texts["uuid"] = identifier(variables.get("uuid")) or ""
    return leg_row(_NAME, texts, _flows(value), line, options)


def _decoded(fields: Any) -> dict[str, str]:
    if not isinstance(fields, Mapping):
        return {}
    return decoded({name: _text(value) for name, value in fields.items()})


def _text(value: Any) -> str:
    """Return a variable's text; FreeSWITCH writes a variable that was pushed to more than once as an array."""
    return "|".join(map(text_of, value)) if isinstance(value, list) else text_of(value)


def _flows(value: Mapping[str, Any]) -> list[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Return (caller profile, times) of each step, the latest first; old versions have one, at the top."""
    flow = value.get("callflow")
    found: list[Any] = flow if isinstance(flow, list) else [flow]
    steps = [step for step in found if isinstance(step, Mapping)] or [value]
    return [(_decoded(step.get("caller_profile")), _decoded(step.get("times"))) for step in steps]


def recognise(head: bytes) -> float:
    """Say how sure it is that this is mod_json_cdr."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text.startswith(_STARTS) or b'"variables"' not in text:
        return 0.0
    marks = (b'"core-uuid"', b'"channel_data"', b'"callflow"', b'"app_log"', b'"start_epoch"', b'"start_uepoch"')
    found = sum(mark in text for mark in marks)
    return min(1.0, 0.4 + 0.3 * found) if found else 0.0


FORMAT: Final = Format(name=_NAME, title="FreeSWITCH, mod_json_cdr", read=read, recognise=recognise, joins=True)
