"""Calls with their truth, heard once: sound, transcript (kept beside the call for the next run) and spans."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.redaction_sound.lines import make
from domain.spans import Span
from domain.speech import Party, Transcript, transcript_from_dict, transcript_to_dict
from redaction.port import SpanFinder
from transcription.decode_guard import decode_guarded, hear_guarded
from transcription.port import Listening, SpeechEngine
from transcription.recording import Recording
from transcription.transcribe import transcribe_recording

Samples = npt.NDArray[np.int16]
LONGEST_S = 3_600.0
ENGLISH = Listening("en")
PARTIES = {0: Party.AGENT, 1: Party.CONTACT}


@dataclass(frozen=True)
class HeardCall:
    """A call's truth, its transcript as spoken, and what a finder took out of it."""

    path: Path
    truth: dict[str, Any]
    clear: Transcript
    spans: tuple[Span, ...]

    @cached_property
    def recording(self) -> Recording:
        """The decoded sound at its own rate."""
        return decode_guarded(self.path, max_duration_s=LONGEST_S)

    @property
    def items(self) -> list[dict[str, Any]]:
        """What must be neither read nor heard."""
        return [one for one in self.truth["items"] if one["kind"] != "DIGIT"]

    def channel(self, number: int) -> int:
        """Return where a channel of the truth lies in the recording: two alike become one."""
        return number if number < len(self.recording.channels) else 0


def heard_calls(
    out: Path, seeds: Sequence[int], count: int, engine: SpeechEngine, finder: SpanFinder
) -> Iterator[HeardCall]:
    """Make `count` calls of each seed unless they are there, hear those not heard yet, and find in all of them."""
    for seed in seeds:
        folder = out / f"seed-{seed}-{count}"
        if not (folder / "manifest.json").exists():
            make(folder, seed, count)
        for line in json.loads((folder / "manifest.json").read_text("utf-8"))["files"]:
            path = folder / line["file"]
            clear = _heard(path, engine)
            truth = json.loads((folder / line["truth"]).read_text("utf-8"))
            yield HeardCall(path, truth, clear, finder.find(clear) if clear.text.strip() else ())


def _heard(path: Path, engine: SpeechEngine) -> Transcript:
    kept = path.with_suffix(".heard.json")
    if kept.exists():
        return transcript_from_dict(json.loads(kept.read_text("utf-8")))
    clear = transcribe_recording(
        hear_guarded(path, max_duration_s=LONGEST_S), engine, parties=PARTIES, listening=ENGLISH
    )
    kept.write_text(json.dumps(transcript_to_dict(clear)) + "\n", "utf-8")
    return clear
