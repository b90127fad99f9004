"""Opus, AAC and MP3 out, as small as the recordings were. Not a tag, name or date of the source goes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import av

from redaction.blocks import frames, layout_of
from redaction.sound import RedactedSound

MPEG_RATES: Final = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Sampling rates of MPEG audio (ISO/IEC 11172-3, 13818-3 and the 2.5 extension; of AAC, ISO/IEC 14496-3)."""
OPUS_RATES: Final = (8_000, 12_000, 16_000, 24_000, 48_000)
"""What Opus takes without resampling (RFC 6716, section 2)."""


@dataclass(frozen=True, slots=True)
class Codec:
    """What libav is to write: `bit_rate` is in bits per second and channel, `options` are the encoder's."""

    container: str
    name: str
    rates: tuple[int, ...]
    bit_rate: int
    options: Mapping[str, str] = field(default_factory=dict)

    def rate_for(self, rate: int) -> int:
        """Return the lowest of the codec's rates that loses nothing of sound at `rate` hertz, or its highest."""
        return next((one for one in self.rates if one >= rate), self.rates[-1])


OPUS: Final = Codec("ogg", "libopus", OPUS_RATES, 32_000, {"application": "voip"})
WEBM: Final = Codec("webm", "libopus", OPUS_RATES, 32_000, {"application": "voip"})
MP3: Final = Codec("mp3", "libmp3lame", MPEG_RATES, 48_000, {"joint_stereo": "0"})
AAC: Final = Codec("ipod", "aac", MPEG_RATES, 48_000, {"aac_ms": "0", "aac_is": "0"})


def encode_lossy(sound: RedactedSound, into: BinaryIO, *, how: Codec) -> None:
    """Write one or two channels; rates that the codec does not have are brought to the next one."""
    layout = layout_of(sound)
    # bitexact: no name and version of the writing library either
    with av.open(into, "w", format=how.container, options={"fflags": "+bitexact"}) as container:
        rate, options = how.rate_for(sound.sample_rate), dict(how.options)
        stream: Any = container.add_stream(how.name, rate=rate, layout=layout, options=options)
        stream.bit_rate = how.bit_rate * len(sound.channels)
        resampler = av.AudioResampler(stream.format, layout, stream.rate, frame_size=stream.frame_size or 1_024)
        for frame in frames(sound):
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
