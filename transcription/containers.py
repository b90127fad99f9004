"""Opening sound files of untrusted origin: only listed containers and codecs, and never a second file or a socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

import av
import av.error

from domain import media
from transcription.errors import EmptyRecording, NotAudio
from transcription.promises import has_index

DEMUXERS = {
    media.WAV: "wav",
    media.W64: "w64",
    media.FLAC: "flac",
    media.OGG: "ogg",
    media.WEBM: "matroska",
    media.MP4: "mov",
    media.THREE_GPP: "mov",
    media.MP3: "mp3",
    media.AAC: "aac",
    media.AMR: "amr",
    media.AMR_WB: "amr",
    media.CAF: "caf",
    media.AIFF: "aiff",
    media.AU: "au",
}
"""Sniffed media type → the one demuxer that may read it. libav's own guessing, which knows playlists, never runs."""

CODECS = frozenset(
    {
        "aac",
        "aac_latm",
        "alac",
        "amrnb",
        "amrwb",
        "amr_nb",
        "amr_wb",
        "flac",
        "g722",
        "g723_1",
        "g726",
        "g726le",
        "g729",
        "gsm",
        "gsm_ms",
        "ilbc",
        "mp2",
        "mp2float",
        "mp3",
        "mp3float",
        "opus",
        "libopus",
        "speex",
        "libspeex",
        "vorbis",
        "libvorbis",
        "libopencore_amrnb",
        "libopencore_amrwb",
    }
)
CODEC_FAMILIES = ("pcm_", "adpcm_")
RATES_HZ = range(2_000, 384_001)


_ID3_BYTES = 10
NO_INDEX = "The file's index is missing: its writing was cut off."


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened file: its container, the audio stream in it, the container's name (one of DEMUXERS' values)."""

    container: Any
    stream: Any
    container_name: str


def open_sound(file: BinaryIO) -> Opened:
    """Open a seekable binary file; the caller closes the container.

    Raises EmptyRecording for no bytes and NotAudio for anything that is not on the lists.
    """
    name = _demuxer(file)
    try:
        container = av.open(file, "r", format=name, io_open=_refuse, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise NotAudio(NO_INDEX if name == "mov" and not has_index(file) else None) from error
    try:
        return Opened(container, _audio_stream(container), name)
    except BaseException:
        container.close()
        raise


def _demuxer(file: BinaryIO) -> str:
    head = file.read(media.HEAD_BYTES)
    if not head:
        raise EmptyRecording
    sniffed = media.sniff(head)
    if sniffed == media.MP3 and head.startswith(b"ID3") and len(head) >= _ID3_BYTES:
        # A tag says nothing of what follows it: seven bits a byte, most significant first.
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:_ID3_BYTES], (21, 14, 7, 0), strict=True))
        file.seek(_ID3_BYTES + size)
        sniffed = media.sniff(file.read(media.HEAD_BYTES)) or sniffed
    file.seek(0)
    if sniffed is None:
        raise NotAudio
    return DEMUXERS[sniffed]


def _refuse(*_: object) -> NoReturn:
    raise PermissionError("A recording may not open another file.")


def _audio_stream(container: Any) -> Any:
    if not container.streams.audio:
        raise NotAudio("The file holds no audio stream.")
    stream = next((one for one in container.streams.audio if _accepted(one.codec_context)), None)
    if stream is None:
        raise NotAudio("The file's audio codec is not accepted.")
    context = stream.codec_context
    if context.sample_rate not in RATES_HZ or context.channels < 1:
        raise NotAudio("The file states an impossible sample rate or number of channels.")
    return stream


def _accepted(context: Any) -> bool:
    return context is not None and (context.name in CODECS or context.name.startswith(CODEC_FAMILIES))
