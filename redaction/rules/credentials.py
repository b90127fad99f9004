"""Credentials said aloud: passwords, answers to security questions, user names and handles, stated or asked for.

What they are made of has no shape: "blue horse forty two" is a password when it stands where one is told, and nothing
anywhere else. So the place decides: what follows "the password is …", and what answers "your mother's maiden name?".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.lexicon import CURRENCY, words
from redaction.rules.credential_words import (
    ANOTHER,
    ENDS,
    LEAD,
    LINKS,
    MARKS,
    NO_REQUEST,
    PHRASES,
    REFUSED,
    REQUESTS,
    SIGNS,
    VERBS,
)
from redaction.rules.naming import phrase_ends
from redaction.rules.said_again import told_again
from redaction.rules.written import prose, quotation, written
from redaction.spoken import NUMERIC, Said, part_of
from redaction.view import Token

RULE = "told_credentials"
LONG_STALL = 4
_STALLING = words("sure wait hold hang give let one just bear okay ok sorry uh um i'm i've i where's")
_WAITING = words("second sec moment minute wait somewhere glasses written wrote find finding looking look")
KINDS = ("PASSWORD", "USERNAME", "SOCIAL_HANDLE")
MAX_ANSWER = 18
MAX_LEAD = 7
MAX_AFTER = 16
SHORT_REQUEST = 7
LONG_SENTENCE = 40
_SPOKEN_OF = words("password passphrase word username login id name question answer key")
"""Cues that are spoken of more often than asked for: "did you reset your password?"."""
_SUMS = frozenset({Said.MONEY, Said.PERCENT})
_CODED = NUMERIC | {Said.LETTER, Said.CODE, Said.REPEAT}
ANSWER_S = 20.0
TURNS = 3
_AMID = LEAD | LINKS
_NOT_ODD = REFUSED | LEAD


def find(context: CallContext) -> Iterator[Hit]:
    """Yield what is told after a cue or answers a request, and the same words wherever they are said again."""
    found = list(_told_once(context))
    yield from found
    yield from told_again(context, found, RULE)


def _told_once(context: CallContext) -> Iterator[Hit]:
    stretches = context.view.stretches
    owner: dict[int, int] = {}
    for tokens in context.view.channels:
        for end, kind in phrase_ends(tokens, PHRASES):
            cue = tokens[end - 1]
            if told := _stated(tokens, end, kind):
                yield Hit(told, kind, 0.75, RULE, "told after a cue")
                continue
            if not owner:
                owner = {token.at: number for number, stretch in enumerate(stretches) for token in stretch}
            own = stretches[owner[cue.at]]
            if kind != "SOCIAL_HANDLE" and _requested(own, cue):
                following = stretches[owner[cue.at] + 1 : owner[cue.at] + 1 + 2 * TURNS]
                yield from _answer(context, following, cue, kind)


def _stated(tokens: Sequence[Token], end: int, kind: str) -> tuple[Token, ...]:
    """Return what is told after "the password (for the portal) is" in the same sentence."""
    last = tokens[end - 1]
    if last.closes:
        return ()
    ahead = tokens[end : end + MAX_LEAD]
    if quoted := quotation(ahead):
        return quoted
    for place, token in enumerate(ahead):
        if token.segment != last.segment or token.norm in NO_REQUEST:
            return ()
        if token.norm in VERBS:
            if told := _told(tokens, end + place + 1, kind):
                return told
            continue
        strange = not (vocabulary.english(token.norm) or vocabulary.brand(token.norm))
        named = (kind == "USERNAME" and strange) or last.norm.endswith("'s")
        direct = place == 0 and (named or (kind != "PASSWORD" and _coded(token)))
        if direct or (place == 0 and last.raw.endswith(":")):
            return _told(tokens, end, kind)
        if token.closes or token.placeholder:
            break
    return ()


def _coded(token: Token) -> bool:
    """Say whether a token looks like a made-up name: letters with digits or marks, or no word at all."""
    norm = token.norm
    mixed = any(char.isdigit() or char in "._@" for char in norm) and any(char.isalpha() for char in norm)
    return mixed or norm.startswith("@")


def _told(tokens: Sequence[Token], at: int, kind: str) -> tuple[Token, ...]:
    """Return the credential that begins at `at`, its lead ("it's", "all lower case") left out."""
    at = _after_lead(tokens, at)
    if at >= len(tokens) or tokens[at].placeholder or not tokens[at].norm:
        return ()
    first = tokens[at]
    if first.norm in REFUSED or first.norm.endswith(("ing", "n't")):
        return ()
    said = [first]
    for place, token in enumerate(tokens[at + 1 : at + MAX_ANSWER], at + 1):
        last = said[-1]
        if last.closes or token.placeholder or token.segment != first.segment or not token.norm:
            break
        if token.norm in ENDS and _ends(tokens, place):
            break
        if kind == "SOCIAL_HANDLE" and not _goes_on(last, token):
            break
        if last.comma and kind != "PASSWORD" and vocabulary.ordinary(token.norm):
            break
        said.append(token)
    if kind == "SOCIAL_HANDLE" and not _handle(said):
        return ()
    if kind == "USERNAME" and prose(said):
        return ()
    return written(said, kind) or (tuple(said) if _plausible(said, kind) else ())


def _after_lead(tokens: Sequence[Token], at: int) -> int:
    first = at
    while (
        at < len(tokens)
        and at - first < MAX_AFTER
        and tokens[at].norm.removesuffix("'s") in LEAD
        and not tokens[at].closes
    ):
        if tokens[at].norm == "at" or tokens[at].segment != tokens[first].segment:
            break
        at += 1
    return at


def _ends(tokens: Sequence[Token], at: int) -> bool:
    """Say whether "and" or "then" leads to another matter here, rather than to the rest ("fish and chips")."""
    after = tokens[at + 1].norm if at + 1 < len(tokens) else ""
    return tokens[at].norm not in LINKS or after in REFUSED or after in ANOTHER or not after


def _goes_on(last: Token, token: Token) -> bool:
    """Say whether a user name goes on: over a mark, a letter, a number, or a word that is none."""
    if last.norm in SIGNS or token.norm in SIGNS:
        return True
    if part_of(token).said in _CODED:
        return True
    return token.norm.isalpha() and not vocabulary.english(token.norm)


def _handle(said: Sequence[Token]) -> bool:
    strange = any(token.norm.isalpha() and not vocabulary.english(token.norm) for token in said)
    marked = any(token.norm in SIGNS or _coded(token) for token in said)
    return marked or (strange and said[0].norm not in REFUSED)


def _plausible(said: Sequence[Token], kind: str) -> bool:
    """Say whether the words can be a credential rather than the rest of a sentence about one."""
    strange = any(
        token.norm not in SIGNS and (not vocabulary.ordinary(token.norm) or not token.norm.isalpha()) for token in said
    )
    if kind == "PASSWORD" and any(part_of(token).said in _SUMS or token.norm in CURRENCY for token in said):
        return False
    if kind == "PASSWORD":
        return strange or len(said) <= 3  # noqa: PLR2004 - a sentence about a password goes on for longer
    return any(token.norm in MARKS or _coded(token) or not vocabulary.english(token.norm) for token in said)


def _requested(stretch: Sequence[Token], cue: Token) -> bool:
    """Say whether the sentence that names the thing asks for it, and the turn passes with it."""
    place = cue.at - stretch[0].at
    first = place
    while first and not stretch[first - 1].closes and place - first < LONG_SENTENCE:
        first -= 1
    rest = stretch[place + 1 : place + MAX_AFTER + 2]
    if len(rest) > MAX_AFTER or any(token.placeholder for token in rest):
        return False
    sentence = [token.norm for token in stretch[first : place + 1]]
    recalled = sentence[:3] == ["do", "you", "remember"]
    if cue.norm in _SPOKEN_OF and not recalled and any(norm in NO_REQUEST for norm in sentence):
        return False
    asks = stretch[-1].raw.endswith("?") or any(norm in REQUESTS for norm in sentence)
    return asks or len(sentence) <= SHORT_REQUEST


def _stalls(sentence: Sequence[Token]) -> bool:
    """Say whether somebody asks to wait instead of answering: "sure, give me a second"."""
    norms = [token.norm for token in sentence]
    opens = any(norm in _STALLING for norm in norms[:3])
    return opens and len(norms) >= LONG_STALL and any(norm in _WAITING for norm in norms)


def _answer(context: CallContext, stretches: Sequence[Sequence[Token]], cue: Token, kind: str) -> Iterator[Hit]:
    several = len(context.view.channels) > 1
    for stretch in stretches[:TURNS]:
        if stretch[0].start - cue.stop > ANSWER_S:
            return
        if several and stretch[0].channel == cue.channel:
            continue
        for sentence in context.view.sentences(stretch[:LONG_SENTENCE]):
            if sentence[-1].raw.endswith("?"):
                return
            if all(token.norm in LEAD for token in sentence) or _stalls(sentence):
                continue
            told = _told(sentence, 0, kind) or (_odd(sentence) if kind == "PASSWORD" else ())
            if told:
                yield Hit(told, kind, 0.7, RULE, "the answer to a request")
                yield from _more(context, stretch, told[-1], kind)
            return


def _more(context: CallContext, stretch: Sequence[Token], last: Token, kind: str) -> Iterator[Hit]:
    """Yield the sentences that go on with signs, letters and numbers: "Capital T i g e r. Then four, five."."""
    place = last.at - stretch[0].at + 1
    for sentence in context.view.sentences(stretch[place : place + LONG_SENTENCE]):
        coded = [token for token in sentence if token.norm in SIGNS or part_of(token).said in _CODED]
        if not coded or any(token not in coded and token.norm not in _AMID for token in sentence):
            return
        yield Hit(tuple(coded), kind, 0.65, RULE, "the answer goes on")


def _odd(sentence: Sequence[Token]) -> tuple[Token, ...]:
    """Return the names and odd words of an answer that is a whole sentence: "We called him Biscuit"."""
    return tuple(
        token
        for place, token in enumerate(sentence)
        if token.norm.isalpha()
        and token.norm not in _NOT_ODD
        and not vocabulary.brand(token.norm)
        and ((place and token.capital and len(token.norm) > 1) or not vocabulary.english(token.norm))
    )
