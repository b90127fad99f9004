"""A transcript as JSON, WebVTT, SRT or plain text.

What is rendered is what is given: whoever serves a transcript hands in the redacted one. Words may hold anything; no
word can end a cue, begin another or become markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from domain.spans import Span, merge_spans
from domain.speech import Party, Speakers, Transcript, transcript_to_dict
from transcription.cues import Cue, cues_of, one_line, speaker_of

LOOKALIKES = str.maketrans(
    {"<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"}
)
"""SRT has no escapes: what could be markup is printed with these."""
_FILE_NAMES = {"text": "word"}
"""What a word's key is called in result files, where it differs from the API's."""


def to_document(transcript: Transcript) -> dict[str, Any]:
    """Return the JSON document of the transcript as a dict."""
    return transcript_to_dict(transcript)


def to_json(transcript: Transcript) -> str:
    """Return the JSON document of the transcript as text."""
    return json_text(to_document(transcript))


def file_document(transcript: Transcript, *, parties: Mapping[int, Party]) -> dict[str, Any]:
    """Return the part of a result file (`NAME.json` of `callward transcribe`) that the transcript tells.

    `transcript` is what may be read: the redacted one when redaction was asked for. `parties` are named only where
    each has a channel of its own. docs/transcript.schema.json describes the document.
    """
    document = to_document(transcript)
    believed = parties if transcript.speakers is Speakers.CHANNELS else {}
    for segment in document["segments"]:
        segment["words"] = [
            {_FILE_NAMES.get(key, key): value for key, value in word.items()} for word in segment["words"]
        ]
    return {
        **document,
        "channels": [
            {"channel": channel, "party": believed.get(channel, Party.UNKNOWN).value}
            for channel in range(transcript.channels)
        ],
    }


def redactions_of(transcript: Transcript, spans: Iterable[Span]) -> list[dict[str, Any]]:
    """Return kind, channel, start and end (seconds) of what the spans cover in a clear transcript; never a word."""
    found = []
    for span in merge_spans(spans):
        segment = transcript.segments[span.segment]
        covered = segment.words[span.first_word : span.end_word]
        if covered:
            start, end = round(covered[0].start, 3), round(covered[-1].end, 3)
            found.append({"type": span.entity_type, "channel": segment.channel, "start": start, "end": end})
    return sorted(found, key=lambda one: (one["start"], one["channel"]))


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document as JSON text that UTF-8 can hold: half a surrogate pair becomes the replacement character."""
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def to_vtt(transcript: Transcript) -> str:
    """Return WebVTT with a voice span per cue (`<v Agent>`)."""
    cues = (
        f"{_clock(cue.start_ms, '.')} --> {_clock(cue.end_ms, '.')}\n"
        f"<v {_escaped(cue.speaker)}>{_escaped(_lines(cue))}</v>\n"
        for cue in cues_of(transcript)
    )
    return "\n".join(("WEBVTT\n", *cues))


def to_srt(transcript: Transcript) -> str:
    """Return SRT, `Agent: …` in each cue. SRT knows no escapes, so angle brackets become their printed likes."""
    cues = (
        f"{number}\n{_clock(cue.start_ms, ',')} --> {_clock(cue.end_ms, ',')}\n{_told(cue)}\n"
        for number, cue in enumerate(cues_of(transcript), 1)
    )
    return "\n".join(cues)


def to_text(transcript: Transcript) -> str:
    """Return one line per segment: `[00:01.2] Agent: …`; hours only where there are any."""
    lines = (
        f"[{_short_clock(segment.start)}] {one_line(speaker_of(segment, transcript.channels))}: "
        f"{one_line(segment.text)}\n"
        for segment in transcript.segments
    )
    return "".join(lines)


FORMATS: dict[str, tuple[str, Callable[[Transcript], str]]] = {
    "json": ("application/json", to_json),
    "vtt": ("text/vtt", to_vtt),
    "srt": ("application/x-subrip", to_srt),
    "text": ("text/plain", to_text),
}
"""Short name → media type and renderer; the one list of what a transcript can be read as."""


def _clock(at_ms: int, point: str) -> str:
    seconds, thousandths = divmod(at_ms, 1_000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{thousandths:03}"


def _short_clock(at_s: float) -> str:
    tenths = max(0, int(at_s * 10 + 1e-6))
    seconds = tenths // 10
    hours = f"{seconds // 3600}:" if seconds >= 3_600 else ""  # noqa: PLR2004 - an hour
    return f"{hours}{seconds // 60 % 60:02}:{seconds % 60:02}.{tenths % 10}"


def _lines(cue: Cue) -> str:
    return "\n".join(cue.lines)


def _told(cue: Cue) -> str:
    return f"{cue.speaker}: {_lines(cue)}".translate(LOOKALIKES)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
