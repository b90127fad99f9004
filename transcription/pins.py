"""A speech model's name with the checksum that its weights must have: `NAME@sha256:HEX`."""

from __future__ import annotations

import re
from pathlib import Path

from transcription.engines.models import WEIGHTS, resolve, sha256_of
from transcription.errors import ModelMissing

_MARK = "@sha256:"
_HEX = re.compile(r"[0-9a-f]{64}")


def split_pin(name: str) -> tuple[str, str | None]:
    """Return a model's name or path, and the SHA-256 that its weights must have or None. Raises ModelMissing."""
    model, mark, pin = name.rpartition(_MARK)
    if not mark:
        return name, None
    if not _HEX.fullmatch(pin.lower()):
        raise ModelMissing("What follows @sha256: is no SHA-256: write 64 hexadecimal digits.")
    return model, pin.lower()


def pinned(name: str, *, cache_dir: Path | None = None) -> str:
    """Return a model's name or path without its pin, once its weights were found to have that checksum.

    Raises ModelMissing when the model is not there or its weights are others.
    """
    model, pin = split_pin(name)
    if pin is not None and sha256_of(resolve(model, cache_dir=cache_dir) / WEIGHTS) != pin:
        raise ModelMissing("The speech model's weights do not have the SHA-256 that is asked for.")
    return model
