"""A call's truth as a JSON file beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.speech.model import Call


def saved(out: Path, stem: str, call: Call, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write what is true of the call; return its line in the manifest. `facts` name at least file, set and kind."""
    truth = {
        **facts,
        "duration_s": round(call.duration_s, 3),
        "channels": len(call.sound),
        "mix": call.mix,
        "conditions": call.conditions,
        "segments": call.segments,
        "items": sorted(call.items, key=lambda one: one["start"]),
        "sounds": sorted(call.sounds, key=lambda one: one["start"]),
    }
    (out / f"{stem}.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return {"truth": f"{stem}.json", **{key: truth[key] for key in ("file", "set", "kind", "duration_s", "channels")}}
