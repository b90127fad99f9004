"""Redacted sound is heard again before it counts as verified: what comes back goes silent, or the sound is blocked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from domain.sound import SoundState, may_leave
from domain.spans import Span, TimeRange
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.sound import RedactedSound
from redaction.verify import AROUND_S, ROUNDS, around, verified_sound

RATE = 8_000
SECONDS = 60
WORDS = tuple(
    Word(10 + 0.4 * at, 10.35 + 0.4 * at, text, 0.9)
    for at, text in enumerate(("this", "is", "Fiona", "Okafor", "here"))
)
CALL = Transcript(
    "en", 1.0, SECONDS, 1, (Segment(0, Party.UNKNOWN, 10, WORDS[-1].end, WORDS),), EngineStamp("a", "b", "c")
)
SPANS = (Span(0, 2, 4, "PERSON", 0.9, "test"),)
SOUND = [np.random.default_rng(1).normal(0, 4_000, SECONDS * RATE).astype(np.int16)]


class Ear:
    """Hears "Okafor" at a place for so many times, unless it is silent there."""

    def __init__(self, at: float, *, deaf_to_silence: bool = True) -> None:
        self.at, self.deaf_to_silence = at, deaf_to_silence
        self.asked: list[tuple[TimeRange, ...]] = []

    def __call__(self, sound: RedactedSound, windows: Sequence[TimeRange]) -> Sequence[Segment]:
        self.asked.append(tuple(windows))
        silent = any(one.start <= self.at and self.at + 0.4 <= one.end for one in sound.ranges)
        if silent and self.deaf_to_silence:
            return ()
        return (Segment(0, Party.UNKNOWN, self.at, self.at + 0.4, (Word(self.at, self.at + 0.4, "Okafor", 0.9),)),)


def test_sound_that_tells_nothing_is_verified_after_one_hearing() -> None:
    ear = Ear(11.0)
    sound, state = verified_sound(SOUND, RATE, CALL, SPANS, ear)
    assert state is SoundState.VERIFIED
    assert len(ear.asked) == 1
    assert any(one.start <= 10.8 and one.end >= 11.55 for one in sound.ranges)


def test_what_comes_back_goes_silent_and_is_heard_once_more() -> None:
    ear = Ear(20.0)
    sound, state = verified_sound(SOUND, RATE, CALL, SPANS, ear)
    assert state is SoundState.VERIFIED
    assert any(one.start <= 20.0 and one.end >= 20.4 for one in sound.ranges)
    assert len(ear.asked) == 2
    assert all(one.start < 20.4 and one.end > 20.0 for one in ear.asked[1]), "only where something changed"


def test_sound_that_goes_on_telling_is_blocked() -> None:
    ear = Ear(20.0, deaf_to_silence=False)
    _, state = verified_sound(SOUND, RATE, CALL, SPANS, ear)
    assert state is SoundState.BLOCKED
    assert len(ear.asked) == ROUNDS


def test_only_what_lies_around_the_silence_is_heard_again_on_every_channel() -> None:
    windows = around([TimeRange(0, 1.0, 2.0), TimeRange(0, 4.0, 5.0), TimeRange(1, 40.0, 41.0)], 2)
    expected = [(channel, *times) for channel in (0, 1) for times in ((0.0, 5.0 + AROUND_S), (37.0, 44.0))]
    assert [(one.channel, one.start, one.end) for one in windows] == expected


def test_where_nothing_is_hidden_nobody_listens() -> None:
    ear = Ear(20.0)
    _, state = verified_sound(SOUND, RATE, CALL, (), ear)
    assert state is SoundState.VERIFIED
    assert ear.asked == []


def test_only_verified_sound_leaves_unless_unverified_is_allowed_and_blocked_never_does() -> None:
    assert [may_leave(state, allow_unverified=False) for state in SoundState] == [True, False, False]
    assert [may_leave(state, allow_unverified=True) for state in SoundState] == [True, True, False]
