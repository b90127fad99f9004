"""Slots: the answer to a question for personal data, taken even where it was heard as nonsense.

A recogniser that mishears "meera dot krishnan" writes words that no pattern knows. The question was still asked, and
the sound still holds the answer: when the answering sentence holds anything but ordinary words, all but its frame
goes.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.alphabets import ACRONYMS, CHUNK, COUNTRIES
from redaction.context import CallContext
from redaction.cues import Cue
from redaction.expected import CODED, FORMS
from redaction.hits import Hit
from redaction.lexicon import FILLERS
from redaction.neighbours import parts_of
from redaction.rules.naming import norms_of
from redaction.rules.numbers import taken
from redaction.rules.written import written
from redaction.spoken import NUMERIC, Said, fold
from redaction.view import Token

RULE = "answer_slots"
KINDS = (*FORMS, "ADDRESS")
ANSWER_S = 8.0
MAX_ANSWER_TOKENS = 30
MIN_WORDY = 2
LOOP = 6
LEAST_CHUNK = 4
STALL = 6
MAX_STRETCHES = 2
LONGEST_LOOK = 80
"""So many words are looked at after a question: a line without full stops may go on for an hour."""
MAX_STATED = 18
MAX_LEAD = 5
MAX_SECRET = 8
LONG_TOLD = 10
_STATED = frozenset({"EMAIL_ADDRESS", "UPI_ID", "USERNAME", "PASSWORD"})
_FRAME = FILLERS | lexicon.words(
    "haan han front me just confirm should under down put back read again that's my the is of name number email "
    "e-mail address one it's i i'm have so sure here you let me see um uh "
    "first line code "
    "account card policy order phone mobile date birth reads said would be for this that's a an on with and "
    "at ending begins starts begin"
)
_WAITING = lexicon.words("minute second moment sec tick")
_PLAIN = lexicon.UNITS | lexicon.CURRENCY | lexicon.MONTHS | lexicon.words("sec mins hi hiya sir")
_COUNTED = lexicon.UNITS | lexicon.CURRENCY
_SUMS = frozenset({Said.MONEY, Said.TIME, Said.PERCENT})
_CODED = NUMERIC | {Said.CODE, Said.LETTER}
_SIGNS = lexicon.words("dot at @ underscore dash hyphen double triple")
_IS = frozenset({"is", "it's", "was", "number", "code", "id", "reference"})
_REFUSALS = lexicon.words(
    "we you they he she there don't why sorry can't what cannot haven't didn't not how when which could would can do"
)
_ABBREVIATED = ACRONYMS - COUNTRIES
_TOLD = _CODED | {Said.ORDINAL}


def find(context: CallContext) -> Iterator[Hit]:
    """Yield the answering sentence of each question whose answer is heard but not understood."""
    stretches = context.view.stretches
    owner = {token.at: number for number, stretch in enumerate(stretches) for token in stretch}
    for cue in context.cues.cues:
        if cue.kind in CODED:
            yield from _stated(context, stretches[owner[cue.token.at]], cue)
        if cue.kind in KINDS and cue.kind != "AGE" and _asks(stretches[owner[cue.token.at]], cue):
            first = owner[cue.token.at] + 1
            yield from _answer(context, stretches[first : first + MAX_STRETCHES], cue)
    for tokens in context.view.channels:
        yield from _loops(tokens)


def _loops(tokens: Sequence[Token]) -> Iterator[Hit]:
    """Yield a word that is repeated without end: the recogniser lost the thread, what was really said is unknown."""
    norms = norms_of(tokens)
    if not any(map(operator.eq, norms, norms[LOOP - 1 :])):
        return
    first = 0
    for at in range(1, len(tokens) + 1):
        if at < len(tokens) and tokens[at].norm == tokens[first].norm and not tokens[at].placeholder:
            continue
        if at - first >= LOOP and not tokens[first].placeholder:
            yield Hit(tuple(tokens[first:at]), "NUMBER_SEQUENCE", 0.55, RULE, "a word repeated without end")
        first = at


def _stated(context: CallContext, stretch: Sequence[Token], cue: Cue) -> Iterator[Hit]:
    """Yield what the same side says right after the cue ("my email is …")."""
    after = _following(stretch, cue)
    sentence = next(iter(context.view.sentences(after)), ())
    told = _told(sentence[:MAX_ANSWER_TOKENS])
    if any(token.placeholder for token in sentence):
        return
    near = bool(told) and told[0].at - cue.token.at <= MAX_LEAD
    if cue.kind in _STATED and near and any(_sign(token) for token in told) and not _prose(told):
        yield Hit(written(told, cue.kind) or told, cue.kind, 0.65, RULE, "stated after a cue")
    if cue.kind not in _STATED:
        yield from _word_code(context, sentence, cue)
    if cue.kind == "PASSWORD":
        yield from _secret_words(after)


def _prose(told: Sequence[Token]) -> bool:
    """Say whether what follows a cue is a sentence about the thing rather than the thing: mostly ordinary words."""
    plain = sum(vocabulary.english(token.norm) and token.norm not in _SIGNS for token in told)
    return len(told) > LONG_TOLD and 2 * plain > len(told)


def _following(stretch: Sequence[Token], cue: Cue) -> Sequence[Token]:
    """Return what comes after a cue in its own stretch, as far as it matters."""
    first = cue.token.at - stretch[0].at + 1
    return stretch[first : first + LONGEST_LOOK]


def _word_code(context: CallContext, sentence: Sequence[Token], cue: Cue) -> Iterator[Hit]:
    """Yield a code of letters alone, heard as one odd word: "the PNR is Qzplkm"."""
    links = [token.norm in _FRAME or token.at in context.cues.said for token in sentence]
    first = links.index(False) if False in links else len(sentence)
    before = sentence[first - 1] if first else cue.token
    if first > MAX_LEAD or first >= len(sentence) or before.norm not in _IS:
        return
    end = first
    while end < len(sentence) and _odd(sentence[end], stated=cue.kind in _STATED):
        end += 1
    least = min(FORMS[cue.kind].least, LEAST_CHUNK) if _closed(sentence, end) else FORMS[cue.kind].least
    if sum(len(token.norm) for token in sentence[first:end]) >= least:
        yield Hit(tuple(sentence[first:end]), cue.kind, 0.65, RULE, "a code of letters after a cue")


def _closed(sentence: Sequence[Token], end: int) -> bool:
    """Say whether the sentence ends here, with nothing but capitals that are no word before it: "my PAN is RTBPA."."""
    return end == len(sentence) and sentence[end - 1].norm.upper() in sentence[end - 1].raw


def _odd(token: Token, *, stated: bool) -> bool:
    """Say whether a token is no word: capitals only, or (after "my user name is") any unknown word."""
    odd = token.norm.isalnum() and not token.placeholder and not vocabulary.ordinary(token.norm)
    return odd and (token.norm.upper() in token.raw or stated or not vocabulary.english(token.norm))


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
    after = _following(stretch, cue)
    if cue.mention and not cue.asked:
        return False
    if cue.kind in FORMS and any(part.said in _CODED for part in parts_of(after)):
        return False
    return len(after) <= (MAX_STATED if cue.kind in _STATED else 6) and not any(token.placeholder for token in after)


def _answer(context: CallContext, stretches: Sequence[Sequence[Token]], cue: Cue) -> Iterator[Hit]:
    mine = taken(context)
    several = len(context.view.channels) > 1
    for stretch in stretches:
        if several and stretch[0].channel == cue.token.channel:
            continue
        if stretch[0].start - cue.token.stop > ANSWER_S:
            return
        for sentence in context.view.sentences(stretch[:LONGEST_LOOK]):
            if any(token.placeholder or token.at in context.cues.said or token.at in mine for token in sentence):
                return
            told = _told(sentence[:MAX_ANSWER_TOKENS]) or (_letters(sentence) if cue.kind in CODED else ())
            if told:
                yield Hit(told, cue.kind, 0.65, RULE, "the answer to a question")
                return
            if len(sentence) > MIN_WORDY + 1:
                return
        return


def _letters(sentence: Sequence[Token]) -> tuple[Token, ...]:
    """Return an answer of a few capitals: "Here it is, BY,"."""
    rest = tuple(token for token in sentence if token.norm not in _FRAME)
    plain = any(token.norm.upper() in _ABBREVIATED or not token.norm.isalpha() for token in rest)
    capitals = all(len(token.norm) in CHUNK and token.raw.strip(".,?! ").isupper() for token in rest)
    return () if plain or not capitals else rest


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
    if _WAITING.intersection(token.norm for token in sentence[:STALL]):
        return ()
    first = 0
    while first < len(sentence) and sentence[first].norm in _FRAME:
        first += 1
    first = _after_verb(sentence, first)
    rest = [token for token in sentence[first:] if not token.placeholder]
    if not rest or rest[0].norm in _REFUSALS or sentence[-1].raw.endswith("?"):
        return ()
    parts = parts_of(rest)
    counted = any(part.said in _SUMS for part in parts) or any(token.norm in _COUNTED for token in rest)
    if counted and not any("@" in token.raw for token in rest):
        return ()
    coded = [part.said in _TOLD for part in parts]
    strange = [
        token.norm.isalpha() and not vocabulary.ordinary(token.norm) and token.norm not in _PLAIN for token in rest
    ]
    if not any(strange) and not any(_sign(token) for token in rest):
        return ()
    signs = sum(_sign(token) for token in rest)
    code = fold(part for part, one in zip(parts, coded, strict=True) if one)
    enough = len(code) > MIN_WORDY or (code and len(rest) <= MIN_WORDY + 1)
    telling = (sum(coded) if enough or any(strange) else 0) + sum(strange)
    if telling >= MIN_WORDY or (telling and signs) or (telling and len(rest) <= MIN_WORDY):
        return tuple(rest)
    return ()
