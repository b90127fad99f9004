"""docs/transcript.schema.json holds for what is written and answered, and refuses what must never be."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.speech.hearing import Heard
from cli.speech.results import Asked, Source, document_of
from domain.spans import Span, redact_transcript
from domain.speech import (
    EngineStamp,
    Party,
    Segment,
    Speakers,
    Tones,
    Transcript,
    Unheard,
    Word,
    transcript_to_dict,
)
from transcription.recording import Facts
from transcription.render import json_text

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "transcript.schema.json").read_text("utf-8"))
VALID = jsonschema_rs.validator_for(SCHEMA)
STAMP = EngineStamp("scripted", "script", "none", {"scripted": "1"}, {"beam_size": 5})
FACTS = Facts(8_000, 80_000, 2, 2, "pcm_mulaw", "wav")

times = st.floats(0, 10_000)
words = st.builds(Word, times, times, st.text(min_size=1), st.floats(0, 1))
segments = st.builds(
    Segment,
    st.integers(0, 1),
    st.sampled_from(Party),
    times,
    times,
    st.lists(words, min_size=1, max_size=5).map(tuple),
    st.sampled_from(["en", "hi", "yue"]),
    st.sampled_from([None, "A"]),
)
transcripts = st.builds(
    Transcript,
    st.sampled_from(["en", "und"]),
    st.floats(0, 1),
    times,
    st.just(2),
    st.lists(segments, max_size=3).map(tuple),
    st.just(STAMP),
    st.just({"speech_share": 0.5}),
    st.just((Unheard(0, 1.0, 2.0),)),
    st.just((Tones(1, 1.0, 2.0),)),
    st.sampled_from(Speakers),
)


def document(transcript: Transcript, *, redact: bool) -> dict[str, Any]:
    """Return NAME.json of a transcript, as it reads back."""
    asked = Asked("base", None, redact, {0: Party.AGENT, 1: Party.CONTACT})
    spans = tuple(Span(at, 0, 1, "PERSON", 0.9, "test") for at in range(len(transcript.segments)) if redact)
    redacted = redact_transcript(transcript, spans) if redact else None
    heard = Heard(Path("x.wav"), FACTS, transcript, spans, redacted)
    finder = {"finder": "plain", "model_id": "none", "version": "1"}
    common = asked.document({"engine": "scripted"}, finder if redact else None)
    told = document_of(heard, Source(Path("calls/x.wav"), "0" * 64, 44), asked, common)
    read: dict[str, Any] = json.loads(json_text({**told, "beside": [".vtt"]}))
    return read


def test_the_schema_is_one() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


@settings(max_examples=100, deadline=None)
@given(transcripts, st.booleans())
def test_every_result_file_is_valid(transcript: Transcript, redact: bool) -> None:
    told = document(transcript, redact=redact)
    VALID.validate(told)
    assert (told["file"], told["redacted"]) == ("x.wav", redact)


@settings(max_examples=100, deadline=None)
@given(transcripts, st.booleans())
def test_every_answer_of_the_api_is_valid(transcript: Transcript, redacted: bool) -> None:
    answer = {"call_id": "call_x", "redacted": redacted, **transcript_to_dict(transcript)}
    VALID.validate(json.loads(json_text(answer)))


def example() -> dict[str, Any]:
    said = (Word(0.1, 0.4, "Priya", 0.9), Word(0.5, 0.7, "speaking.", 0.8))
    one = Segment(0, Party.AGENT, 0.1, 0.7, said)
    return document(Transcript("en", 1.0, 10.0, 2, (one,), STAMP, speakers=Speakers.CHANNELS), redact=True)


def test_the_keys_are_those_that_were_promised() -> None:
    told = example()
    (segment,) = told["segments"]
    assert {"file", "duration_s", "language", "engine", "channels", "segments", "redactions"} <= set(told)
    assert told["channels"] == [{"channel": 0, "party": "agent"}, {"channel": 1, "party": "contact"}]
    assert {"channel", "start", "end", "text", "words"} <= set(segment)
    assert set(segment["words"][1]) == {"start", "end", "word", "probability"}
    assert segment["text"] == "[PERSON] speaking."
    assert told["redactions"] == [{"type": "PERSON", "channel": 0, "start": 0.1, "end": 0.4}]
    assert "Priya" not in json.dumps(told)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("duration_s",), "10"),
        (("channels",), 2),
        (("segments", 0, "words", 0, "word"), None),
        (("segments", 0, "words", 0, "probability"), 1.5),
        (("segments", 0, "start"), -1),
        (("segments", 0, "language"), "English"),
        (("redactions", 0, "text"), "Priya"),
        (("redactions", 0, "type"), "Priya"),
        (("source", "sha256"), "?"),
        (("beside",), ["../../etc/passwd"]),
    ],
    ids=str,
)
def test_a_document_that_breaks_the_rules_is_refused(path: tuple[str | int, ...], value: object) -> None:
    broken = copy.deepcopy(example())
    at: Any = broken
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert VALID.is_valid(example())
    assert not VALID.is_valid(broken)
