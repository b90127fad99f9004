"""Why a span was taken, in constant words and counts: nothing of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.spans import Span
from domain.speech import Transcript
from redaction.context import CallContext
from redaction.view import Token


def contexts(transcript: Transcript, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """Return what stood around each span: the nearest prompt before it, whose it was, and how many words away.

    `shared_with` names the kinds of other recognizers that took some of the same words; `pieces` says that the item
    runs over several turns.
    """
    context = CallContext.of(transcript)
    first: dict[tuple[int, int], Token] = {(token.segment, token.first): token for token in context.view.tokens}
    return [_around(context, transcript, span, first.get((span.segment, span.first_word))) for span in spans]


def _around(context: CallContext, transcript: Transcript, span: Span, token: Token | None) -> dict[str, Any]:
    told: dict[str, Any] = {}
    cue = None if token is None else context.cues.before(token)
    if token is not None and cue is not None:
        told["prompt"] = {
            "kind": cue.kind,
            "words_before": context.cues.distance(cue, token),
            "same_turn": cue.token.segment == token.segment,
            "same_speaker": cue.token.channel == transcript.segments[span.segment].channel,
        }
    if span.also:
        told["shared_with"] = list(span.also)
    if span.group:
        told["pieces"] = True
    return told
