"""The open, written sets of ../shared/samples/pii as calls of one segment; skipped where the folder is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.redaction_eval.model import Call, Item, Place
from domain.speech import EngineStamp, Party, Segment, Transcript, Word

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "samples" / "pii"
SETS = {"research": "presidio_research.jsonl", "nano": "pii_nano.jsonl", "vectors": "presidio_vectors.jsonl"}
NOT_CHARGED = frozenset({"vectors"})
"""Bare strings without a sentence: for leaks only."""


def open_set(name: str, limit: int | None = None) -> Iterator[Call]:
    """Yield the texts of a set, the first `limit` of them; none where the set is not there."""
    path = FOLDER / SETS[name]
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines()[:limit]:
            yield as_call(json.loads(line))


def as_call(document: dict[str, Any]) -> Call:
    """Return a text as a call of one segment, its white space folded to single spaces and its spans with it."""
    text: str = document["text"]
    words: list[Word] = []
    moved: list[int] = []
    for at, character in enumerate(text):
        begins = not character.isspace() and (at == 0 or text[at - 1].isspace())
        if begins:
            words.append(Word(0.3 * len(words), 0.3 * len(words) + 0.25, "", 0.9))
        if not character.isspace():
            last = words[-1]
            words[-1] = Word(last.start, last.end, last.text + character, last.probability)
        moved.append(sum(len(one.text) for one in words[-1:]) - 1 + _before(words))
    segment = Segment(0, Party.UNKNOWN, 0.0, 0.3 * len(words), tuple(words))
    items: list[Item] = []
    free: list[Place] = []
    for span in document["spans"]:
        start, end = int(span["start"]), int(span["end"])
        place = Place(0, moved[start], moved[end - 1] + 1)
        if span.get("optional"):
            free.append(place)
        else:
            items.append(Item(span["type"], (place,)))
    stamp = EngineStamp("text", "none", "none")
    transcript = Transcript("en", 1.0, 0.3 * len(words), 1, (segment,), stamp)
    return Call(transcript, tuple(items), free=tuple(free), country="text")


def _before(words: list[Word]) -> int:
    """Return where the last word begins in the text of single spaces."""
    return sum(len(one.text) + 1 for one in words[:-1])
