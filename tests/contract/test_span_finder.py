"""One contract for the double and the real finder."""

from __future__ import annotations

from dataclasses import replace

import pytest
from talk import talk

from domain.spans import merge_spans, redact_transcript
from domain.speech import Party, Segment
from redaction.doubles import PlainFinder
from redaction.engines.presidio import PresidioFinder
from redaction.errors import UnsupportedLanguageError
from redaction.port import KnownParty, SpanFinder


@pytest.fixture(scope="module", params=[PlainFinder, PresidioFinder])
def finder(request: pytest.FixtureRequest) -> SpanFinder:
    return request.param()


CALL = talk(
    "What is your phone number and your e-mail?",
    "It is 415-555-0132 and meera.krishnan@example.com thank you.",
    "The card is 4111 1111 1111 1111 is it?",
    "Yes, and it takes three to five working days.",
)


def test_spans_are_merged_and_within_bounds(finder: SpanFinder) -> None:
    spans = finder.find(CALL)
    assert spans
    assert merge_spans(spans) == spans
    for span in spans:
        assert 0 <= span.first_word < span.end_word <= len(CALL.segments[span.segment].words)


def test_the_same_words_give_the_same_spans(finder: SpanFinder) -> None:
    assert finder.find(CALL) == finder.find(CALL)


def test_a_redacted_call_is_clean_and_nothing_new_is_found_in_it(finder: SpanFinder) -> None:
    redacted = redact_transcript(CALL, finder.find(CALL))
    assert finder.residual(redacted) == []
    assert finder.find(redacted) == ()
    assert "415" not in redacted.text
    assert "example.com" not in redacted.text


def test_the_second_look_sees_what_was_not_redacted(finder: SpanFinder) -> None:
    assert set(finder.residual(CALL)) == {"CREDIT_CARD", "EMAIL_ADDRESS", "NUMBER_SEQUENCE"}


def test_an_empty_call_has_nothing(finder: SpanFinder) -> None:
    empty = replace(CALL, segments=())
    assert finder.find(empty) == ()
    assert finder.residual(empty) == []
    wordless = replace(CALL, segments=(Segment(0, Party.UNKNOWN, 0.0, 1.0, ()),))
    assert finder.find(wordless) == ()


def test_a_known_name_is_found(finder: SpanFinder) -> None:
    call = talk("I will tell Wilhelmina about it.")
    (span,) = finder.find(call, known=KnownParty(names=("Wilhelmina",)))
    assert (span.first_word, span.end_word) == (3, 4)


def test_another_language_is_refused(finder: SpanFinder) -> None:
    with pytest.raises(UnsupportedLanguageError):
        finder.find(replace(CALL, language="de"))


def test_the_stamp_says_who_found_it(finder: SpanFinder) -> None:
    assert all((finder.stamp.finder, finder.stamp.model_id, finder.stamp.version))
