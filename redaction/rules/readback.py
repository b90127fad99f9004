"""What one side says again of an item that is hidden by now.

"Your PNR?" - "[BOOKING_REFERENCE]" - "Just to confirm, Y4MRD7." - "No no, listen, why 4 em R." The repetition has no
question of its own and often another form: pieced together otherwise, misheard, corrected. What is left of such a
sentence without its frame is taken when nothing in it has a sense of its own. Looked at in redacted talk, like
`repeats`: a second look finds nothing new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from redaction import lexicon, vocabulary
from redaction.alphabets import ACRONYMS, COUNTRIES, SOUNDS
from redaction.asked import REPLIES
from redaction.context import CallContext
from redaction.expected import FORMS
from redaction.harmless import YEAR
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules.naming import maybe_name
from redaction.spoken import NUMERIC, Part, Said
from redaction.view import Token

RULE = "read_back"
KINDS = (*FORMS, "PERSON", "URL")
REACH = 5
"""Sentences after an item in which it may be said again."""
CHUNK = 6
LONGEST_SECRET = 8
LONGEST_NAME = 4
_FREE = frozenset({"PASSWORD", "USERNAME", "EMAIL_ADDRESS", "UPI_ID", "SOCIAL_HANDLE", "URL"})
"""Kinds that may be made of any words."""
CODES = frozenset(FORMS) - _FREE - {"AGE", "CARD_EXPIRY"}
_STRONG = lexicon.words("confirm back listen quite noted repeat")
_STRONG_PAIRS = frozenset({("put", "down"), ("that", "was"), ("got", "down"), ("wrote", "down"), ("perfect", "so")})
"""Said before what is read back or corrected."""
_FRAME = (
    REPLIES
    | _STRONG
    | lexicon.words(
        "just to confirm have got was down written wrote heard haan let read that i've put i'll we've we what "
        "and no not nope wrong quite great myself again so "
        "the an then next is that's making would as name number code reference you she he they said say spelled double"
    )
) - lexicon.words("o")
LINKS = lexicon.FILLERS | lexicon.words("and then followed by comma for capital the of") - lexicon.words("no")
_WRITTEN_DATE = re.compile(r"^\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}$")
_HUMMED = re.compile(r"^[mh]{2,}p?$")
_ASKED_RIGHT = lexicon.words("right correct it ok okay spelled spelt")
_DATES = lexicon.words("the of and in a year born")
HEARD = (
    frozenset(lexicon.HOMOPHONES) | frozenset(SOUNDS) | lexicon.NATO.keys() | {"are", "you", "double", "triple"}
) - {"okay"}
CODED = NUMERIC | {Said.CODE, Said.LETTER, Said.REPEAT}
_SUMS = frozenset({Said.MONEY, Said.TIME, Said.PERCENT})
_UNTIMED = _SUMS - {Said.TIME}
_ENDS = REPLIES - {"oh", "o"}
_SUBJECTS = lexicon.words("i i'll i'm we we'll you your he she they it there can could would will don't what how")
_DATED = NUMERIC | {Said.ORDINAL, Said.CODE, Said.TIME}
_DATE_LINKS = _DATES | lexicon.FILLERS
_COUNTED = lexicon.UNITS | lexicon.CURRENCY
_LOOSE = LINKS | HEARD
_BARE = CODED | {Said.TIME}
_ABBREVIATED = ACRONYMS - COUNTRIES


def find(context: CallContext) -> Iterator[Hit]:
    """Yield what repeats a hidden item."""
    sentences = [
        sentence for stretch in context.view.stretches for sentence in context.view.sentences(stretch) if sentence
    ]
    kind, left = "", 0
    for at, sentence in enumerate(sentences):
        shown = [placeholder(one) for one in sentence if one.placeholder]
        own = left > 0 and set(shown) <= ({"NUMBER_SEQUENCE", "PERSON", kind} if kind in _FREE else {"PERSON"})
        if shown and not own:
            kind, left = shown[-1], REACH
            continue
        left = REACH if kind in shown else left - 1
        if left < 0 or not kind:
            continue
        asked = sentences[at + 1] if at + 1 < len(sentences) else ()
        if told := _again(context, sentence, kind, asked):
            yield Hit(told, kind if kind in KINDS else "NUMBER_SEQUENCE", 0.65, RULE, "said once more")
            left = REACH


def _again(context: CallContext, sentence: Sequence[Token], kind: str, after: Sequence[Token]) -> tuple[Token, ...]:
    """Return what a sentence repeats of an item of a kind, nothing when it speaks of something else."""
    first = 0
    while first < len(sentence) and (sentence[first].norm in _FRAME or sentence[first].at in context.cues.said):
        first += 1
    end = len(sentence)
    while end > first and sentence[end - 1].norm in _ENDS:
        end -= 1
    rest, lead = [token for token in sentence[first:end] if not token.placeholder], sentence[:first]
    if not rest or any(token.at in context.cues.aside for token in sentence):
        return ()
    strong = _strong(lead) or _right(after) or _denied(lead)
    if kind == "PERSON":
        named = all(maybe_name(token) or _unheard(token) for token in rest)
        return tuple(rest) if strong and named and len(rest) <= LONGEST_NAME else ()
    if kind in _FREE:
        return tuple(rest) if strong and len(rest) <= LONGEST_SECRET and not _sensible(rest) else ()
    if kind == "DATE_OF_BIRTH":
        return tuple(rest) if _date(rest) else ()
    return tuple(rest) if kind in CODES and _code(rest, strong=strong) else ()


def placeholder(token: Token) -> str:
    """Return the kind that a placeholder names."""
    return token.raw.strip(".,?!:; ")[1:-1]


def _strong(lead: Sequence[Token]) -> bool:
    norms = [token.norm for token in lead]
    return bool(_STRONG.intersection(norms)) or any(pair in _STRONG_PAIRS for pair in pairwise(norms))


def _right(after: Sequence[Token]) -> bool:
    """Say whether the next sentence asks whether this was right."""
    norms = [token.norm for token in after]
    asks = norms[:2] in (["is", "that"], ["did", "i"], ["have", "i"]) and bool(_ASKED_RIGHT.intersection(norms))
    return asks or norms in (["right"], ["correct"], ["yes"])


def _denied(lead: Sequence[Token]) -> bool:
    return bool(lead) and lead[0].norm in {"no", "nope", "not"} and (lead[0].comma or len(lead) > 1)


def _unheard(token: Token) -> bool:
    return token.norm.isalpha() and len(token.norm) > 1 and not vocabulary.english(token.norm)


def _sensible(rest: Sequence[Token]) -> bool:
    """Say whether the words speak of something else: a question, a sum, a sentence with a subject of its own."""
    subjects = _SUBJECTS
    sums = any(part.said in _SUMS for part in parts_of(rest))
    return sums or rest[-1].raw.endswith("?") or any(token.norm in subjects for token in rest)


def _date(rest: Sequence[Token]) -> bool:
    parts = parts_of(rest)
    dated = [
        part.said in _DATED or token.norm in lexicon.MONTHS or _year(token)
        for token, part in zip(rest, parts, strict=True)
    ]
    linked = all(one or token.norm in _DATE_LINKS for one, token in zip(dated, rest, strict=True))
    whole = any(_WRITTEN_DATE.match(token.norm) for token in rest)
    return linked and (whole or sum(dated) > 1)


def _year(token: Token) -> bool:
    return token.norm.lstrip("'").isdigit()


def _code(rest: Sequence[Token], *, strong: bool) -> bool:
    parts = parts_of(rest)
    sums = _UNTIMED if strong else _SUMS
    if any(part.said in sums for part in parts) or rest[-1].norm in _COUNTED:
        return False
    if len(rest) == 1 and YEAR.match(parts[0].code):
        return False
    coded = [_bare(token, part) for token, part in zip(rest, parts, strict=True)]
    loose = all(one or token.norm in _LOOSE for one, token in zip(coded, rest, strict=True))
    places = sum(max(1, len(part.code)) for one, part in zip(coded, parts, strict=True) if one)
    return loose and places >= (2 if strong else 3)


def _bare(token: Token, part: Part) -> bool:
    return not token.placeholder and (part.said in _BARE or chunk(token))


def chunk(token: Token) -> bool:
    """Say whether a token is a few letters that mean nothing: "HE.", "UELPM", "pz"."""
    norm = token.norm
    if _HUMMED.match(norm):
        return False
    if not (norm.isalnum() and norm.isascii()) or len(norm) > CHUNK or norm.upper() in _ABBREVIATED:
        return False
    capitals = norm.upper() in token.raw and len(norm) > 1
    return capitals or (len(norm) > 1 and not vocabulary.english(norm) and not any(one in "aeiouy" for one in norm))
