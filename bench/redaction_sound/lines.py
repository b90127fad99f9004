"""Those calls on good and bad lines, as files with their truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bench.redaction_sound.talks import conversation
from bench.speech import telephone
from bench.speech.casting import cast
from bench.speech.files import FORMATS, through, write
from bench.speech.model import Call, Random
from bench.speech.stage import moved, perform
from bench.speech.truth import saved

LINES = ("good", "echo", "street", "mobile", "mono", "loss", "quiet", "wide")
ITEMS, SMALL_TALK = (6, 9), (8, 16)


def make(out: Path, seed: int, count: int) -> None:
    """Write so many calls, each on the next kind of line, and their manifest. The same seed gives the same calls."""
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(count):
        rng = np.random.default_rng([seed, 51, number])
        kind = LINES[number % len(LINES)]
        readers, _ = cast(rng)
        talk = conversation(rng, items=int(rng.integers(*ITEMS)), small_talk=int(rng.integers(*SMALL_TALK)))
        call, name = _on(kind, moved(perform(talk, readers), rng, (0.2, 2.0)), rng)
        stem, format_ = f"{kind}-{number:03}", FORMATS[name]
        write(call, out / f"{stem}{format_.suffix}", format_)
        facts = {"file": f"{stem}{format_.suffix}", "set": kind, "kind": kind, "seed": seed, "codec": format_.codec}
        files.append(saved(out, stem, call, {**facts, "sample_rate": format_.rate, "language": "en"}))
    (out / "manifest.json").write_text(json.dumps({"seed": seed, "files": files}, indent=1) + "\n", "utf-8")


def _on(kind: str, call: Call, rng: Random) -> tuple[Call, str]:
    """Return the call on this kind of line and the name of its file's format."""
    if kind == "echo":
        call = telephone.echoed(call, rng)
    elif kind == "street":
        call = telephone.with_street(call, rng, int(rng.integers(2)), ratio_db=float(rng.uniform(8, 16)))
    elif kind == "quiet":
        call = telephone.quieter(call, int(rng.integers(2)), -float(rng.uniform(12, 20)))
    call = telephone.on_the_line(call, rng)
    if kind == "loss":
        call = telephone.lossy(call, rng, 0.02)
    if kind == "mobile":
        call = through(call, ("amr", "amr_low")[int(rng.integers(2))])
    if kind == "mono":
        call = telephone.collapsed(call, "mono")
    if kind == "wide":
        return call, ("opus", "mp3", "aac")[int(rng.integers(3))]
    return call, "ulaw"
