"""Generated calls spoken by the voices of bench/speech and written down by our own transcription."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.redaction_eval.heard import MODELS, place, scripts
from bench.redaction_eval.model import Script
from bench.speech.casting import cast
from bench.speech.files import FORMATS, write
from bench.speech.model import Piece, Turn
from bench.speech.stage import perform
from bench.speech.telephone import on_the_line
from domain.speech import Party, transcript_to_dict
from transcription.decode_guard import hear_guarded
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.transcribe import transcribe_recording

THREADS = 2
LONGEST_S = 3600.0
GAP_S = (0.25, 1.0)
VOICES = 5
"""Sets the chance of the voices apart from that of the words."""


def prepare(order: dict[str, Any]) -> None:
    """Speak and write down the calls of an order that the folder does not hold yet."""
    folder = Path(order["cache"])
    folder.mkdir(parents=True, exist_ok=True)
    engines: dict[str, FasterWhisperEngine] = {}
    for number, script in enumerate(scripts(order)):
        missing = [model for model in MODELS if not place(order, script, model).is_file()]
        sound = place(order, script, "sound").with_suffix(".wav")
        if missing:
            spoken(script, sound, number)
        for model in missing:
            if model not in engines:
                engines[model] = FasterWhisperEngine(model, cpu_threads=THREADS, cache_dir=folder / "models")
            place(order, script, model).write_text(json.dumps(written(sound, engines[model])), encoding="utf-8")
        sound.unlink(missing_ok=True)


def spoken(script: Script, path: Path, seed: int) -> None:
    """Write the call as 8 kHz µ-law, each side on its channel, nobody interrupting."""
    rng = np.random.default_rng([seed, VOICES])
    readers, _ = cast(rng)
    talk = [
        Turn(turn.channel, (Piece(" ".join(word.text for word in turn.words)),), float(rng.uniform(*GAP_S)))
        for turn in script.turns
    ]
    write(on_the_line(perform(talk, readers), rng), path, FORMATS["ulaw"])


def written(sound: Path, engine: FasterWhisperEngine) -> dict[str, Any]:
    """Return what the engine writes of the call. All of it is English, whatever a voice made the engine believe."""
    parties = {0: Party.AGENT, 1: Party.CONTACT}
    transcript = transcribe_recording(hear_guarded(sound, max_duration_s=LONGEST_S), engine, parties=parties)
    english = tuple(replace(segment, language="en") for segment in transcript.segments)
    return transcript_to_dict(replace(transcript, language="en", segments=english))
