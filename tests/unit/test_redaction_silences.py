"""Which stretches go silent: the hidden words with room for wrong times, and what may hide more of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.spans import Span, TimeRange
from domain.speech import EngineStamp, Party, Segment, Tones, Transcript, Unheard, Word
from redaction.audio import extend_to_quiet
from redaction.errors import SilenceError
from redaction.silences import silent_ranges

RATE = 8_000
SECONDS = 20.0


def hiss(count: int = 2) -> list[np.ndarray]:
    """Return channels that are as loud everywhere: no pause helps anybody."""
    rng = np.random.default_rng(3)
    return [rng.normal(0, 4_000, int(SECONDS * RATE)).astype(np.int16) for _ in range(count)]


def speaking(bursts: list[tuple[float, float]]) -> np.ndarray:
    rng = np.random.default_rng(4)
    found = rng.normal(0, 10, int(SECONDS * RATE))
    for start, end in bursts:
        part = slice(int(start * RATE), int(end * RATE))
        found[part] += rng.normal(0, 5_000, part.stop - part.start)
    return found.clip(-32_000, 32_000).astype(np.int16)


def call(*segments: tuple[int, list[Word]], quality: dict[str, float] | None = None, **more: object) -> Transcript:
    found = tuple(
        Segment(channel, Party.UNKNOWN, words[0].start, words[-1].end, tuple(words)) for channel, words in segments
    )
    return Transcript("en", 1.0, SECONDS, 2, found, EngineStamp("a", "b", "c"), quality or {}, **more)  # type: ignore[arg-type] # stretches


def line(start: float, *texts: str, length: float = 0.4, probability: float = 0.9) -> list[Word]:
    return [Word(start + length * at, start + length * (at + 1), text, probability) for at, text in enumerate(texts)]


def span(segment: int, first: int, end: int) -> Span:
    return Span(segment, first, end, "PERSON", 0.9, "test")


def covers(ranges: tuple[TimeRange, ...], channel: int, start: float, end: float) -> bool:
    return any(one.channel == channel and one.start <= start and end <= one.end for one in ranges)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3)), max_size=3), st.floats(0.05, 1.0))
def test_every_hidden_word_is_silent_on_every_channel(places: list[tuple[int, int]], probability: float) -> None:
    words = line(3.0, "my", "name", "is", "Fiona", "Okafor", "and", "that", "is", "all", probability=probability)
    talk = call((0, words))
    spans = [span(0, first, first + length) for first, length in places]
    ranges = silent_ranges(hiss(), RATE, talk, spans)
    for one in spans:
        for word in words[one.first_word : one.end_word]:
            assert covers(ranges, 0, word.start, word.end)
            assert covers(ranges, 1, word.start, word.end)


def test_a_word_that_sounds_on_after_its_time_is_silent_to_the_pause() -> None:
    talk = call((0, line(3.0, "hello", "Fiona")))
    ranges = silent_ranges([speaking([(3.0, 4.3)]), speaking([])], RATE, talk, [span(0, 1, 2)])
    assert covers(ranges, 0, 3.4, 4.3)


def test_a_well_recognised_word_stops_a_range_and_a_doubtful_one_does_not() -> None:
    sound = [speaking([(3.0, 4.15), (4.4, 4.9)]), speaking([])]
    for probability, reaches in ((0.95, False), (0.2, True)):
        words = [*line(3.0, "Fiona", length=0.5), *line(3.5, "waited", length=0.6, probability=probability)]
        words += line(4.4, "here", length=0.5)
        (own,) = (one for one in silent_ranges(sound, RATE, call((0, words)), [span(0, 0, 1)]) if one.channel == 0)
        assert (own.end >= 4.15) is reaches
        assert own.end < 4.4


def test_a_word_that_lasts_longer_than_anybody_says_it_is_silent() -> None:
    talk = call((0, [*line(2.0, "thanks"), Word(5.0, 7.8, "Could", 0.7), *line(9.0, "you")]))
    assert silent_ranges(hiss(), RATE, talk, []) == (TimeRange(0, 5.0, 7.8),)


def test_a_written_number_may_last_as_long_as_its_digits() -> None:
    assert silent_ranges(hiss(), RATE, call((0, [Word(5.0, 9.0, "1,234,567", 0.7)])), []) == ()


def test_unheard_speech_and_key_tones_are_silent_everywhere() -> None:
    talk = call((0, line(1.0, "hello")), unheard=(Unheard(0, 5.0, 6.0),), tones=(Tones(1, 9.0, 10.0),))
    ranges = silent_ranges(hiss(), RATE, talk, [])
    for channel in (0, 1):
        assert covers(ranges, channel, 5.0, 6.0)
        assert covers(ranges, channel, 9.0, 10.0)


def test_what_echoes_on_the_other_channel_is_silent_there_as_long_as_it_echoes() -> None:
    words = [*line(3.0, "Fiona"), *line(8.0, "hello")]
    here = silent_ranges(hiss(), RATE, call((0, words)), [span(0, 0, 1)])
    later = silent_ranges(hiss(), RATE, call((0, words), quality={"echo_s": 0.3}), [span(0, 0, 1)])
    (before,), (after,) = ([one for one in found if one.channel == 1] for found in (here, later))
    assert after.end >= before.end + 0.3


def test_a_span_that_is_only_told_of_stays_audible() -> None:
    kept = Span(0, 1, 2, "REFERENCE_NUMBER", 0.9, "test", operator="keep")
    assert silent_ranges(hiss(), RATE, call((0, line(3.0, "order", "4711"))), [kept]) == ()


def test_an_answer_in_the_voice_goes_silent_though_no_span_is_there() -> None:
    talk = call((0, line(1.0, "card", "number?")))
    ranges = silent_ranges([speaking([(1.0, 1.8)]), speaking([(3.0, 5.0)])], RATE, talk, [])
    assert covers(ranges, 1, 3.0, 5.0)
    assert not any(one.channel == 0 for one in ranges)


@pytest.mark.parametrize("start", [float("nan"), float("inf")])
def test_a_word_without_a_time_is_refused(start: float) -> None:
    talk = call((0, [Word(start, 4.0, "Fiona", 0.9)]))
    with pytest.raises(SilenceError):
        silent_ranges(hiss(), RATE, talk, [span(0, 0, 1)])


def test_other_channels_than_the_transcript_are_refused() -> None:
    with pytest.raises(SilenceError, match="channels"):
        silent_ranges(hiss(1), RATE, call((0, line(1.0, "hello"))), [])


def test_a_range_is_not_extended_into_a_known_word() -> None:
    sound = speaking([(1.0, 4.0)])
    known = [[(2.1, 2.6)]]
    (free,) = extend_to_quiet([speaking([(1.0, 2.4)])], RATE, [TimeRange(0, 1.5, 2.0)])
    (held,) = extend_to_quiet([sound], RATE, [TimeRange(0, 1.5, 2.0)], known=known)
    assert free.end >= 2.4
    assert held.end <= 2.1
