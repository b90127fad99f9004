"""Models in memory: one of each kind per process, however many engines ask for it."""

from __future__ import annotations

import ctypes
import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from transcription.errors import ModelMissing

_M_ARENA_MAX = -8
"""From glibc's malloc.h."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a model runs. `lanes` decode side by side on one copy of the weights, each on one processor."""

    folder: Path
    device: str
    compute_type: str
    lanes: int


_models: dict[Place, Any] = {}
_loading = threading.Lock()


def load(place: Place) -> Any:
    """Return the `WhisperModel`, loaded once per process and place. The hub is never asked. Raises ModelMissing."""
    with _loading:
        if place not in _models:
            from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy, only when used

            _few_arenas()
            try:
                _models[place] = WhisperModel(
                    str(place.folder),
                    device=place.device,
                    compute_type=place.compute_type,
                    cpu_threads=1,
                    num_workers=place.lanes,
                    local_files_only=True,
                )
            except (RuntimeError, ValueError, OSError) as error:
                raise ModelMissing("The speech model cannot be loaded with these settings.") from error
        return _models[place]


def _few_arenas() -> None:
    """Tell glibc to serve all threads from two heaps, if it is glibc.

    Otherwise each thread gets a heap of its own, and what one has freed no other can use: three calls at once peaked at
    901 MB, with two heaps at 561 MB and in the same processor time.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


def lanes_for(device: str, wanted: int) -> int:
    """Return how many lanes decode side by side: as many as processors, on another device one."""
    return (wanted or len(os.sched_getaffinity(0))) if device == "cpu" else 1


@lru_cache(maxsize=256)
def tokenizer_for(model: Any, language: str) -> Any:
    """Return the model's tokenizer for a language (always "en" for an English-only model)."""
    from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - heavy, only when used

    return Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)
