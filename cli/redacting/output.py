"""What goes out: a JSON line for each record, and refusals on the standard error, none of them with a value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cli.redacting.records import BadRecord, Record
from redaction.lines import Line
from redaction.streaming import Found


def redacted_line(line: Line, found: Iterable[Found]) -> str:
    """Return a line's text as its readers get it."""
    told: list[str] = []
    at = line.start
    for one in found:
        if one.shown is not None:
            told += [line.text[at - line.start : one.start - line.start], one.shown]
            at = one.end
    return "".join((*told, line.text[at - line.start :]))


def span_document(one: Found, *, segment: bool, explain: bool) -> dict[str, Any]:
    """Return a span as it goes out; `segment` names the given segment of a record in segments."""
    span = one.span
    return {
        "start": one.start,
        "end": one.end,
        "type": span.entity_type,
        "score": span.score,
        "recognizer": span.recognizer,
        **({"segment": one.segment} if segment else {}),
        **({"operator": span.operator, "reason": span.reason, "context": one.context} if explain else {}),
    }


def document_of(record: Record, told: Iterable[tuple[Line, list[Found]]], *, explain: bool) -> dict[str, Any]:
    """Return what goes out for a record. `flagged` is there only where the policy keeps something readable."""
    in_segments = record.text is None
    texts: list[list[str]] = [[] for _ in range(max(1, len(record.segments)))]
    spans: list[dict[str, Any]] = []
    flagged: list[dict[str, Any]] = []
    for line, found in told:
        texts[line.segment].append(redacted_line(line, found))
        for one in found:
            (spans if one.shown is not None else flagged).append(
                span_document(one, segment=in_segments, explain=explain)
            )
    redacted = ["".join(pieces) for pieces in texts]
    segments = [
        {"channel": channel, "text": text} for (channel, _), text in zip(record.segments, redacted, strict=False)
    ]
    return {
        "id": record.id,
        "spans": spans,
        **({"flagged": flagged} if flagged else {}),
        **({"segments": segments} if in_segments else {}),
        "redacted": "\n".join(redacted) if record.segments or not in_segments else "",
    }


def json_line(document: Mapping[str, Any]) -> bytes:
    """Return one line of JSON in UTF-8; half a surrogate pair goes out as it came in, escaped."""
    try:
        return json.dumps(document, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(document).encode() + b"\n"


def refusal_line(number: int, refused: BadRecord) -> bytes:
    """Return what the standard error is told of a line that failed."""
    return json_line({"line": number, "reason": refused.reason, "message": refused.message})
