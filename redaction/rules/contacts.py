"""E-mail addresses, web addresses, user names and IP addresses, as written and as said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from redaction import lexicon
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules.mailboxes import BOUNDARY, handle_like, joined_before, local_start, strange_start, told_start
from redaction.rules.naming import STOP
from redaction.rules.said_again import again
from redaction.view import REMEMBERED, Token

RULE = "spoken_contacts"
KINDS = ("EMAIL_ADDRESS", "URL", "IP_ADDRESS", "UPI_ID", "USERNAME", "SOCIAL_HANDLE")
MAX_DOMAIN_WORDS = 3
MAX_DOMAIN_TOKENS = 16

_TLD = "|".join(sorted(lexicon.TLDS, key=len, reverse=True))
_DOMAIN = re.compile(rf"^(?:[\w\-]+\.)+(?:{_TLD})(?:/\S*)?$|^(?:https?://|www\.)\S+$")
_IP = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$|^(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]*$")
_HANDLE = re.compile(r"^@\w{2,}$|^\w+[._]\w+\d*$")
_DOTS = frozenset({"dot", "."})
_SURE_TLDS = frozenset({"com", "org", "net", "co", "uk", "fr", "de", "io", "info", "edu", "gov", "me"})
"""Also after "point", which is a word of its own: "the point is"."""
_IN_PATH = frozenset({"slash", "dash", "hyphen", "underscore", "/"})
_WWW = frozenset({"w", "ww", "www", "w.w.w", "double", "triple", "dot"})
_WEB = frozenset(
    {"visit", "website", "site", "page", "go", "see", "check", "link", "url", "find", "online", "web", "called"}
)
_HEARD_AS_AT = frozenset(("an", "and", "that", "add", "in", "et", "act", "hat"))
_AT = frozenset(("at", "@", "ad", "@at"))
_NO_HOST = BOUNDARY | _WEB | STOP
_JOINS = _AT | _HEARD_AS_AT | {"rate", "sign"}


def find(context: CallContext) -> Iterator[Hit]:
    """Yield addresses around every domain, "@" and "dot com"; IP addresses; and their odd words said again."""
    found = list(_addresses(context))
    yield from found
    yield from again(context, found, RULE)


def _addresses(context: CallContext) -> Iterator[Hit]:
    for tokens in context.view.channels:
        dots = frozenset([at for at, token in enumerate(tokens) if _dot(token.raw, token.norm)])
        for at, token in enumerate(tokens):
            if token.placeholder or (
                token.norm.isalpha() and at + 1 not in dots and token.norm not in lexicon.MAIL_HOSTS
            ):
                continue
            if "@" in token.norm and len(token.norm) > 1:
                split = token.norm.startswith("@") and bool(_DOMAIN.match(token.norm[1:]))
                first = local_start(tokens, at) if split or joined_before(tokens, at) else at
                end = _domain_end(tokens, at)
                kind = _kind(token, alone=first == at and end == at + 1)
                yield Hit(tuple(tokens[first:end]), kind, 0.95, RULE, "an at sign")
            elif _IP.match(token.norm):
                yield Hit((token,), "IP_ADDRESS", 0.9, RULE, "the form of an IP address")
            elif (domain := _domain(context, tokens, at)) is not None:
                yield _around(context, tokens, at, domain)


@lru_cache(maxsize=REMEMBERED)
def _dot(raw: str, norm: str) -> bool:
    """Say whether a word can stand for the dot of a domain, or begins with it: a plain word before it may be one."""
    return norm in _DOTS or norm == "point" or raw[:1] == "." or norm.startswith("dot-")


def _kind(token: Token, *, alone: bool) -> str:
    if alone and token.norm.startswith("@"):
        return "SOCIAL_HANDLE"
    return "EMAIL_ADDRESS" if "." in token.norm.partition("@")[2] or token.norm.endswith("@") else "UPI_ID"


def _domain(context: CallContext, tokens: Sequence[Token], at: int) -> int | None:
    """Return the end of the domain that begins at `at`, or None where none begins."""
    norm = tokens[at].norm
    if _DOMAIN.match(norm):
        return _domain_end(tokens, at)
    if norm in lexicon.MAIL_HOSTS:
        end = _domain_end(tokens, at)
        return end if end > at + 1 or _mailed(context, tokens, at) else None
    if at + 1 < len(tokens) and _dotted(tokens[at + 1]) and norm not in BOUNDARY and not tokens[at].closes:
        return _domain_end(tokens, at)
    if _spoken_domain(tokens, at):
        return _domain_end(tokens, at)
    return None


def _mailed(context: CallContext, tokens: Sequence[Token], at: int) -> bool:
    """Say whether a mail host by itself ("meera at gmail") ends an address, rather than being spoken of."""
    before = tokens[at - 1] if at else None
    joined = before is not None and not before.closes and before.norm in _JOINS
    if joined and before is not None and before.segment == tokens[at].segment:
        return True
    cue = context.cues.before(tokens[at])
    return cue is not None and cue.kind == "EMAIL_ADDRESS"


def _dotted(token: Token) -> bool:
    """Say whether a token is ".com" or "dot-com"."""
    dotted = token.raw.startswith(".") or token.norm.startswith("dot-")
    return dotted and token.norm.removeprefix("dot-").split(".")[0] in lexicon.TLDS


def _spoken_domain(tokens: Sequence[Token], at: int) -> bool:
    following = [token.norm for token in tokens[at + 1 : at + 3]]
    if tokens[at].norm in BOUNDARY or not tokens[at].norm.isalnum() or len(following) < 2:  # noqa: PLR2004 - "dot", "com"
        return False
    if following[0] == "point" and following[1].split(".")[0] in _SURE_TLDS and not tokens[at].closes:
        return True
    if following[0] not in _DOTS or tokens[at].closes:
        return False
    return following[1].split(".")[0] in lexicon.TLDS or _letters_end(tokens, at + 2) > at + 2


def _letters_end(tokens: Sequence[Token], at: int) -> int:
    """Return the end of a last part of a domain that is spelled ("c o m"), `at` itself where none is."""
    for length in (3, 2):
        said = tokens[at : at + length]
        letters = "".join(token.norm for token in said)
        if len(letters) == len(said) == length and letters in lexicon.TLDS:
            return at + length
    return at


def _domain_end(tokens: Sequence[Token], at: int) -> int:
    """Return the end of the "dot x dot y" (or ".com") that follows the token at `at`."""
    end = at + 1
    limit = min(len(tokens), at + MAX_DOMAIN_TOKENS)
    while end < limit and tokens[end].segment == tokens[at].segment and not tokens[end - 1].closes:
        norm = tokens[end].norm
        pointed = norm == "point" and tokens[end + 1 : end + 2] and tokens[end + 1].norm in _SURE_TLDS
        if (norm in _DOTS or pointed) and end + 1 < len(tokens) and not tokens[end + 1].placeholder:
            end = max(end + 2, _letters_end(tokens, end + 1))
        elif _dotted(tokens[end]):
            end += 1
        else:
            break
    return _path_end(tokens, end)


def _path_end(tokens: Sequence[Token], end: int) -> int:
    """Return the end of the "slash help dash desk" that follows a domain."""
    limit = min(len(tokens), end + MAX_DOMAIN_TOKENS)
    while end + 1 < limit and not tokens[end - 1].closes and tokens[end].segment == tokens[end - 1].segment:
        forward = tokens[end].norm in {"forward", "back"} and tokens[end + 1].norm == "slash"
        mark = end + 1 if forward else end
        if tokens[mark].norm not in _IN_PATH or mark + 1 >= len(tokens) or tokens[mark + 1].placeholder:
            break
        end = mark + 2
    return end


def _around(context: CallContext, tokens: Sequence[Token], at: int, end: int) -> Hit:
    first = _left_of_domain(tokens, at)
    before = tokens[first - 1].norm if first else ""
    rate = before in {"rate", "of", "sign", "symbol"} and first > 1 and tokens[first - 2].norm in {"the", "at", "rate"}
    mail = rate or before in _AT or before.endswith("@")
    cue = context.cues.before(tokens[at])
    mailbox = tokens[at].norm.split(".")[0] in lexicon.MAIL_HOSTS
    asked = cue is not None and cue.kind == "EMAIL_ADDRESS"
    mail = mail or (before in _HEARD_AS_AT and first > 1 and handle_like(tokens[first - 2], asked=asked))
    if mail or mailbox or asked:
        joint = first - 1 if mail else first
        while joint > 0 and tokens[joint].norm in {"the", "rate", "of", "at"}:
            joint -= 1
        start = told_start(tokens, strange_start(tokens, local_start(tokens, joint)))
        return Hit(tuple(tokens[start:end]), "EMAIL_ADDRESS", 0.95, RULE, "a domain after a local part")
    start = _name_start(tokens, first)
    if start > 1 and tokens[start - 1].norm in _AT and handle_like(tokens[start - 2], asked=True):
        start = told_start(tokens, local_start(tokens, start - 1))
        return Hit(tuple(tokens[start:end]), "EMAIL_ADDRESS", 0.85, RULE, "a domain after a local part")
    return Hit(tuple(tokens[start:end]), "URL", 0.7, RULE, "a domain")


def _left_of_domain(tokens: Sequence[Token], at: int) -> int:
    """Return where the domain begins: "www dot example dot com" found at "example" begins at "www"."""
    first = at
    least = max(2, at - MAX_DOMAIN_TOKENS)
    while first >= least and tokens[first - 1].norm in {"dot", "dash", "hyphen"} and not tokens[first - 2].closes:
        if tokens[first - 2].placeholder:
            break
        first -= 2
    return first


def _name_start(tokens: Sequence[Token], first: int) -> int:
    """Return where a domain of several words begins ("blue harbor dot com"), the letters of "w w w" with it."""
    start = first
    while start and first - start < MAX_DOMAIN_WORDS:
        token = tokens[start - 1]
        if token.placeholder or token.segment != tokens[first].segment or token.closes or token.comma:
            break
        if token.norm in _NO_HOST:
            break
        start -= 1
    while (
        start and first - start < MAX_DOMAIN_TOKENS and tokens[start - 1].norm in _WWW and not tokens[start - 1].closes
    ):
        start -= 1
    return start
