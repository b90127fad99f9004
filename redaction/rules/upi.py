"""UPI addresses: a name or a number, "at", and the handle of a bank, as written, as said and letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.cues import Cue
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.phrases import Phrases, listed_phrases
from redaction.spoken import Part, Said
from redaction.view import Token

RULE = "upi_addresses"
KINDS = ("UPI_ID",)
MAX_LOCAL = 14
_AT = frozenset({"at", "@", "ad"})
_JOINS = lexicon.words("dot underscore dash hyphen minus period point . _ -")
_BOUNDARY = lexicon.words(
    "is it it's its that's that id upi vpa address handle to me my your you on in and or yes no so please sure okay ok "
    "was be use using send pay i i'm am we our as for by from not the a an this with would call type enter through via"
)


@cache
def _handles() -> Phrases[bool]:
    """Return the handles; a true meaning: sure to be one, wherever it follows an "at"."""
    return Phrases((one.removeprefix("~"), not one.startswith("~")) for one in listed_phrases("upi_handles.txt"))


def find(context: CallContext) -> Iterator[Hit]:
    """Yield the address before each handle that follows an "at"."""
    for tokens in context.view.channels:
        parts = parts_of(tokens)
        for handle in _handles().find([token.norm.removeprefix("@") for token in tokens]):
            glued = tokens[handle.first].norm.startswith("@")
            joint = handle.first if glued else _joint(tokens, handle.first)
            if joint is None:
                continue
            cued = any(cue.kind == "UPI_ID" for cue in _near(context, tokens[handle.first]))
            start = _local(tokens, parts, joint, cued=cued)
            if start < joint and (cued or (handle.meaning and _telling(tokens, parts, start, joint))):
                yield Hit(tuple(tokens[start : handle.end]), "UPI_ID", 0.9, RULE, "a bank's handle after an at")


def _near(context: CallContext, token: Token) -> Iterator[Cue]:
    return context.cues.reaching(token)


def _joint(tokens: Sequence[Token], handle: int) -> int | None:
    """Return where the "at" (or "at the rate") before a handle begins."""
    at = handle - 1
    if at >= 2 and tokens[at].norm in {"of", "rate"} and tokens[at - 1].norm in {"rate", "the"}:  # noqa: PLR2004 - "at the rate (of)"
        while at > 0 and tokens[at].norm not in _AT:
            at -= 1
    if at <= 0 or tokens[at].norm not in _AT or tokens[at].segment != tokens[handle].segment or handle - at > 4:  # noqa: PLR2004
        return None
    return at


def _local(tokens: Sequence[Token], parts: Sequence[Part], joint: int, *, cued: bool) -> int:
    """Return where the name before the "at" begins: back to a boundary word or a sentence end."""
    first = joint
    while first > 0 and joint - first < MAX_LOCAL:
        token = tokens[first - 1]
        if token.placeholder or token.segment != tokens[joint].segment or (token.closes and first < joint):
            break
        joined = token.norm in _JOINS or (first < joint and tokens[first].norm in _JOINS)
        coded = parts[first - 1].said not in {Said.OTHER, Said.FILLER}
        strange = not vocabulary.ordinary(token.norm) or (first == joint and cued)
        if not joined and (token.norm in _BOUNDARY or not (coded or strange)):
            break
        first -= 1
    return first


def _telling(tokens: Sequence[Token], parts: Sequence[Part], start: int, joint: int) -> bool:
    """Say whether what stands before the "at" is more than a plain word: "I work at Paytm" is no address."""
    local = range(start, joint)
    if any(parts[at].said not in {Said.OTHER, Said.FILLER} or tokens[at].norm in _JOINS for at in local):
        return True
    return any(
        "." in tokens[at].norm or any(map(str.isdigit, tokens[at].norm)) for at in local
    ) or not vocabulary.ordinary(tokens[joint - 1].norm)
