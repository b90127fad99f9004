"""A decoded recording: whole channels of samples and the facts about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]
"""int16 samples. One channel: shape (n,). Interleaved: shape (n, channels)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decoding found out, without the samples.

    `samples` counts per channel at `sample_rate` hertz; `channels` is how many channels the decoded sound has (1 or 2)
    and `source_channels` how many the file had. `dual_mono` says that both decoded channels carry the same sound
    (phase-inverted counts). `truncated` says that less was decoded than the file promised, or parts were damaged.
    `metadata` holds technical values only, never a tag that a person could have written.
    """

    sample_rate: int
    samples: int
    channels: int
    source_channels: int
    codec: str
    container: str
    truncated: bool = False
    dual_mono: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)

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


def recording_of(facts: Facts, interleaved: Pcm) -> Recording:
    """Join the facts with the samples (shape (n, channels)); two channels with the same sound become one."""
    kept = 1 if facts.dual_mono else facts.channels
    return Recording(
        sample_rate=facts.sample_rate,
        channels=tuple(interleaved[:, channel] for channel in range(kept)),
        duration_s=facts.samples / facts.sample_rate,
        codec=facts.codec,
        container=facts.container,
        truncated=facts.truncated,
        source_channels=facts.source_channels,
        metadata=facts.metadata,
    )
