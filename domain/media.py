"""What kinds of sound file are taken in, told by their first bytes and never by their name.

The list is an allow-list: a playlist, an image, an archive or a document has no entry and is refused before any media
library sees it.
"""

from __future__ import annotations

HEAD_BYTES = 64
"""How many bytes from the beginning `sniff` needs at most."""

WAV, W64, FLAC, OGG, WEBM = "audio/wav", "audio/x-w64", "audio/flac", "audio/ogg", "audio/webm"
MP4, THREE_GPP, MP3, AAC = "audio/mp4", "audio/3gpp", "audio/mpeg", "audio/aac"
AMR, AMR_WB, CAF, AIFF, AU = "audio/amr", "audio/amr-wb", "audio/x-caf", "audio/aiff", "audio/basic"

SNIFFED_TYPES = frozenset({WAV, W64, FLAC, OGG, WEBM, MP4, THREE_GPP, MP3, AAC, AMR, AMR_WB, CAF, AIFF, AU})
"""Every answer that `sniff` can give."""

_PREFIXES = (
    (b"riff\x2e\x91\xcf\x11", W64),
    (b"fLaC", FLAC),
    (b"OggS", OGG),
    (b"\x1aE\xdf\xa3", WEBM),
    (b"ID3", MP3),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR_WB),
    (b"caff", CAF),
    (b".snd", AU),
)
_IFF = {
    (b"RIFF", b"WAVE"): WAV,
    (b"RF64", b"WAVE"): WAV,
    (b"BW64", b"WAVE"): WAV,
    (b"FORM", b"AIFF"): AIFF,
    (b"FORM", b"AIFC"): AIFF,
}
_STILL_PICTURES = frozenset({b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"crx ", b"jp2 "})
_FRAME_HEADER_BYTES, _FRAME_SYNC = 4, 0x7FF
_LAYER_ADTS, _ADTS_LAST_RATE = 0, 12
_LAYERS_2_AND_3 = frozenset({1, 2})
_RESERVED_VERSION, _RESERVED_RATE, _ILLEGAL_BIT_RATES = 1, 3, frozenset({0, 15})

_ISO = frozenset({MP4, THREE_GPP})
_ANY = SNIFFED_TYPES
ACCEPTED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"), frozenset({WAV, W64})),
    "audio/x-w64": frozenset({W64}),
    **dict.fromkeys(("audio/flac", "audio/x-flac"), frozenset({FLAC, OGG})),
    **dict.fromkeys(("audio/ogg", "audio/opus", "application/ogg", "audio/vorbis"), frozenset({OGG})),
    **dict.fromkeys(("audio/webm", "video/webm", "audio/x-matroska", "video/x-matroska"), frozenset({WEBM})),
    **dict.fromkeys(("audio/mp4", "audio/m4a", "audio/x-m4a", "video/mp4", "video/quicktime"), _ISO),
    **dict.fromkeys(("audio/3gpp", "video/3gpp", "audio/3gpp2", "video/3gpp2"), _ISO | {AMR, AMR_WB}),
    **dict.fromkeys(("audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/mpeg3"), frozenset({MP3})),
    **dict.fromkeys(("audio/aac", "audio/aacp", "audio/x-aac"), _ISO | {AAC}),
    **dict.fromkeys(("audio/amr", "audio/amr-wb"), frozenset({AMR, AMR_WB, THREE_GPP})),
    **dict.fromkeys(("audio/x-caf", "audio/caf"), frozenset({CAF})),
    **dict.fromkeys(("audio/aiff", "audio/x-aiff"), frozenset({AIFF})),
    "audio/basic": frozenset({AU}),
    **dict.fromkeys(("application/octet-stream", ""), _ANY),
}
"""Declared media type → the sniffed types that may stand behind it. Octet-stream declares nothing and allows all."""


def sniff(head: bytes) -> str | None:
    """Return the media type that the first bytes of a file show (one of `SNIFFED_TYPES`), None for anything else."""
    iff = _IFF.get((head[:4], head[8:12]))
    if iff:
        return iff
    for prefix, media_type in _PREFIXES:
        if head.startswith(prefix):
            return media_type
    if head[4:8] == b"ftyp":
        return _iso_type(head[8:12])
    return _mpeg_frame_type(head)


def accepted(declared: str) -> bool:
    """Say whether a declared media type (parameters and case ignored) is on the list at all."""
    return _essence(declared) in ACCEPTED


def compatible(declared: str, sniffed: str) -> bool:
    """Say whether a file that shows itself as `sniffed` may have been declared as `declared`."""
    return sniffed in ACCEPTED.get(_essence(declared), frozenset())


def _essence(declared: str) -> str:
    return declared.partition(";")[0].strip().lower()


def _iso_type(brand: bytes) -> str | None:
    if brand in _STILL_PICTURES or len(brand) < len(b"ftyp"):
        return None
    return THREE_GPP if brand.startswith((b"3gp", b"3g2", b"3gr", b"3gs")) else MP4


def _mpeg_frame_type(head: bytes) -> str | None:
    """Read an MPEG frame header: 11 bits of sync, then version, layer, bit rate and sample rate must all be legal."""
    if len(head) < _FRAME_HEADER_BYTES:
        return None
    bits = int.from_bytes(head[:_FRAME_HEADER_BYTES], "big")
    if bits >> 21 != _FRAME_SYNC:
        return None
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    if layer == _LAYER_ADTS:
        return AAC if version & 2 and bits >> 10 & 15 <= _ADTS_LAST_RATE else None
    bit_rate, sample_rate = bits >> 12 & 15, bits >> 10 & 3
    legal = version != _RESERVED_VERSION and layer in _LAYERS_2_AND_3
    return MP3 if legal and bit_rate not in _ILLEGAL_BIT_RATES and sample_rate != _RESERVED_RATE else None
