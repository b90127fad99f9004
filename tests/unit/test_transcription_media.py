"""Media types are told by bytes; playlists, pictures and documents are not on the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import media


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", media.WAV),
        (b"RF64\xff\xff\xff\xffWAVEds64", media.WAV),
        (b"fLaC\0\0\0\x22", media.FLAC),
        (b"OggS\0\x02", media.OGG),
        (b"\x1aE\xdf\xa3\x01", media.WEBM),
        (b"\0\0\0\x1cftypM4A \0", media.MP4),
        (b"\0\0\0\x1cftyp3gp4\0", media.THREE_GPP),
        (b"ID3\x04\0\0", media.MP3),
        (b"\xff\xfb\x90\x64", media.MP3),
        (b"\xff\xf1\x50\x80", media.AAC),
        (b"#!AMR\n\x3c", media.AMR),
        (b"#!AMR-WB\n\x3c", media.AMR_WB),
        (b"caff\0\1", media.CAF),
        (b"FORM\0\0\0\0AIFC", media.AIFF),
    ],
)
def test_a_sound_file_is_known_by_its_first_bytes(head: bytes, expected: str) -> None:
    assert media.sniff(head) == expected


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"R",
        b"#EXTM3U\nhttp://example.com/a.ts\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
        b"<?xml version='1.0'?><MPD>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"\xff\xfeh\0e\0l\0l\0o\0",
        b"RIFF\0\0\0\0AVI LIST",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\0\0\0\x1cftypheic\0",
        b"\0\0\0\x1cftyp",
        b"PK\x03\x04",
        b"%PDF-1.7",
    ],
)
def test_anything_else_is_not_known(head: bytes) -> None:
    assert media.sniff(head) is None


@given(st.binary(max_size=128))
def test_any_bytes_get_an_answer_from_the_list_or_none(head: bytes) -> None:
    answer = media.sniff(head)
    assert answer is None or answer in media.SNIFFED_TYPES


def test_a_declared_type_matches_its_family_whatever_its_case_and_parameters() -> None:
    assert media.compatible("Audio/X-WAV; codecs=7", media.WAV)
    assert media.compatible("audio/opus", media.OGG)
    assert media.compatible("audio/m4a", media.MP4)
    assert media.compatible("application/octet-stream", media.AMR)


def test_a_declared_type_of_another_family_does_not_match() -> None:
    assert not media.compatible("audio/wav", media.MP3)
    assert not media.compatible("text/plain", media.WAV)
    assert not media.accepted("application/vnd.apple.mpegurl")


def test_every_sniffed_type_can_be_declared() -> None:
    assert all(any(one in family for family in media.ACCEPTED.values()) for one in media.SNIFFED_TYPES)
