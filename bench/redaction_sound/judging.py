"""What is left of the items in one way's text and sound, and how much else went silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.redaction_sound.calls import PARTIES, HeardCall
from bench.redaction_sound.listening import AUDIBLE_SHARE, audible_share, echo_lag
from bench.redaction_sound.reading import is_recognised, readable, words_of
from bench.redaction_sound.ways import Way
from bench.speech.score import AT_ALL
from domain.spans import TimeRange, redact_transcript
from redaction.audio import silence
from transcription.port import SpeechEngine
from transcription.recording import Recording
from transcription.transcribe import transcribe_recording

MARGIN_S = 0.02


@dataclass
class Tally:
    """Counts over all calls of one way."""

    items: int = 0
    known: int = 0
    readable: int = 0
    audible: int = 0
    audible_known: int = 0
    back: int = 0
    innocent_s: float = 0.0
    silenced_s: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    heard_again: bool = False

    def line(self, name: str) -> str:
        """Return the way's line of the table."""
        return (
            f"{name:<34} {self.items:4} items ({self.known} recognised)  readable {self.readable / self.items:6.1%}"
            f"  audible {self.audible / self.items:6.1%}  recognised and audible {self.audible_known / self.known:6.1%}"
            f"  innocent speech silenced {self.silenced_s / self.innocent_s:6.1%}"
            + (f"  brought back {self.back / self.items:6.1%}" if self.heard_again else "")
        )


def judged(way: Way, calls: Iterable[HeardCall], engine: SpeechEngine | None, *, misses: bool) -> str:
    """Return the way's line; with `engine`, the redacted sound is heard again too."""
    tally, told = Tally(heard_again=engine is not None), []
    for call in calls:
        told += _judge(tally, way, call, engine)
    by_kind = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.kinds.items()))
    return "\n".join([tally.line(way.name), *([f"  audible: {by_kind}", *told] if misses and way.reheard else [])])


def _judge(tally: Tally, way: Way, call: HeardCall, engine: SpeechEngine | None) -> list[str]:
    spans = way.spans(call)
    ranges, mix = way.ranges(call, spans), call.truth["mix"]
    recording = call.recording
    redacted = silence(recording.channels, recording.sample_rate, ranges)
    spoken, left = words_of(call.clear), words_of(redact_transcript(call.clear, spans))
    again = words_of(_again(recording, redacted, engine)) if engine else []
    told = []
    for item in call.items:
        known = is_recognised(item, spoken, mix=mix, share=AT_ALL)
        heard = audible(call, item, redacted)
        tally.items += 1
        tally.known += known
        tally.readable += readable(item, left, mix=mix)
        tally.audible += heard
        tally.audible_known += heard and known
        tally.back += readable(item, again, mix=True)
        if heard:
            tally.kinds[item["kind"]] += 1
            told.append(f"    {call.path.stem} {item['kind']} {item['start']:.1f}-{item['end']:.1f} known={known}")
    _count_innocent(tally, call, ranges)
    return told


def audible(call: HeardCall, item: dict[str, Any], redacted: Sequence[Any]) -> bool:
    """Say whether over a quarter of the item's speech frames sound on, on its own channel or as an echo on another."""
    rate, own = call.recording.sample_rate, call.channel(item["channel"])
    first, end = round(item["start"] * rate), round(item["end"] * rate)
    speech = call.recording.channels[own][first:end]
    for number, original in enumerate(call.recording.channels):
        lag: int | None = 0
        if number != own:
            lag = echo_lag(speech, original[first : end + rate], rate)
        if lag is None:
            continue
        part = slice(first + lag, end + lag)
        length = len(original[part])
        if audible_share(original[part], redacted[number][part], rate, speech[:length]) > AUDIBLE_SHARE:
            return True
    return False


def _count_innocent(tally: Tally, call: HeardCall, ranges: Sequence[TimeRange]) -> None:
    """Add the seconds of words that belong to no item, and how many of them are silent."""
    step = 0.005
    for channel in range(call.truth["channels"]):
        spoken = np.zeros(round(call.truth["duration_s"] / step) + 1, bool)
        items, silent = np.zeros_like(spoken), np.zeros_like(spoken)
        for segment in call.truth["segments"]:
            for word in segment["words"] if segment["channel"] == channel else ():
                if word["start"] is not None and word["end"] is not None:
                    spoken[round(word["start"] / step) : round(word["end"] / step)] = True
        for item in call.truth["items"]:
            if item["channel"] == channel:
                items[round((item["start"] - MARGIN_S) / step) : round((item["end"] + MARGIN_S) / step)] = True
        for one in ranges:
            if one.channel == call.channel(channel):
                silent[round(one.start / step) : round(one.end / step)] = True
        tally.innocent_s += step * float((spoken & ~items).sum())
        tally.silenced_s += step * float((spoken & ~items & silent).sum())


def _again(recording: Recording, redacted: Sequence[Any], engine: SpeechEngine) -> Any:
    whole = Recording(
        recording.sample_rate,
        tuple(redacted),
        recording.duration_s,
        recording.codec,
        recording.container,
        truncated=False,
        source_channels=len(redacted),
    )
    return transcribe_recording(whole, engine, parties=PARTIES)
