"""Names of people: introduced, asked for, greeted, guessed by the language model; and the same name everywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.lexicon import MONTHS
from redaction.view import Token

RULE = "spoken_names"
KINDS = ("PERSON",)
MAX_NAME_TOKENS = 4
MIN_ESTABLISHED = 3
FUZZY_FROM = 5
FUZZY_TWO_FROM = 8

_LETTERS = re.compile(r"^[^\W\d_]+(?:['.\-][^\W\d_]+)*$")
_TITLES = lexicon.words("mr mrs ms miss dr mister missus doctor sir madam prof professor smt shri")
_SURE = (
    "my name is",
    "name is",
    "name's",
    "i am called",
    "call me",
    "my name's",
    "named",
    "first name is",
    "last name is",
)
_LIKELY = (
    "this is", "i am", "i'm", "it's", "speaking with", "speaking to", "talking to", "talking with", "speak to",
    "speak with", "am i speaking with", "is this", "that's", "that is", "it is", "here is", "meet", "on behalf of",
)  # fmt: skip
_GREETINGS = ("hi", "hello", "hey", "thank you", "thanks", "good morning", "good afternoon", "good evening", "dear",
              "bye", "goodbye", "sorry", "okay", "ok", "sure", "perfect", "great", "yes", "no", "right", "alright",
              "welcome")  # fmt: skip
_AFTER = lexicon.words("speaking here from calling with")
_STOP = lexicon.words(
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


def find(context: CallContext) -> Iterator[Hit]:
    """Yield names by introduction, greeting and model, then every other place where an established name is said."""
    found: list[Hit] = [
        *_introduced(context),
        *_greeted(context),
        *_guessed(context),
        *_listed(context),
        *_spoken_of(context),
    ]
    yield from found
    yield from _established(context, found)


def name_like(token: Token) -> bool:
    """Say whether a token could be part of a name by its look: a capitalised word that is no ordinary one."""
    norm = _bare(token.norm)
    if token.placeholder or not token.capital or not _LETTERS.match(norm) or len(norm) < 2:  # noqa: PLR2004 - initials apart
        return False
    return not vocabulary.ordinary(norm) and norm not in MONTHS and norm not in _PLACES


def _bare(norm: str) -> str:
    return norm.removesuffix("'s")


def _wordy(token: Token) -> bool:
    return not token.placeholder and bool(_LETTERS.match(token.norm))


def _phrase_ends(tokens: Sequence[Token], phrases: Sequence[str]) -> Iterator[int]:
    for phrase in phrases:
        words = phrase.split()
        for at in range(len(words), len(tokens)):
            if all(tokens[at - len(words) + step].norm == word for step, word in enumerate(words)):
                yield at


def _introduced(context: CallContext) -> Iterator[Hit]:
    for tokens in context.view.channels:
        for at in _phrase_ends(tokens, _SURE):
            if not tokens[at - 1].closes and (name := _sure_name(tokens, at)):
                yield Hit(name, "PERSON", 0.9, RULE, "after an introduction")
        for at in _phrase_ends(tokens, _LIKELY):
            if name := _taken(tokens, at, _likely(tokens, at)):
                yield Hit(name, "PERSON", 0.85, RULE, "after a likely introduction")
        for at in _phrase_ends(tokens, tuple(_TITLES)):
            if name := _taken(tokens, at, tokens[at].capital and tokens[at].norm not in _STOP):
                yield Hit(name, "PERSON", 0.85, RULE, "after a title")


def _likely(tokens: Sequence[Token], at: int) -> bool:
    first = tokens[at]
    if name_like(first):
        return True
    follows = tokens[at + 1].norm if at + 1 < len(tokens) else ""
    named = at + 1 < len(tokens) and name_like(tokens[at + 1]) and not first.closes and not first.comma
    return (
        first.capital
        and len(first.norm) > 1
        and _wordy(first)
        and first.norm not in _STOP
        and (named or follows in _AFTER)
    )


def _sure_name(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    if name := _taken(tokens, at, tokens[at].capital and tokens[at].norm not in _STOP):
        return name
    first = tokens[at]
    if _wordy(first) and not vocabulary.ordinary(first.norm):
        more = at + 1 < len(tokens) and not first.closes and not first.comma and _wordy(tokens[at + 1])
        return tuple(tokens[at : at + 2]) if more and not vocabulary.ordinary(tokens[at + 1].norm) else (first,)
    return ()


def _taken(tokens: Sequence[Token], at: int, begins: bool) -> tuple[Token, ...]:
    """Return the capitalised tokens from `at` on, when the first one begins a name."""
    if not begins or not _wordy(tokens[at]):
        return ()
    name = [tokens[at]]
    while len(name) < MAX_NAME_TOKENS and at + len(name) < len(tokens):
        last, token = name[-1], tokens[at + len(name)]
        initial = len(last.norm) == 1 or last.norm in _TITLES
        if (last.closes and not initial) or last.comma or token.segment != last.segment:
            break
        if not (token.capital and _wordy(token)) or token.norm in _STOP:
            break
        name.append(token)
    return tuple(name)


def _greeted(context: CallContext) -> Iterator[Hit]:
    for tokens in context.view.channels:
        for at in _phrase_ends(tokens, _GREETINGS):
            if name_like(tokens[at]) and not tokens[at - 1].closes:
                yield Hit(_taken(tokens, at, begins=True), "PERSON", 0.8, RULE, "after a greeting")
        for at, token in enumerate(tokens[:-1]):
            if tokens[at + 1].norm in {"speaking", "here"} and name_like(token) and not token.closes:
                yield Hit((token,), "PERSON", 0.85, RULE, "before speaking or here")


def _guessed(context: CallContext) -> Iterator[Hit]:
    for person in context.persons:
        real = tuple(token for token in person if not token.placeholder)
        if real and any(name_like(token) or vocabulary.given_name(token.norm) for token in real):
            yield Hit(real, "PERSON", 0.85, RULE, "a name by the language model")


def _listed(context: CallContext) -> Iterator[Hit]:
    """Yield capitalised words that are common names."""
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            if token.capital and vocabulary.given_name(_bare(token.norm)):
                yield Hit(_taken(tokens, at, begins=True) or (token,), "PERSON", 0.75, RULE, "a common given name")
            elif token.capital and vocabulary.surname(_bare(token.norm)):
                yield Hit((token,), "PERSON", 0.7, RULE, "a common surname")


def _spoken_of(context: CallContext) -> Iterator[Hit]:
    """Yield capitalised unknown words within a few tokens of a question about a name."""
    for cue in context.cues.cues:
        if cue.kind != "PERSON":
            continue
        talk = context.view.talk[cue.place + 1 : cue.place + 10]
        for at, token in enumerate(talk):
            if name_like(token):
                yield Hit(_taken(talk, at, begins=True), "PERSON", 0.8, RULE, "near a question about a name")


def _established(context: CallContext, found: Sequence[Hit]) -> Iterator[Hit]:
    names = {_bare(token.norm) for hit in found for token in hit.tokens}
    names |= {part.lower() for name in context.known.names for part in re.split(r"[\s,]+", name)}
    names = {
        name
        for name in names
        if len(name) >= MIN_ESTABLISHED and not vocabulary.ordinary(name) and _LETTERS.match(name)
    }
    for token in context.view.tokens:
        if token.placeholder or not _LETTERS.match(token.norm):
            continue
        norm = _bare(token.norm)
        if norm in names:
            yield Hit((token,), "PERSON", 0.8, RULE, "a name said elsewhere in the call")
        elif len(norm) >= FUZZY_FROM - 1 and not vocabulary.ordinary(norm) and any(close(norm, name) for name in names):
            yield Hit((token,), "PERSON", 0.7, RULE, "nearly a name said elsewhere in the call")


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
