"""How much a language model loses by learning from the corpus instead of the calls as spoken.

A trigram model with absolute discounting and interpolation (Ney, Essen and Kneser 1994) over one vocabulary: the words
that the clear training text says twice, and a class for each kind of personal data (`<PERSON>`), as language models of
speech have them. It learns once from the clear text and once from the same calls de-identified, and both are asked for
the perplexity of the words of other calls, as spoken, that are no personal data: names and numbers are what the corpus
exists not to teach.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from corpus.deid import deidentify
from corpus.deid.rare import TokenCounts, generalise
from corpus.deid.source import Keyed, SourceCall
from domain.corpus import CorpusItem

WORKSPACES: Final = 6
RARE_K: Final = 3
DISCOUNT: Final = 0.75
UNKNOWN: Final = "<unk>"
START: Final = "<s>"
_FOUND_LATER: Final = frozenset({"RARE", "LOCATION", "DATE"})
Sentences = list[list[str]]


class Trigrams:
    """A model of words after words; `vocabulary` is what it can tell apart."""

    def __init__(self, sentences: Iterable[Sequence[str]], vocabulary: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._size = len(vocabulary) + 1
        self._counts: list[dict[tuple[str, ...], Counter[str]]] = [defaultdict(Counter) for _ in range(3)]
        for sentence in sentences:
            words = self._known(sentence)
            for at in range(2, len(words)):
                for order in range(3):
                    self._counts[order][tuple(words[at - order : at])][words[at]] += 1

    def perplexity(self, sentences: Iterable[Sequence[str]]) -> float:
        """Return the perplexity of the words that are no personal data: 2 to the bits that each of them costs."""
        bits, count = 0.0, 0
        for sentence in sentences:
            words = self._known(sentence)
            for at in range(2, len(words)):
                if not _is_class(words[at]):
                    bits -= math.log2(self._probability(words[at], (words[at - 2], words[at - 1])))
                    count += 1
        return float(2 ** (bits / max(1, count)))

    def _probability(self, word: str, before: tuple[str, str]) -> float:
        share = 1 / self._size
        for order in range(3):
            after = self._counts[order].get(before[2 - order :])
            if after:
                total = after.total()
                share = max(after[word] - DISCOUNT, 0) / total + DISCOUNT * len(after) / total * share
        return share

    def _known(self, sentence: Sequence[str]) -> list[str]:
        return [START, START, *(word if word in self._vocabulary else UNKNOWN for word in sentence)]


def _is_class(word: str) -> bool:
    return word.startswith("<") and word not in {UNKNOWN, START}


def _plain(text: str) -> str:
    return text.lower().strip(".,?!")


def clear_sentences(sources: Iterable[SourceCall]) -> Sentences:
    """Return what was said, turn by turn: words in lower case, one `<KIND>` for each run of personal data."""
    sentences: Sentences = []
    for source in sources:
        kinds = {
            (span.segment, at): span.entity_type
            for span in source.spans
            for at in range(span.first_word, span.end_word)
        }
        for number, segment in enumerate(source.transcript.segments):
            said = [(word.text, kinds.get((number, at))) for at, word in enumerate(segment.words)]
            sentences.append(_with_classes(said))
    return sentences


def _with_classes(said: Iterable[tuple[str, str | None]]) -> list[str]:
    words: list[str] = []
    for text, kind in said:
        made = _plain(text) if kind is None else f"<{kind}>"
        if kind is None or words[-1:] != [made]:
            words.append(made)
    return words


def items_of(sources: Sequence[SourceCall], keyed: Keyed) -> list[CorpusItem]:
    """Return the items of the calls, their rare words generalised as over six workspaces."""
    items = [deidentify(source, keyed) for source in sources]
    counts = TokenCounts()
    for number in range(WORKSPACES):
        unit = TokenCounts.of_unit(b"%d" % number)
        for item in items[number::WORKSPACES]:
            unit.add(item)
        counts = counts.merged(unit)
    common = counts.common(RARE_K)
    return [generalise(item, common) for item in items]


def corpus_sentences(items: Iterable[CorpusItem]) -> Sentences:
    """Return the words of items in the same form; what de-identification found by itself stays the words it became."""
    return [
        _with_classes((word.text, None if word.kind in _FOUND_LATER else word.kind) for word in turn.words)
        for item in items
        for turn in item.turns
    ]


def perplexities(train: Sequence[SourceCall], held_out: Sequence[SourceCall], keyed: Keyed) -> tuple[float, float]:
    """Return the perplexity of the calls held out (from the clear text, from the corpus)."""
    clear = clear_sentences(train)
    said = Counter(word for sentence in clear for word in sentence)
    vocabulary = frozenset(word for word, count in said.items() if count > 1)
    test = clear_sentences(held_out)
    made = corpus_sentences(items_of(train, keyed))
    return Trigrams(clear, vocabulary).perplexity(test), Trigrams(made, vocabulary).perplexity(test)
