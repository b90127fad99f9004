"""One engine for several calls at once: each gets what it would get alone, and an error stays with its own call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from difflib import SequenceMatcher
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from domain.speech import Party
from transcription.audio import at_engine_rate, decode
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.port import SAMPLE_RATE, ChannelAudio, Listening, Spoken
from transcription.sound import ArraySound, Samples
from transcription.transcribe import to_engine

SAMPLES = Path(__file__).parents[2] / "samples"


class Leaving:
    """A sound that can be read so many times; then its file is gone."""

    def __init__(self, samples: Samples, reads: int) -> None:
        self.whole, self.reads = ArraySound(samples), reads

    def __len__(self) -> int:
        return len(self.whole)

    def read(self, start: int, stop: int) -> Samples:
        self.reads -= 1
        if self.reads < 0:
            raise OSError("gone")
        return self.whole.read(start, stop)


def engine() -> FasterWhisperEngine:
    return FasterWhisperEngine("tiny.en", cpu_threads=2)


def call(name: str) -> list[ChannelAudio]:
    with (SAMPLES / name).open("rb") as file:
        return to_engine(at_engine_rate(decode(file, max_duration_s=600)), {})


@pytest.fixture(scope="module")
def calls() -> list[list[ChannelAudio]]:
    return [call("card_payment.wav"), call("mobile_callback.m4a")]


@pytest.fixture(scope="module")
def alone(calls: list[list[ChannelAudio]]) -> list[Spoken]:
    return [engine().transcribe(one) for one in calls]


def test_calls_heard_at_once_give_what_each_gives_alone(calls: list[list[ChannelAudio]], alone: list[Spoken]) -> None:
    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(engine().transcribe, [*calls, *calls]))
    assert heard == [*alone, *alone]


def test_a_call_that_cannot_be_read_to_its_end_fails_alone(
    calls: list[list[ChannelAudio]], alone: list[Spoken]
) -> None:
    sound = calls[0][0].sound
    whole = Leaving(sound.read(0, len(sound)), 10_000)
    engine().transcribe([ChannelAudio(0, Party.AGENT, whole)])
    last_read_fails = Leaving(whole.whole.samples, 10_000 - whole.reads - 1)
    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(engine().transcribe, [ChannelAudio(0, Party.AGENT, last_read_fails)])
        working = pool.submit(engine().transcribe, calls[1])
        with pytest.raises(OSError, match="gone"):
            failing.result()
        assert working.result() == alone[1]


def test_hot_words_that_nobody_said_do_not_come_up(calls: list[list[ChannelAudio]]) -> None:
    hot = tuple(f"Zolgenta{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    noise = np.random.default_rng(3).normal(0, 0.02, 20 * SAMPLE_RATE).astype(np.float32)
    channels = [*calls[0], ChannelAudio(2, Party.UNKNOWN, ArraySound(noise))]
    heard = engine().transcribe(channels, listening=Listening(hot_words=hot))
    assert heard.segments
    assert "zolgenta" not in " ".join(one.text for one in heard.segments).lower()


def test_words_never_reach_over_a_silence(calls: list[list[ChannelAudio]], alone: list[Spoken]) -> None:
    for channels, spoken in zip(calls, alone, strict=True):
        for segment in spoken.segments:
            sound = next(one.sound for one in channels if one.channel == segment.channel)
            for word in segment.words:
                assert word.end - word.start >= 0.05 - 1e-9
                assert longest_quiet_s(sound.read(int(word.start * 16_000), int(word.end * 16_000))) < 0.7


def longest_quiet_s(samples: Samples) -> float:
    """How long the sound stays 40 dB below its loudest tenth of a second, in steps of 50 ms."""
    steps = samples[: len(samples) // 800 * 800].reshape(-1, 800)
    levels = np.sqrt((steps**2).mean(axis=1))
    loud = np.flatnonzero(levels > 0.01 * max(levels.max(initial=0.0), 1e-3))
    return float(np.diff(np.concatenate([[-1], loud, [len(levels)]])).max() - 1) * 0.05


@pytest.mark.skipif(not ctranslate2.get_cuda_device_count(), reason="no graphics card")
def test_a_graphics_card_hears_the_same_call(calls: list[list[ChannelAudio]], alone: list[Spoken]) -> None:
    card = FasterWhisperEngine("tiny.en", device="cuda", compute_type="float16").transcribe(calls[0])
    said, wanted = (" ".join(one.text for one in spoken.segments).lower() for spoken in (card, alone[0]))
    assert SequenceMatcher(None, said, wanted, autojunk=False).ratio() > 0.9
