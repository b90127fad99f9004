"""Uncompressed out: every sample as it is, 16 bit. Not a tag, name or date of the source goes along."""

from __future__ import annotations

import wave
from typing import Any, BinaryIO

import av

from redaction.blocks import blocks, frames, layout_of
from redaction.errors import SilenceError
from redaction.sound import RedactedSound

WAV_MAX_BYTES = 0xFFFF_FFFF - 1_024


def encode_wav(sound: RedactedSound, into: BinaryIO) -> None:
    """Write 16-bit PCM with a plain 44-byte header, sample for sample. Raises SilenceError beyond 4 GiB."""
    channels = len(sound.channels)
    if sound.samples * channels * 2 > WAV_MAX_BYTES:
        raise SilenceError("the sound is too long for a WAV file")
    with wave.open(into, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(sound.sample_rate)
        for block in blocks(sound):
            out.writeframesraw(block.astype("<i2", copy=False).tobytes())


def encode_pcm(sound: RedactedSound, into: BinaryIO, *, container: str, codec: str) -> None:
    """Write 16-bit PCM in a container of libav's (aiff, au, caf), sample for sample."""
    layout = layout_of(sound)
    with av.open(into, "w", format=container, options={"fflags": "+bitexact"}) as out:
        stream: Any = out.add_stream(codec, rate=sound.sample_rate, layout=layout)
        for frame in frames(sound):
            out.mux(stream.encode(frame))
