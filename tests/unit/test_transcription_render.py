"""Subtitles and text: whatever the words hold, the file stays readable and the cues stay cues."""

import html
import io
import json

import srt  # type: ignore[import-untyped]  # no stubs are published
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.speech import EngineStamp, Party, Segment, Transcript, Word, transcript_from_dict
from transcription.cues import MAX_CHARACTERS, cues_of, one_line
from transcription.render import FORMATS, LOOKALIKES, to_json, to_srt, to_text, to_vtt

STAMP = EngineStamp("scripted", "script", "none")


def segment(texts: list[str], *, start: float = 1.25, party: Party = Party.AGENT, step: float = 0.5) -> Segment:
    words = tuple(Word(start + at * step, start + (at + 1) * step, text, 0.9) for at, text in enumerate(texts))
    return Segment(0, party, start, start + len(texts) * step, words)


def transcript(*segments: Segment, channels: int = 2) -> Transcript:
    return Transcript("en", 1.0, 4_000.0, channels, segments, STAMP)


hostile = st.one_of(
    st.sampled_from(
        ["-->", "<v Mallory>", "</v>", "&lt;", "&", "WEBVTT", "\n\n1\n00:00:00,000 --> 00:00:01,000", "NOTE", "{\\an8}"]
    ),
    st.text(min_size=1, max_size=30),
)
spoken = st.lists(st.lists(hostile, min_size=1, max_size=12).map(segment), min_size=1, max_size=4)


def test_plain_text_has_a_clock_and_a_speaker_per_segment() -> None:
    said = transcript(segment(["Hello", "there."]), segment(["Hi."], start=3_661.0, party=Party.CONTACT))
    assert to_text(said) == "[00:01.2] Agent: Hello there.\n[1:01:01.0] Contact: Hi.\n"


def test_an_unknown_party_is_named_as_such() -> None:
    said = segment(["Hello."], party=Party.UNKNOWN)
    assert "Speaker: Hello." in to_text(transcript(said, channels=1))
    assert "Channel 1: Hello." in to_text(transcript(said, channels=2))


def test_vtt_carries_voices_and_escapes() -> None:
    vtt = to_vtt(transcript(segment(["a<b", "&", "-->"])))
    assert "00:00:01.250 --> 00:00:02.750\n<v Agent>a&lt;b &amp; --&gt;</v>" in vtt


def test_long_speech_is_cut_along_words() -> None:
    cues = list(cues_of(transcript(segment(["telephone"] * 40, step=0.4))))
    assert all(len(cue.text) <= MAX_CHARACTERS and cue.end_ms - cue.start_ms <= 7_001 for cue in cues)
    assert " ".join(cue.text for cue in cues) == " ".join(["telephone"] * 40)


def test_nothing_said_renders_as_nothing() -> None:
    assert to_vtt(transcript()).strip() == "WEBVTT"
    assert to_srt(transcript()) == to_text(transcript()) == ""


def test_json_reads_back_as_the_same_transcript() -> None:
    said = transcript(segment(["Hello", "there."]))
    assert transcript_from_dict(json.loads(to_json(said))) == said
    assert set(FORMATS) == {"json", "vtt", "srt", "text"}


@settings(max_examples=150, deadline=None)
@given(spoken)
def test_vtt_reads_back_with_the_same_cues_whatever_was_said(segments: list[Segment]) -> None:
    said = transcript(*segments)
    cues = list(cues_of(said))
    read = webvtt.from_buffer(io.StringIO(to_vtt(said))).captions
    assert [html.unescape(one.raw_text).removeprefix("<v Agent>").removesuffix("</v>") for one in read] == [
        cue.text for cue in cues
    ]
    assert [one.start_in_seconds for one in read] == [cue.start_ms // 1_000 for cue in cues]


@settings(max_examples=150, deadline=None)
@given(spoken)
def test_srt_reads_back_with_the_same_cues_whatever_was_said(segments: list[Segment]) -> None:
    said = transcript(*segments)
    cues = list(cues_of(said))
    read = list(srt.parse(to_srt(said)))
    assert [one.index for one in read] == list(range(1, len(cues) + 1))
    for one, cue in zip(read, cues, strict=True):
        assert one.content == f"Agent: {cue.text}".translate(LOOKALIKES)
        assert one.end > one.start


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
