"""Should a person look at a transcript before it is relied on? The rule, its reasons, and what a person decided."""

from __future__ import annotations

from enum import StrEnum

from domain.speech import Transcript


class ReviewState(StrEnum):
    """Whether a person should look, or what one decided. A rejected version is served to nobody but as spoken."""

    NOT_NEEDED = "not_needed"
    NEEDED = "needed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ReviewReason(StrEnum):
    """Why a person should look, in a constant word that docs/stages.md explains."""

    LOW_PROBABILITY = "low_probability"
    LANGUAGE_UNSURE = "language_unsure"
    UNHEARD_SPEECH = "unheard_speech"
    PARTIAL = "partial"
    FOUND_LESS = "found_less"


def quality_of(transcript: Transcript) -> dict[str, float]:
    """Return the facts about a transcript that may be shown to everyone who sees the call: numbers, no words."""
    return {
        **transcript.quality,
        "language_probability": round(transcript.language_probability, 4),
        "unheard_s": round(sum(one.end - one.start for one in transcript.unheard), 3),
    }


def review_reasons(
    transcript: Transcript, *, review_below: float | None, found_less: bool = False
) -> tuple[ReviewReason, ...]:
    """Return why a person should look at a transcript; nothing when nobody need.

    Args:
        transcript: as spoken or redacted.
        review_below: the workspace's threshold (0..1) for the words' mean probability, the language's probability
            where it was detected, and the share of the speech that was heard; None: these are not asked.
        found_less: an earlier version hides something that this one shows.
    """
    reasons = [ReviewReason.FOUND_LESS] if found_less else []
    if review_below is None:
        return tuple(reasons)
    quality = transcript.quality
    forced = bool(quality.get("language_forced", 0.0))
    spoke = bool(transcript.segments)
    for reason, holds in (
        (ReviewReason.LOW_PROBABILITY, spoke and quality.get("mean_probability", 1.0) < review_below),
        (ReviewReason.LANGUAGE_UNSURE, spoke and not forced and transcript.language_probability < review_below),
        (ReviewReason.UNHEARD_SPEECH, _heard_share(transcript) < review_below),
        (ReviewReason.PARTIAL, bool(quality.get("partial", 0.0))),
    ):
        if holds:
            reasons.append(reason)
    return tuple(reasons)


def _heard_share(transcript: Transcript) -> float:
    """Return which part of the speech became words; 1 when there was none."""
    heard = sum(segment.end - segment.start for segment in transcript.segments)
    unheard = sum(one.end - one.start for one in transcript.unheard)
    return heard / (heard + unheard) if heard + unheard > 0 else 1.0
