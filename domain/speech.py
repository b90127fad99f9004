"""What was said: words with times, gathered in segments, gathered in a transcript.

Times are seconds as float from the start of the recording. A segment's text is derived from its words and stored
nowhere else, so that whatever is done to the words is done to the text, the subtitles and the sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Party(StrEnum):
    """Who speaks on a channel. `unknown` is said plainly, never guessed."""

    AGENT = "agent"
    CONTACT = "contact"
    UNKNOWN = "unknown"


class Speakers(StrEnum):
    """What tells the speakers of a transcript apart."""

    CHANNELS = "channels"
    """Each party has a channel of its own."""
    TURNS = "turns"
    """One channel, on which voices were told apart: `Segment.speaker` says which, never who."""
    UNKNOWN = "unknown"
    """Nobody knows who speaks."""


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken token, without surrounding white space, with its time and the engine's probability (0..1).

    `entity_type` is set on the placeholder that stands where personal data was removed, and only there.
    """

    start: float
    end: float
    text: str
    probability: float
    entity_type: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one speaker on one channel, in order of time."""

    channel: int
    party: Party
    start: float
    end: float
    words: tuple[Word, ...]
    language: str = "en"
    speaker: str | None = None
    """A voice told apart from others on the same channel ("A", "B"): which one, never who it is."""

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Unheard:
    """Seconds [start, end) of a channel with a voice that could not be made into words."""

    channel: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Tones:
    """Seconds [start, end) of a channel with telephone key tones (DTMF): a card number to anyone who decodes them."""

    channel: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class EngineStamp:
    """Which engine made a transcript, precisely enough to make it again."""

    engine: str
    model_id: str
    compute_type: str
    versions: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transcript:
    """All segments of a recording in conversation order (by start, then channel)."""

    language: str
    language_probability: float
    duration_s: float
    channels: int
    segments: tuple[Segment, ...]
    stamp: EngineStamp
    quality: Mapping[str, float] = field(default_factory=dict)
    unheard: tuple[Unheard, ...] = ()
    """Speech without words. The redacted sound is silent there: what was not heard cannot be verified."""
    tones: tuple[Tones, ...] = ()
    """Key tones. The redacted sound is silent there; which keys they were is kept nowhere."""
    speakers: Speakers = Speakers.UNKNOWN

    @property
    def text(self) -> str:
        """The segments' texts, one a line."""
        return "\n".join(segment.text for segment in self.segments)

    def words(self) -> Iterator[tuple[int, int, Word]]:
        """Yield (segment index, word index, word) in order."""
        for at, segment in enumerate(self.segments):
            for position, word in enumerate(segment.words):
                yield at, position, word


def transcript_to_dict(transcript: Transcript) -> dict[str, Any]:
    """Return the JSON form of a transcript (the one that docs/api.md describes), words included."""
    return {
        "language": transcript.language,
        "language_probability": round(transcript.language_probability, 4),
        "duration_s": round(transcript.duration_s, 3),
        "channels": transcript.channels,
        "engine": {
            "engine": transcript.stamp.engine,
            "model_id": transcript.stamp.model_id,
            "compute_type": transcript.stamp.compute_type,
            "versions": dict(transcript.stamp.versions),
            "parameters": dict(transcript.stamp.parameters),
        },
        "quality": dict(transcript.quality),
        "unheard": [_stretch_to_dict(one) for one in transcript.unheard],
        "tones": [_stretch_to_dict(one) for one in transcript.tones],
        "speakers": transcript.speakers.value,
        "segments": [_segment_to_dict(segment) for segment in transcript.segments],
    }


def _stretch_to_dict(one: Unheard | Tones) -> dict[str, Any]:
    return {"channel": one.channel, "start": round(one.start, 3), "end": round(one.end, 3)}


def _segment_to_dict(segment: Segment) -> dict[str, Any]:
    return {
        "channel": segment.channel,
        "party": segment.party.value,
        "start": round(segment.start, 3),
        "end": round(segment.end, 3),
        "language": segment.language,
        **({"speaker": segment.speaker} if segment.speaker else {}),
        "text": segment.text,
        "words": [
            {
                "start": round(word.start, 3),
                "end": round(word.end, 3),
                "text": word.text,
                "probability": round(word.probability, 4),
                **({"entity_type": word.entity_type} if word.entity_type else {}),
            }
            for word in segment.words
        ],
    }


def transcript_from_dict(document: Mapping[str, Any]) -> Transcript:
    """Read back what `transcript_to_dict` wrote. Raises KeyError or ValueError when a field is missing or wrong."""
    stamp = document["engine"]
    return Transcript(
        language=document["language"],
        language_probability=document["language_probability"],
        duration_s=document["duration_s"],
        channels=document["channels"],
        segments=tuple(
            Segment(
                channel=segment["channel"],
                party=Party(segment["party"]),
                start=segment["start"],
                end=segment["end"],
                language=segment["language"],
                speaker=segment.get("speaker"),
                words=tuple(
                    Word(word["start"], word["end"], word["text"], word["probability"], word.get("entity_type"))
                    for word in segment["words"]
                ),
            )
            for segment in document["segments"]
        ),
        stamp=EngineStamp(
            stamp["engine"], stamp["model_id"], stamp["compute_type"], stamp["versions"], stamp["parameters"]
        ),
        quality=document.get("quality", {}),
        unheard=tuple(Unheard(one["channel"], one["start"], one["end"]) for one in document.get("unheard", ())),
        tones=tuple(Tones(one["channel"], one["start"], one["end"]) for one in document.get("tones", ())),
        speakers=Speakers(document.get("speakers", Speakers.UNKNOWN)),
    )
