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

from domain.spans import Span, TimeRange, merge_ranges, silence_ranges, tone_ranges, unheard_ranges
from domain.speech import Transcript
from redaction.audio import TONE_HZ, TONE_LEVEL, Samples, Silenced, extend_to_quiet, fill, sample_bounds
from redaction.errors import SilenceError

LOSSY_TOLERANCE_S = 0.02
"""How much longer or shorter a lossy file may come back."""
_LOUDER_THAN_THE_TONE = 1.5
_EDGE_S = 0.05
_LEAST_S = 0.01


@dataclass(frozen=True, slots=True)
class RedactedSound:
    """Channels ready to be encoded, at `sample_rate` hertz, and the ranges that are silent in them."""

    channels: tuple[Silenced, ...]
    sample_rate: int
    ranges: tuple[TimeRange, ...]

    @property
    def samples(self) -> int:
        """How many samples a channel has."""
        return len(self.channels[0])


def redacted_sound(
    channels: Sequence[Samples], sample_rate: int, transcript: Transcript, spans: Iterable[Span]
) -> RedactedSound:
    """Return the sound with everything silenced that must not be heard.

    `channels` are int16 arrays of shape (n,), those of the recording that was transcribed; `transcript` is the clear
    one. Raises SilenceError when the recording has other channels than the transcript, or a time is no time.
    """
    if len(channels) != transcript.channels:
        raise SilenceError("the recording has other channels than its transcript")
    try:
        hidden = merge_ranges(
            [
                *silence_ranges(transcript, spans),
                *unheard_ranges(transcript),
                *tone_ranges(transcript),
            ]
        )
    except ValueError as error:
        raise SilenceError("a range has no time") from error
    ranges = extend_to_quiet(channels, sample_rate, merge_ranges(_with_echo(hidden, transcript)))
    silent = tuple(Silenced(channel, number, sample_rate, ranges) for number, channel in enumerate(channels))
    return RedactedSound(silent, sample_rate, ranges)


def _with_echo(ranges: Iterable[TimeRange], transcript: Transcript) -> Iterable[TimeRange]:
    """Yield the ranges, reaching as far as what is said in them still echoes on another channel."""
    later_s = max(0.0, float(transcript.quality.get("echo_s", 0.0)))
    return (TimeRange(one.channel, one.start, one.end + later_s) for one in ranges)


def check_written(file: BinaryIO, sound: RedactedSound, *, lossless: bool) -> None:
    """Decode what was written and raise SilenceError unless every range is silent and nothing is missing.

    Lossless: each sample of a range is the tone's own, and the length is the same to the sample. Lossy: nothing in a
    range is louder than the tone, and the length is the same to 20 ms. Block by block, memory stays flat.
    """
    position, limits = 0, _Limits(sound, lossless=lossless)
    with av.open(file, "r") as container:
        stream = container.streams.audio[0]
        if stream.layout.nb_channels != len(sound.channels):
            raise SilenceError("the written sound has other channels")
        resampler = av.AudioResampler("s16p", stream.layout, sound.sample_rate)
        for frame in chain(container.decode(stream), (None,)):
            for one in resampler.resample(frame):
                block = one.to_ndarray()
                limits.check(block, position)
                position += block.shape[1]
    allowed = 0 if lossless else LOSSY_TOLERANCE_S * sound.sample_rate
    if abs(position - sound.samples) > allowed:
        raise SilenceError("the written sound has another length")


class _Limits:
    """What a block of the written sound may hold."""

    def __init__(self, sound: RedactedSound, *, lossless: bool) -> None:
        self._rate, self._lossless = sound.sample_rate, lossless
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
            return bool(np.array_equal(heard, fill(end - first, self._rate, TONE_HZ, heard.dtype, part)))
        edge = round(_EDGE_S * self._rate)
        inner = heard[max(0, first + edge - at) : max(0, end - edge - at)]
        if len(inner) < _LEAST_S * self._rate:
            return True
        loudness = float(np.sqrt(np.mean(np.square(inner.astype(np.float64)))))
        return bool(loudness <= _LOUDER_THAN_THE_TONE * TONE_LEVEL * np.iinfo(np.int16).max / np.sqrt(2))
