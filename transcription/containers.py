"""Opening sound files of untrusted origin: only listed containers and codecs, and never a second file or a socket."""

from __future__ import annotations

from typing import Any, BinaryIO, NoReturn

import av
import av.error

from domain import media
from transcription.errors import EmptyRecording, NotAudio

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


def open_sound(file: BinaryIO) -> tuple[Any, Any, str]:
    """Return (container, audio stream, container name) of a seekable binary file; the caller closes the container.

    Raises EmptyRecording for no bytes and NotAudio for anything that is not on the lists.
    """
    head = file.read(media.HEAD_BYTES)
    if not head:
        raise EmptyRecording
    file.seek(0)
    sniffed = media.sniff(head)
    if sniffed is None:
        raise NotAudio
    name = DEMUXERS[sniffed]
    try:
        container = av.open(file, "r", format=name, io_open=_refuse, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise NotAudio from error
    try:
        return container, _audio_stream(container), name
    except BaseException:
        container.close()
        raise


def _refuse(*_: object) -> NoReturn:
    raise PermissionError("A recording may not open another file.")


def _audio_stream(container: Any) -> Any:
    if not container.streams.audio:
        raise NotAudio("The file holds no audio stream.")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or not (context.name in CODECS or context.name.startswith(CODEC_FAMILIES)):
        raise NotAudio("The file's audio codec is not accepted.")
    if context.sample_rate not in RATES_HZ or context.channels < 1:
        raise NotAudio("The file states an impossible sample rate or number of channels.")
    return stream
