"""Two hearings of one call: what one hides and the other lets through is seen, whatever words each heard."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.spans import Span, redact_transcript
from domain.speech import EngineStamp, Party, Segment, Tones, Transcript, Unheard, Word
from domain.versions import Hearing

WORD_S = 0.4
WORDS = 24


def hearing(hidden: set[int], *, shift_s: float = 0.0, channel: int = 0) -> Hearing:
    """A hearing of two dozen words one after the other, of which these are hidden."""
    words = tuple(
        Word(max(0.0, at * WORD_S + shift_s), (at + 1) * WORD_S + shift_s, f"w{at}", 0.9) for at in range(WORDS)
    )
    segment = Segment(channel, Party.UNKNOWN, words[0].start, words[-1].end, words)
    clear = Transcript("en", 1.0, WORDS * WORD_S + 1, 2, (segment,), EngineStamp("test", "none", "none"))
    spans = tuple(Span(0, at, at + 1, "PERSON", 1.0, "test") for at in sorted(hidden))
    return Hearing(clear, redact_transcript(clear, spans), spans)


places = st.sets(st.integers(0, WORDS - 1), max_size=WORDS)


@given(places, places, st.floats(-0.1, 0.1))
def test_a_version_that_shows_a_word_the_other_hides_lets_it_through(
    hidden: set[int], more: set[int], drift_s: float
) -> None:
    old, new = hearing(hidden), hearing(hidden | more, shift_s=drift_s)
    assert old.lets_through(new) == bool(more - hidden)


@given(places, st.floats(-0.1, 0.1))
def test_two_hearings_that_hide_the_same_let_nothing_of_each_other_through(hidden: set[int], drift_s: float) -> None:
    one, two = hearing(hidden), hearing(hidden, shift_s=drift_s)
    assert not one.lets_through(two)
    assert not two.lets_through(one)


@given(places)
def test_what_is_hidden_on_another_channel_is_not_hidden_in_the_text(hidden: set[int]) -> None:
    assert hearing(set()).lets_through(hearing(hidden)) == bool(hidden)
    assert hearing(set(), channel=1).lets_through(hearing(hidden, channel=0)) == bool(hidden)


def test_speech_that_the_old_hearing_passed_over_is_silent_in_it_and_leaks_nothing() -> None:
    new = hearing({3, 4, 5})
    blank = Transcript("en", 1.0, new.clear.duration_s, 2, (), new.clear.stamp)
    assert Hearing(blank, blank, ()).lets_through(new), "it sounds, though nobody wrote it down"
    for name, stretch in (("unheard", Unheard(0, 1.0, 2.6)), ("tones", Tones(0, 1.0, 2.6))):
        silent = replace(blank, **{name: (stretch,)})
        assert not Hearing(silent, silent, ()).lets_through(new), name


def test_a_number_of_which_half_is_readable_is_let_through() -> None:
    assert hearing({3, 4}).lets_through(hearing({3, 4, 5, 6}))
