"""Voices of eSpeak NG, whose library and data the wheel `espeakng-loader` carries, with the times of its words."""

from __future__ import annotations

import ctypes
import functools
import re
from dataclasses import dataclass

import espeakng_loader
import numpy as np

from bench.speech.model import RATE, TimedWord, Utterance, Wave
from bench.speech.waves import resampled, voiced_range

_RETRIEVAL = 2  # AUDIO_OUTPUT_SYNCHRONOUS, of speak_lib.h
_WORD_EVENT = 1
_POSITION_CHARACTER = 1
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4


class _Value(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Value),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class _Library:
    """The library is one per process: its voice and its callback are global."""

    def __init__(self) -> None:
        self._speak = ctypes.CDLL(espeakng_loader.get_library_path())
        self.rate = int(self._speak.espeak_Initialize(_RETRIEVAL, 0, espeakng_loader.get_data_path().encode(), 0))
        self._pieces: list[Wave] = []
        self._starts: list[tuple[int, int]] = []
        self._callback = _Callback(self._collect)
        self._speak.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: object, count: int, events: object) -> int:
        if samples and count > 0:
            block: Wave = np.ctypeslib.as_array(samples, (count,)).astype(np.float32)
            self._pieces.append(block)
        at = 0
        while (event := events[at]).type != 0:  # type: ignore[index]
            if event.type == _WORD_EVENT:
                self._starts.append((event.text_position - 1, event.sample))
            at += 1
        return 0

    def speak(self, voice: str, text: str, *, rate: int, pitch: int, spread: int) -> tuple[Wave, list[tuple[int, int]]]:
        """Return the sound and (place in the text, sample) of each word event."""
        self._pieces, self._starts = [], []
        if self._speak.espeak_SetVoiceByName(voice.encode()) != 0:
            raise LookupError(f"eSpeak NG has no voice {voice}")
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, spread)):
            self._speak.espeak_SetParameter(parameter, value, 0)
        content = text.encode()
        self._speak.espeak_Synth(content, len(content) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
        blocks = self._pieces or [np.zeros(0, np.float32)]
        return np.asarray(np.concatenate(blocks) / 32_768, np.float32), self._starts


@functools.cache
def _library() -> _Library:
    return _Library()


@dataclass(frozen=True, slots=True)
class FormantVoice:
    """One of eSpeak's voices (`en-us+f2`): words a minute, pitch and its spread from 0 to 99."""

    voice: str
    rate: int = 165
    pitch: int = 50
    spread: int = 50

    @property
    def name(self) -> str:
        """What stands in the truth."""
        return f"espeak {self.voice}"

    def say(self, text: str) -> Utterance:
        """Return the sound with each word's start as the synthesiser tells it, and its end by the sound's level."""
        library = _library()
        wave, events = library.speak(self.voice, text, rate=self.rate, pitch=self.pitch, spread=self.spread)
        first, last = voiced_range(wave)
        starts = dict(_by_word(text, events))
        words = [found.group() for found in re.finditer(r"\S+", text)]
        timed = []
        for number, word in enumerate(words):
            begin = starts.get(number)
            after = min((at for other, at in starts.items() if other > number), default=last)
            if begin is None or (number + 1 < len(words) and number + 1 not in starts):
                timed.append(TimedWord(word, None if begin is None else max(0, begin - first) / library.rate, None))
                continue
            high = voiced_range(wave[begin:after], floor_db=-35)[1]
            timed.append(TimedWord(word, max(0, begin - first) / library.rate, (begin + high - first) / library.rate))
        return Utterance(resampled(wave[first:last], library.rate, RATE), tuple(timed))


def _by_word(text: str, events: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return (number of the word, sample) of the first event of each word that has one, in order."""
    found: dict[int, int] = {}
    places = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    for place, sample in events:
        for number, (start, end) in enumerate(places):
            if start <= place < end:
                found.setdefault(number, sample)
    return sorted(found.items())
