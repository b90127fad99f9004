"""A decoded recording: its sound and the facts about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from transcription.sound import Sound

Pcm = npt.NDArray[np.int16]
"""int16 samples. One channel: shape (n,). Interleaved: shape (n, channels)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decoding found out, without the samples.

    `samples` counts per channel at `sample_rate` hertz; `channels` is how many channels the decoded sound has (1 or 2)
    and `source_channels` how many the file had. `dual_mono` says that both decoded channels carry the same sound for
    the whole call (inverted, quieter or late counts), `keep` which of them is the better one, `alike` the share of the
    call, 0..1, in which they do. `gains` bring each channel's speech to one level; they are not in the samples yet.
    `truncated` says that less was decoded than the file promised, or parts were damaged. `metadata` holds technical
    values only, never a tag that a person could have written.
    """

    sample_rate: int
    samples: int
    channels: int
    source_channels: int
    codec: str
    container: str
    truncated: bool = False
    dual_mono: bool = False
    keep: int = 0
    alike: float = 0.0
    gains: tuple[float, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[int, ...]:
        """Which decoded channels go on: all, or the better one of two that are the same."""
        return (self.keep,) if self.dual_mono else tuple(range(self.channels))

    @property
    def duration_s(self) -> float:
        """Length of what was decoded."""
        return self.samples / self.sample_rate

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording ready for work: one int16 array of shape (n,) per channel, at `sample_rate` hertz (the file's own).

    Arrays may be views of a file on disk: treat them as read-only.
    """

    sample_rate: int
    channels: tuple[Pcm, ...]
    duration_s: float
    codec: str
    container: str
    truncated: bool
    source_channels: int
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallSound:
    """A recording as the speech engine wants it: each channel at 16 kHz, read piece by piece, with its gain."""

    facts: Facts
    sounds: tuple[Sound, ...]


def recording_of(facts: Facts, interleaved: Pcm) -> Recording:
    """Join the facts with the samples (shape (n, channels)); two channels with the same sound become one."""
    return Recording(
        sample_rate=facts.sample_rate,
        channels=tuple(interleaved[:, channel] for channel in facts.kept),
        duration_s=facts.duration_s,
        codec=facts.codec,
        container=facts.container,
        truncated=facts.truncated,
        source_channels=facts.source_channels,
        metadata=facts.metadata,
    )
