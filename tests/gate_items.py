"""Items and traces for the tests of the gates: fictional words, made by hand."""

from __future__ import annotations

import hashlib
import hmac

from corpus.gates.identities import Hasher, Identities, Keyed
from corpus.gates.traces import Trace
from domain.corpus import CorpusItem, CorpusTurn, CorpusWord, QuasiIdentifiers

FACTS = QuasiIdentifiers(month="2026-11", part_of_week="weekday", part_of_day="morning", length="1-3", place="US")
NOBODY = Identities()


def keyed_by(key: bytes) -> Keyed:
    return lambda value: hmac.new(key, value, hashlib.sha256).digest()


KEYED = keyed_by(b"a release's key")
HASHER = Hasher(KEYED)


def turn_of(text: str, speaker: str = "contact") -> CorpusTurn:
    """Return a turn; `[KIND:word]` is a word that stands for something of that kind."""
    words = []
    for at, told in enumerate(text.split()):
        kind, _, word = told.strip("[]").partition(":") if told.startswith("[") else ("", "", told)
        words.append(CorpusWord(float(at), at + 0.9, word, kind or None))
    return CorpusTurn(speaker, tuple(words))


def item_of(
    *texts: str,
    item_id: str = "item_1",
    facts: QuasiIdentifiers = FACTS,
    duration_s: float = 60.0,
    labels: dict[str, str] | None = None,
) -> CorpusItem:
    """Return an item whose turns say these texts, caller and agent by turns."""
    turns = tuple(turn_of(text, ("contact", "agent")[at % 2]) for at, text in enumerate(texts))
    return CorpusItem(item_id, "en", duration_s, turns, facts, "consent", labels or {})


def trace_of(duration_s: float = 60.0, known: Identities = NOBODY, rare: tuple[bytes, ...] = ()) -> Trace:
    """Return what is known of a call."""
    return Trace(known, None, duration_s, "inbound", "US", rare)
