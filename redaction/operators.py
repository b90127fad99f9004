"""Operators applied: the words that a call's readers get where personal data was.

What must never happen here: a value that comes through because an operator is unknown, or a value in an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from domain.redaction_policy import Operator
from domain.spans import Span
from domain.speech import Segment, Transcript, Word
from redaction.engines.anonymizer import MASK, operated
from redaction.identity import Identities, Item
from redaction.surrogates import Surrogates

HASH_DIGITS: Final = 16
STANDS_FOR: Final = re.compile(r"\[[A-Z][A-Z0-9_]*(?:_\d+|:[0-9a-f]{16})?\]|" + re.escape(MASK))
"""What operators leave, but for surrogates, which look like anything: what is redacted already stays as it is."""
_BY_ITEM: Final = frozenset({Operator.HASH, Operator.TOKEN, Operator.SURROGATE})
Keyed = Callable[[str], str]
"""A keyed hash of a text, as hexadecimal digits (`storage.blind_index.BlindIndexer.token`)."""


@dataclass
class Hider:
    """Puts something in the place of one call's items: the same for the same item, over all its transcripts.

    Args:
        keyed: of the workspace; for the hash.
        call: tells calls apart: surrogates of two calls have nothing in common.
    """

    keyed: Keyed
    call: str
    _identities: Identities = field(default_factory=Identities)
    _numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    _surrogates: Surrogates = field(init=False)

    def __post_init__(self) -> None:
        self._surrogates = Surrogates(lambda text: self.keyed(f"surrogate:{self.call}:{text}"))

    def texts(self, transcript: Transcript, spans: Sequence[Span]) -> list[str]:
        """Return what stands for each span, in their order; of a kept one, its words."""
        items: Sequence[Item | None] = [None] * len(spans)
        if any(span.operator in _BY_ITEM for span in spans):
            items = self._identities.of(transcript, spans)
        return [self._text(span, item, _said(transcript, span)) for span, item in zip(spans, items, strict=True)]

    def _text(self, span: Span, item: Item | None, said: str) -> str:
        if item is None:
            return operated(span.operator, said, kind=span.entity_type, made={})
        made: dict[str, Callable[[str], str]] = {
            Operator.HASH: lambda _: f"[{item.kind}:{self.keyed(f'{item.kind}:{item.value}')[:HASH_DIGITS]}]",
            Operator.TOKEN: lambda _: f"[{item.kind}_{self._number(item)}]",
            Operator.SURROGATE: lambda text: self._surrogates.of(item, text),
        }
        return operated(span.operator, said, kind=span.entity_type, made=made)

    def _number(self, item: Item) -> int:
        own = self._numbers.setdefault(item.kind, {})
        return own.setdefault(item.value, len(own) + 1)


def applied(transcript: Transcript, spans: Sequence[Span], hider: Hider) -> Transcript:
    """Return the transcript as its readers get it: one placeholder word for each span that is not kept.

    Args:
        transcript: as spoken.
        spans: without overlap, with their operators.
        hider: of the call.
    """
    texts = hider.texts(transcript, spans)
    by_segment: dict[int, list[tuple[Span, str]]] = {}
    for span, text in zip(spans, texts, strict=True):
        if not span.kept:
            by_segment.setdefault(span.segment, []).append((span, text))
    segments = (_applied(segment, by_segment.get(at, [])) for at, segment in enumerate(transcript.segments))
    return replace(transcript, segments=tuple(segments))


def _applied(segment: Segment, told: Sequence[tuple[Span, str]]) -> Segment:
    words: list[Word] = []
    position = 0
    for span, text in sorted(told):
        words.extend(segment.words[position : span.first_word])
        covered = segment.words[span.first_word : span.end_word]
        if covered:
            words.append(Word(covered[0].start, covered[-1].end, text, 1.0, span.entity_type))
        position = max(position, span.end_word)
    words.extend(segment.words[position:])
    return replace(segment, words=tuple(words))


def _said(transcript: Transcript, span: Span) -> str:
    return " ".join(word.text for word in transcript.segments[span.segment].words[span.first_word : span.end_word])
