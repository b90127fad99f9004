"""A person's recorded telephone prompts, where Debian's package `asterisk-core-sounds-en-wav` lies: real speech, 8 kHz.

Recorded by Allison Smith for Asterisk (CC BY-SA 3.0). The package holds sound only; what is said stands in
`prompts.txt`, from the list `core-sounds-en.txt` that Asterisk publishes with the sounds. Neither is part of Callward.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from faster_whisper import decode_audio

from bench.speech.files import FORMATS, write
from bench.speech.model import RATE, Call, Wave
from bench.speech.telephone import NARROW
from bench.speech.truth import saved
from bench.speech.waves import filtered

FOLDERS: Final = (
    Path("/usr/share/asterisk/sounds/en_US_f_Allison"),
    Path("/usr/share/asterisk/sounds/en"),
)
A_CALL: Final = 8
"""Prompts in one file."""
PAUSE_S: Final = 0.9


def said() -> dict[str, str]:
    """Return name of the prompt → what is said: whole sentences, in the order in which they are laid end to end."""
    lines = Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()
    return {name: text for name, _, text in (line.partition(": ") for line in lines)}


def prompts(out: Path) -> list[dict[str, Any]]:
    """Write the prompts as 8 kHz µ-law calls with their truth; return their lines, none where the package is not."""
    for folder in FOLDERS:
        there = [(folder / f"{name}.wav", text) for name, text in said().items() if (folder / f"{name}.wav").is_file()]
        if there:
            return [
                _call(out, number, there[first : first + A_CALL])
                for number, first in enumerate(range(0, len(there), A_CALL))
            ]
    return []


def _call(out: Path, number: int, chosen: list[tuple[Path, str]]) -> dict[str, Any]:
    pause = np.zeros(int(PAUSE_S * RATE), np.float32)
    pieces: list[Wave] = [pause]
    segments: list[dict[str, Any]] = []
    for file, text in chosen:
        sound = np.asarray(decode_audio(str(file)), np.float32)
        start = sum(map(len, pieces)) / RATE
        words = [{"word": word, "start": None, "end": None} for word in text.split()]
        times = {"start": start, "end": start + len(sound) / RATE}
        segments.append({"channel": 0, **times, "text": text, "language": "en", "words": words})
        pieces += [sound, pause]
    call = Call(filtered(np.concatenate(pieces), NARROW)[None, :])
    call.segments.extend(segments)
    stem = f"prompts-{number:02}"
    write(call, out / f"{stem}.wav", FORMATS["ulaw"])
    return saved(out, stem, call, {"set": "real", "kind": "prompts", "file": f"{stem}.wav", "language": "en"})
