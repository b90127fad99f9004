"""A transcript document of ours (docs/transcript.schema.json) in, the same redacted out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from cli.redacting.records import BadRecord
from domain.redaction_policy import RedactionPolicy
from domain.spans import Span
from domain.speech import Transcript, transcript_from_dict
from redaction.applying import redact_by_policy
from redaction.errors import UnsupportedLanguageError
from redaction.explaining import contexts
from redaction.operators import Hider
from redaction.port import SpanFinder
from transcription.render import file_document, redactions_of, to_document

_OF_A_FILE: Final[tuple[str, ...]] = ("schema", "file", "source", "asked")
_OF_AN_ANSWER: Final[tuple[str, ...]] = ("call_id", "version")


def redacted_document(
    raw: bytes, finder: SpanFinder, policy: RedactionPolicy, hider: Hider, *, explain: bool
) -> dict[str, Any]:
    """Return the document redacted; what the schema does not name is left out. Raises BadRecord, RedactionError."""
    document = _document(raw)
    transcript = _transcript(document)
    try:
        done = redact_by_policy(transcript, finder, policy, hider)
    except UnsupportedLanguageError:
        raise BadRecord("language_unsupported", "redaction knows English only") from None
    if done.residual:
        raise BadRecord("residual_personal_data", f"a second look still sees {', '.join(done.residual)}")
    hidden = [one for one in done.spans if not one.kept]
    entries = _entries(transcript, hidden, explain=explain)
    kept = _entries(transcript, [one for one in done.spans if one.kept], explain=explain)
    flagged = {"flagged": kept} if kept else {}
    if "schema" not in document:
        told = {name: document[name] for name in _OF_AN_ANSWER if name in document}
        return {**told, "redacted": True, **to_document(done.readable), "redactions": entries, **flagged}
    body = {**file_document(done.readable, parties={}), "channels": document["channels"]}
    told = {name: document[name] for name in _OF_A_FILE if name in document}
    return {**told, **body, "redacted": True, "redactions": [*document.get("redactions", []), *entries], **flagged}


def _document(raw: bytes) -> dict[str, Any]:
    try:
        document = json.loads(raw)
    except UnicodeDecodeError:
        raise BadRecord("not_utf8", "the file is not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadRecord("not_json", "the file is not JSON") from None
    if not isinstance(document, dict) or "segments" not in document:
        raise BadRecord("not_a_transcript", "the file is no transcript: see docs/transcript.schema.json")
    return document


def _transcript(document: Mapping[str, Any]) -> Transcript:
    try:
        channels = document["channels"]
        segments = [
            {**one, "words": [{**word, "text": _whole(word.get("text", word.get("word")))} for word in one["words"]]}
            for one in document["segments"]
        ]
        number = len(channels) if isinstance(channels, list) else channels
        transcript = transcript_from_dict({**document, "channels": number, "segments": segments})
        said: list[Any] = [word.text for _, _, word in transcript.words()]
        checked = all(isinstance(text, str) for text in said)
    except (KeyError, TypeError, ValueError, AttributeError):
        checked = False
    if not checked:
        raise BadRecord("not_a_transcript", "the file is no transcript: see docs/transcript.schema.json")
    return transcript


def _whole(text: str) -> str:
    """Return a word without half surrogate pairs: no model can read them, and no file may hold them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _entries(transcript: Transcript, spans: list[Span], *, explain: bool) -> list[dict[str, Any]]:
    """Return kind, channel and time of each span; with `explain`, why it was taken."""
    if not explain:
        return redactions_of(transcript, spans)
    return [
        {
            **redactions_of(transcript, [span])[0],
            "score": span.score,
            "recognizer": span.recognizer,
            "operator": span.operator,
            "reason": span.reason,
            "context": context,
        }
        for span, context in zip(spans, contexts(transcript, spans), strict=True)
    ]
