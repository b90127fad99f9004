"""The benchmark's calls: their truth is what can be heard in them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.speech import talk, telephone
from bench.speech.files import FORMATS, write
from bench.speech.formant import FormantVoice
from bench.speech.make import by_count, make
from bench.speech.model import RATE, Call, Piece, Random, Turn, Voice, Wave
from bench.speech.neural import NeuralVoice
from bench.speech.people import DIGITS, card, phone
from bench.speech.recipes import RECIPES, SHARES
from bench.speech.sounds import MAKERS
from bench.speech.stage import perform
from bench.speech.waves import filtered, resampled
from bench.speech.words import normalised
from transcription.audio import decode

VOICES = (FormantVoice("en-us+m8"), NeuralVoice(), NeuralVoice(1.2, 0.95, "british"), NeuralVoice(0.96, 1.0, "indian"))


def random(seed: int = 1) -> Random:
    return np.random.default_rng(seed)


def spoken(*texts: str, voice: Voice = VOICES[1], gap_s: float = 0.6) -> Call:
    turns = [Turn(at % 2, (Piece(text),), gap_s) for at, text in enumerate(texts)]
    return perform(turns, {(0, "en"): voice, (1, "en"): voice})


def loud(wave: Wave) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The envelope over 10 ms, against its peak."""
    envelope = np.sqrt(np.convolve(np.square(wave), np.ones(160) / 160, "same"))
    return np.asarray(envelope / envelope.max(), np.float32)


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_a_voice_says_when_each_of_its_words_begins_and_ends(voice: Voice) -> None:
    said = voice.say("Four. Seven. Order. Nine. Zero.")
    envelope = loud(said.wave)
    assert [one.word for one in said.words] == ["Four.", "Seven.", "Order.", "Nine.", "Zero."]
    for word, after in zip(said.words, [*said.words[1:], None], strict=True):
        assert word.start is not None
        assert word.end is not None
        begin, end = int(word.start * RATE), int(word.end * RATE)
        assert 0 <= begin < end <= len(said.wave) + RATE // 20
        assert envelope[begin:end].max() > 0.1, "the word sounds between its times"
        if after is not None and after.start is not None:
            between = envelope[end + RATE // 25 : int(after.start * RATE) - RATE // 25]
            assert between.min() < 0.05, "and it is quiet between sentences"


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_words_begin_where_their_first_sound_is_heard_in_fluent_speech(voice: Voice) -> None:
    said = voice.say("I know you saw the ship on my own sea.")
    hiss = loud(filtered(said.wave, lambda hertz: np.where(hertz > 4_200, 1.0, 0.0)))
    for word in said.words:
        if word.word[0] == "s" and word.start is not None:
            about = hiss[int(word.start * RATE) - RATE // 10 : int(word.start * RATE) + RATE // 6]
            onset = float(np.flatnonzero(about > 0.3 * about.max())[0]) / RATE - 0.1
            assert abs(onset) <= 0.045


def test_a_turn_stands_on_its_partys_line_at_its_time_and_nowhere_else() -> None:
    call = spoken("Good morning to you.", "Hello there.")
    first, second = call.segments
    assert second["start"] - first["end"] == pytest.approx(0.6, abs=0.01)
    end = int(first["end"] * RATE)
    assert np.abs(call.sound[0, :end]).max() > 0.05
    assert np.abs(call.sound[1, :end]).max() == 0
    assert np.abs(call.sound[0, end + 400 :]).max() == 0


def test_an_item_has_the_times_of_its_own_words() -> None:
    call = perform(
        [Turn(0, (Piece("The code is"), Piece("four one two.", "CODE", "412")))],
        {(0, "en"): VOICES[1], (1, "en"): VOICES[1]},
    )
    (item,), (segment,) = call.items, call.segments
    assert item["start"] == segment["words"][3]["start"]
    assert item["end"] == segment["words"][-1]["end"]
    assert (item["value"], item["spoken"]) == ("412", "four one two")


@pytest.mark.parametrize("seed", range(20))
def test_what_is_dictated_says_its_value_digit_for_digit(seed: int) -> None:
    for one in (card(random(seed)), phone(random(seed), british=True), phone(random(seed), british=False)):
        assert "".join(normalised(one.text)) == one.value


def test_isolated_digits_are_items_each_with_a_pause() -> None:
    turns = talk.digits_alone(random(), count=12)[1:-1]
    assert all(turn.gap_s >= 0.5 for turn in turns)
    for turn in turns:
        assert "".join(normalised(f"{DIGITS[1]} {turn.text}")) == f"1{turn.pieces[0].value}"


def test_an_echo_is_the_other_channel_later_and_quieter() -> None:
    call = spoken("This is a rather long sentence to be heard again.", "Yes.")
    before = call.sound.copy()
    told = telephone.echoed(call, random()).conditions["echo"]
    leak = call.sound[1] - before[1]
    shift = int(np.argmax(np.correlate(leak[: 3 * RATE], before[0, : 2 * RATE], "valid")))
    assert shift / RATE == pytest.approx(told["delay_s"], abs=0.002)
    ratio = 20 * np.log10(np.abs(leak).max() / np.abs(before[0]).max())
    assert ratio <= told["level_db"] + 1


@pytest.mark.parametrize(("how", "channels", "sign"), [("mono", 1, 1), ("both", 2, 1), ("inverted", 2, -1)])
def test_a_collapsed_call_holds_both_parties_on_each_line_and_tells_them_once(
    how: str, channels: int, sign: int
) -> None:
    call = spoken("Good morning.", "Hello.")
    mix = call.sound.sum(axis=0)
    flat = telephone.collapsed(call, how)
    assert flat.mix
    assert len(flat.sound) == channels
    assert np.array_equal(flat.sound[-1], sign * mix)
    assert {one["channel"] for one in flat.segments} == {0}


def test_a_sound_put_into_a_pause_moves_what_comes_later_and_nothing_else() -> None:
    call = spoken("Good morning.", "Hello.", "How are you?", "Fine.")
    starts = [one["start"] for one in call.segments]
    longer = telephone.with_pause(call, MAKERS["hold_music"](random(), 5.0), "hold_music", side=0)
    (music,) = longer.sounds
    moved = [one["start"] - before for one, before in zip(longer.segments, starts, strict=True)]
    assert set(np.round(moved, 3)) == {0.0, 6.0}
    assert all(one["end"] <= music["start"] or one["start"] >= music["end"] for one in longer.segments)
    quiet = longer.sound[1, int(music["start"] * RATE) : int(music["end"] * RATE)]
    assert np.abs(quiet).max() == 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_codec_moves_no_word_by_more_than_40_ms(name: str, tmp_path: Path) -> None:
    click = np.zeros((1 if FORMATS[name].mono else 2, 3 * RATE), np.float32)
    burst = random().normal(0, 0.1, RATE // 2).astype(np.float32)
    click[:, RATE : RATE + len(burst)] = burst
    path = tmp_path / f"x{FORMATS[name].suffix}"
    write(Call(click), path, FORMATS[name])
    back = decode(io.BytesIO(path.read_bytes()), max_duration_s=60)
    heard = resampled(np.divide(back.channels[0], 32_768, dtype=np.float32), back.sample_rate)
    begins = int(np.flatnonzero(loud(heard) > 0.3)[0]) / RATE
    assert begins == pytest.approx(1.0, abs=0.04)
    assert back.duration_s == pytest.approx(3.0, abs=0.15)


@pytest.mark.parametrize("kind", MAKERS)
def test_each_sound_without_speech_is_as_long_as_asked_and_not_clipped(kind: str) -> None:
    wave = MAKERS[kind](random(), 6.0)
    assert wave.dtype == np.float32
    assert abs(len(wave) - 6 * RATE) <= 1
    assert np.abs(wave).max() <= 1
    assert (np.abs(wave).max() == 0) == (kind == "silence")


def test_every_set_can_be_made_and_its_truth_fits_its_sound(tmp_path: Path) -> None:
    assert set(RECIPES) == set(SHARES)
    lines = by_count(tmp_path, 1, dict.fromkeys(RECIPES, 1))
    for line in lines:
        truth = json.loads((tmp_path / line["truth"]).read_text("utf-8"))
        assert (tmp_path / truth["file"]).stat().st_size > 1_000
        for one in (*truth["segments"], *truth["items"], *truth["sounds"]):
            assert 0 <= one["start"] < one["end"] <= truth["duration_s"] + 0.05
            assert one["channel"] < truth["channels"]
        assert bool(truth["segments"]) == (line["set"] != "none")


def test_a_seed_gives_the_same_call_and_another_seed_another(tmp_path: Path) -> None:
    written = []
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        (tmp_path / name).mkdir()
        make(tmp_path / name, seed, "digits", 0)
        written.append((tmp_path / name / "digits-00.wav").read_bytes())
    assert written[0] == written[1] != written[2]
