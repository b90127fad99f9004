"""The queue of windows: batches of one length, every lane its share, errors only to whom they concern."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.speech import Word
from transcription.engines import decoder as module
from transcription.engines.asking import Answer, Kind, Question
from transcription.engines.decoder import CPU_BATCH_S, Decoder
from transcription.engines.decoding import Decoding
from transcription.engines.loading import Place, lanes_for
from transcription.engines.packing import Stretch, window_of
from transcription.sound import SAMPLE_RATE, ArraySound, Samples

HOW = Decoding()


class Unreadable(ArraySound):
    def read(self, start: int, stop: int) -> Samples:  # noqa: ARG002 - the port's form
        raise OSError("gone")


def question(length_s: float, kind: Kind = Kind.PLAIN, *, readable: bool = True) -> Question:
    length = round(length_s * SAMPLE_RATE)
    sound = (ArraySound if readable else Unreadable)(np.zeros(length, np.float32))
    return Question(sound, window_of([Stretch(0, length, 0, length)]), "en", kind=kind)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[list[Question]]:
    """What the lanes were given; the model is replaced by one that answers with the window's length."""
    seen: list[list[Question]] = []
    lock = threading.Lock()

    def hear(_model: Any, questions: list[Question], _encoded: Any, _how: Decoding) -> list[Answer]:
        with lock:
            seen.append(questions)
        if any(one.kind is Kind.STRICT for one in questions):
            raise RuntimeError("model")
        return [Answer("en", {}, log_prob=float(one.window.length)) for one in questions]

    def features_of(_model: Any, asked: Question, _how: Decoding) -> Samples:
        return asked.window.read(asked.sound)

    monkeypatch.setattr(module, "load", lambda _place: None)
    monkeypatch.setattr(module, "encoded_of", lambda *_: None)
    monkeypatch.setattr(module, "hear", hear)
    monkeypatch.setattr(module, "features_of", features_of)
    return seen


def decoder(lanes: int = 1) -> Decoder:
    return Decoder(Place(Path("nowhere"), "cpu", "int8", lanes), HOW)


def test_answers_belong_to_their_questions_whatever_the_batches_were(batches: list[list[Question]]) -> None:
    asked = [question(length) for length in (2, 9, 13, 3, 9.1, 25, 13, 2, 2, 2)]
    answers = [one.result(10) for one in decoder(2).ask(asked)]
    assert [one.log_prob for one in answers] == [one.window.length for one in asked]
    assert sum(map(len, batches)) == len(asked)


def test_a_batch_holds_windows_filled_up_to_one_length_and_no_more_than_memory_allows(
    batches: list[list[Question]],
) -> None:
    for future in decoder().ask([question(length) for length in (13, 2, 12.5, 13, 25, 13, 13, 25, 25, 2, 13)]):
        future.result(10)
    for batch in batches:
        (seconds,) = {one.seconds(HOW) for one in batch}
        assert len(batch) * seconds <= CPU_BATCH_S
    assert max(map(len, batches)) > 1


def test_a_sound_that_cannot_be_read_fails_its_own_question_only(batches: list[list[Question]]) -> None:
    bad, good = decoder().ask([question(5, readable=False), question(5)])
    assert good.result(10).log_prob == 5 * SAMPLE_RATE
    with pytest.raises(OSError, match="gone"):
        bad.result(10)


def test_an_error_of_the_model_reaches_who_asked_and_the_lane_goes_on(batches: list[list[Question]]) -> None:
    one = decoder()
    (failing,) = one.ask([question(5, Kind.STRICT)])
    with pytest.raises(RuntimeError, match="model"):
        failing.result(10)
    assert one.ask([question(5)])[0].result(10).log_prob == 5 * SAMPLE_RATE


def test_windows_are_filled_up_with_silence_for_the_end_to_be_found() -> None:
    for length in (0.1, 3.9, 4.5, 9.0, 13.1, 25.0):
        seconds = question(length).seconds(HOW)
        assert length + HOW.tail_s <= seconds <= max(HOW.shortest_s + 2, length + HOW.tail_s + 2)
        assert seconds >= HOW.shortest_s
    assert question(3, Kind.FULL).seconds(HOW) == question(29.9).seconds(HOW) == 30


def test_a_graphics_card_has_one_lane_and_processors_have_one_each() -> None:
    assert lanes_for("cuda", 8) == 1
    assert lanes_for("cpu", 3) == 3
    assert lanes_for("cpu", 0) >= 1


def test_words_that_no_sound_is_left_for_are_a_repetition() -> None:
    said = [Word(at / 4, at / 4 + 0.25, f" w{at}", 0.9) for at in range(12)]
    again = [Word(3.0, 3.0, one.text, 0.99) for one in said]
    assert Answer("en", {}, tuple(said)).good(HOW)
    assert Answer("en", {}, (*said, *again[:2])).good(HOW), "punctuation takes no time"
    assert Answer("en", {}, (*said, *again)).looped(HOW)
