"""An engine that says what it was told to: for tests of everything that needs words but no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from domain.speech import EngineStamp, Party, Segment, Word
from transcription.engines.words import in_conversation_order, orderly
from transcription.port import KNOWING_NOTHING, SAMPLE_RATE, ChannelAudio, Listening, Spoken
from transcription.sound import Sound, seconds

_SHORTEST, _TONE_BINS, _TONE_SHARE = 64, 3, 0.99


@dataclass(frozen=True)
class ScriptedEngine:
    """Returns the given segments for the channels that hold any sound, cut to the recording's length.

    A word is not said where there is nothing but silence or one pure tone: so redacted sound can be heard again.
    """

    segments: tuple[Segment, ...] = ()
    language: str = "en"
    language_probability: float = 1.0

    @property
    def stamp(self) -> EngineStamp:
        """A stamp that nobody mistakes for a real engine's."""
        return EngineStamp("scripted", "script", "none", {"scripted": "1"}, {"segments": len(self.segments)})

    def transcribe(self, channels: Sequence[ChannelAudio], *, listening: Listening = KNOWING_NOTHING) -> Spoken:
        """Return the script; silent channels say nothing, and words beyond the end of the sound are left out."""
        sounding = {one.channel: one for one in channels if one.sound.read(0, len(one.sound)).any()}
        segments = in_conversation_order(
            _cut(segment, sounding[segment.channel]) for segment in self.segments if segment.channel in sounding
        )
        kept = tuple(segment for segment in segments if segment.words)
        return Spoken(
            segments=kept,
            language=listening.language or self.language,
            language_probability=self.language_probability,
            quality={"speech_share": float(bool(kept)), "mean_probability": 1.0, "language_forced": 0.0},
        )


def _cut(segment: Segment, channel: ChannelAudio) -> Segment:
    duration_s = seconds(channel.sound)
    said = (word for word in segment.words if word.start < duration_s and _sounds(word, channel.sound))
    words = tuple(orderly(said, duration_s=duration_s))
    end = words[-1].end if words else segment.end
    return replace(segment, party=channel.party, start=min(segment.start, end), end=end, words=words)


def _sounds(word: Word, sound: Sound) -> bool:
    """Say whether anything but silence or a tone sounds at a word's time; of a word without length, nobody knows."""
    piece = sound.read(round(word.start * SAMPLE_RATE), round(word.end * SAMPLE_RATE))
    if len(piece) < _SHORTEST:
        return True
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
    peak = int(power.argmax())
    around = power[max(0, peak - _TONE_BINS) : peak + _TONE_BINS + 1].sum()
    return bool(around < _TONE_SHARE * power.sum())


def segments_of_script(truth: Mapping[str, Any]) -> tuple[Segment, ...]:
    """Return the segments that a sample's ground truth (`samples/NAME.json`) tells, words spread evenly over turns."""
    return tuple(_turn(turn, truth["channels"]) for turn in truth["turns"])


def _turn(turn: Mapping[str, Any], channels: Mapping[str, str]) -> Segment:
    texts = turn["text"].split()
    share = (turn["end"] - turn["start"]) / max(1, len(texts))
    words = tuple(
        Word(turn["start"] + at * share, turn["start"] + (at + 1) * share, text, 1.0) for at, text in enumerate(texts)
    )
    party = Party(channels[str(turn["channel"])])
    return Segment(turn["channel"], party, turn["start"], turn["end"], words)
