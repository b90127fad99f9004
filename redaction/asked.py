"""Questions and their answers: which cue a number answers, and whether that cue was answered already.

"The CVV?" - "731" - "Thank you. Your room is 412." Both numbers come after the cue; only one answers it. A cue is open
until something of its form was said; after that only what goes on with the answer, repeats it or corrects it belongs to
it. A placeholder counts as an answer, so that looking again at redacted talk finds nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.alphabets import ACRONYMS, CHUNK
from redaction.context import CallContext
from redaction.cues import AMOUNT, ASIDE, Cue
from redaction.expected import FORMS
from redaction.spoken import Run, Said
from redaction.view import Token

ASIDE_TOKENS = 3
AMOUNT_TOKENS = 12
LINK_TOKENS = 2
ECHO_DIGITS = 3
SHORTEST_NOUN = 3
REMEMBERED = 40
"""How many codes back a repeated one is known again."""
_NOT_NUMBERS = frozenset(
    {"[PERSON]", "[ADDRESS]", "[EMAIL_ADDRESS]", "[LOCATION]", "[ORGANIZATION]", "[SPECIAL_CATEGORY]"}
)
REPLIES = lexicon.TURN_FILLERS | lexicon.words(
    "i i'm a an it its it's is was here this mine my your the number code that'd would be will be'll reads says say "
    "said shows saying have has in with at of for ends ending starts starting begins goes gone give me you see one "
    "second sec moment just let's hang hold bear sure very well course absolutely certainly yup definitely also "
    "currently there actually think believe guess maybe probably should now finally anyway hello hi sir ma'am madam "
    "please uh um erm er ah hmm mhm sorry oh o correct exactly right perfect great lovely brilliant cool super fine "
    "wonderful awesome haan han namaste"
)
"""Words around an answer that add nothing to it."""
_REFUSED = lexicon.words("don't can't cannot haven't didn't won't wouldn't not without unsure forgot forgotten lost no")
_LINKS = (REPLIES | lexicon.words("to on as by and so then from off under use using")) - lexicon.words("maybe or")


class Answers:
    """Which cues of a call were answered so far; asked and told in the order of the talk."""

    def __init__(self, context: CallContext, taken: frozenset[int] = frozenset()) -> None:
        self._taken = taken
        self._cues = context.cues
        self._talk = context.view.talk
        self._answered: dict[int, int] = {}
        self._begun: frozenset[int] = frozenset()
        self._said: list[tuple[str, str]] = []

    def cue_of(self, run: Run) -> Cue | None:
        """Return the cue that a run answers; an AMOUNT or an ASIDE where the run belongs to that."""
        first, last = run.tokens[0], run.tokens[-1]
        before, behind = self._before(run, first), self._cues.behind(last)
        if behind is not None and behind.mention and behind.kind == "ORDER_NUMBER" and self._upon(behind, last):
            behind = None
        if behind is not None and behind.kind in FORMS and (before is None or before.kind == AMOUNT):
            return behind
        return before

    def _upon(self, cue: Cue, last: Token) -> bool:
        """Say whether a cue names where a number is to be put ("… on the invoice"), not what it is."""
        between = self._talk[self._cues.places[last.at] + 1 : cue.place]
        return any(token.norm in {"on", "onto", "in"} for token in between)

    def _before(self, run: Run, first: Token) -> Cue | None:
        alone = self.alone(run)
        for cue in self._cues.reaching(first, far=alone and len(run.code) >= ECHO_DIGITS):
            distance = self._cues.distance(cue, first)
            if cue.kind == ASIDE and not _beside(cue, first, distance):
                continue
            if cue.kind == AMOUNT and distance > AMOUNT_TOKENS and cue.token.segment != first.segment:
                return None
            if cue.kind in FORMS or cue.kind in {AMOUNT, ASIDE}:
                return cue if cue.kind in {AMOUNT, ASIDE} or self._open(cue, run, alone=alone) else None
        return None

    def _open(self, cue: Cue, run: Run, *, alone: bool) -> bool:
        if _rounded(run) and not alone and cue.token.segment != run.tokens[0].segment:
            return False
        between = self._cues.between(cue, run.tokens[0])
        last = self._last_answer(cue, between)
        if last is not None:
            return only_replies(between[last + 1 :]) or (alone and cue.place in self._begun)
        if cue.token.segment == run.tokens[0].segment or alone:
            return True
        refused = any(token.norm in _REFUSED for token in between if token.channel != cue.token.channel)
        return not refused and self.linked(run)

    def _last_answer(self, cue: Cue, between: Sequence[Token]) -> int | None:
        """Return where in `between` the last answer stands, None where there is none yet."""
        last = max((at for at, token in enumerate(between) if self._hidden(token)), default=None)
        told = self._answered.get(cue.place)
        if told is None:
            return last
        return max(told - cue.place - 1, last if last is not None else -1)

    def _hidden(self, token: Token) -> bool:
        return _hidden_number(token) or token.at in self._taken

    def distance(self, cue: Cue, run: Run) -> int:
        """Return how many tokens of talk lie between a cue and a run."""
        return self._cues.distance(cue, run.tokens[0])

    def begun(self, cue: Cue) -> bool:
        """Say whether a part of the answer was said."""
        return cue.place in self._begun

    def alone(self, run: Run) -> bool:
        """Say whether the run's sentence holds nothing else ("Okay, so it's seven three one")."""
        first, last = self._cues.places[run.tokens[0].at], self._cues.places[run.tokens[-1].at]
        return all(_neutral(token) for token in sentence_around(self._talk, first, last))

    def linked(self, run: Run) -> bool:
        """Say whether only ordinary links lead up to the run in its clause: "… it says 731", not "room is 412"."""
        place = self._cues.places[run.tokens[0].at]
        for token in reversed(self._talk[max(0, place - LINK_TOKENS) : place]):
            if token.segment != run.tokens[0].segment or token.closes or token.comma:
                return True
            if token.norm not in _LINKS and not _neutral(token) and token.at not in self._cues.said:
                return False
        return True

    def told(self, cue: Cue | None, run: Run, kind: str) -> None:
        """Remember that a run was taken: as the answer to its cue, and as a code that may be repeated."""
        self._said = [*self._said[-REMEMBERED:], (run.code, kind)]
        if cue is None:
            reaching = self._cues.reaching(run.tokens[0])
            cue = next((one for one in reaching if one.kind == kind and kind in FORMS), None)
        if cue is not None:
            self._answered[cue.place] = self._cues.places[run.tokens[-1].at]
            whole = len(run.code) >= FORMS[cue.kind].least
            self._begun = self._begun - {cue.place} if whole else self._begun | {cue.place}

    def echoed(self, run: Run) -> str | None:
        """Return the kind of an earlier code that the run repeats, in whole or in part."""
        code = run.code
        if len(run.digits) < ECHO_DIGITS:
            return None
        return next(
            (kind for said, kind in reversed(self._said) if code in said or (len(said) > ECHO_DIGITS and said in code)),
            None,
        )


_SPELLING = lexicon.words("capital small letter uppercase lowercase caps plus dash hyphen slash space")
_HOLD = lexicon.words(
    "repeat again sorry pardon catch missed slowly slower broke breaking hear next rest continue last write writing "
    "pen note down moment second sec minute hold wait system slow loading screen bear type typing check checking cut "
    "line once"
)


def holds(tokens: Sequence[Token]) -> bool:
    """Say whether one side only replies, repeats digits, or asks the other to wait or to say it again."""
    return any(token.norm in _HOLD for token in tokens) or only_replies(tokens)


def _neutral(token: Token) -> bool:
    """Say whether a token adds nothing to a number beside it: a reply, a placeholder, a letter or its name."""
    if (
        token.norm in REPLIES
        or token.placeholder
        or len(token.norm) == 1
        or token.norm in lexicon.NATO
        or token.norm in _SPELLING
    ):
        return True
    capitals = token.norm.isalpha() and token.norm.upper() in token.raw and len(token.norm) in CHUNK
    return capitals and token.norm.upper() not in ACRONYMS and not vocabulary.ordinary(token.norm)


def sentence_around(tokens: Sequence[Token], first: int, last: int) -> Iterator[Token]:
    """Yield the other tokens of the sentence that tokens `first` to `last` stand in, the nearest first."""
    at = first
    while at > 0 and tokens[at - 1].segment == tokens[first].segment and not tokens[at - 1].closes:
        at -= 1
        yield tokens[at]
    at = last
    while at + 1 < len(tokens) and tokens[at + 1].segment == tokens[last].segment and not tokens[at].closes:
        at += 1
        yield tokens[at]


def _rounded(run: Run) -> bool:
    """Say whether the run is so many hundred or thousand: "fifteen hundred for the first"."""
    return run.parts[-1].said is Said.SCALE


def only_replies_since(between: Sequence[Token], taken: frozenset[int] = frozenset()) -> bool:
    """Say whether nothing but replies follow the last number of a stretch of talk that is hidden or `taken`."""
    last = max((at for at, token in enumerate(between) if _hidden_number(token) or token.at in taken), default=-1)
    return last < 0 or only_replies(between[last + 1 :])


def only_replies(tokens: Iterable[Token]) -> bool:
    """Say whether tokens say nothing of their own: "okay, and the …"."""
    return all(token.norm in REPLIES or token.placeholder for token in tokens)


def _beside(cue: Cue, token: Token, distance: int) -> bool:
    """Say whether a number belongs to an ASIDE: right after it, or as the answer to a question about it."""
    if cue.token.segment == token.segment:
        return distance <= 2 * ASIDE_TOKENS
    return cue.asked and distance <= 2 * ASIDE_TOKENS


def _hidden_number(token: Token) -> bool:
    return token.placeholder and token.raw.strip(".,?! ") not in _NOT_NUMBERS


def ordinary_noun(token: Token) -> bool:
    """Say whether a token may be what a number counts: a plain lower-case word that is no link."""
    word = token.norm
    return (
        word.isalpha()
        and not token.capital
        and len(word) >= SHORTEST_NOUN
        and word not in _NO_NOUNS
        and vocabulary.ordinary(word)
    )


_NO_NOUNS = REPLIES | lexicon.words(
    "and is are was were if but so for or as on at in by to from with without then than that which who when where "
    "what how why because since until till while after before again too also only just still already yes please "
    "thanks thank expires expiring expired starts ends begins works worked looks seems means goes comes does did do "
    "done can could will would should shall may might must have has had been being not never both all each every some "
    "any many much more most less last next this today yesterday tomorrow monday tuesday wednesday thursday friday "
    "saturday sunday valid under using against over into onto about around through between within per plus minus "
    "slash dash dot into isn't don't didn't doesn't can't won't old new same belongs registered linked issued written "
    "printed followed out up off down"
)
