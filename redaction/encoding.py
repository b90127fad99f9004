"""Which form a redacted sound takes: that of the recording it was made of, as far as the wheels can write it.

Nothing of the source goes along but its samples: no tag, no name, no date, no picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final

from redaction.flac import encode_flac
from redaction.lossy import AAC, MP3, OPUS, WEBM, encode_lossy
from redaction.pcm import encode_pcm, encode_wav
from redaction.sound import RedactedSound


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file: its media type, the end of its name, what writes it, and whether that keeps every sample."""

    media_type: str
    suffix: str
    encode: Callable[[RedactedSound, BinaryIO], None]
    lossless: bool = False


def _flac(sound: RedactedSound, into: BinaryIO) -> None:
    encode_flac(sound.channels, sound.sample_rate, into)


_WAV: Final = Form("audio/wav", ".wav", encode_wav, lossless=True)
_OGG: Final = Form("audio/ogg", ".opus", partial(encode_lossy, how=OPUS))
_M4A: Final = Form("audio/mp4", ".m4a", partial(encode_lossy, how=AAC))
FORMS: Final = {
    "wav": _WAV,
    "w64": _WAV,
    "aiff": Form("audio/aiff", ".aiff", partial(encode_pcm, container="aiff", codec="pcm_s16be"), lossless=True),
    "au": Form("audio/basic", ".au", partial(encode_pcm, container="au", codec="pcm_s16be"), lossless=True),
    "caf": Form("audio/x-caf", ".caf", partial(encode_pcm, container="caf", codec="pcm_s16le"), lossless=True),
    "flac": Form("audio/flac", ".flac", _flac, lossless=True),
    "ogg": _OGG,
    "matroska": Form("audio/webm", ".webm", partial(encode_lossy, how=WEBM)),
    "mov": _M4A,
    "mp3": Form("audio/mpeg", ".mp3", partial(encode_lossy, how=MP3)),
    "aac": _M4A,
    "amr": _OGG,
}
"""A recording's container (`Facts.container`) → how its redacted sound is written.

Bare AAC keeps no place for the encoder's delay, AMR has one channel only, and Wave64 pads: they become M4A, Ogg Opus
and WAV.
"""


def form_of(container: str) -> Form:
    """Return the form for a recording out of this container; of one that has none, FLAC: nothing is lost."""
    return FORMS.get(container, FORMS["flac"])
