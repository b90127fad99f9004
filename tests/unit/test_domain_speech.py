"""A transcript survives its JSON form: what is stored is what is read back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.speech import EngineStamp, Party, Segment, Transcript, Word, transcript_from_dict, transcript_to_dict

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TIMES = st.integers(0, 10_000_000).map(lambda ms: ms / 1000)
PARTS = st.integers(0, 10_000).map(lambda n: n / 10_000)
WORDS = st.builds(Word, TIMES, TIMES, TEXT, PARTS, st.none() | st.sampled_from(["PERSON", "PHONE_NUMBER"]))
SEGMENTS = st.builds(
    Segment,
    channel=st.integers(0, 7),
    party=st.sampled_from(Party),
    start=TIMES,
    end=TIMES,
    words=st.lists(WORDS, max_size=5).map(tuple),
    language=st.sampled_from(["en", "de"]),
)
TRANSCRIPTS = st.builds(
    Transcript,
    language=st.sampled_from(["en", "de"]),
    language_probability=PARTS,
    duration_s=TIMES,
    channels=st.integers(1, 8),
    segments=st.lists(SEGMENTS, max_size=4).map(tuple),
    stamp=st.builds(
        EngineStamp,
        TEXT,
        TEXT,
        TEXT,
        st.dictionaries(TEXT, TEXT, max_size=2),
        st.dictionaries(TEXT, st.integers() | TEXT, max_size=2),
    ),
    quality=st.dictionaries(TEXT, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
)


@given(TRANSCRIPTS)
def test_a_transcript_comes_back_from_json_as_it_went(transcript: Transcript) -> None:
    assert transcript_from_dict(json.loads(json.dumps(transcript_to_dict(transcript)))) == transcript


@given(TRANSCRIPTS)
def test_text_is_derived_from_the_words_and_from_nowhere_else(transcript: Transcript) -> None:
    written = transcript_to_dict(transcript)
    for segment, original in zip(written["segments"], transcript.segments, strict=True):
        assert segment["text"] == " ".join(word.text for word in original.words)
        segment["text"] = "something else entirely"
    assert transcript_from_dict(written) == transcript


@given(TRANSCRIPTS)
def test_every_word_is_walked_once_with_its_place(transcript: Transcript) -> None:
    for at, position, word in transcript.words():
        assert transcript.segments[at].words[position] is word
    assert len(list(transcript.words())) == sum(len(segment.words) for segment in transcript.segments)


@pytest.mark.parametrize("field", ["language", "segments", "engine", "channels", "duration_s"])
def test_a_document_that_lacks_a_field_is_refused(field: str) -> None:
    stamp = EngineStamp("e", "m", "int8")
    document = transcript_to_dict(Transcript("en", 1.0, 1.0, 1, (), stamp))
    del document[field]
    with pytest.raises(KeyError):
        transcript_from_dict(document)


def test_a_party_that_nobody_knows_is_refused() -> None:
    segment = Segment(0, Party.AGENT, 0.0, 1.0, ())
    document = transcript_to_dict(Transcript("en", 1.0, 1.0, 1, (segment,), EngineStamp("e", "m", "int8")))
    document["segments"][0]["party"] = "eavesdropper"
    with pytest.raises(ValueError, match="eavesdropper"):
        transcript_from_dict(document)
