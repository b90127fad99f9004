"""Spelled words: "S as in sugar, I for India", which leave the letters readable in the words around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon
from redaction.alphabets import SOUNDS
from redaction.context import CallContext
from redaction.expected import CODED
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules.naming import norms_of
from redaction.spoken import Part, Said
from redaction.view import Token

RULE = "spelled_words"
KINDS = ("PERSON", *sorted(CODED))
MIN_LETTERS = 2
MAX_BETWEEN = 2
_LONE = frozenset({Said.LETTER, Said.DIGIT, Said.REPEAT, Said.WRITTEN, Said.CODE})
LONGEST_HEARD = 6
_AS = lexicon.words("as is for like in")
_HEARD_AS = lexicon.words("off offer of fur four or")
_LINKS = _AS | {"isn't"}
_ARTICLES = frozenset({"in", "an", "a"})
_LINKED = _AS | _HEARD_AS
_LED = _HEARD_AS | {"for", "as"}


def find(context: CallContext) -> Iterator[Hit]:
    """Yield stretches of at least two letters, each named by a word that begins with it or said "as in"."""
    for tokens in context.view.channels:
        group: list[int] = []
        letters, at, parts, named = 0, 0, parts_of(tokens), _before_names(tokens)
        while at < len(tokens):
            length = _letter(tokens, at) if at in named else 0
            beside = group and at - group[-1] == 1 and tokens[at].segment == tokens[group[-1]].segment
            if length == 0 and beside:
                length = 1 if parts[at].said in _LONE else _half_heard(tokens, at)
            if length == 0:
                at += 1
                continue
            if group and at - group[-1] - 1 > MAX_BETWEEN:
                yield from _hit(context, tokens, group, letters)
                group, letters = [], 0
            if not group:
                group.extend(range(_lead(tokens, parts, at), at))
            group.extend(range(at, at + length))
            letters += 1
            at += length
        yield from _hit(context, tokens, group, letters)


def _before_names(tokens: Sequence[Token]) -> frozenset[int]:
    """Return where a letter may stand: before "as", "for" and the like, or one that is written "K4"."""
    norms = norms_of(tokens)
    pairs = enumerate(zip(norms, (*norms[1:], ""), strict=True))
    return frozenset([at for at, (norm, after) in pairs if after in _LINKS or norm[1:] == "4"])


def _lead(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> int:
    """Return where the digits and letters begin that stand right before a named letter ("1, V as in van")."""
    first = at
    while first > 0 and parts[first - 1].said in _LONE and tokens[first - 1].segment == tokens[at].segment:
        first -= 1
    return first


def _hit(context: CallContext, tokens: Sequence[Token], group: Sequence[int], letters: int) -> Iterator[Hit]:
    sure = letters == 1 and tokens[group[0]].norm not in {"a", "i"}
    if letters >= MIN_LETTERS or sure:
        cue = context.cues.before(tokens[group[0]])
        kind = cue.kind if cue is not None and cue.kind in CODED else "PERSON"
        one_turn, taken = tokens[group[0]].segment == tokens[group[-1]].segment, set(group)
        said = [tokens[at] for at in range(group[0], group[-1] + 1) if one_turn or at in taken]
        yield Hit(tuple(said), kind, 0.75, RULE, "letters named by words")


def _half_heard(tokens: Sequence[Token], at: int) -> int:
    """Return the tokens of "me for Victor", "off a rabbit" or "for Apple" amid spelled letters.

    The letter itself was misheard, or what stands between it and its word.
    """
    words = [token.norm for token in tokens[at : at + 4] if token.segment == tokens[at].segment]
    for lead in (0, 1):
        rest = words[lead:]
        if lead and len(words[0]) > LONGEST_HEARD:
            return 0
        linked = rest[:1] and rest[0] in (_LINKED if lead or rest[0] in _LED else ())
        place = 2 if linked and len(rest) > MIN_LETTERS and rest[1] in _ARTICLES else 1
        if linked and len(rest) > place and rest[place].isalpha() and len(rest[place]) > MAX_BETWEEN:
            clear = place == 2 or tokens[at + lead + place].capital  # noqa: PLR2004 - an article stands between
            if clear:
                return lead + place + 1
    return 0


def _letter(tokens: Sequence[Token], at: int) -> int:
    """Return how many tokens from `at` on name one letter ("N as in Nancy": 4), else 0."""
    letter = tokens[at].norm
    if tokens[at].placeholder or not letter.isalnum() or not letter[:1].isalpha():
        return 0
    words = [token.norm for token in tokens[at + 1 : at + 4]]
    if len(letter) == 2 and letter[1] == "4" and words and words[0][:1] == letter[0]:  # noqa: PLR2004 - "K4 King"
        return 2
    named_in = len(words) == 3 and words[0] in {"as", "is", "isn't"} and words[1] in _ARTICLES  # noqa: PLR2004
    if named_in and (len(letter) == 1 or words[2][:1] == letter[:1]) and (words[1] == "in" or letter == words[2][:1]):
        return 4
    named = len(words) > 1 and len(words[1]) > MAX_BETWEEN and words[0] in _AS
    if named and len(letter) == 1 and (words[1][:1] == letter or (letter == "x" and words[1].endswith("x"))):
        return 3
    heard = SOUNDS.get(letter) or ("Z" if letter in {"zee", "zed"} else "")
    whole = tokens[at + 2].capital or tokens[at + 2].closes or tokens[at + 2].comma if named else False
    if named and words[0] in {"for", "as"} and words[1][:1].upper() == heard and whole:
        return 3
    return 0
