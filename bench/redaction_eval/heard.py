"""Generated calls that were spoken and written down by our own transcription (speaking.py), as they lie in a folder.

What is kept is named by the script and the model, so that a second run is quick and a changed generator makes new ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.redaction_eval.align import with_heard_truth
from bench.redaction_eval.dialogue import make_script
from bench.redaction_eval.model import Call, Random, Script
from domain.speech import transcript_from_dict

MODELS = ("base", "tiny.en")
SCENES = 4


def scripts(order: dict[str, Any]) -> Iterator[Script]:
    """Yield the calls of an order that are to be spoken."""
    for number in range(order["heard"]):
        rng = Random(f"{order['seed']}-{order['half']}-heard-{number}")
        yield make_script(rng, order["half"], aloud=True, scenes=SCENES)


def kept(order: dict[str, Any], model: str) -> Iterator[Call]:
    """Yield the calls of an order that the folder holds, with the truth brought over to what the model wrote."""
    for script in scripts(order):
        path = place(order, script, model)
        if path.is_file():
            transcript = transcript_from_dict(json.loads(path.read_text(encoding="utf-8")))
            yield with_heard_truth(script, transcript)


def place(order: dict[str, Any], script: Script, model: str) -> Path:
    """Return where the transcript of a script lies: named by a hash of all that it says."""
    words = json.dumps([(turn.channel, [word.text for word in turn.words]) for turn in script.turns])
    return Path(order["cache"]) / f"{hashlib.sha256(words.encode()).hexdigest()[:16]}-{model}.json"
