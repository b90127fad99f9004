"""Sound that engines read piece by piece, so that memory stays flat however long a call is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
Samples = npt.NDArray[np.float32]
"""One channel of sound: float32 in -1..1, shape (n,), at SAMPLE_RATE unless said otherwise."""


class Sound(Protocol):
    """One channel at SAMPLE_RATE that may lie on a disk. Reading is safe from several threads at once."""

    def __len__(self) -> int:
        """Return how many samples there are."""
        ...

    def read(self, start: int, stop: int) -> Samples:
        """Return a copy of samples [start, stop), cut to what is there; the channel's gain is applied."""
        ...


@dataclass(frozen=True, slots=True)
class ArraySound:
    """Sound in memory."""

    samples: Samples

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.samples)

    def read(self, start: int, stop: int) -> Samples:
        """Return a copy of samples [start, stop), cut to what is there."""
        return np.array(self.samples[max(0, start) : max(0, stop)], np.float32)


def seconds(sound: Sound) -> float:
    """Return the sound's length in seconds."""
    return len(sound) / SAMPLE_RATE
