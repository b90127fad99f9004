"""The sound of a redacted call: samples inside a range are replaced, samples outside stay as they are.

Nothing of the original may remain inside a range. A tone is written in place of the samples, never mixed over them:
speech under a tone can be filtered out again. The tone's ramps lie inside the range.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.spans import TimeRange, merge_ranges
from redaction.errors import SilenceError
from redaction.flac import encode_flac

__all__ = ["Silenced", "encode_flac", "extend_to_quiet", "fill", "sample_bounds", "silence", "silenced_throughout"]

Samples = npt.NDArray[Any]
"""One channel, shape (n,): float in -1..1 or int16."""

TONE_HZ = 440.0
TONE_LEVEL = 0.05
RAMP_S = 0.01
FRAME_S = 0.02
MAX_EXTEND_S = 0.6
QUIET_DB = 30.0
FRAMES_AT_ONCE = 3_000


def silence(
    channels: Sequence[Samples], sample_rate: int, ranges: Sequence[TimeRange], *, tone_hz: float | None = TONE_HZ
) -> list[Samples]:
    """Return copies of the channels with each range replaced by a low tone, or by zeros when `tone_hz` is None.

    Ranges beyond the end are clipped. Raises SilenceError on times or channels that make no sense: what cannot be
    silenced as asked must not be passed on.
    """
    _check(len(channels), sample_rate, ranges)
    silenced = [np.array(channel, copy=True) for channel in channels]
    for one in ranges:
        channel = silenced[one.channel]
        first, end = sample_bounds(one, sample_rate, len(channel))
        channel[first:end] = fill(end - first, sample_rate, tone_hz, channel.dtype)
    return silenced


class Silenced:
    """One channel in which ranges read as their replacement.

    Nothing is copied before it is read, so that a call of any length costs no memory; what encodes an array by slices
    encodes this. Raises SilenceError as `silence` does. Of the recording's `ranges`, those of channel `number` apply.
    """

    def __init__(
        self,
        channel: Samples,
        number: int,
        sample_rate: int,
        ranges: Sequence[TimeRange],
        *,
        tone_hz: float | None = TONE_HZ,
    ) -> None:
        own = [replace(one, channel=0) for one in ranges if one.channel == number]
        _check(1, sample_rate, own)
        self._channel, self._rate, self._tone_hz = channel, sample_rate, tone_hz
        bounds = (sample_bounds(one, sample_rate, len(channel)) for one in merge_ranges(own))
        self._bounds = [(first, end) for first, end in bounds if end > first]

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self._channel)

    def __getitem__(self, part: slice) -> Samples:
        """Return a copy of samples [start, stop) as they may be heard."""
        start, stop, _ = part.indices(len(self))
        piece = np.array(self._channel[start:stop], copy=True)
        for first, end in self._bounds[max(0, bisect.bisect_right(self._bounds, (start, 0)) - 1) :]:
            if first >= stop:
                break
            low, high = max(first, start), min(end, stop)
            if high > low:
                whole = end - first
                new = fill(whole, self._rate, self._tone_hz, piece.dtype, slice(low - first, high - first))
                piece[low - start : high - start] = new
        return piece


def silenced_throughout(
    channels: Sequence[Samples], sample_rate: int, ranges: Sequence[TimeRange], *, tone_hz: float | None = TONE_HZ
) -> bool:
    """Say whether every merged range of these samples holds exactly the replacement (of files: `check_written`)."""
    _check(len(channels), sample_rate, ranges)
    for one in merge_ranges(ranges):
        channel = channels[one.channel]
        first, end = sample_bounds(one, sample_rate, len(channel))
        if not np.array_equal(channel[first:end], fill(end - first, sample_rate, tone_hz, channel.dtype)):
            return False
    return True


Words = Sequence[tuple[float, float]]
"""When well recognised words of a channel are said: [start, end) in seconds, in order of their starts."""


def extend_to_quiet(
    channels: Sequence[Samples],
    sample_rate: int,
    ranges: Sequence[TimeRange],
    *,
    limit_s: float = MAX_EXTEND_S,
    known: Sequence[Words] = (),
) -> tuple[TimeRange, ...]:
    """Return the ranges, each end moved outwards to the nearest quiet frame, at most `limit_s`.

    A word's reported end may lie inside the word; a pause in the sound is where it really ends. Where no pause is near,
    the end stays: `domain.spans.silence_ranges` already reached beyond it. No end goes on into a word of `known` (one
    entry a channel): what sounds there is that word.
    """
    _check(len(channels), sample_rate, ranges)
    levels = [_levels(channel, sample_rate) for channel in channels]
    extended = [
        replace(
            one,
            start=_quiet(levels[one.channel], one.start, -1, min(limit_s, _room_before(one, known))),
            end=_quiet(levels[one.channel], one.end, 1, min(limit_s, _room_after(one, known))),
        )
        for one in ranges
    ]
    return merge_ranges(extended)


def _room_before(one: TimeRange, known: Sequence[Words]) -> float:
    """Return how many seconds before a range no known word is said."""
    words = known[one.channel] if known else ()
    at = bisect.bisect_left(words, (one.start, 0.0))
    return max(0.0, one.start - words[at - 1][1]) if at else math.inf


def _room_after(one: TimeRange, known: Sequence[Words]) -> float:
    """Return how many seconds after a range no known word is said."""
    words = known[one.channel] if known else ()
    at = bisect.bisect_right(words, one.end, key=lambda word: word[1])
    return max(0.0, words[at][0] - one.end) if at < len(words) else math.inf


def _check(count: int, sample_rate: int, ranges: Sequence[TimeRange]) -> None:
    if sample_rate <= 0:
        raise SilenceError("the sample rate is not positive")
    for one in ranges:
        if not (math.isfinite(one.start) and math.isfinite(one.end)):
            raise SilenceError("a range has no time")
        if one.start < 0 or one.end < one.start:
            raise SilenceError("a range is negative")
        if not 0 <= one.channel < count:
            raise SilenceError("a range lies on a channel that the recording does not have")


def sample_bounds(one: TimeRange, sample_rate: int, length: int) -> tuple[int, int]:
    """Return the samples [first, end) of a range in a channel of `length` samples."""
    return min(length, math.floor(one.start * sample_rate)), min(length, math.ceil(one.end * sample_rate))


def fill(
    count: int, sample_rate: int, tone_hz: float | None, dtype: np.dtype[Any], part: slice = slice(None)
) -> Samples:
    """Return what stands in a range of `count` samples (or only a part of it): a low tone with ramps, or zeros."""
    place = np.arange(*part.indices(count))
    if tone_hz is None or count == 0:
        return np.zeros(len(place), dtype)
    ramp = np.minimum(1.0, np.minimum(place, count - 1 - place) / max(1.0, RAMP_S * sample_rate))
    tone = TONE_LEVEL * ramp * np.sin(2 * np.pi * tone_hz * place / sample_rate)
    if np.issubdtype(dtype, np.integer):
        tone = np.round(tone * np.iinfo(dtype).max)
    return tone.astype(dtype)


def _levels(channel: Samples, sample_rate: int) -> npt.NDArray[np.bool_]:
    """Return for each frame whether it is quiet: well below the loud parts of the channel."""
    scale = float(np.iinfo(channel.dtype).max) if np.issubdtype(channel.dtype, np.integer) else 1.0
    size = max(1, int(FRAME_S * sample_rate))
    frames = len(channel) // size
    if not frames:
        return np.zeros(0, np.bool_)
    level = np.concatenate(
        [
            _loudness(channel[at * size : min(frames, at + FRAMES_AT_ONCE) * size], size) / scale
            for at in range(0, frames, FRAMES_AT_ONCE)
        ]
    )
    loud = float(np.percentile(level, 95))
    quiet: npt.NDArray[np.bool_] = level <= loud * 10 ** (-QUIET_DB / 20)
    return quiet


def _loudness(piece: Samples, size: int) -> npt.NDArray[np.float32]:
    """Return the root mean square of each frame of `size` samples."""
    frames = piece.astype(np.float32).reshape(-1, size)
    return np.asarray(np.sqrt(np.mean(np.square(frames), axis=1)), np.float32)


def _quiet(levels: npt.NDArray[np.bool_], time: float, step: int, limit_s: float) -> float:
    frame = int(time / FRAME_S)
    for moved in range(int(limit_s / FRAME_S) + 1):
        at = frame + step * moved
        if at < 0:
            return 0.0
        if at >= len(levels):
            return time
        if levels[at]:
            edge = at * FRAME_S if step < 0 else (at + 1) * FRAME_S
            return min(time, edge) if step < 0 else max(time, edge)
    return time
