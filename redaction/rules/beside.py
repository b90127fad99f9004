"""What is left beside a placeholder: loose letters and digits, the other half of a name, the host of an address.

A recogniser writes "see 829 3713" for C8293713, "Meera k Kowalcsyk", "jignesh 1-3 at Apple": a rule that knows the
form takes the part that it knows. What stands right beside a placeholder and means nothing there goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from redaction import lexicon, vocabulary
from redaction.alphabets import SOUNDS
from redaction.asked import REPLIES
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules.established import BEGIN_SENTENCES
from redaction.rules.firms import FIRMS
from redaction.rules.naming import STOP, bare, maybe_name
from redaction.rules.readback import CODED, CODES, HEARD, LINKS, chunk, placeholder
from redaction.spoken import Part
from redaction.view import Token

RULE = "beside_items"
KINDS = (*sorted(CODES), "PERSON", "EMAIL_ADDRESS", "UPI_ID", "PASSWORD", "USERNAME", "URL")
SHORTEST_NAME = 4
MAX_TURN = 3
MAX_HOST = 3
_ADDRESSES = frozenset({"EMAIL_ADDRESS", "UPI_ID", "USERNAME", "URL"})
_HOSTED = _ADDRESSES | {"PERSON", "REFERENCE_NUMBER"}
_SECRETS = frozenset({"PASSWORD", "USERNAME"})
_SIGNS = lexicon.words("dot underscore dash hyphen at @ point period hash star")
_CASES = lexicon.words("capital small uppercase lowercase caps letter")
_AMID = LINKS - {"is", "it", "it's"}
_JOINS = LINKS - {"is"}
_BEHIND = HEARD | lexicon.FILLERS
_AHEAD = HEARD | REPLIES
_TURNED = CODES | {"PERSON"}


def find(context: CallContext) -> Iterator[Hit]:
    """Yield what is left beside placeholders, and the last digit that a side says after the other one's reply."""
    said = context.cues.said
    for stretch in context.view.stretches:
        for sentence in context.view.sentences(stretch):
            if any(token.placeholder for token in sentence):
                yield from _beside(sentence, said)
    for tokens in context.view.channels:
        yield from _names(tokens, context.cues.said)
        yield from _turns(tokens)
        yield from _begun(context, tokens)


def _beside(sentence: Sequence[Token], said: frozenset[int]) -> Iterator[Hit]:
    """Yield loose letters and digits beside the placeholder of a code, as far as nothing else comes between."""
    parts = parts_of(sentence)
    for at, token in enumerate(sentence):
        kind = placeholder(token) if token.placeholder else ""
        loose: tuple[Token, ...] = ()
        if kind in CODES and kind != "DATE_OF_BIRTH":
            loose = (*_loose(sentence, parts, at, -1), *_loose(sentence, parts, at, 1))
        if not loose and kind in _HOSTED:
            loose = _host(sentence, at, named=kind in _ADDRESSES)
        if not loose and kind in _SECRETS:
            loose = _cased(sentence, at)
        if loose and not said.intersection(one.at for one in loose):
            yield Hit(loose, kind if kind in KINDS else "EMAIL_ADDRESS", 0.6, RULE, "what is left beside an item")


def _loose(sentence: Sequence[Token], parts: Sequence[Part], at: int, step: int) -> tuple[Token, ...]:
    """Return the letters and digits that go on with a code in one direction; misheard ones up to the sentence's end."""
    found: list[int] = []
    place = at + step
    while 0 <= place < len(sentence) and not sentence[place].placeholder:
        token, part = sentence[place], parts[place]
        heard = token.norm in HEARD and _edge(sentence, place, step)
        single = len(token.norm) == 1 and token.norm.isalnum() and (token.norm not in {"a", "i"} or token.raw == "i")
        joined = (part.said in CODED or _capitals(token)) and _joined(sentence, at, place)
        if single or heard or joined:
            found.append(place)
        elif token.norm not in _AMID or abs(place - at) - len(found) > 2:  # noqa: PLR2004 - "and then"
            break
        place += step
    return tuple(sentence[place] for place in sorted(found))


def _joined(sentence: Sequence[Token], at: int, place: int) -> bool:
    """Say whether only commas and links stand between a number and a placeholder: "9, 3, and then [SORT_CODE]"."""
    first, last = sorted((at, place))
    after = sentence[place + 1].norm if place > at and place + 1 < len(sentence) else ""
    counted = after in lexicon.UNITS or after in lexicon.CURRENCY
    return not counted and all(token.norm in _JOINS or token.norm.isdigit() for token in sentence[first + 1 : last])


def _edge(sentence: Sequence[Token], at: int, step: int) -> bool:
    """Say whether nothing but doubtful letters and digits lie between a token and the sentence's end on that side."""
    if step > 0:
        return all(token.norm in _BEHIND for token in sentence[at:])
    if at and sentence[at - 1].norm in {"is", "it's"} and sentence[at].norm in SOUNDS:
        return True
    led = all(token.norm in _AHEAD for token in sentence[:at])
    return led and sentence[at].norm not in {"to", "for", "so", "oh", "you", "be", "we"}


def _capitals(token: Token) -> bool:
    return token.raw.strip(".,?! ").isupper() and chunk(token)


def _host(sentence: Sequence[Token], at: int, *, named: bool) -> tuple[Token, ...]:
    """Return the "at Apple" or "dot F" behind an address; behind a name only where a number stands between."""
    place = at + 1
    while place < len(sentence) and place - at <= MAX_HOST and sentence[place].norm.replace("-", "").isdigit():
        place += 1
    numbered = place > at + 1 or placeholder(sentence[at]) == "REFERENCE_NUMBER"
    if place + 1 >= len(sentence) or not (named or numbered) or sentence[place].norm not in _SIGNS:
        return ()
    host = sentence[place + 1]
    known = vocabulary.ordinary(host.norm) or vocabulary.place(host.norm) or host.placeholder
    plain = known and not (numbered and not host.placeholder)
    return () if plain and sentence[place].norm == "at" else tuple(sentence[at + 1 : place + 2])


def _cased(sentence: Sequence[Token], at: int) -> tuple[Token, ...]:
    """Return the "capital P" before what is left of a password."""
    first = at
    while first and (sentence[first - 1].norm in _CASES or len(sentence[first - 1].norm) == 1):
        first -= 1
    return tuple(sentence[first:at]) if any(token.norm in _CASES for token in sentence[first:at]) else ()


def _names(tokens: Sequence[Token], cued: AbstractSet[int]) -> Iterator[Hit]:
    """Yield the unknown word beside a name that is hidden: its other half, misheard or without its capital."""
    for at, token in enumerate(tokens):
        if not token.placeholder or placeholder(token) != "PERSON":
            continue
        for place in (at - 1, at + 1):
            if 0 <= place < len(tokens) and tokens[place].at not in cued and _half(tokens, at, place):
                yield Hit((tokens[place],), "PERSON", 0.6, RULE, "an unknown word beside a name")


def _half(tokens: Sequence[Token], name: int, at: int) -> bool:
    token, first = tokens[at], tokens[min(name, at)]
    if token.placeholder or token.segment != tokens[name].segment or first.closes or first.comma:
        return False
    word = bare(token.norm)
    if not word.isalpha() or word in STOP or word in FIRMS or vocabulary.brand(word) or vocabulary.place(word):
        return False
    if token.capital and maybe_name(token):
        return word not in BEGIN_SENTENCES or (at > name and (token.closes or token.comma))
    strange = len(word) >= SHORTEST_NAME and not vocabulary.english(word) and not vocabulary.misspelt(word)
    return strange and (at > name or not token.norm.endswith(("ing", "ed", "ly")))


def _begun(context: CallContext, tokens: Sequence[Token]) -> Iterator[Hit]:
    """Yield the capitals with which a side begins a code that goes on in its next turn: "Voter ID is LP," - "6519"."""
    for at in range(1, len(tokens)):
        token, last = tokens[at], tokens[at - 1]
        kind = placeholder(token) if token.placeholder else ""
        if kind not in CODES or last.segment == token.segment or not _capitals(last) or last.placeholder:
            continue
        cue = context.cues.before(last)
        if cue is not None and cue.kind in CODES and last.at not in context.cues.said:
            yield Hit((last,), kind, 0.6, RULE, "a code begins in the turn before")


def _turns(tokens: Sequence[Token]) -> Iterator[Hit]:
    """Yield the digit or letter alone with which a side goes on with its code after the other one's words."""
    for at in range(1, len(tokens)):
        last = tokens[at - 1]
        if not last.placeholder or placeholder(last) not in _TURNED or last.segment == tokens[at].segment:
            continue
        end = at
        while end < len(tokens) and end - at <= MAX_TURN and tokens[end].segment == tokens[at].segment:
            end += 1
            if tokens[end - 1].closes:
                break
        turn = tokens[at:end]
        if placeholder(last) == "PERSON" and not all(len(token.norm) == 1 and token.norm.isalpha() for token in turn):
            continue
        parts = parts_of(turn)
        coded = all(
            part.said in CODED or (len(token.norm) == 1 and token.norm.isalnum())
            for token, part in zip(turn, parts, strict=True)
        )
        if coded and not any(token.placeholder for token in turn):
            yield Hit(tuple(turn), placeholder(last), 0.6, RULE, "a code goes on after a reply")
