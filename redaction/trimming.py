"""What of a run is really the number: acronyms before it and sums beside it go, letters around it come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from redaction import lexicon, vocabulary
from redaction.alphabets import ACRONYMS, NAMED
from redaction.asked import REPLIES, only_replies, sentence_around
from redaction.context import CallContext
from redaction.harmless import LONG_CODE, counted, counts_things, year
from redaction.spoken import VOWEL, Part, Run, Said
from redaction.view import Token

LONGEST_CHUNK = 6
LONGEST_UNKNOWN = 3
MAX_JOINS = 2
_JOINS = lexicon.words("slash dash hyphen stroke space minus then and followed by -")
_TELLERS = lexicon.words("i i've we we've they they've he he's she she's")
_LEADS = lexicon.words("plus capital small uppercase lowercase letter letters double triple caps")


def without_names(context: CallContext, run: Run, places: Mapping[int, int]) -> Run | None:
    """Return the run without what only names it ("U P I I D is …", "N H S"), None when nothing else is left."""
    first = 0
    while first < len(run.tokens) and _named(context, run, first):
        first += 1
    said = [part.said is Said.LETTER and token.norm not in lexicon.NATO for token, part in _pairs(run)]
    count = said.index(False) if False in said else len(said)
    gaps = [at for at in range(1, count) if places[run.tokens[at].at] - places[run.tokens[at - 1].at] > 1]
    for end in (count, *gaps):
        gap = (
            end < len(run.tokens) and places[run.tokens[end].at] - places[run.tokens[end - 1].at] > 1 if end else False
        )
        letters = "".join(part.code for part in run.parts[:end])
        together = all(places[two.at] - places[one.at] == 1 for one, two in pairwise(run.tokens[:end]))
        if (together and letters in NAMED) or ((gap or end == len(run.parts)) and letters in ACRONYMS):
            first = max(first, end)
            break
    return Run(run.tokens[first:], run.parts[first:]) if first < len(run.parts) else None


def _named(context: CallContext, run: Run, at: int) -> bool:
    """Say whether a letter of the run belongs to the phrase that announces it."""
    return run.tokens[at].at in context.cues.said and run.parts[at].said is Said.LETTER


def _pairs(run: Run) -> Iterator[tuple[Token, Part]]:
    return zip(run.tokens, run.parts, strict=True)


def trimmed(run: Run, order: Sequence[Token], places: Mapping[int, int]) -> Run:
    """Return the run without what is something else at its ends: a lone "one" of another turn, a sum, a year."""
    tokens, parts = list(run.tokens), list(run.parts)
    for edge in (-1, 0):
        while len(tokens) > 1 and parts[edge].said is Said.DIGIT and _stray(tokens, edge, order, places):
            del tokens[edge], parts[edge]
    sentences = _sentences(Run(tuple(tokens), tuple(parts)), order, places)
    for edge in (-1, 0):
        while len(sentences) > 1 and _elsewhere(sentences[edge], order, places):
            del sentences[edge]
    return Run(
        tuple(token for one in sentences for token in one.tokens),
        tuple(part for one in sentences for part in one.parts),
    )


def _sentences(run: Run, order: Sequence[Token], places: Mapping[int, int]) -> list[Run]:
    """Return what of the run is said in each sentence."""
    shares: list[tuple[list[Token], list[Part]]] = []
    last: Token | None = None
    for token, part in zip(run.tokens, run.parts, strict=True):
        between = order[places[last.at] : places[token.at]] if last is not None else ()
        if last is None or last.segment != token.segment or any(one.closes for one in between):
            shares.append(([], []))
        shares[-1][0].append(token)
        shares[-1][1].append(part)
        last = token
    return [Run(tuple(tokens), tuple(parts)) for tokens, parts in shares]


def _elsewhere(run: Run, order: Sequence[Token], places: Mapping[int, int]) -> bool:
    """Say whether one sentence's share of a run is a sum, a quantity or "in 2024": something else."""
    if run.letters or len(run.digits) > LONG_CODE:
        return False
    start, end = places[run.tokens[0].at], places[run.tokens[-1].at]
    before = order[start - 1] if start and order[start - 1].segment == run.tokens[0].segment else None
    after = order[end + 1] if end + 1 < len(order) and order[end + 1].segment == run.tokens[0].segment else None
    dated = before is not None and (before.norm in lexicon.MONTHS or year(run, before))
    if run.parts[-1].said is Said.SCALE and not only_replies(sentence_around(order, start, end)):
        return True
    if _told_of(order, start):
        return True
    return counted(run, after) or dated or (after is not None and counts_things(run, (after,), None))


def _told_of(order: Sequence[Token], start: int) -> bool:
    """Say whether a sentence of its own leads up to a number: "… four. I've called 17"."""
    first = start
    while first and order[first - 1].segment == order[start].segment and not order[first - 1].closes:
        first -= 1
    led = order[first:start]
    verbs = [token.norm for token in led[1:] if token.norm not in REPLIES]
    return bool(verbs) and led[0].norm in _TELLERS and led[0].raw[:1].isupper() and all(map(vocabulary.ordinary, verbs))


def _stray(tokens: Sequence[Token], edge: int, order: Sequence[Token], places: Mapping[int, int]) -> bool:
    token, inner = tokens[edge], tokens[-2 if edge else 1]
    if token.segment == inner.segment or token.closes or token.comma:
        return False
    place = places[token.at] + 1
    follows = order[place] if place < len(order) else None
    return follows is not None and follows.segment == token.segment and follows.norm in vocabulary.OPENING


def extended(
    context: CallContext, run: Run, order: Sequence[Token], places: Mapping[int, int], *, coded: bool
) -> tuple[Token, ...]:
    """Return the run with what belongs to it on both sides, up to the cue.

    That is "plus" and "capital" and, where the kind has letters (`coded`), chunks of them: "se 35245", "… 4950 w".
    """
    first, end = places[run.tokens[0].at], places[run.tokens[-1].at] + 1
    while (back := _step(context, order, first, -1, coded=coded)) is not None:
        first = back
    while (ahead := _step(context, order, end - 1, 1, coded=coded)) is not None:
        end = ahead + 1
    lead, tail = order[first : places[run.tokens[0].at]], order[places[run.tokens[-1].at] + 1 : end]
    return (*lead, *run.tokens, *tail)


def _step(context: CallContext, order: Sequence[Token], at: int, step: int, *, coded: bool) -> int | None:
    """Return the next place that belongs to the code, over a dash or two, or None."""
    place = at
    for _ in range(MAX_JOINS + 1):
        place += step
        if not 0 <= place < len(order) or order[place].segment != order[at].segment or order[place].placeholder:
            return None
        if any(token.closes for token in (order[place:at] if step < 0 else order[at:place])):
            return None
        norm = order[place].norm
        if order[place].at in context.cues.said:
            return None
        if (norm in _LEADS and step < 0) or (coded and (_chunk(order[place]) or _letter(order, place))):
            return place
        if norm not in _JOINS:
            return None
    return None


def _letter(order: Sequence[Token], at: int) -> bool:
    """Say whether a token is a letter by itself: a capital, or the last word of what its side says."""
    token = order[at]
    last = token.closes or at + 1 == len(order) or order[at + 1].segment != token.segment
    return len(token.norm) == 1 and token.norm.isalpha() and (last or token.norm.upper() in token.raw)


def _chunk(token: Token) -> bool:
    """Say whether a token may be letters of the code that its neighbour belongs to."""
    norm = token.norm
    if norm in lexicon.NATO:
        return True
    if norm in lexicon.TURN_FILLERS or norm in _LEADS or norm.upper() in ACRONYMS - {token.raw}:
        return False
    short = norm.isascii() and norm.isalnum() and 0 < len(norm) <= LONGEST_CHUNK
    if norm.upper() in token.raw and not VOWEL.search(norm):
        return short
    known = vocabulary.ordinary(norm) or (
        len(norm) > LONGEST_UNKNOWN and norm.upper() not in token.raw and vocabulary.english(norm)
    )
    return short and not known
