"""What stands before the at of an e-mail address, as said: where it begins."""

from __future__ import annotations

from collections.abc import Sequence

from redaction import lexicon, vocabulary
from redaction.spoken import Said, part_of
from redaction.view import Token

MAX_LOCAL_TOKENS = 14
MAX_STRANGE = 8
_JOINS = lexicon.words("dot underscore dash hyphen minus plus period point . _ - under score")
BOUNDARY = lexicon.words(
    "is it it's its that's that address email e-mail mail id to me my your you at the a an on in and or yes "
    "no so please "
    "sure okay ok was be use using reach contact write send i i'm am we our new correct right with as for "
    "by from not listen quite perfect email's e-mail's mail's put down back"
)
_SENSE = BOUNDARY - lexicon.words("an a and in the as on by or from not right back down")
"""Words that show a sentence with a sense: what stands before them is no part of an address."""
_TOLD = frozenset(
    {"is", "it's", "its", "be", "was", "as", "to", "at", "email", "e-mail", "mail", "address", "id", "that's"}
)


def told_start(tokens: Sequence[Token], start: int) -> int:
    """Return the first word after "my email is" when only words without a sentence's sense lie in between."""
    at = start
    while at and start - at < MAX_STRANGE:
        token = tokens[at - 1]
        if token.placeholder or token.closes or token.segment != tokens[start].segment:
            break
        if token.norm in _SENSE or token.norm in _TOLD:
            return at if token.norm in _TOLD and not token.comma else start
        at -= 1
    return start


def joined_before(tokens: Sequence[Token], at: int) -> bool:
    """Say whether the token before is a joining word or a letter, so that it belongs to the local part."""
    return at > 0 and (tokens[at - 1].norm in _JOINS or part_of(tokens[at - 1]).said is Said.LETTER)


def local_start(tokens: Sequence[Token], joint: int) -> int:
    """Return where the local part that ends before `joint` begins: back to a boundary word or a sentence end."""
    first = joint
    while first > 0 and joint - first < MAX_LOCAL_TOKENS:
        token = tokens[first - 1]
        if token.placeholder or token.segment != tokens[joint].segment or token.closes:
            break
        if not _local(tokens, first - 1, joint):
            break
        first -= 1
    return first


def handle_like(token: Token, *, asked: bool) -> bool:
    """Say whether a token looks like the end of a local part: joined by marks or, when one was asked for, strange."""
    joined = "." in token.norm or "_" in token.norm or any(char.isdigit() for char in token.norm)
    return not token.placeholder and (joined or (asked and not vocabulary.ordinary(token.norm)))


def strange_start(tokens: Sequence[Token], start: int) -> int:
    """Return the first strange word of the sentence when nothing but words without sense lie between it and `start`."""
    found, at = start, start
    while at > 0 and start - at < MAX_STRANGE:
        token = tokens[at - 1]
        if token.placeholder or token.closes or token.segment != tokens[start].segment or token.norm in _SENSE:
            break
        at -= 1
        if token.norm.isalpha() and not vocabulary.ordinary(token.norm):
            found = at
    return found


def _local(tokens: Sequence[Token], at: int, joint: int) -> bool:
    norm = tokens[at].norm
    if norm in _JOINS or (at + 1 < joint and tokens[at + 1].norm in _JOINS):
        return True
    if len(norm) == 1 and at + 1 < joint and len(tokens[at + 1].norm) == 1:
        return True
    if norm in BOUNDARY:
        return False
    said = part_of(tokens[at]).said
    if said not in {Said.OTHER, Said.FILLER}:
        return True
    return not vocabulary.ordinary(norm) or (at + 1 == joint and not _sentence_word(tokens, at))


def _sentence_word(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and vocabulary.ordinary(tokens[at - 1].norm) and tokens[at - 1].norm not in BOUNDARY
