"""Each family of containers: the same length, the same place, silent where it must be, and nothing of the source."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from domain.spans import TimeRange
from redaction.audio import Silenced
from redaction.encoding import FORMS, Form, form_of
from redaction.errors import SilenceError
from redaction.sound import RedactedSound, check_written
from transcription.containers import DEMUXERS

RATES = [8_000, 11_025, 22_050, 44_100, 48_000]
BY_MEDIA = {form.media_type: form for form in FORMS.values()}
FORM = pytest.mark.parametrize("form", BY_MEDIA.values(), ids=list(BY_MEDIA))


def sound(rate: int, count: int, *, silent: bool = True, seconds: float = 9.3) -> RedactedSound:
    """Return noise that swells; one channel is silent where the other is loud."""
    rng, samples = np.random.default_rng(3), int(seconds * rate) + 137
    swell = 0.6 + 0.4 * np.sin(np.arange(samples) / rate * 5)
    ranges = (TimeRange(count - 1, 2.0, 4.0), TimeRange(0, 6.0, 7.0))
    channels = [(rng.normal(0, 8_000, samples) * swell).clip(-32_000, 32_000).astype(np.int16) for _ in range(count)]
    told = ranges if silent else ()
    return RedactedSound(tuple(Silenced(one, at, rate, told) for at, one in enumerate(channels)), rate, ranges)


def written(form: Form, what: RedactedSound) -> io.BytesIO:
    file = io.BytesIO()
    form.encode(what, file)
    file.seek(0)
    return file


def decoded(file: io.BytesIO, rate: int) -> np.ndarray:
    file.seek(0)
    with av.open(file, "r") as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler("s16p", stream.layout, rate)
        frames = [*container.decode(stream), None]
        return np.concatenate([one.to_ndarray() for frame in frames for one in resampler.resample(frame)], axis=1)


@FORM
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("count", [1, 2])
def test_every_form_passes_its_check_at_every_rate(form: Form, rate: int, count: int) -> None:
    what = sound(rate, count)
    file = written(form, what)
    check_written(file, what, lossless=form.lossless)
    if form.lossless:
        assert np.array_equal(decoded(file, rate), np.stack([one[0 : what.samples] for one in what.channels]))


@FORM
def test_things_stay_where_they_are(form: Form) -> None:
    rate = 8_000
    click = np.zeros(9 * rate, np.int16)
    click[5 * rate : 5 * rate + 1_600] = np.random.default_rng(1).normal(0, 8_000, 1_600).astype(np.int16)
    heard = np.abs(
        decoded(written(form, RedactedSound((Silenced(click, 0, rate, ()),), rate, ())), rate)[0].astype(int)
    )
    loud = np.flatnonzero(heard > 2_000)
    assert abs(int(loud[0]) - 5 * rate) <= 0.02 * rate
    assert abs(int(loud[-1]) - 5 * rate - 1_600) <= 0.02 * rate


@FORM
def test_what_is_not_silent_in_the_file_is_noticed(form: Form) -> None:
    with pytest.raises(SilenceError, match="not silent"):
        check_written(written(form, sound(8_000, 2, silent=False)), sound(8_000, 2), lossless=form.lossless)


@FORM
def test_a_file_that_is_cut_short_is_noticed(form: Form) -> None:
    with pytest.raises(SilenceError):
        check_written(written(form, sound(8_000, 1, seconds=8.9)), sound(8_000, 1), lossless=form.lossless)


@FORM
def test_only_the_container_speaks_in_the_tags(form: Form) -> None:
    with av.open(written(form, sound(16_000, 1)), "r") as container:
        told = {**container.metadata, **container.streams.audio[0].metadata}
        assert len(container.streams) == 1
    known = {"encoder", "DURATION", "major_brand", "minor_version", "compatible_brands", "language", "handler_name"}
    assert set(told) <= known
    assert not any(char.isdigit() for char in told.get("encoder", "")), "no version of the writing library"


def test_every_container_that_is_taken_in_has_a_form() -> None:
    assert set(DEMUXERS.values()) == set(FORMS)
    assert form_of("something new") is FORMS["flac"]


@pytest.mark.parametrize("family", ["wav", "flac", "ogg", "matroska", "mov", "mp3", "aiff", "au", "caf"])
def test_a_recording_stays_in_its_family(family: str) -> None:
    with av.open(written(FORMS[family], sound(8_000, 1)), "r") as container:
        assert family in container.format.name.split(",")


def test_more_channels_than_two_are_refused() -> None:
    channel = Silenced(np.zeros(100, np.int16), 0, 8_000, ())
    for form in (FORMS["ogg"], FORMS["au"], FORMS["flac"]):
        with pytest.raises(SilenceError):
            form.encode(RedactedSound((channel,) * 3, 8_000, ()), io.BytesIO())
