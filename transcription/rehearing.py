"""Hearing parts of a recording once more: digital silence everywhere else, so that the rest costs its reading only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from domain.spans import TimeRange, merge_ranges
from domain.speech import Party, Segment
from transcription.audio import levelled
from transcription.level import Levels
from transcription.port import ChannelAudio, Listening, SpeechEngine
from transcription.resampling import Resampler
from transcription.sound import SAMPLE_RATE, Samples

MARGIN_S: Final = 0.05
"""Read before and after a piece, so that the resampler's edges lie outside it."""
PIECE_S: Final = 20


class Pcm(Protocol):
    """Samples of one channel that are read by slices, int16."""

    def __len__(self) -> int:
        """Return how many samples there are."""
        ...

    def __getitem__(self, part: slice, /) -> npt.NDArray[Any]:
        """Return samples [start, stop)."""
        ...


def heard_again(
    channels: Sequence[Pcm],
    sample_rate: int,
    windows: Sequence[TimeRange],
    engine: SpeechEngine,
    *,
    levels_of: Sequence[Pcm],
    language: str | None,
) -> tuple[Segment, ...]:
    """Return what is heard in the windows of these channels, times as in the whole recording.

    `levels_of` are the channels that were heard the first time: each gets the gain that its speech had then.
    """
    merged = merge_ranges(windows)
    sounds = []
    for number, channel in enumerate(channels):
        own = tuple((one.start, one.end) for one in merged if one.channel == number)
        gain = _gain(Windowed(levels_of[number], sample_rate, own))
        sounds.append(ChannelAudio(number, Party.UNKNOWN, Windowed(channel, sample_rate, own, gain)))
    return engine.transcribe(sounds, listening=Listening(language)).segments


@dataclass(frozen=True, slots=True)
class Windowed:
    """A `Sound` of one channel: silent but for the windows, brought to SAMPLE_RATE as it is read."""

    channel: Pcm
    rate: int
    windows: Sequence[tuple[float, float]]
    gain: float = 1.0

    def __len__(self) -> int:
        """Return how many samples there are at SAMPLE_RATE."""
        return len(self.channel) * SAMPLE_RATE // self.rate

    def read(self, start: int, stop: int) -> Samples:
        """Return samples [start, stop), cut to what is there."""
        first, end = max(0, start), min(len(self), stop)
        found = np.zeros(max(0, end - first), np.float32)
        for opens, closes in self.windows:
            low, high = max(first, round(opens * SAMPLE_RATE)), min(end, round(closes * SAMPLE_RATE))
            if low < high:
                found[low - first : high - first] = self._piece(low, high)
        return found

    def _piece(self, low: int, high: int) -> Samples:
        step = self.rate // math.gcd(self.rate, SAMPLE_RATE)
        back = SAMPLE_RATE // math.gcd(self.rate, SAMPLE_RATE)
        margin = round(MARGIN_S * SAMPLE_RATE)
        unit = max(0, (low - margin) // back)
        last = min(len(self.channel), -(-(high + margin) * self.rate // SAMPLE_RATE))
        samples = levelled(self.channel[unit * step : last], self.gain).reshape(1, -1)
        resampler = Resampler(1, self.rate, SAMPLE_RATE)
        brought = np.concatenate([resampler.push(samples), resampler.flush()], axis=1)[0]
        piece = brought[low - unit * back : high - unit * back]
        return np.pad(piece, (0, high - low - len(piece)))


def _gain(sound: Windowed) -> float:
    levels = Levels()
    for piece in _pieces(sound):
        levels.add(piece)
    return levels.gain


def _pieces(sound: Windowed) -> Iterator[Samples]:
    step = PIECE_S * SAMPLE_RATE
    for start, end in sound.windows:
        for at in range(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE), step):
            yield sound.read(at, min(at + step, round(end * SAMPLE_RATE)))
