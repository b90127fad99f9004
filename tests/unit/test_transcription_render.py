"""Subtitles and text: whatever the words hold, the file stays readable and the cues stay cues."""

import html
import io
import itertools
import json

import srt  # type: ignore[import-untyped]  # no stubs are published
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st
from strict_vtt import read_strictly

from domain.speech import EngineStamp, Party, Segment, Transcript, Word, transcript_from_dict
from transcription.cues import LINE_COLUMNS, LINES, MAX_SECONDS, columns, cues_of, one_line
from transcription.render import FORMATS, LOOKALIKES, to_json, to_srt, to_text, to_vtt

STAMP = EngineStamp("scripted", "script", "none")


def segment(
    texts: list[str],
    *,
    start: float = 1.25,
    party: Party = Party.AGENT,
    step: float = 0.5,
    channel: int = 0,
    language: str = "en",
) -> Segment:
    words = tuple(Word(start + at * step, start + (at + 1) * step, text, 0.9) for at, text in enumerate(texts))
    return Segment(channel, party, start, start + len(texts) * step, words, language)


def transcript(*segments: Segment, channels: int = 2) -> Transcript:
    return Transcript("en", 1.0, 4_000.0, channels, segments, STAMP)


hostile = st.one_of(
    st.sampled_from(
        [
            *("-->", "<v Mallory>", "</v>", "&lt;", "&", "WEBVTT", "NOTE", "{\\an8}", "\0", "\x85", "\u2028", "\ud800"),
            *("\n\n1\n00:00:00,000 --> 00:00:01,000", "\N{RIGHT-TO-LEFT OVERRIDE}", "नमस्ते", "مرحبا", "你好" * 40),
        ]
    ),
    st.text(st.characters(), min_size=1, max_size=60),
)
turns = st.builds(
    segment,
    st.lists(hostile, min_size=1, max_size=12),
    start=st.floats(0, 400_000),
    step=st.sampled_from([0.0, 0.0001, 0.4, 9.0]),
    language=st.sampled_from(["en", "hi", "ar", "zh"]),
)
spoken = st.lists(turns, min_size=1, max_size=4)


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


def test_long_speech_is_cut_along_words_into_two_lines_of_42() -> None:
    cues = cues_of(transcript(segment(["telephone"] * 40, step=0.4)))
    assert all(len(cue.lines) <= 2 and all(len(line) <= 42 for line in cue.lines) for cue in cues)
    assert all(cue.end_ms - cue.start_ms <= 7_001 for cue in cues)
    assert " ".join(line for cue in cues for line in cue.lines) == " ".join(["telephone"] * 40)


def test_languages_without_spaces_are_joined_and_wide_characters_count_twice() -> None:
    (cue,) = cues_of(
        transcript(segment(list("你好我的名字是测试请稍等一下我们马上回来谢谢你"), step=0.1, language="zh"))
    )
    assert cue.lines == ("你好我的名字是测试请稍等一下我们马上回来谢", "谢你")


def test_joiners_that_spell_stay_and_marks_that_turn_the_line_go() -> None:
    assert one_line("می\u200cخواهم \u202eabc\u2066") == "می\u200cخواهم abc"


def test_cues_of_two_sides_that_speak_at_once_overlap_and_stay_in_order_of_their_starts() -> None:
    long = segment(["telephone"] * 30, start=0.0)
    said = transcript(long, segment(["Yes."], start=2.0, party=Party.CONTACT, channel=1))
    starts = [cue.start_ms for cue in cues_of(said)]
    assert starts == sorted(starts)
    assert [cue.speaker for cue in cues_of(said)][:3] == ["Agent", "Contact", "Agent"]
    read_strictly(to_vtt(said))


def test_nothing_said_renders_as_nothing() -> None:
    assert to_vtt(transcript()).strip() == "WEBVTT"
    assert to_srt(transcript()) == to_text(transcript()) == ""


def test_json_reads_back_as_the_same_transcript() -> None:
    said = transcript(segment(["Hello", "there."]))
    assert transcript_from_dict(json.loads(to_json(said))) == said
    assert set(FORMATS) == {"json", "vtt", "srt", "text"}


@settings(max_examples=200, deadline=None)
@given(spoken)
def test_cues_are_readable_whatever_was_said(segments: list[Segment]) -> None:
    cues = cues_of(transcript(*segments))
    for one, two in itertools.pairwise(cues):
        assert one.start_ms <= two.start_ms
    for cue in cues:
        assert cue.end_ms > cue.start_ms
        assert 1 <= len(cue.lines) <= LINES
        assert all(line and columns(line) <= LINE_COLUMNS for line in cue.lines)
    longest = max((word.end - word.start for one in segments for word in one.words), default=0.0)
    assert all(cue.end_ms - cue.start_ms <= max(longest, MAX_SECONDS) * 1_000 + 1 for cue in cues)


@settings(max_examples=200, deadline=None)
@given(spoken)
def test_vtt_is_strictly_valid_and_holds_the_same_cues_whatever_was_said(segments: list[Segment]) -> None:
    said = transcript(*segments)
    cues = cues_of(said)
    vtt = to_vtt(said)
    vtt.encode()
    read = read_strictly(vtt)
    assert [(one.start_ms, one.end_ms, one.voice, one.lines) for one in read] == [
        (cue.start_ms, cue.end_ms, cue.speaker, cue.lines) for cue in cues
    ]


def test_another_reader_of_vtt_sees_the_same() -> None:
    said = transcript(segment(["a<b", "&", "-->"]))
    (read,) = webvtt.from_buffer(io.StringIO(to_vtt(said))).captions
    assert html.unescape(read.raw_text) == "<v Agent>a<b & --></v>"


@settings(max_examples=150, deadline=None)
@given(spoken)
def test_srt_reads_back_with_the_same_cues_whatever_was_said(segments: list[Segment]) -> None:
    said = transcript(*segments)
    cues = cues_of(said)
    to_srt(said).encode()
    read = list(srt.parse(to_srt(said)))
    assert [one.index for one in read] == list(range(1, len(cues) + 1))
    for one, cue in zip(read, cues, strict=True):
        told = "\n".join(cue.lines)
        assert one.content == f"Agent: {told}".translate(LOOKALIKES)
        assert one.end > one.start


@settings(max_examples=150, deadline=None)
@given(spoken)
def test_json_is_utf8_and_reads_back_whatever_was_said(segments: list[Segment]) -> None:
    written = to_json(transcript(*segments)).encode()
    read = transcript_from_dict(json.loads(written))
    assert [len(one.words) for one in read.segments] == [len(one.words) for one in segments]


@settings(max_examples=150, deadline=None)
@given(spoken)
def test_text_has_one_line_per_segment_whatever_was_said(segments: list[Segment]) -> None:
    assert len(to_text(transcript(*segments)).splitlines()) == len(segments)


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
