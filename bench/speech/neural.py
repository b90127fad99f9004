"""The neural voice of `hibari-tts`, bent into several readers, with the times of its words.

The model predicts how long each phoneme lasts, but does not hand that out. Its file is a protobuf, and a second `graph`
appended to it is merged into the first by the format's own rules: so one more output is added without changing a byte.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hibari
import numpy as np
import onnxruntime
from hibari import Hibari, dsp
from hibari.g2p import G2P

from bench.speech.model import RATE, TimedWord, Utterance
from bench.speech.waves import resampled, voiced_range

_DURATIONS = "/Cast_32_output_0"
ACCENTS: dict[str, dict[str, str]] = {
    "american": {},
    "british": {"Q": "O", "ɒ": "ɑ", "a": "æ", "ɔːl": "ɔl", "ɔː": "ɔɹ", "ː": ""},
    "indian": {"ð": "d", "T": "t"},
}
"""Accent → phonemes said otherwise. The voice learnt American: signs that it never met become the nearest it knows."""
_EARLY, _PAUSE = round(0.025 * dsp.SR), round(0.06 * dsp.SR)
_GRAPH, _OUTPUT, _NAME = 7, 12, 1
"""Field numbers in onnx.proto: ModelProto.graph, GraphProto.output, ValueInfoProto.name."""


def _field(number: int, content: bytes) -> bytes:
    """Return a length-delimited protobuf field of up to 127 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


@functools.cache
def _session() -> Any:
    model = Path(hibari.__file__).parent / "assets" / "hibari.onnx"
    extended = model.read_bytes() + _field(_GRAPH, _field(_OUTPUT, _field(_NAME, _DURATIONS.encode())))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(extended, options, providers=["CPUExecutionProvider"])


@functools.cache
def _reader(*, british: bool) -> Hibari:
    return Hibari(g2p=G2P(british=british))


@dataclass(frozen=True, slots=True)
class NeuralVoice:
    """One reader: `stretch` above 1 makes the vocal tract longer (deeper), with the pace kept by `pace`."""

    stretch: float = 1.0
    pace: float = 1.0
    accent: str = "american"
    seed: int = 7

    @property
    def name(self) -> str:
        """What stands in the truth."""
        return f"hibari {self.accent} x{self.stretch:.2f}"

    def say(self, text: str) -> Utterance:
        """Return the sound and each word's times by the model's own durations (steps of 25 ms)."""
        waves, words, at = [], [], 0
        for sentence in Hibari.split_sentences(text):
            wave, times = self._sentence(sentence)
            first, last = voiced_range(wave)
            last = min(len(wave), last + dsp.SR // 5)
            for word, (start, end) in zip(sentence.split(), times, strict=True):
                words.append(TimedWord(word, self._seconds(start, at - first), self._seconds(end, at - first)))
            waves.append(wave[first:last])
            at += last - first
        whole = np.concatenate(waves)[: at - dsp.SR // 5] if waves else np.zeros(0, np.float32)
        return Utterance(resampled(whole, round(dsp.SR / self.stretch), RATE), tuple(words))

    def _seconds(self, sample: int | None, shift: int) -> float | None:
        return None if sample is None else max(0, sample + shift) * self.stretch / dsp.SR

    def _sentence(self, sentence: str) -> tuple[Any, list[tuple[int | None, int | None]]]:
        """Return the sound at the model's rate and (first, last) sample of each word, None where words do not match."""
        reader = _reader(british=self.accent == "british")
        phonemes = str(reader.g2p(sentence))
        for said, instead in ACCENTS[self.accent].items():
            phonemes = phonemes.replace(said, instead)
        ids = reader.ids(phonemes)
        asked = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([self.pace * self.stretch], np.float32)}
        *spectrum, durations = _session().run(None, asked)
        wave = dsp.synth(*(part[0] for part in spectrum), np.random.default_rng(self.seed))
        edges = np.concatenate(([0], np.cumsum(durations))) * (len(wave) / durations.sum())
        spoken = _spans([character for character in phonemes if character in reader.vocab])
        words = sentence.split()
        if len(spoken) != len(words):
            return wave, [(None, None)] * len(words)
        # A word sounds from the space before it on: measured at fricatives and plosives, in speech and after pauses.
        times = ((max(0, int(edges[first]) - _EARLY), int(edges[1 + last])) for first, last in spoken)
        return wave, [_trimmed(wave, start, stop) for start, stop in times]


def _trimmed(wave: Any, start: int, stop: int) -> tuple[int, int]:
    """Return the word's samples without the silence that the model counts to its ends (a pause, not a plosive's)."""
    first, last = voiced_range(wave[start:stop], floor_db=-35)
    return start + (first if first > _PAUSE else 0), start + last


def _spans(phonemes: list[str]) -> list[tuple[int, int]]:
    """Return (first, one past the last) of each run without spaces, punctuation at its end left out."""
    spans: list[tuple[int, int]] = []
    start: int | None = None
    for at, phoneme in enumerate([*phonemes, " "]):
        if phoneme in ' ,.;:!?—…"()':
            if start is not None:
                spans.append((start, at))
                start = None
        elif start is None:
            start = at
    return spans
