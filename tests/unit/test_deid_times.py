"""Times of an item: drawn inside the published band, in the call's order, and nothing else of the call's clock."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from deid_calls import call, item, keyed
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.deid import deidentify, retimed
from corpus.deid.draws import Draws
from corpus.deid.warp import BANDS, COARSER, band_of, bent
from domain.speech import EngineStamp, Party, Segment, Transcript, Word


def _transcript(times: list[tuple[float, float]]) -> Transcript:
    words = tuple(Word(start, end, f"w{at}", 1.0) for at, (start, end) in enumerate(times))
    return Transcript("en", 1.0, 100.0, 1, (Segment(0, Party.AGENT, 0.0, 1.0, words),), EngineStamp("e", "m", "c"))


_TIMES = st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 5)), min_size=1, max_size=60)


@given(_TIMES, st.sampled_from(list(BANDS)), st.integers(0, 1000))
@settings(max_examples=200)
def test_order_and_overlap_stay_and_the_end_is_in_the_band(
    times: list[tuple[float, float]], band: str, number: int
) -> None:
    spoken = [(start, start + length) for start, length in sorted(times)]
    (told,) = bent(Draws(keyed(), f"call:{number}"), band, _transcript(spoken))
    assert all(one <= other for one, other in pairwise(told.starts))
    assert all(start <= end for start, end in zip(told.starts, told.ends, strict=True))
    for (_, end), (start, _), at in zip(spoken, spoken[1:], range(len(spoken)), strict=False):
        if end <= start:
            assert told.ends[at] <= told.starts[at + 1]
    low, high = BANDS[band]
    last = max(told.ends)
    assert low - 0.01 <= last <= high + 0.01 or max(end for _, end in spoken) - spoken[0][0] < 0.1


@pytest.mark.parametrize(
    ("seconds", "band"), [(0, "0-1"), (59.99, "0-1"), (60, "1-3"), (180, "3-10"), (600, "10+"), (9e9, "10+")]
)
def test_a_limit_belongs_to_the_longer_band(seconds: float, band: str) -> None:
    assert band_of(seconds) == band


def test_how_long_an_item_lasts_tells_nothing_of_the_call_but_the_band() -> None:
    """Over many keys, a call of 61 s and one of 179 s have items of the same durations."""
    short = call(*["word " * 19] * 8, word_s=0.4)
    long = call(*["word " * 19] * 8, word_s=1.17)
    assert band_of(short.transcript.duration_s) == band_of(long.transcript.duration_s) == "1-3"
    for number in range(5):
        key = keyed(f"release-{number}".encode())
        assert abs(deidentify(short, key).duration_s - deidentify(long, key).duration_s) < 0.1


def test_long_silences_are_cut() -> None:
    words = [(0.0, 0.5), (0.6, 1.0), (500.0, 500.5), (501.0, 501.4)]
    (told,) = bent(Draws(keyed(), "call:1"), "0-1", _transcript(words))
    assert told.starts[2] - told.ends[1] < 0.8 * told.ends[-1]


def test_times_that_are_no_numbers_do_no_harm() -> None:
    (told,) = bent(Draws(keyed(), "call:1"), "0-1", _transcript([(math.nan, 1.0), (2.0, math.inf), (3.0, 3.5)]))
    assert all(math.isfinite(at) for at in (*told.starts, *told.ends))
    (empty,) = bent(Draws(keyed(), "call:1"), "0-1", _transcript([]))
    assert empty == ([], [])


def test_surrogates_of_another_length_share_the_time_of_what_they_stand_for() -> None:
    made = item("so {LOCATION:Dallas} is nice", "yes")
    words = made.turns[0].words
    assert [word.text for word in words] == ["so", "America", "is", "nice"]
    spelled = item("that is {PERSON:E V A} ok", "yes").turns[0].words
    assert all(one.end <= other.start for one, other in pairwise(spelled))
    assert all(word.start <= word.end for word in spelled)


@given(st.sampled_from([*BANDS, *COARSER]), st.integers(0, 100))
def test_a_coarser_band_draws_the_duration_anew_inside_of_it(band: str, number: int) -> None:
    source = item("hello there how are you", "fine thanks", call_id=f"call_{number}")
    made = retimed(replace(source, facts=replace(source.facts, length=band)), keyed())
    low, high = {**BANDS, **COARSER}[band]
    assert low - 0.01 <= made.duration_s <= high + 0.01
    assert [turn.text for turn in made.turns] == [turn.text for turn in source.turns]
    assert made.duration_s == max(word.end for turn in made.turns for word in turn.words)
    assert all(word.start <= word.end for turn in made.turns for word in turn.words)


def test_an_item_without_words_stays_as_it_is() -> None:
    made = item("hello")
    silent = replace(made, turns=(), duration_s=0.0)
    assert retimed(silent, keyed()) == silent


def test_an_attacker_who_knows_every_duration_does_no_better_than_chance() -> None:
    """Each item of 300 is matched with the call that lasted most nearly as long: right once or twice by chance."""
    rng = Random(5)  # noqa: S311 - not for keys
    calls = [call("word " * 20, "word " * 20, call_id=f"call_{n}", word_s=rng.uniform(1.6, 4.4)) for n in range(300)]
    lasted = [math.log(source.transcript.duration_s) for source in calls]
    right = 0
    for number, source in enumerate(calls):
        mine = math.log(deidentify(source, keyed()).duration_s)
        right += min(range(300), key=lambda at: abs(lasted[at] - mine)) == number
    assert right <= 7
