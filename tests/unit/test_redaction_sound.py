"""The redacted sound as files: silent where it must be, the same elsewhere, as long as before, checked once written."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import BinaryIO

import av
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.sound import Replacement
from domain.spans import Span, TimeRange, merge_ranges
from domain.speech import EngineStamp, Party, Segment, Tones, Transcript, Unheard, Word
from redaction.audio import Silenced, silence
from redaction.encoding import FORMS, Form
from redaction.errors import SilenceError
from redaction.sound import RedactedSound, check_written, redacted_sound

RATE = 8_000
SECONDS = 12
Encode = Callable[[RedactedSound, BinaryIO], None]
encode_wav, encode_opus = FORMS["wav"].encode, FORMS["ogg"].encode


def noise(rate: int = RATE, count: int = 2, seconds: float = SECONDS) -> list[npt.NDArray[np.int16]]:
    rng = np.random.default_rng(7)
    return [rng.normal(0, 6_000, int(seconds * rate) + 137).astype(np.int16) for _ in range(count)]


def spoken(channels: int = 2, *, start: float = 3.0) -> Transcript:
    words = tuple(Word(start + at, start + at + 0.5, "word", 0.9) for at in range(5))
    one = Segment(0, Party.UNKNOWN, start, start + 5, words)
    unheard, tones = (Unheard(0, 0.5, 1.0),), (Tones(0, SECONDS - 0.5, SECONDS + 3),)
    return Transcript("en", 1.0, SECONDS, channels, (one,), EngineStamp("a", "b", "c"), unheard=unheard, tones=tones)


def named(first: int, end: int) -> list[Span]:
    return [Span(0, first, end, "PERSON", 0.9, "test")]


def written(encode: Encode, sound: RedactedSound) -> io.BytesIO:
    file = io.BytesIO()
    encode(sound, file)
    file.seek(0)
    return file


def decoded(file: io.BytesIO, rate: int) -> npt.NDArray[np.int16]:
    with av.open(file, "r") as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler("s16p", stream.layout, rate)
        frames = [*container.decode(stream), None]
        blocks = [one.to_ndarray() for frame in frames for one in resampler.resample(frame)]
    file.seek(0)
    return np.concatenate(blocks, axis=1).astype(np.int16)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(0, 2.2), st.floats(0, 1.5)), max_size=5),
    st.lists(st.integers(0, 17_000), min_size=2, max_size=8),
    st.sampled_from([None, 440.0]),
)
def test_a_channel_read_in_pieces_is_the_channel_silenced_whole(
    asked: list[tuple[int, float, float]], cuts: list[int], tone_hz: float | None
) -> None:
    ranges = [TimeRange(channel, start, start + length) for channel, start, length in asked]
    before = noise(seconds=2.0)
    whole = silence(before, RATE, merge_ranges(ranges), tone_hz=tone_hz)
    for number, channel in enumerate(before):
        lazy = Silenced(channel, number, RATE, ranges, tone_hz=tone_hz)
        edges = sorted({0, len(lazy), *(min(cut, len(lazy)) for cut in cuts)})
        pieces = [lazy[first:end] for first, end in itertools.pairwise(edges)]
        assert np.array_equal(np.concatenate(pieces), whole[number])


def test_reading_changes_nothing_in_the_recording() -> None:
    (before,) = noise(count=1)
    kept = before.copy()
    lazy = Silenced(before, 0, RATE, [TimeRange(0, 1.0, 2.0)])
    lazy[0:50_000][:] = 0
    assert np.array_equal(before, kept)


def test_words_unheard_speech_and_keys_are_silent_on_every_channel_and_the_rest_is_untouched() -> None:
    before = noise()
    sound = redacted_sound(before, RATE, spoken(), named(1, 2))
    after = [channel[0 : len(channel)] for channel in sound.channels]
    for old, new in zip(before, after, strict=True):
        for start, end in ((4.0, 4.5), (0.5, 1.0), (SECONDS - 0.5, SECONDS)):
            part = slice(round(start * RATE), round(end * RATE))
            assert np.abs(new[part]).max() < 2_000
        assert np.array_equal(new[6 * RATE : 11 * RATE], old[6 * RATE : 11 * RATE])
    assert {one.channel for one in sound.ranges} == {0, 1}


@pytest.mark.parametrize("form", [FORMS["wav"], FORMS["flac"], FORMS["ogg"]])
def test_nothing_at_all_can_stand_in_place_of_the_tone(form: Form) -> None:
    sound = redacted_sound(noise(), RATE, spoken(), named(1, 2), replacement=Replacement.SILENCE)
    assert not sound.channels[0][4 * RATE : round(4.4 * RATE)].any()
    file = written(form.encode, sound)
    check_written(file, sound, lossless=form.lossless)
    if form.lossless:
        toned = written(form.encode, redacted_sound(noise(), RATE, spoken(), named(1, 2)))
        with pytest.raises(SilenceError, match="not silent"):
            check_written(toned, sound, lossless=True)


def test_a_recording_with_other_channels_than_its_transcript_is_refused() -> None:
    with pytest.raises(SilenceError):
        redacted_sound(noise(count=1), RATE, spoken(channels=2), [])


def test_a_time_that_is_no_time_is_refused() -> None:
    with pytest.raises(SilenceError):
        redacted_sound(noise(), RATE, spoken(start=float("nan")), named(0, 2))


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("count", [1, 2])
def test_wav_has_every_sample_and_opus_the_same_length(rate: int, count: int) -> None:
    sound = redacted_sound(noise(rate, count), rate, spoken(count), named(1, 3))
    wav, opus = written(encode_wav, sound), written(encode_opus, sound)
    check_written(wav, sound, lossless=True)
    check_written(opus, sound, lossless=False)
    wav.seek(0)
    opus.seek(0)
    assert np.array_equal(decoded(wav, rate), np.stack([channel[0 : sound.samples] for channel in sound.channels]))
    assert abs(decoded(opus, rate).shape[1] - sound.samples) <= 0.02 * rate


def test_opus_keeps_the_place_of_things() -> None:
    (quiet,) = [np.zeros(SECONDS * RATE, np.int16)]
    quiet[7 * RATE : 7 * RATE + 800] = noise(count=1)[0][:800]
    sound = RedactedSound((Silenced(quiet, 0, RATE, ()),), RATE, ())
    heard = np.abs(decoded(written(encode_opus, sound), RATE)[0].astype(np.int32))
    loud = np.flatnonzero(heard > 1_500)
    assert abs(int(loud[0]) - 7 * RATE) <= 0.02 * RATE
    assert abs(int(loud[-1]) - (7 * RATE + 800)) <= 0.02 * RATE


@pytest.mark.parametrize(("encode", "lossless"), [(encode_wav, True), (encode_opus, False)])
def test_what_is_not_silent_in_the_file_is_noticed(encode: Encode, lossless: bool) -> None:
    before = noise()
    sound = redacted_sound(before, RATE, spoken(), named(1, 3))
    as_spoken = RedactedSound(tuple(Silenced(one, at, RATE, ()) for at, one in enumerate(before)), RATE, sound.ranges)
    with pytest.raises(SilenceError, match="not silent"):
        check_written(written(encode, as_spoken), sound, lossless=lossless)
    only_one = RedactedSound((sound.channels[0], as_spoken.channels[1]), RATE, sound.ranges)
    with pytest.raises(SilenceError, match="not silent"):
        check_written(written(encode, only_one), sound, lossless=lossless)


@pytest.mark.parametrize(("encode", "lossless"), [(encode_wav, True), (encode_opus, False)])
def test_a_file_that_is_shorter_or_has_other_channels_is_noticed(encode: Encode, lossless: bool) -> None:
    sound = redacted_sound(noise(), RATE, spoken(), named(1, 3))
    short = redacted_sound([one[: -RATE // 4] for one in noise()], RATE, spoken(), named(1, 3))
    with pytest.raises(SilenceError):
        check_written(written(encode, short), sound, lossless=lossless)
    mono = redacted_sound(noise(count=1), RATE, spoken(1), named(1, 3))
    with pytest.raises(SilenceError, match="channels"):
        check_written(written(encode, mono), sound, lossless=lossless)


@pytest.mark.parametrize("encode", [encode_wav, encode_opus])
def test_no_tag_goes_along(encode: Encode) -> None:
    file = written(encode, redacted_sound(noise(), RATE, spoken(), []))
    with av.open(file, "r") as container:
        assert dict(container.metadata) == {}
        assert dict(container.streams.audio[0].metadata) == {}
    assert b"LIST" not in file.getvalue()[:200]
