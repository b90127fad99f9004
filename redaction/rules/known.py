"""What the call itself knows: its numbers (by suffix too), names and e-mail addresses, however they are said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from redaction import vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules import established
from redaction.runs import runs
from redaction.spoken import Part, Said
from redaction.view import Token

RULE = "known_parties"
KINDS = ("PHONE_NUMBER", "PERSON", "EMAIL_ADDRESS")
SUFFIX_DIGITS = 4
NAME_LETTERS = 3
_MARKS = frozenset(
    {"dot", "underscore", "dash", "hyphen", "point", "period", "minus", "plus", "-", ".", "_", "at", "@"}
)


def find(context: CallContext) -> Iterator[Hit]:
    """Yield every place where a known number, name or address is said, in whole or in part."""
    known = context.known
    numbers = [digits for number in known.numbers if len(digits := re.sub(r"\D", "", number)) >= SUFFIX_DIGITS]
    if numbers:
        for tokens in (context.view.talk, *context.view.channels):
            yield from _numbers(tokens, numbers)
    names = frozenset(part for name in known.names for part in established.parts_of_name(name))
    if names:
        for hit in established.find(context, names, RULE):
            yield replace(hit, score=0.95, reason="a name that the call knows")
    emails = [email.lower().strip() for email in known.emails if "@" in email]
    if emails:
        yield from _emails(context, emails)


def _numbers(tokens: Sequence[Token], numbers: Sequence[str]) -> Iterator[Hit]:
    for run in runs(tokens):
        said = run.digits
        if len(said) >= SUFFIX_DIGITS and any(_says(said, number) for number in numbers):
            yield Hit(run.tokens, "PHONE_NUMBER", 0.95, RULE, "a number that the call knows")


def _says(said: str, number: str) -> bool:
    return (
        number.endswith(said)
        or said.endswith(number[-SUFFIX_DIGITS:])
        or (len(said) > SUFFIX_DIGITS and said in number)
    )


def _emails(context: CallContext, emails: Sequence[str]) -> Iterator[Hit]:
    """Yield known addresses in one piece, spelled or said in words, and the parts of what stands before the at."""
    locals_ = {_plain(email.partition("@")[0]) for email in emails}
    hosts = {part for email in emails for part in re.split(r"[.\-]", email.partition("@")[2])}
    parts = {
        part
        for email in emails
        for part in re.split(r"[._\-+\d]+", email.partition("@")[0])
        if len(part) >= NAME_LETTERS and part not in hosts and not vocabulary.ordinary(part)
    }
    for tokens in context.view.channels:
        said = parts_of(tokens)
        for at, token in enumerate(tokens):
            if token.placeholder or not token.norm:
                continue
            end = _spelled(tokens, said, at, locals_)
            if end or token.norm in emails or token.norm.removesuffix("'s") in parts:
                told = tuple(tokens[at : end or at + 1])
                yield Hit(told, "EMAIL_ADDRESS", 0.9, RULE, "an address that the call knows")


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


def _spelled(tokens: Sequence[Token], said: Sequence[Part], at: int, locals_: set[str]) -> int:
    """Return the end of a local part that the tokens from `at` on spell, 0 where they spell none."""
    text, end = "", at
    while end < len(tokens) and tokens[end].segment == tokens[at].segment and not tokens[end].placeholder:
        norm = tokens[end].norm
        if norm not in _MARKS:
            part = said[end]
            numeric = part.said in {Said.DIGIT, Said.TEEN, Said.TENS, Said.WRITTEN, Said.LETTER}
            text += part.code.lower() if numeric and part.code else _plain(norm)
        elif end == at:
            return 0
        end += 1
        if len(text) > NAME_LETTERS and text in locals_:
            return end
        if not any(one.startswith(text) for one in locals_):
            return 0
    return 0
