"""A call redacted by a policy: one span list, and from it the words that may be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.redaction_policy import RedactionPolicy
from domain.spans import Span, merge_spans, redact_transcript
from domain.speech import Transcript
from redaction.operators import Hider, applied
from redaction.patterns import OwnPatterns
from redaction.port import KnownParty, SpanFinder


@dataclass(frozen=True, slots=True)
class Redacted:
    """What redaction made of a transcript.

    Attributes:
        spans: what stands under the policy, each with its operator; kept ones too.
        readable: the words that may be read.
        residual: the kinds that the second look sees when all that was found is hidden. Not empty: nothing may be read.
    """

    spans: tuple[Span, ...]
    readable: Transcript
    residual: Sequence[str]


def redact_by_policy(
    transcript: Transcript,
    finder: SpanFinder,
    policy: RedactionPolicy,
    hider: Hider,
    *,
    known: KnownParty | None = None,
) -> Redacted:
    """Find, decide, hide, and look again. Raises RedactionError, or Invalid for a pattern that cannot be used.

    The second look is asked over a transcript without anything that was found, so that what a policy keeps readable
    does not block the call.
    """
    if not transcript.text.strip():
        return Redacted((), transcript, ())
    found = merge_spans((*finder.find(transcript, known=known), *OwnPatterns(policy.patterns).find(transcript)))
    spans = policy.decided(found)
    residual = finder.residual(redact_transcript(transcript, found))
    return Redacted(spans, applied(transcript, spans, hider), tuple(residual))
