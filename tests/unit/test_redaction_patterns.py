"""A workspace's own patterns: they take whole words, and what could stall a worker is refused with its reason."""

from __future__ import annotations

import time

import pytest
from talk import talk

from domain.errors import Invalid
from domain.redaction_policy import OwnPattern
from domain.speech import Transcript
from redaction.patterns import OwnPatterns, checked


def taken(pattern: str, transcript: Transcript) -> list[str]:
    spans = OwnPatterns([OwnPattern("BADGE", pattern)]).find(transcript)
    return [
        " ".join(word.text for word in transcript.segments[span.segment].words[span.first_word : span.end_word])
        for span in spans
    ]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"BX-\d+", ["(BX-12)", "BX-345."]),
        (r"é\w+ BX", ["état BX-345."]),
        (r"(?i)bx-\d{3}", ["BX-345."]),
        (r"nowhere", []),
    ],
)
def test_every_word_that_a_pattern_touches_is_taken(pattern: str, found: list[str]) -> None:
    assert taken(pattern, talk("badge (BX-12) or", "état BX-345. thanks")) == found


def test_a_placeholder_is_matched_by_nothing() -> None:
    call = talk("badge BX-12 now")
    (span,) = OwnPatterns([OwnPattern("BADGE", "BX-12")]).find(call)
    assert (span.first_word, span.end_word, span.entity_type, span.recognizer) == (1, 2, "BADGE", "own_pattern")
    from domain.spans import redact_transcript  # noqa: PLC0415 - beside its only use

    assert taken("BADGE|BX", redact_transcript(call, [span])) == []


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+", "(a|b*)*c", "([a-z]+)*x", "(?:x{2,})+y", "((a+)b)*c", "(a+){2,}", ".*", "a*", "", "(?=a)b", r"(a)\1",
        "(", "[", "a{99999}", "(?:(?:a{100}){100}){100}", "x" * 5 + "\\", "(?<!a)b", "\ud800",
    ],
)  # fmt: skip
def test_bombs_and_what_takes_anything_are_refused_when_saved(pattern: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(pattern)
    assert refused.value.fields["field"] == "patterns"


@pytest.mark.parametrize(
    "pattern", [r"(?:\d{2,4}[ -]?){3,5}", r"\(a+\)+", r"[a+]+x", r"(a{1,3})+b", r"EMP\d{6}", "(ab)+c"]
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    checked(pattern)


def test_the_time_of_a_pattern_grows_with_the_text_and_no_faster() -> None:
    def needed(words: int) -> float:
        call = talk(" ".join(["aaaaaaaaaaaaaaaaaaaaaaaa!"] * words))
        patterns = OwnPatterns([OwnPattern("BADGE", "(?:a|aa){2,30}b|(?:a?){24}a{24}c")])
        begun = time.process_time()
        assert list(patterns.find(call)) == []
        return time.process_time() - begun

    small = min(needed(500) for _ in range(3))
    assert min(needed(2_000) for _ in range(3)) < 12 * max(small, 0.002)
