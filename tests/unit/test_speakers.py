"""Two voices on one channel are told apart, or nothing is said; words and their times stay."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.speech import Party, Segment, Speakers, Word
from transcription.cues import speaker_of
from transcription.doubles import ScriptedEngine, segments_of_script
from transcription.engines.voices import WINDOW, mel_frames, voice_encoder
from transcription.recording import Recording
from transcription.sound import SAMPLE_RATE, ArraySound, Samples
from transcription.speakers import VoiceTurns, _path, _split, _turns, _two_voices
from transcription.transcribe import transcribe_recording

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def _call(name: str) -> tuple[Samples, list[Segment]]:
    """Return a sample call mixed to one channel, and what was said, without who said it."""
    with av.open(str(SAMPLES / f"{name}.wav")) as source:
        to_engine = av.AudioResampler("fltp", "mono", SAMPLE_RATE)
        pieces = [one for frame in source.decode(audio=0) for one in to_engine.resample(frame)]
    truth = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    segments = sorted(segments_of_script(truth), key=lambda one: one.start)
    return np.concatenate([one.to_ndarray()[0] for one in pieces]).astype(np.float32), segments


def _mono(segments: list[Segment]) -> list[Segment]:
    return [replace(one, channel=0, party=Party.UNKNOWN) for one in segments]


def test_the_two_voices_of_a_mixed_call_are_told_apart() -> None:
    samples, truth = _call("card_payment")
    told = VoiceTurns().label(ArraySound(samples), _mono(truth))
    assert told is not None
    wanted = [one.channel for one in truth for _ in one.words]
    heard = ["AB".index(one.speaker or "") for one in told for _ in one.words]
    wrong = sum(one != two for one, two in zip(wanted, heard, strict=True))
    assert heard[0] == 0, "A speaks first"
    assert min(wrong, len(wanted) - wrong) <= 0.1 * len(wanted)


def test_one_voice_is_not_made_two() -> None:
    samples, truth = _call("card_payment")
    channel = max((0, 1), key=lambda number: sum(len(one.words) for one in truth if one.channel == number))
    alone = [one for one in truth if one.channel == channel]
    assert VoiceTurns().label(ArraySound(samples), _mono(alone)) is None


@pytest.mark.parametrize("words", [0, 1, 4])
def test_a_few_words_are_not_told_apart(words: int) -> None:
    said = tuple(Word(at, at + 0.9, "yes", 1.0) for at in range(words))
    segments = [Segment(0, Party.UNKNOWN, 0.0, 9.0, said)] if words else []
    hiss = np.random.default_rng(1).standard_normal(10 * SAMPLE_RATE).astype(np.float32) * 0.05
    assert VoiceTurns().label(ArraySound(hiss), segments) is None


timed = st.lists(st.tuples(st.floats(0, 1.5), st.floats(0.05, 0.6)), min_size=1, max_size=60)


@given(timed)
def test_turns_hold_every_word_once_in_order(gaps: list[tuple[float, float]]) -> None:
    words, clock = [], 0.0
    for gap, lasts in gaps:
        words.append(Word(clock + gap, clock + gap + lasts, "w", 1.0))
        clock += gap + lasts
    turns = _turns(words)
    assert [at for one in turns for at in range(one.first, one.last + 1)] == list(range(len(words)))
    assert all(one.end <= two.start for one, two in pairwise(turns))


@settings(max_examples=50)
@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=9), min_size=1, max_size=6))
def test_splitting_keeps_words_and_gives_each_piece_one_voice(voices: list[list[bool]]) -> None:
    segments = [
        Segment(
            0,
            Party.UNKNOWN,
            10.0 * n,
            10.0 * n + 9,
            tuple(Word(10 * n + i, 10 * n + i + 0.5, f"{n}.{i}", 1.0) for i in range(len(own))),
        )
        for n, own in enumerate(voices)
    ]
    flat = [int(one) for own in voices for one in own]
    told = _split(segments, flat)
    if len(set(flat)) == 1:
        assert told is None
        return
    assert told is not None
    assert [word for one in told for word in one.words] == [word for one in segments for word in one.words]
    assert ["AB".index(one.speaker or "") ^ flat[0] for one in told for _ in one.words] == flat
    assert all(one.start <= one.words[0].start and one.words[-1].end <= one.end for one in told)
    assert all(one.end <= two.start for one, two in pairwise(told))


def test_a_change_of_voice_needs_a_pause_or_a_reason() -> None:
    weak = np.array([1.0, -0.1, 1.0])
    assert _path(weak, [0.0, 0.0]) == [0, 0, 0]
    assert _path(np.array([1.0, -1.0, 1.0]), [0.0, 0.0]) == [0, 1, 0]
    assert _path(weak, [2.0, 2.0]) == [0, 1, 0]


def test_vectors_around_one_centre_are_one_voice() -> None:
    chance = np.random.default_rng(2)
    one, other = np.abs(chance.standard_normal((2, 256)))

    def spread(centre: np.ndarray) -> np.ndarray:
        vectors = centre + 0.3 * chance.standard_normal((20, 256))
        unit: np.ndarray = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    assert _two_voices(spread(one)) is None
    both = _two_voices(np.concatenate([spread(one), spread(other)]))
    assert both is not None
    assert both.shape == (2, 256)


def test_a_voice_vector_does_not_depend_on_loudness() -> None:
    samples, truth = _call("card_payment")
    piece = samples[round(truth[0].start * SAMPLE_RATE) :][: 2 * SAMPLE_RATE]
    loud, quiet = (mel_frames(piece * gain)[:WINDOW][np.newaxis] for gain in (1.0, 0.2))
    vectors = voice_encoder().vectors(np.concatenate([loud, quiet]))
    assert vectors.shape == (2, 256)
    assert float(vectors[0] @ vectors[1]) > 0.999
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_transcript_says_that_voices_were_told_apart_and_never_whose_they_are() -> None:
    samples, truth = _call("card_payment")
    pcm = (samples * 32767).astype(np.int16)
    recording = Recording(SAMPLE_RATE, (pcm,), len(pcm) / SAMPLE_RATE, "pcm", "wav", truncated=False, source_channels=1)
    transcript = transcribe_recording(recording, ScriptedEngine(tuple(_mono(truth))), parties={})
    assert transcript.speakers is Speakers.TURNS
    assert {one.party for one in transcript.segments} == {Party.UNKNOWN}
    assert {speaker_of(one, 1) for one in transcript.segments} == {"Speaker A", "Speaker B"}


def test_nothing_is_told_where_no_voice_model_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    samples, truth = _call("card_payment")
    monkeypatch.setattr("transcription.speakers.installed", lambda: False)
    pcm = (samples * 32767).astype(np.int16)
    recording = Recording(SAMPLE_RATE, (pcm,), len(pcm) / SAMPLE_RATE, "pcm", "wav", truncated=False, source_channels=1)
    transcript = transcribe_recording(recording, ScriptedEngine(tuple(_mono(truth))), parties={})
    assert transcript.speakers is Speakers.UNKNOWN
    assert {one.speaker for one in transcript.segments} == {None}
