"""What the call itself knows: its numbers (by suffix too), names and e-mail addresses, however they are said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules.naming import close
from redaction.runs import runs
from redaction.view import Token

RULE = "known_parties"
KINDS = ("PHONE_NUMBER", "PERSON", "EMAIL_ADDRESS")
SUFFIX_DIGITS = 4
NAME_LETTERS = 2


def find(context: CallContext) -> Iterator[Hit]:
    """Yield every place where a known number, name or address is said, in whole or in part."""
    known = context.known
    numbers = [digits for number in known.numbers if len(digits := re.sub(r"\D", "", number)) >= SUFFIX_DIGITS]
    locals_ = [
        part for email in known.emails for part in re.split(r"[@._\-+]", email.lower()) if len(part) > NAME_LETTERS
    ]
    names = [part for name in known.names for part in re.split(r"[\s,.]+", name.lower()) if len(part) >= NAME_LETTERS]
    hosts = {email.lower().partition("@")[2].partition(".")[0] for email in known.emails}
    for tokens in (context.view.talk, *context.view.channels):
        yield from _numbers(tokens, numbers)
    for token in context.view.tokens:
        if token.placeholder or not token.norm:
            continue
        bare = token.norm.removesuffix("'s")
        if token.capital and any(bare == name or close(bare, name) for name in names):
            yield Hit((token,), "PERSON", 0.95, RULE, "a name that the call knows")
        elif any(part not in hosts and bare == part for part in locals_) or token.norm in {
            e.lower() for e in known.emails
        }:
            yield Hit((token,), "EMAIL_ADDRESS", 0.9, RULE, "an address that the call knows")


def _numbers(tokens: Sequence[Token], numbers: Sequence[str]) -> Iterator[Hit]:
    if not numbers:
        return
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
