"""Which words of an answer say nothing: they stay audible where everything else of it goes silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from typing import Final

from domain.spans import Span
from domain.speech import Transcript, Word
from redaction import lexicon, vocabulary

HARMLESS_PROBABILITY: Final = 0.5
LEAD_PROBABILITY: Final = 0.3
CLAUSE_WORDS: Final = 4
CLAUSE_PROBABILITY: Final = 0.7
EDGE_S: Final = 0.08
"""So much of a harmless word beside a doubtful one goes silent too: the boundary between them drifts."""
BREAK_S: Final = 0.7
"""A pause after which somebody begins anew, whatever the punctuation says."""

_LEADS = lexicon.words(
    "yes yeah yep yup no nope okay ok right sure course certainly absolutely fine well so um uh er erm ah hmm mm "
    "mhm oh it it's its is that that's this the a an my mine our your you i i'm i've i'll we we're he she they them "
    "me and or but then there here be been was were would will can could should do does don't did have has had "
    "haven't got get let hold just moment minute wait sorry please thank thanks hello hi name names number numbers "
    "card address email e-mail phone mobile code account date birth under reach use try send call called ring "
    "speaking talking spelled spelt written says reads think know see say saying said find look looking read where "
    "what which when how why who need needs want of at on in by with from into again now ready go going ahead all "
    "also only not if because about first last full best other another actually basically"
)
_CAPITAL = lexicon.words("i i'm i've i'll i'd ok monday tuesday wednesday thursday friday saturday sunday")
_NUMERIC = frozenset((*lexicon.DIGITS, *lexicon.TEENS, *lexicon.TENS, *lexicon.SCALES, *lexicon.REPEATS))


@dataclass(frozen=True, slots=True)
class Said:
    """A word of a channel: the word, and whether it is hidden, harmless anywhere, or harmless inside a clause.

    `opens` says that a sentence begins with it, or that somebody paused before it.
    """

    word: Word
    hidden: bool
    lead: bool
    everyday: bool
    opens: bool


def said_words(transcript: Transcript, spans: Sequence[Span]) -> list[list[Said]]:
    """Return the words of each channel in order of time."""
    covered = {(span.segment, word): span for span in spans for word in range(span.first_word, span.end_word)}
    found: list[list[Said]] = [[] for _ in range(transcript.channels)]
    for segment, place, word in transcript.words():
        before = transcript.segments[segment].words[place - 1] if place else None
        opens = before is None or before.text.endswith((".", "?", "!")) or word.start - before.end > BREAK_S
        span = covered.get((segment, place))
        one = _judged(word, opens=opens, covered=span is not None)
        kept = span is not None and span.kept
        found[transcript.segments[segment].channel].append(
            replace(one, hidden=False, lead=True, everyday=True) if kept else one
        )
    return [sorted(words, key=lambda one: one.word.start) for words in found]


def _judged(word: Word, *, covered: bool, opens: bool) -> Said:
    text = word.text.strip(" .,;:!?\"'-\u2026").replace("\u2019", "'")
    plain = text.lower()
    named = text[:1].isupper() and not opens and plain not in _CAPITAL
    covered = covered or word.entity_type is not None
    open_ = not covered and not named
    lead = open_ and plain in _LEADS and word.probability >= LEAD_PROBABILITY
    known = open_ and word.probability >= HARMLESS_PROBABILITY
    everyday = known and plain not in _NUMERIC and plain.isalpha() and vocabulary.ordinary(plain)
    return Said(word, covered, lead, lead or everyday, opens)


def mean_probability(words: Sequence[Said]) -> float:
    """Return how sure the recogniser was of these words on the whole."""
    return sum(one.word.probability for one in words) / len(words)


def audible(words: Sequence[Said]) -> list[tuple[float, float]]:
    """Return when harmless words are heard, their edges towards doubtful ones cut.

    What follows a hidden word in its sentence is more of the same: "60" is hidden, "Station Drive" goes with it.
    """
    found: list[tuple[float, float]] = []
    at, tied, sentence = 0, _tied(words), list(accumulate(one.opens for one in words))
    for (everyday, _), run in groupby(
        range(len(words)), key=lambda place: (words[place].everyday and not tied[place], sentence[place])
    ):
        length = len(list(run))
        if everyday:
            found += _stretches(words, at, at + length)
        at += length
    return found


def _tied(words: Sequence[Said]) -> list[bool]:
    """Say of each word whether a hidden one stands before it in its sentence."""
    found, tied = [], False
    for one in words:
        tied = one.hidden or (tied and not one.opens)
        found.append(tied)
    return found


def _stretches(words: Sequence[Said], first: int, end: int) -> Iterator[tuple[float, float]]:
    whole = end - first >= CLAUSE_WORDS and mean_probability(words[first:end]) >= CLAUSE_PROBABILITY
    at = first
    for lead, part in groupby(words[first:end], key=lambda one: whole or one.lead):
        last = at + len(list(part))
        head, tail = (EDGE_S * _doubtful(words, place) for place in (at - 1, last))
        start, over = words[at].word.start + head, words[last - 1].word.end - tail
        if lead and over > start:
            yield start, over
        at = last


def _doubtful(words: Sequence[Said], place: int) -> bool:
    return 0 <= place < len(words) and not words[place].hidden
