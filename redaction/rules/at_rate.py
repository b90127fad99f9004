"""E-mail and UPI addresses said the Indian way: "meera dot k at the rate of …", whatever was heard around it.

"At the rate of" before a word (not before a sum) is the sign @. What stands before it, back to a word of the sentence,
is the address's first part; the word behind it, with its "dot com", is the host or the handle, known or misheard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules.mailboxes import BOUNDARY, told_start
from redaction.spoken import NUMERIC, Said, part_of
from redaction.view import Token

RULE = "at_the_rate"
KINDS = ("EMAIL_ADDRESS", "UPI_ID")
MAX_LOCAL = 16
MAX_HOST = 9
LONGEST_PLAIN = 3
_SIGN = frozenset({"at", "@", "of", "add", "ad", "and", "act", "as", "it", "that", "eight", "8", "in", "hat"})
_DOTS = frozenset({"dot", "point", ".", "dots", "not", "that", "got"})
_JOINS = lexicon.words("dot underscore dash hyphen minus plus period point . _ - under score")
_NO_HOST = lexicon.words(
    "the a an interest about around over under only just per nearly almost our your my this that these those which "
    "what it is inflation pay tax vat gst exchange change growth knots around approximately roughly up"
)
_MONEY = frozenset({Said.MONEY, Said.PERCENT, Said.TIME, Said.ORDINAL}) | NUMERIC


def find(context: CallContext) -> Iterator[Hit]:
    """Yield the address around every "at the rate (of)" that no sum follows."""
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            if token.norm != "rate" or (signs := _sign(tokens, at)) is None:
                continue
            joint, host = signs
            start, end = _local(tokens, joint), _host_end(tokens, host)
            if start == joint or end == host:
                continue
            dotted = any("." in one.norm or one.norm in _DOTS for one in tokens[host:end])
            kind = "EMAIL_ADDRESS" if dotted else "UPI_ID"
            yield Hit(tuple(tokens[start:end]), kind, 0.9, RULE, "an address around at the rate of")


def _sign(tokens: Sequence[Token], rate: int) -> tuple[int, int] | None:
    """Return where the sign begins and where the host does, None where this is a rate of something."""
    first = rate - 1
    if first > 0 and tokens[first].norm in {"the", "a", "that", "its"}:
        first -= 1
    if first <= 0 or tokens[first].norm not in _SIGN or tokens[first].segment != tokens[rate].segment:
        return None
    host = rate + 1
    if host < len(tokens) and tokens[host].norm in {"of", "off", "sign"}:
        host += 1
    if host >= len(tokens) or tokens[host].segment != tokens[rate].segment or tokens[host - 1].closes:
        return None
    named = not tokens[host].placeholder and part_of(tokens[host]).said not in _MONEY
    return (first, host) if named and tokens[host].norm not in _NO_HOST else None


def _local(tokens: Sequence[Token], joint: int) -> int:
    """Return where the first part begins: back to a word that leads to it, over a change of segment at the sign."""
    first = joint
    opens = tokens[joint - 1].segment != tokens[joint].segment
    while first > 0 and joint - first < MAX_LOCAL:
        token = tokens[first - 1]
        if token.placeholder or token.segment != tokens[joint - 1].segment or (token.closes and not opens):
            break
        opens = False
        joined = token.norm in _JOINS or (first < joint and tokens[first].norm in _JOINS)
        if not joined and (token.norm in BOUNDARY or not _telling(tokens, first - 1, joint)):
            break
        first -= 1
    return told_start(tokens, first)


def _telling(tokens: Sequence[Token], at: int, joint: int) -> bool:
    said = part_of(tokens[at]).said
    if said not in {Said.OTHER, Said.FILLER}:
        return True
    return not vocabulary.ordinary(tokens[at].norm) or at + 1 == joint


def _host_end(tokens: Sequence[Token], host: int) -> int:
    """Return the end of the host or handle: its word, and what "dot" or letters add to it."""
    end = host + 1
    while end < len(tokens) and end - host < MAX_HOST and tokens[end].segment == tokens[host].segment:
        token, last = tokens[end], tokens[end - 1]
        if last.closes or last.comma or token.placeholder:
            break
        single = len(token.norm) == 1 and token.norm.isalnum()
        dotted = token.norm in _DOTS or token.raw.startswith(".") or tokens[end - 1].norm in _DOTS
        bank = token.norm == "bank" or (len(token.norm) <= LONGEST_PLAIN and not vocabulary.ordinary(token.norm))
        if not (single or dotted or bank):
            break
        end += 1
    return end
