"""The set of calls of a run: generated, numbered, the same for the same seed and half."""

from __future__ import annotations

from collections.abc import Iterator

from bench.redaction_eval.dialogue import make_script
from bench.redaction_eval.garble import garbled
from bench.redaction_eval.layout import laid_out
from bench.redaction_eval.model import Call, Random


def generated(count: int, seed: int, half: str) -> Iterator[Call]:
    """Yield calls with items, as a careful listener would write them down."""
    for number in range(count):
        rng = Random(f"{seed}-{half}-{number}")
        yield laid_out(make_script(rng, half), rng)


def noisy(count: int, seed: int, half: str) -> Iterator[Call]:
    """Yield other calls with items, garbled as a recogniser garbles."""
    for number in range(count):
        rng = Random(f"{seed}-{half}-noisy-{number}")
        yield laid_out(garbled(make_script(rng, half), rng), rng)


def plain(count: int, seed: int, half: str) -> Iterator[Call]:
    """Yield calls without any personal data; every other one garbled."""
    for number in range(count):
        rng = Random(f"{seed}-{half}-plain-{number}")
        script = make_script(rng, half, plain=True)
        yield laid_out(garbled(script, rng) if number % 2 else script, rng)
