"""The redacted sound of a recording.

It is silent where the transcript hides words, where speech was not understood and where keys were pressed. What must
never happen here: a sample that the text hides is heard. Ranges come from the one span list; what was written is
decoded again and compared before anybody may have it (`check_written`).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

import av
import numpy as np
import numpy.typing as npt

from domain.sound import Replacement
from domain.spans import Span, TimeRange, merge_ranges
from domain.speech import Transcript
from redaction.audio import TONE_HZ, TONE_LEVEL, Samples, Silenced, fill, sample_bounds
from redaction.errors import SilenceError
from redaction.silences import silent_ranges

LOSSY_TOLERANCE_S = 0.02
"""How much longer or shorter a lossy file may come back."""
LAST_FRAME = 1_024
"""Samples of a frame of AAC: the last one is filled up with silence."""
_LOUDER_THAN_THE_TONE = 1.5
_EDGE_S = 0.05
_LEAST_S = 0.01


@dataclass(frozen=True, slots=True)
class RedactedSound:
    """Channels ready to be encoded, at `sample_rate` hertz, and the ranges that are silent in them."""

    channels: tuple[Silenced, ...]
    sample_rate: int
    ranges: tuple[TimeRange, ...]
    tone_hz: float | None = TONE_HZ
    """The tone in the ranges; None for nothing at all."""

    @property
    def samples(self) -> int:
        """How many samples a channel has."""
        return len(self.channels[0])


def redacted_sound(
    channels: Sequence[Samples],
    sample_rate: int,
    transcript: Transcript,
    spans: Iterable[Span],
    *,
    also: Iterable[TimeRange] = (),
    replacement: Replacement = Replacement.TONE,
) -> RedactedSound:
    """Return the sound with everything silenced that must not be heard, and what `also` names.

    `channels` are int16 arrays of shape (n,), those of the recording that was transcribed; `transcript` is the clear
    one. Raises SilenceError when the recording has other channels than the transcript, or a time is no time.
    """
    ranges = merge_ranges((*silent_ranges(channels, sample_rate, transcript, spans), *also))
    tone_hz = TONE_HZ if replacement is Replacement.TONE else None
    silent = tuple(
        Silenced(channel, number, sample_rate, ranges, tone_hz=tone_hz) for number, channel in enumerate(channels)
    )
    return RedactedSound(silent, sample_rate, ranges, tone_hz)


def check_written(file: BinaryIO, sound: RedactedSound, *, lossless: bool) -> None:
    """Decode what was written and raise SilenceError unless every range is silent and nothing is missing.

    Lossless: each sample of a range is the tone's own, and the length is the same to the sample. Lossy: nothing in a
    range is louder than the tone, and the length is the same to 20 ms, or to a codec's last frame that is filled up.
    Block by block, memory stays flat.
    """
    position, limits = 0, _Limits(sound, lossless=lossless)
    with av.open(file, "r") as container:
        stream = container.streams.audio[0]
        rate = stream.rate
        if stream.layout.nb_channels != len(sound.channels):
            raise SilenceError("the written sound has other channels")
        resampler = av.AudioResampler("s16p", stream.layout, sound.sample_rate)
        for frame in chain(container.decode(stream), (None,)):
            for one in resampler.resample(frame):
                block = one.to_ndarray()
                limits.check(block, position)
                position += block.shape[1]
    shorter = 0.0 if lossless else LOSSY_TOLERANCE_S * sound.sample_rate
    longer = max(shorter, 0.0 if lossless else LAST_FRAME / rate * sound.sample_rate)
    if not -shorter <= position - sound.samples <= longer:
        raise SilenceError("the written sound has another length")


class _Limits:
    """What a block of the written sound may hold."""

    def __init__(self, sound: RedactedSound, *, lossless: bool) -> None:
        self._rate, self._lossless, self._tone_hz = sound.sample_rate, lossless, sound.tone_hz
        self._bounds = [
            [sample_bounds(one, sound.sample_rate, sound.samples) for one in sound.ranges if one.channel == number]
            for number in range(len(sound.channels))
        ]

    def check(self, block: npt.NDArray[Any], position: int) -> None:
        """Raise SilenceError when a part of a range that lies in the block (int16, (channels, n)) is not silent."""
        for channel, bounds in zip(block, self._bounds, strict=True):
            for first, end in bounds[bisect.bisect_right(bounds, position, key=lambda one: one[1]) :]:
                if first >= position + len(channel):
                    break
                low, high = max(first, position), min(end, position + len(channel))
                if not self._silent(channel[low - position : high - position], (first, end), low):
                    raise SilenceError("a range is not silent in the written sound")

    def _silent(self, heard: npt.NDArray[Any], bounds: tuple[int, int], at: int) -> bool:
        first, end = bounds
        if self._lossless:
            part = slice(at - first, at - first + len(heard))
            return bool(np.array_equal(heard, fill(end - first, self._rate, self._tone_hz, heard.dtype, part)))
        edge = round(_EDGE_S * self._rate)
        inner = heard[max(0, first + edge - at) : max(0, end - edge - at)]
        if len(inner) < _LEAST_S * self._rate:
            return True
        loudness = float(np.sqrt(np.mean(np.square(inner.astype(np.float64)))))
        return bool(loudness <= _LOUDER_THAN_THE_TONE * TONE_LEVEL * np.iinfo(np.int16).max / np.sqrt(2))
