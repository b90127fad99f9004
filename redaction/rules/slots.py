"""Slots: the answer to a question for personal data, taken even where it was heard as nonsense.

A recogniser that mishears "meera dot krishnan" writes words that no pattern knows. The question was still asked, and
the sound still holds the answer: when the answering sentence holds anything but ordinary words, all but its frame
goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.cues import AMOUNT, Cue
from redaction.hits import Hit
from redaction.lexicon import FILLERS
from redaction.neighbours import parts_of
from redaction.spoken import NUMERIC, Said, fold
from redaction.view import Token

RULE = "answer_slots"
KINDS = (
    "EMAIL_ADDRESS", "REFERENCE_NUMBER", "CREDIT_CARD", "CARD_CVV", "CARD_EXPIRY", "PHONE_NUMBER", "BANK_ACCOUNT",
    "PAN",
    "AADHAAR", "SSN", "PASSPORT", "DRIVING_LICENCE", "VEHICLE_PLATE", "UPI_ID", "USERNAME", "PASSWORD", "NINO",
    "NHS_NUMBER", "ADDRESS", "OTP", "PIN", "NUMBER_SEQUENCE",
)  # fmt: skip
ANSWER_S = 8.0
MAX_ANSWER_TOKENS = 30
MIN_WORDY = 2
LOOP = 6
MAX_STATED = 18
MAX_LEAD = 5
MAX_SECRET = 8
_STATED = frozenset({"EMAIL_ADDRESS", "UPI_ID", "USERNAME", "PASSWORD"})
_FRAME = FILLERS | lexicon.words(
    "my the is of name number email e-mail address one it's i i'm have so sure here you let me see um uh "
    "first line code "
    "account card policy order phone mobile date birth reads said would be for this that's a an on with and "
    "at ending"
)
_SIGNS = lexicon.words("dot at @ underscore dash hyphen double triple")
_REFUSALS = lexicon.words("don't why sorry can't what cannot haven't didn't not how when which could would can do")


def find(context: CallContext) -> Iterator[Hit]:
    """Yield the answering sentence of each question whose answer is heard but not understood."""
    stretches = context.view.stretches
    owner = {token.at: number for number, stretch in enumerate(stretches) for token in stretch}
    for cue in context.cues.cues:
        if cue.kind in _STATED:
            yield from _stated(context, stretches[owner[cue.token.at]], cue)
        if cue.kind in KINDS and cue.kind != AMOUNT and _asks(stretches[owner[cue.token.at]], cue):
            yield from _answer(context, stretches[owner[cue.token.at] + 1 :], cue)
    for tokens in context.view.channels:
        yield from _loops(tokens)


def _loops(tokens: Sequence[Token]) -> Iterator[Hit]:
    """Yield a word that is repeated without end: the recogniser lost the thread, what was really said is unknown."""
    first = 0
    for at in range(1, len(tokens) + 1):
        if at < len(tokens) and tokens[at].norm == tokens[first].norm and not tokens[at].placeholder:
            continue
        if at - first >= LOOP and not tokens[first].placeholder:
            yield Hit(tuple(tokens[first:at]), "NUMBER_SEQUENCE", 0.55, RULE, "a word repeated without end")
        first = at


def _stated(context: CallContext, stretch: Sequence[Token], cue: Cue) -> Iterator[Hit]:
    """Yield what the same side says right after the cue ("my email is …")."""
    after = [token for token in stretch if token.at > cue.token.at]
    sentence = next(iter(context.view.sentences(after)), ())
    told = _told(sentence[:MAX_ANSWER_TOKENS])
    if told and told[0].at - cue.token.at <= MAX_LEAD and any(_sign(token) for token in told):
        yield Hit(told, cue.kind, 0.65, RULE, "stated after a cue")
    if cue.kind == "PASSWORD":
        yield from _secret_words(after)


def _secret_words(after: Sequence[Token]) -> Iterator[Hit]:
    """Yield what follows "the password … is": words that mean nothing by themselves, in one sentence or a list."""
    norms = [token.norm for token in after[:MAX_LEAD]]
    if "is" not in norms:
        return
    said: list[Token] = []
    for token in after[norms.index("is") + 1 :][:MAX_SECRET]:
        said.append(token)
        if token.closes:
            break
    telling = any(token.capital or token.comma or any(map(str.isdigit, token.norm)) for token in said)
    if said and telling and said[0].norm not in _REFUSALS:
        yield Hit(tuple(said), "PASSWORD", 0.7, RULE, "the words of a password")


def _sign(token: Token) -> bool:
    return token.norm in _SIGNS or "@" in token.norm or "." in token.norm


def _asks(stretch: Sequence[Token], cue: Cue) -> bool:
    """Say whether little follows the cue in its own stretch: the turn then passes to the other side."""
    after = [token for token in stretch if token.at > cue.token.at]
    return len(after) <= (MAX_STATED if cue.kind in _STATED else 6) and not any(token.placeholder for token in after)


def _answer(context: CallContext, stretches: Sequence[Sequence[Token]], cue: Cue) -> Iterator[Hit]:
    several = len(context.view.channels) > 1
    for stretch in stretches[:2]:
        if several and stretch[0].channel == cue.token.channel:
            continue
        if stretch[0].start - cue.token.stop > ANSWER_S:
            return
        for sentence in context.view.sentences(stretch):
            told = _told(sentence[:MAX_ANSWER_TOKENS])
            if told:
                yield Hit(told, cue.kind, 0.65, RULE, "the answer to a question")
                return
            if len(sentence) > MIN_WORDY + 1:
                return
        return


def _after_verb(sentence: Sequence[Token], first: int) -> int:
    """Return where an answer begins after "use my work one, it's …", when only ordinary words lead up to it."""
    for at in range(first, min(len(sentence), first + MAX_LEAD)):
        if sentence[at].norm in {"is", "it's"}:
            return at + 1
        if sentence[at].placeholder or not vocabulary.ordinary(sentence[at].norm) or _sign(sentence[at]):
            return first
    return first


def _told(sentence: Sequence[Token]) -> tuple[Token, ...]:
    """Return the sentence without its frame when it tells something, else nothing."""
    first = 0
    while first < len(sentence) and sentence[first].norm in _FRAME:
        first += 1
    first = _after_verb(sentence, first)
    rest = [token for token in sentence[first:] if not token.placeholder]
    if not rest or rest[0].norm in _REFUSALS or sentence[-1].raw.endswith("?"):
        return ()
    parts = parts_of(rest)
    coded = [part.said in NUMERIC | {Said.CODE, Said.LETTER, Said.ORDINAL} for part in parts]
    strange = [token.norm.isalpha() and not vocabulary.ordinary(token.norm) for token in rest]
    signs = sum(_sign(token) for token in rest)
    code = fold(part for part, one in zip(parts, coded, strict=True) if one)
    enough = len(code) > MIN_WORDY or (code and len(rest) <= MIN_WORDY + 1)
    telling = (sum(coded) if enough or any(strange) else 0) + sum(strange)
    if telling >= MIN_WORDY or (telling and signs) or (telling and len(rest) <= MIN_WORDY):
        return tuple(rest)
    return ()
