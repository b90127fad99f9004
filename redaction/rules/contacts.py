"""E-mail addresses, web addresses, user names and IP addresses, as written and as said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.spoken import Said, part_of
from redaction.view import Token

RULE = "spoken_contacts"
KINDS = ("EMAIL_ADDRESS", "URL", "IP_ADDRESS", "UPI_ID", "USERNAME")
MAX_LOCAL_TOKENS = 14
MAX_STRANGE = 8

_TLD = "|".join(sorted(lexicon.TLDS, key=len, reverse=True))
_DOMAIN = re.compile(rf"^(?:[\w\-]+\.)+(?:{_TLD})(?:/\S*)?$|^(?:https?://|www\.)\S+$")
_IP = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$|^(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]*$")
_HANDLE = re.compile(r"^@\w{2,}$|^\w+[._]\w+\d*$")
_JOINS = lexicon.words("dot underscore dash hyphen minus plus period point . _ - under score")
_HEARD_AS_AT = frozenset(("an", "and", "that", "add", "in", "et", "act", "hat"))
_AT = frozenset(("at", "@", "ad", "@at"))
_BOUNDARY = lexicon.words(
    "is it it's its that's that address email e-mail mail id to me my your you at the a an on in and or yes "
    "no so please "
    "sure okay ok was be use using reach contact write send i i'm am we our new correct right with as for "
    "by from not"
)
_SENSE = _BOUNDARY - lexicon.words("an a and in the as on by or from not right")
"""Words that show a sentence with a sense: what stands before them is no part of an address."""


def find(context: CallContext) -> Iterator[Hit]:
    """Yield addresses around every domain, "@" and "dot com"; and IP addresses."""
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            if token.placeholder:
                continue
            if "@" in token.norm and len(token.norm) > 1:
                first = _local_start(tokens, at) if token.norm.startswith("@") or _joined_before(tokens, at) else at
                yield Hit(tuple(tokens[first : _domain_end(tokens, at)]), _kind(token), 0.95, RULE, "an at sign")
            elif _IP.match(token.norm):
                yield Hit((token,), "IP_ADDRESS", 0.9, RULE, "the form of an IP address")
            elif (end := _domain(tokens, at)) is not None:
                yield _around(context, tokens, at, end)


def _kind(token: Token) -> str:
    return "EMAIL_ADDRESS" if "." in token.norm.partition("@")[2] or token.norm.endswith("@") else "UPI_ID"


def _domain(tokens: Sequence[Token], at: int) -> int | None:
    """Return the end of the domain that begins at `at`, or None where none begins."""
    norm = tokens[at].norm
    if _DOMAIN.match(norm):
        return _domain_end(tokens, at)
    if norm in lexicon.MAIL_HOSTS:
        return _domain_end(tokens, at)
    if at + 1 < len(tokens) and _dotted(tokens[at + 1]) and norm not in _BOUNDARY and not tokens[at].closes:
        return _domain_end(tokens, at)
    if _spoken_domain(tokens, at):
        return _domain_end(tokens, at)
    return None


def _dotted(token: Token) -> bool:
    """Say whether a token is ".com" or "dot-com"."""
    dotted = token.raw.startswith(".") or token.norm.startswith("dot-")
    return dotted and token.norm.removeprefix("dot-").split(".")[0] in lexicon.TLDS


def _spoken_domain(tokens: Sequence[Token], at: int) -> bool:
    following = [token.norm for token in tokens[at + 1 : at + 3]]
    if tokens[at].norm in _BOUNDARY or not tokens[at].norm.isalnum() or len(following) < 2:  # noqa: PLR2004 - "dot", "com"
        return False
    return following[0] in {"dot", "."} and following[1].split(".")[0] in lexicon.TLDS and not tokens[at].closes


def _domain_end(tokens: Sequence[Token], at: int) -> int:
    """Return the end of the "dot x dot y" (or ".com") that follows the token at `at`."""
    end = at + 1
    while end < len(tokens) and tokens[end].segment == tokens[at].segment and not tokens[end - 1].closes:
        norm = tokens[end].norm
        if norm in {"dot", "."} and end + 1 < len(tokens) and not tokens[end + 1].placeholder:
            end += 2
        elif _dotted(tokens[end]):
            end += 1
        else:
            break
    return end


def _around(context: CallContext, tokens: Sequence[Token], at: int, end: int) -> Hit:
    first = _left_of_domain(tokens, at)
    before = tokens[first - 1].norm if first else ""
    rate = before == "rate" and first > 1 and tokens[first - 2].norm == "the"
    mail = rate or before in _AT or before.endswith("@")
    cue = context.cues.before(tokens[at])
    mailbox = tokens[at].norm.split(".")[0] in lexicon.MAIL_HOSTS
    asked = cue is not None and cue.kind == "EMAIL_ADDRESS"
    mail = mail or (before in _HEARD_AS_AT and first > 1 and _handle_like(tokens[first - 2], asked=asked))
    if mail or mailbox or asked:
        joint = first - 1 if mail else first
        while joint > 0 and tokens[joint].norm in {"the", "rate"}:
            joint -= 1
        start = _strange_start(tokens, _local_start(tokens, joint))
        return Hit(tuple(tokens[start:end]), "EMAIL_ADDRESS", 0.95, RULE, "a domain after a local part")
    return Hit(tuple(tokens[first:end]), "URL", 0.7, RULE, "a domain")


def _left_of_domain(tokens: Sequence[Token], at: int) -> int:
    """Return where the domain begins: "www dot example dot com" found at "example" begins at "www"."""
    first = at
    while first >= 2 and tokens[first - 1].norm in {"dot", "dash", "hyphen"} and not tokens[first - 2].closes:  # noqa: PLR2004
        if tokens[first - 2].placeholder:
            break
        first -= 2
    return first


def _joined_before(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and (tokens[at - 1].norm in _JOINS or part_of(tokens[at - 1]).said is Said.LETTER)


def _local_start(tokens: Sequence[Token], joint: int) -> int:
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


def _handle_like(token: Token, *, asked: bool) -> bool:
    """Say whether a token looks like the end of a local part: joined by marks or, when one was asked for, strange."""
    joined = "." in token.norm or "_" in token.norm or any(char.isdigit() for char in token.norm)
    return not token.placeholder and (joined or (asked and not vocabulary.ordinary(token.norm)))


def _strange_start(tokens: Sequence[Token], start: int) -> int:
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
    if norm in _BOUNDARY:
        return False
    said = part_of(tokens[at]).said
    if said not in {Said.OTHER, Said.FILLER}:
        return True
    return not vocabulary.ordinary(norm) or (at + 1 == joint and not _sentence_word(tokens, at))


def _sentence_word(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and vocabulary.ordinary(tokens[at - 1].norm) and tokens[at - 1].norm not in _BOUNDARY
