"""Calls for the tests of de-identification, written as text: `I am {PERSON:Meera Krishnan}`."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from corpus.deid import SourceCall, deidentify
from domain.corpus import CorpusItem
from domain.spans import Span
from domain.speech import EngineStamp, Party, Segment, Transcript, Word

BEGAN = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
_PART = re.compile(r"\{(?P<kind>[A-Za-z_ ]+)(?:#(?P<group>\d+))?:(?P<said>[^}]*)\}|(?P<plain>[^{]+)")
_STAMP = EngineStamp("written", "none", "none")


def keyed(key: bytes = b"release-1") -> Any:
    """Return HMAC-SHA256 under a key."""
    return lambda message: hmac.digest(hashlib.sha256(key).digest(), message, "sha256")


def call(*lines: str, call_id: str = "call_1", word_s: float = 0.4, **facts: Any) -> SourceCall:
    """Return a call of these turns, agent first; a word takes `word_s` seconds."""
    segments, spans = [], []
    clock = 0.0
    for number, line in enumerate(lines):
        words: list[Word] = []
        for part in _PART.finditer(line):
            begin = len(words)
            for text in (part["said"] or part["plain"] or "").split():
                words.append(Word(clock, clock + word_s * 0.8, text, 1.0))
                clock += word_s
            if part["kind"]:
                spans.append(Span(number, begin, len(words), part["kind"], 1.0, "test", group=int(part["group"] or 0)))
        party = Party.AGENT if number % 2 == 0 else Party.CONTACT
        segments.append(Segment(number % 2, party, words[0].start, words[-1].end, tuple(words)))
    transcript = Transcript("en", 1.0, clock, 2, tuple(segments), _STAMP)
    given: dict[str, Any] = {"began_at": BEGAN, "jurisdictions": ("GB",), "direction": "inbound", "basis": "consent"}
    return SourceCall(call_id, transcript, tuple(spans), **{**given, **facts})


def item(*lines: str, key: bytes = b"release-1", **facts: Any) -> CorpusItem:
    """Return the item of a call of these turns."""
    return deidentify(call(*lines, **facts), keyed(key))


def told(*lines: str, **facts: Any) -> list[str]:
    """Return the text of each turn of the item."""
    return [turn.text for turn in item(*lines, **facts).turns]


def surrogates(made: CorpusItem, kind: str | None = None) -> list[str]:
    """Return the words that stand for something, of one kind or of all."""
    return [word.text for turn in made.turns for word in turn.words if word.kind and kind in {None, word.kind}]


def without(source: SourceCall, spans: Sequence[Span]) -> SourceCall:
    """Return the call with other spans."""
    return replace(source, spans=tuple(spans))
