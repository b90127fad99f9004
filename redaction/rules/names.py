"""Names of people: introduced, asked for, greeted, guessed by the language model; and the same name everywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules import addressed
from redaction.rules.naming import FUZZY_FROM, LETTERS, STOP, TITLES, bare, close, name_like, phrase_ends, taken, wordy
from redaction.view import Token

RULE = "spoken_names"
KINDS = ("PERSON",)
MIN_ESTABLISHED = 3

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
    "through to", "under", "in the name of", "addressed to",
)  # fmt: skip
_GREETINGS = ("hi", "hello", "hey", "thank you", "thanks", "good morning", "good afternoon", "good evening", "dear",
              "bye", "goodbye", "sorry", "okay", "ok", "sure", "perfect", "great", "yes", "no", "right", "alright",
              "welcome")  # fmt: skip
_AFTER = lexicon.words("speaking here from calling with")


def find(context: CallContext) -> Iterator[Hit]:
    """Yield names by introduction, greeting and model, then every other place where an established name is said."""
    found: list[Hit] = [
        *_introduced(context),
        *_greeted(context),
        *_guessed(context),
        *_listed(context),
        *_spoken_of(context),
        *addressed.find(context, RULE),
    ]
    yield from found
    yield from _established(context, found)


def _introduced(context: CallContext) -> Iterator[Hit]:
    for tokens in context.view.channels:
        for at in phrase_ends(tokens, _SURE):
            if not tokens[at - 1].closes and (name := _sure_name(tokens, at)):
                yield Hit(name, "PERSON", 0.9, RULE, "after an introduction")
        for at in phrase_ends(tokens, _LIKELY):
            if name := taken(tokens, at, _likely(tokens, at)):
                yield Hit(name, "PERSON", 0.85, RULE, "after a likely introduction")
        for at in phrase_ends(tokens, tuple(TITLES)):
            if name := taken(tokens, at, tokens[at].capital and tokens[at].norm not in STOP):
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
        and wordy(first)
        and first.norm not in STOP
        and (named or follows in _AFTER)
    )


def _sure_name(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    if name := taken(tokens, at, tokens[at].capital and tokens[at].norm not in STOP):
        return name
    first = tokens[at]
    if wordy(first) and not vocabulary.ordinary(first.norm):
        more = at + 1 < len(tokens) and not first.closes and not first.comma and wordy(tokens[at + 1])
        return tuple(tokens[at : at + 2]) if more and not vocabulary.ordinary(tokens[at + 1].norm) else (first,)
    return ()


def _greeted(context: CallContext) -> Iterator[Hit]:
    for tokens in context.view.channels:
        for at in phrase_ends(tokens, _GREETINGS):
            if name_like(tokens[at]) and not tokens[at - 1].closes:
                yield Hit(taken(tokens, at, begins=True), "PERSON", 0.8, RULE, "after a greeting")


def _guessed(context: CallContext) -> Iterator[Hit]:
    for person in context.persons:
        real = addressed.trimmed([token for token in person if not token.placeholder])
        if real and any(name_like(token) or vocabulary.given_name(token.norm) for token in real):
            yield Hit(real, "PERSON", 0.85, RULE, "a name by the language model")


def _listed(context: CallContext) -> Iterator[Hit]:
    """Yield capitalised words that are common names."""
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            if token.capital and vocabulary.given_name(bare(token.norm)):
                yield Hit(taken(tokens, at, begins=True) or (token,), "PERSON", 0.75, RULE, "a common given name")
            elif token.capital and vocabulary.surname(bare(token.norm)):
                yield Hit((token,), "PERSON", 0.7, RULE, "a common surname")


def _spoken_of(context: CallContext) -> Iterator[Hit]:
    """Yield capitalised unknown words within a few tokens of a question about a name."""
    for cue in context.cues.cues:
        if cue.kind != "PERSON":
            continue
        talk = context.view.talk[cue.place + 1 : cue.place + 10]
        for at, token in enumerate(talk):
            if name_like(token):
                yield Hit(taken(talk, at, begins=True), "PERSON", 0.8, RULE, "near a question about a name")


def _established(context: CallContext, found: Sequence[Hit]) -> Iterator[Hit]:
    names = {bare(token.norm) for hit in found if hit.score > addressed.WEAK for token in hit.tokens}
    names |= {part.lower() for name in context.known.names for part in re.split(r"[\s,]+", name)}
    names = {
        name for name in names if len(name) >= MIN_ESTABLISHED and not vocabulary.ordinary(name) and LETTERS.match(name)
    }
    for token in context.view.tokens:
        if token.placeholder or not LETTERS.match(token.norm):
            continue
        norm = bare(token.norm)
        if norm in names:
            yield Hit((token,), "PERSON", 0.8, RULE, "a name said elsewhere in the call")
        elif len(norm) >= FUZZY_FROM - 1 and not vocabulary.ordinary(norm) and any(close(norm, name) for name in names):
            yield Hit((token,), "PERSON", 0.7, RULE, "nearly a name said elsewhere in the call")
