"""What a name looks like in a transcript, where it ends, and when two are the same one misspelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from redaction import lexicon, vocabulary
from redaction.view import Token

MAX_NAME_TOKENS = 4
FUZZY_FROM = 5
FUZZY_TWO_FROM = 8
LETTERS = re.compile(r"^[^\W\d_]+(?:['.\-][^\W\d_]+)*$")
TITLES = lexicon.words("mr mrs ms miss dr mister missus doctor sir madam prof professor smt shri")
STOP = lexicon.words(
    "and the a an i my your from at in on of is was for to so but with here speaking calling please yes no it"
)
_PLACES = lexicon.words(
    "india england london america germany france italy spain ireland scotland wales bengaluru bangalore "
    "mumbai delhi chennai "
    "hyderabad pune kolkata manchester birmingham leeds bristol glasgow edinburgh dublin york chicago "
    "boston texas "
    "california "
    "florida springfield paris berlin munich madrid rome amsterdam monday tuesday wednesday thursday friday "
    "saturday sunday"
)


def name_like(token: Token) -> bool:
    """Say whether a token could be part of a name by its look: a capitalised word that is no ordinary one."""
    norm = bare(token.norm)
    if token.placeholder or not token.capital or not LETTERS.match(norm) or len(norm) < 2:  # noqa: PLR2004 - initials apart
        return False
    return not vocabulary.ordinary(norm) and norm not in lexicon.MONTHS | lexicon.UNITS and norm not in _PLACES


def bare(norm: str) -> str:
    """Return the word without the ending of possession."""
    return norm.removesuffix("'s")


def wordy(token: Token) -> bool:
    """Say whether a token is made of letters."""
    return not token.placeholder and bool(LETTERS.match(token.norm))


@cache
def _by_last_word(phrases: tuple[str, ...]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for phrase in phrases:
        found.setdefault(phrase.split()[-1], []).append(phrase.split())
    return found


def phrase_ends(tokens: Sequence[Token], phrases: tuple[str, ...]) -> Iterator[int]:
    """Yield the place after each of the phrases, wherever one is said."""
    known = _by_last_word(phrases)
    for at in range(1, len(tokens)):
        for words in known.get(tokens[at - 1].norm, ()):
            if at >= len(words) and [token.norm for token in tokens[at - len(words) : at]] == words:
                yield at


def taken(tokens: Sequence[Token], at: int, begins: bool) -> tuple[Token, ...]:
    """Return the capitalised tokens from `at` on, when the first one begins a name."""
    if not begins or not wordy(tokens[at]):
        return ()
    name = [tokens[at]]
    while len(name) < MAX_NAME_TOKENS and at + len(name) < len(tokens):
        last, token = name[-1], tokens[at + len(name)]
        initial = len(last.norm) == 1 or last.norm in TITLES
        if (last.closes and not initial) or last.comma or token.segment != last.segment:
            break
        if not (token.capital and wordy(token)) or token.norm in STOP:
            break
        name.append(token)
    return tuple(name)


def close(word: str, name: str) -> bool:
    """Say whether two words differ by one edit (two from eight letters on, the first letter the same)."""
    if len(name) < FUZZY_FROM or word[0] != name[0]:
        return False
    limit = 2 if len(name) >= FUZZY_TWO_FROM else 1
    return abs(len(word) - len(name)) <= limit and _distance(word, name) <= limit


def _distance(one: str, two: str) -> int:
    row = list(range(len(two) + 1))
    for at, char in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, other in enumerate(two, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (char != other))
    return row[-1]
