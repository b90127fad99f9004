"""Cues: phrases after which (or before which) personal data comes, whichever side says them."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from redaction import lexicon
from redaction.cue_words import AMOUNT, ASIDE, cue_words
from redaction.phrases import Phrases
from redaction.view import CallView, Token

__all__ = ["AMOUNT", "ASIDE", "Cue", "CueIndex"]

REACH_TOKENS = 45
REACH_S = 45.0
FAR_TOKENS = 90
FAR_S = 150.0
BEHIND_TOKENS = 6
OWNER_TOKENS = 4
MENTION_TOKENS = 12
SHORT_QUESTION = 6
ASKING_TOKENS = 12
ANY = "NUMBER_SEQUENCE"
"""The kind of a cue that says only that a number comes ("ending in"): what it is of, the cue before it says."""
MACHINE_TOKENS = 20
MACHINE_AFTER = 8
PROMOTED = 18
_MACHINES = lexicon.words(
    "error errors fault display displays displayed machine boiler screen washing dishwasher washer dryer printer "
    "router modem panel flashing flashes blinking blinks shows showing promo promotional coupon discount voucher "
    "checkout offer oven fridge engine dashboard"
)
_REQUESTS = lexicon.words(
    "need give tell confirm verify provide read share grab what's which may please could enter take"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that announces personal data of a kind.

    `place` is the index in the talk of its last token, `phrase` the tokens that it is said with. A `mention` ("my
    account") only names the thing; `asked` says that its sentence is a question or a request.
    """

    kind: str
    place: int
    token: Token
    phrase: frozenset[int] = frozenset()
    mention: bool = False
    asked: bool = False


@cache
def _phrases() -> Phrases[tuple[str, bool]]:
    return Phrases((phrase.removeprefix("~"), (kind, phrase.startswith("~"))) for kind, phrase in cue_words())


class CueIndex:
    """All cues of a call by place in the talk."""

    def __init__(self, view: CallView) -> None:
        self.places = view.talk.places
        self._talk = view.talk
        found = [cue for channel in view.channels for cue in self._of(channel)]
        self.cues = sorted((self._told_apart(cue) for cue in found), key=lambda cue: cue.place)
        self.said = frozenset(at for cue in found for at in cue.phrase)
        self.aside = frozenset(at for cue in self.cues if cue.kind == ASIDE for at in cue.phrase)
        self._starts = [cue.place for cue in self.cues]

    def _of(self, tokens: Sequence[Token]) -> list[Cue]:
        cues: list[Cue] = []
        for found in _phrases().find([token.norm for token in tokens]):
            kind, mention = found.meaning
            last = tokens[found.end - 1]
            if _spelled(tokens, found.first, found.end):
                continue
            phrase = frozenset(token.at for token in tokens[found.first : found.end])
            cue = Cue(kind, self.places[last.at], last, phrase, mention, _asked(tokens, found.first, found.end))
            between = _between(tokens, cues[-1], found.first) if cues else None
            if between is not None and _owner(cue, between):
                cues[-1] = replace(cues[-1], phrase=cues[-1].phrase | phrase)
            elif between is not None and _continues(cue, cues[-1]):
                cues[-1] = replace(cue, kind=cues[-1].kind, phrase=cues[-1].phrase | phrase)
            else:
                cues.append(cue)
        return cues

    def _told_apart(self, cue: Cue) -> Cue:
        """Return a plain "code" as an ASIDE where a machine shows it or a shop gives it away."""
        if cue.kind != "OTP" or not cue.mention:
            return cue
        near = self._talk[max(0, cue.place - MACHINE_TOKENS) : cue.place + MACHINE_AFTER]
        ahead = [token.norm for token in self._talk[cue.place : cue.place + PROMOTED]]
        promoted = any(one in {"percent", "cent"} or one.endswith("%") or two == "off" for one, two in pairwise(ahead))
        return replace(cue, kind=ASIDE) if promoted or any(token.norm in _MACHINES for token in near) else cue

    def before(self, token: Token) -> Cue | None:
        """Return the nearest cue that the token still answers."""
        return next(self.reaching(token), None)

    def reaching(self, token: Token, *, far: bool = False) -> Iterator[Cue]:
        """Yield the cues before a token that reach it, the nearest first. `far`: over a hold or a story, too."""
        place = self.places[token.at]
        for position in range(bisect.bisect_left(self._starts, place) - 1, -1, -1):
            cue = self.cues[position]
            if place - cue.place > (FAR_TOKENS if far else REACH_TOKENS):
                return
            if token.start - cue.token.stop > (FAR_S if far else REACH_S):
                return
            if not cue.mention or cue.asked or (near(cue, token) and place - cue.place <= MENTION_TOKENS):
                yield cue

    def behind(self, token: Token) -> Cue | None:
        """Return a cue that the same side says right after the token ("… is my number")."""
        place = self.places[token.at]
        for position in range(bisect.bisect_right(self._starts, place), len(self.cues)):
            cue = self.cues[position]
            if cue.place - place > BEHIND_TOKENS:
                return None
            between = self._talk[place : cue.place]
            if cue.token.segment == token.segment and not any(one.closes for one in between):
                return cue
        return None

    def distance(self, cue: Cue, token: Token) -> int:
        """Return how many tokens of talk lie between a cue and a token."""
        return abs(self.places[token.at] - cue.place)

    def between(self, cue: Cue, token: Token) -> Sequence[Token]:
        """Return what is said between a cue and a token, by both sides."""
        return self._talk[cue.place + 1 : self.places[token.at]]

    def between_places(self, first: int, end: int) -> Sequence[Token]:
        """Return what is said between two places in the talk, by both sides."""
        return self._talk[first + 1 : end]


def _spelled(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Say whether single letters are part of a word that is being spelled: the "p i n" of "g o p i n a t h"."""
    if not first or any(len(token.norm) > 1 for token in tokens[first:end]):
        return False
    before = tokens[first - 1]
    single = len(before.norm) == 1 or before.norm in lexicon.DIGITS
    return single and before.segment == tokens[first].segment and not before.closes


def near(cue: Cue, token: Token) -> bool:
    """Say whether a token is said in the same segment as a cue."""
    return cue.token.segment == token.segment


def _between(tokens: Sequence[Token], cue: Cue, first: int) -> Sequence[Token] | None:
    """Return the tokens between a cue and the next phrase of its sentence, None where that is another or far."""
    at = first
    while at > 0 and first - at <= OWNER_TOKENS and tokens[at - 1].at not in cue.phrase:
        at -= 1
    if at == 0 or tokens[at - 1].at not in cue.phrase or any(token.closes for token in tokens[at - 1 : first]):
        return None
    return tokens[at:first]


def _owner(cue: Cue, between: Sequence[Token]) -> bool:
    """Say whether a mention tells whose the thing before it is ("the phone number on the account")."""
    linked = {token.norm for token in between} & {"on", "of", "for", "with", "against", "under", "to", "from"}
    return cue.mention and bool(linked)


def _continues(cue: Cue, before: Cue) -> bool:
    """Say whether a cue for any number goes on with the one before it: "the card … ending in"."""
    return cue.kind == ANY and before.kind != "PERSON"


def _asked(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Say whether the phrase stands in a question or a request."""
    segment = tokens[first].segment
    sentences = 0
    for token in tokens[end - 1 : end + ASKING_TOKENS]:
        if token.segment != segment or sentences > 1:
            break
        if token.raw.rstrip("\"')").endswith("?"):
            return True
        sentences += token.closes
    start = first
    while end - start <= SHORT_QUESTION and start > 0 and tokens[start - 1].segment == segment:
        if tokens[start - 1].closes:
            break
        start -= 1
    alone = end == len(tokens) or tokens[end].segment != segment
    if alone and end - start <= SHORT_QUESTION:
        return True
    return bool(_REQUESTS.intersection(token.norm for token in tokens[max(start, first - 3) : first]))
