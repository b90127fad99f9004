"""Real speech through a telephone: the public samples beside the project, where they are present."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import decode_audio

from bench.speech.files import FORMATS, write
from bench.speech.model import RATE, Call, Wave
from bench.speech.telephone import NARROW
from bench.speech.truth import saved
from bench.speech.waves import filtered, fitted

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "audio"
SAID = {
    "jfk.flac": (
        "And so my fellow Americans ask not what your country can do for you ask what you can do for your country",
    ),
    "stereo_diarization.wav": (
        "He began a confused complaint against the wizard who had vanished behind the curtain on the left",
        "The horizon seems extremely distant",
    ),
}
"""File → what is said on each channel: by the samples' README, and by faster-whisper's own test of the stereo file."""


def real(out: Path) -> list[dict[str, Any]]:
    """Write the samples as 8 kHz µ-law with their truth; return their lines for the manifest, none where none are."""
    return [_one(out, SAMPLES / name, said) for name, said in SAID.items() if (SAMPLES / name).is_file()]


def _one(out: Path, source: Path, said: tuple[str, ...]) -> dict[str, Any]:
    heard = decode_audio(str(source), split_stereo=True) if len(said) > 1 else (decode_audio(str(source)),)
    sides: list[Wave] = [filtered(np.asarray(side, np.float32), NARROW) for side in heard]
    call = Call(np.stack([fitted(side, max(map(len, sides))) for side in sides]))
    for channel, text in enumerate(said):
        words = [{"word": word, "start": None, "end": None} for word in text.split()]
        times = {"start": 0.0, "end": len(sides[channel]) / RATE}
        call.segments.append({"channel": channel, **times, "text": text, "language": "en", "words": words})
    stem = f"real-{source.stem}"
    write(call, out / f"{stem}.wav", FORMATS["ulaw"])
    return saved(out, stem, call, {"set": "real", "kind": "real", "file": f"{stem}.wav", "language": "en"})
