"""When a person should look at a transcript: each reason on both sides of its limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.review import ReviewReason, quality_of, review_reasons
from domain.speech import EngineStamp, Party, Segment, Transcript, Unheard, Word

SEGMENT = Segment(0, Party.AGENT, 0.0, 6.0, (Word(0.0, 6.0, "hello", 0.9),))
GOOD = Transcript(
    "en", 0.9, 10.0, 1, (SEGMENT,), EngineStamp("t", "n", "n"), {"mean_probability": 0.8, "language_forced": 0.0}
)


def told(below: float | None, *, found_less: bool = False, **changes: Any) -> set[str]:
    quality = {**GOOD.quality, **changes.pop("quality", {})}
    return set(review_reasons(replace(GOOD, quality=quality, **changes), review_below=below, found_less=found_less))


def test_without_a_threshold_only_a_version_that_shows_more_than_an_earlier_one_needs_a_look() -> None:
    assert told(None, quality={"mean_probability": 0.0, "partial": 1.0}) == set()
    assert told(None, found_less=True) == {ReviewReason.FOUND_LESS}


def test_a_call_at_the_threshold_needs_no_look_and_one_below_it_does() -> None:
    assert told(0.8) == set()
    assert told(0.81) == {ReviewReason.LOW_PROBABILITY}


def test_the_languages_probability_counts_only_where_it_was_detected() -> None:
    assert told(0.7, language_probability=0.69) == {ReviewReason.LANGUAGE_UNSURE}
    assert told(0.7, language_probability=0.69, quality={"language_forced": 1.0}) == set()


@pytest.mark.parametrize(("unheard_s", "reasons"), [(1.5, set()), (1.6, {ReviewReason.UNHEARD_SPEECH})])
def test_speech_without_words_counts_as_its_share_of_all_speech(unheard_s: float, reasons: set[str]) -> None:
    assert told(0.8, unheard=(Unheard(0, 6.0, 6.0 + unheard_s),)) == reasons


def test_a_recording_that_is_partial_needs_a_look() -> None:
    assert told(0.1, quality={"partial": 1.0}) == {ReviewReason.PARTIAL}


def test_a_call_in_which_nobody_speaks_needs_no_look() -> None:
    silent = {"segments": (), "language_probability": 0.0, "quality": {"mean_probability": 0.0}}
    assert told(0.9, **silent) == set()


def test_what_is_shown_of_a_transcripts_quality_holds_numbers_only() -> None:
    shown = quality_of(replace(GOOD, unheard=(Unheard(0, 1.0, 2.5),)))
    assert shown == {
        "mean_probability": 0.8,
        "language_forced": 0.0,
        "language_probability": 0.9,
        "unheard_s": 1.5,
    }
