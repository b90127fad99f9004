"""Spans: nothing covered is left in words or in sound."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.inventory import inventory
from domain.spans import Span, TimeRange, merge_ranges, merge_spans, redact_transcript, silence_ranges
from domain.speech import EngineStamp, Party, Segment, Transcript, Word


def transcript(*lines: str, channels: int = 2) -> Transcript:
    clock, segments = 0.0, []
    for number, line in enumerate(lines):
        words = []
        for text in line.split():
            words.append(Word(clock, clock + 0.3, text, 0.9))
            clock += 0.4
        segments.append(Segment(number % channels, Party.UNKNOWN, words[0].start, words[-1].end, tuple(words)))
        clock += 1.0
    return Transcript("en", 1.0, clock, channels, tuple(segments), EngineStamp("test", "none", "none"))


CALL = transcript("my number is four one five", "thank you very much indeed sir")
spans = st.lists(
    st.builds(
        Span,
        segment=st.integers(0, 1),
        first_word=st.integers(0, 5),
        end_word=st.integers(0, 6),
        entity_type=st.sampled_from(["PERSON", "PHONE_NUMBER"]),
        score=st.floats(0, 1),
        recognizer=st.just("test"),
    ),
    max_size=6,
)


def covered(found: tuple[Span, ...] | list[Span]) -> set[tuple[int, int]]:
    return {(one.segment, word) for one in found for word in range(one.first_word, one.end_word)}


@given(spans)
def test_merging_neither_uncovers_nor_covers_a_word(found: list[Span]) -> None:
    merged = merge_spans(found)
    assert covered(merged) == covered(found)
    assert merge_spans(merged) == merged
    for one, two in pairwise(merged):
        assert one.segment != two.segment or one.end_word <= two.first_word


@given(spans)
def test_no_covered_word_is_left_and_every_other_word_is(found: list[Span]) -> None:
    redacted = redact_transcript(CALL, found)
    for number, segment in enumerate(CALL.segments):
        kept = [word for at, word in enumerate(segment.words) if (number, at) not in covered(found)]
        assert [word for word in redacted.segments[number].words if word.entity_type is None] == kept


@given(spans)
def test_every_covered_word_is_silent_on_every_channel(found: list[Span]) -> None:
    ranges = silence_ranges(CALL, found)
    for number, at in covered(found):
        word = CALL.segments[number].words[at]
        for channel in range(CALL.channels):
            assert any(one.channel == channel and one.start <= word.start and word.end <= one.end for one in ranges)


def test_a_range_reaches_into_the_neighbouring_words_whose_boundaries_drift() -> None:
    (one,) = silence_ranges(CALL, [Span(0, 3, 5, "PHONE_NUMBER", 1.0, "test")], all_channels=False)
    before, after = CALL.segments[0].words[2], CALL.segments[0].words[5]
    assert before.start < one.start < before.end
    assert after.start < one.end < after.end + 0.3


def test_the_tail_is_padded_more_than_the_head() -> None:
    (one,) = silence_ranges(CALL, [Span(1, 2, 3, "PERSON", 1.0, "test")], pad_s=0.25, all_channels=False)
    word = CALL.segments[1].words[2]
    assert one.end - word.end > word.start - one.start


def test_words_out_of_order_are_covered_by_their_extremes() -> None:
    words = (Word(5.0, 5.2, "four", 0.9), Word(4.0, 4.1, "one", 0.1), Word(4.6, 4.6, "five", 0.1))
    segment = Segment(0, Party.UNKNOWN, 4.0, 5.2, words)
    call = Transcript("en", 1.0, 9.0, 1, (segment,), EngineStamp("test", "none", "none"))
    (one,) = silence_ranges(call, [Span(0, 0, 3, "PHONE_NUMBER", 1.0, "test")])
    assert one.start <= 4.0
    assert one.end >= 5.2


def test_a_word_without_a_time_blocks_the_sound() -> None:
    segment = Segment(0, Party.UNKNOWN, 0.0, 1.0, (Word(float("nan"), 1.0, "four", 0.9),))
    call = Transcript("en", 1.0, 9.0, 1, (segment,), EngineStamp("test", "none", "none"))
    with pytest.raises(ValueError, match="no time"):
        silence_ranges(call, [Span(0, 0, 1, "PHONE_NUMBER", 1.0, "test")])


def test_touching_ranges_join_and_channels_stay_apart() -> None:
    joined = merge_ranges([TimeRange(0, 1, 2), TimeRange(0, 2, 3), TimeRange(1, 2, 3)])
    assert joined == (TimeRange(0, 1, 3), TimeRange(1, 2, 3))


def test_pieces_of_one_item_count_once() -> None:
    one = Span(0, 0, 1, "PHONE_NUMBER", 1.0, "test", group=4)
    two = Span(1, 0, 1, "PHONE_NUMBER", 1.0, "test", group=4)
    assert inventory([one, two, Span(1, 3, 4, "PERSON", 1.0, "test")]) == {"PERSON": 1, "PHONE_NUMBER": 1}


def test_sound_between_two_redacted_pieces_with_nothing_readable_between_goes_silent() -> None:
    words = (Word(1.0, 1.3, "six", 0.9), Word(9.0, 9.2, "six", 0.2), Word(14.0, 14.4, "thanks", 0.9))
    call = Transcript("en", 1.0, 20.0, 1, (Segment(0, Party.UNKNOWN, 1, 14.4, words),), EngineStamp("t", "n", "n"))
    (one,) = silence_ranges(call, [Span(0, 0, 2, "CREDIT_CARD", 1.0, "test")])
    assert one.end < 14.0
    apart = silence_ranges(call, [Span(0, 0, 1, "CREDIT_CARD", 1.0, "test"), Span(0, 2, 3, "PERSON", 1.0, "test")])
    assert len(apart) == 2


def test_two_segments_without_a_readable_word_between_are_bridged() -> None:
    first = Segment(0, Party.UNKNOWN, 1, 1.3, (Word(1.0, 1.3, "six", 0.9),))
    second = Segment(0, Party.UNKNOWN, 9, 9.2, (Word(9.0, 9.2, "six", 0.2),))
    call = Transcript("en", 1.0, 20.0, 1, (first, second), EngineStamp("t", "n", "n"))
    found = [Span(0, 0, 1, "CREDIT_CARD", 1.0, "test"), Span(1, 0, 1, "CREDIT_CARD", 1.0, "test")]
    assert len(silence_ranges(call, found)) == 1


def test_the_other_sides_readable_words_are_cut_no_further_than_the_padding() -> None:
    own = Segment(0, Party.UNKNOWN, 2.0, 2.5, (Word(2.0, 2.5, "six", 0.9),))
    other = Segment(1, Party.UNKNOWN, 2.6, 3.6, (Word(2.6, 3.2, "lovely", 0.9), Word(3.2, 3.6, "thanks", 0.9)))
    call = Transcript("en", 1.0, 20.0, 2, (own, other), EngineStamp("t", "n", "n"))
    here, there = silence_ranges(call, [Span(0, 0, 1, "CREDIT_CARD", 1.0, "test")], pad_s=0.25)
    assert there.end == pytest.approx(2.85)
    assert here.end > there.end
