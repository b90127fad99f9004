"""Street addresses: a number with a street, a dwelling, a box or a code, and what grows from there on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules import living, streets
from redaction.rules.naming import STOP
from redaction.spoken import NUMERIC, Said
from redaction.view import Token

RULE = "spoken_addresses"
KINDS = ("ADDRESS",)
MAX_NAME_TOKENS = 5
_ANCHORS = streets.STREETS | streets.PREFIXES | streets.DWELLINGS | streets.BOXES | {"corner"}
MAX_GAP = 2
MAX_TAIL = 16
MAX_HEAD = 6
CODE_DIGITS = range(5, 7)
_HEADS = streets.LINKS | {"no", "number", "#"}
_TAILS = streets.LINKS | {"in", "and", "near"} | streets.PARTS


def find(context: CallContext) -> Iterator[Hit]:
    """Yield streets, dwellings and codes with all that belongs to them, and the parts of an address after a cue."""
    for tokens in context.view.channels:
        line = _Line(tokens)
        for first, end, score, reason in line.anchors():
            first, end = line.grown(first, end)  # noqa: PLW2901 - the anchor with what belongs to it
            yield Hit(tuple(tokens[first:end]), "ADDRESS", score, RULE, reason)
    yield from living.find(context, RULE)


class _Line:
    """One side's talk, with what each token can be in an address."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        parts = parts_of(tokens)
        self.numbered = [part.said in NUMERIC or part.said is Said.CODE for part in parts]
        self.ordinal = [part.said is Said.ORDINAL for part in parts]
        self.letter = [part.said is Said.LETTER and len(part.code) == 1 for part in parts]

    def anchors(self) -> Iterator[tuple[int, int, float, str]]:
        """Yield stretches that are (a part of) an address by themselves."""
        for at, token in enumerate(self.tokens):
            norm = token.norm
            if token.placeholder or not norm:
                continue
            if self.numbered[at]:
                yield from self._by_number(at)
            elif norm in _ANCHORS or streets.suffixed(norm):
                yield from self._by_word(at, token, norm)

    def _by_word(self, at: int, token: Token, norm: str) -> Iterator[tuple[int, int, float, str]]:
        if streets.street(norm) and (start := self._street_start(at)) is not None:
            yield start, at + 1, 0.85, "a number and a street"
        elif norm in streets.STRONG and token.capital and at and _titled(self.tokens[at - 1], token):
            yield at - 1, at + 1, 0.7, "a street by name"
        elif streets.suffixed(norm) and token.capital and (self._number(at + 1) or self._number(at - 1)):
            yield at, at + 1, 0.8, "a street by its ending"
        elif norm in streets.PREFIXES and (end := self._prefixed(at)):
            yield at, end, 0.8, "a street by its first word"
        elif norm in streets.DWELLINGS and (end := self._dwelling(at)):
            yield at, end, 0.7, "a numbered dwelling"
        elif norm == "corner" and (start := self._corner(at)) is not None:
            yield start, at + 3, 0.8, "a corner of streets"
        elif norm in streets.BOXES and (end := self._dwelling(at)) and (self._number(at - 1) or token.capital):
            yield at, end, 0.8, "a post box"

    def _by_number(self, at: int) -> Iterator[tuple[int, int, float, str]]:
        tokens, end = self.tokens, at + 1
        while end < len(tokens) and end - at <= MAX_NAME_TOKENS and self._named(end):
            end += 1
        strange = any(
            not vocabulary.english(one.norm) and not vocabulary.brand(one.norm) for one in tokens[at + 1 : end]
        )
        if end > at + 1 and self._number(end) and strange and not self._break(end - 1) and not self._counted(end):
            yield at, end + 1, 0.75, "a name between two numbers"
        if end > at + 1 and self._towards_town(at, end):
            yield at, end, 0.7, "a number and a name before a place"
        code = "".join(char for char in tokens[at].norm if char.isdigit())
        if len(code) in CODE_DIGITS and code == tokens[at].norm.replace(" ", "") and at and self._place(at - 1):
            yield at - 1, at + 1, 0.75, "a code after a place"

    def _towards_town(self, at: int, end: int) -> bool:
        """Say whether names between commas follow a number, and a town's name is among them: "12 Chest Way, Etna"."""
        if not self.tokens[end - 1].comma or self._break(at) or self.tokens[at].comma or end >= len(self.tokens):
            return False
        town, name = self.tokens[end], self.tokens[at + 1]
        together = town.segment == self.tokens[at].segment and not name.placeholder
        counted = name.norm in lexicon.UNITS or name.norm in lexicon.CURRENCY or name.norm in lexicon.MONTHS
        return together and not counted and town.capital and vocabulary.place(town.norm) and name.raw[:1].isupper()

    def _named(self, at: int) -> bool:
        token = self.tokens[at]
        if (
            token.placeholder
            or self.numbered[at]
            or token.segment != self.tokens[at - 1].segment
            or self._break(at - 1)
        ):
            return False
        linked = token.norm in streets.LINKS and not token.closes
        return linked or (token.capital and token.norm not in STOP and token.norm not in lexicon.MONTHS)

    def _place(self, at: int) -> bool:
        token = self.tokens[at]
        if token.closes or token.placeholder or token.segment != self.tokens[at + 1].segment:
            return False
        state = token.raw.strip(".,").isupper() and token.norm in streets.COUNTRY_OF_CODE
        return state or (token.capital and vocabulary.place(token.norm) and not vocabulary.english(token.norm))

    def _number(self, at: int) -> bool:
        return 0 <= at < len(self.tokens) and self.numbered[at]

    def _break(self, at: int) -> bool:
        return self.tokens[at].closes and not streets.abbreviation(self.tokens[at])

    def _counted(self, at: int) -> bool:
        after = self.tokens[at + 1].norm if at + 1 < len(self.tokens) and not self.tokens[at].closes else ""
        return after in lexicon.UNITS or after in lexicon.CURRENCY

    def _street_start(self, street: int) -> int | None:
        """Return where the house number begins, when one stands at most a few name words before the street word."""
        tokens, at = self.tokens, street - 1
        while at >= 0 and street - at <= MAX_NAME_TOKENS and not self.numbered[at]:
            token = tokens[at]
            plain = not token.capital and vocabulary.ordinary(token.norm) and token.norm not in streets.LINKS
            if token.placeholder or self._break(at) or (plain and not self.ordinal[at]):
                return None
            at -= 1
        if at < 0 or not self.numbered[at] or (at == street - 1 and tokens[street].norm not in streets.STRONG):
            return None
        if tokens[at].segment != tokens[street].segment or not self._real_street(at, street):
            return None
        while at > 0 and self.numbered[at - 1] and tokens[at - 1].segment == tokens[at].segment:
            at -= 1
        return at

    def _real_street(self, at: int, street: int) -> bool:
        """Say whether a weak street word ("5 Star Place") stands behind capitals and has one itself."""
        between = self.tokens[at + 1 : street]
        if self.tokens[street].norm in streets.STRONG:
            return True
        counted = at + 1 < len(self.tokens) and self.tokens[at + 1].norm in lexicon.UNITS
        return not counted and (
            self.tokens[street].capital or any(token.capital and token.norm != "i" for token in between)
        )

    def _prefixed(self, at: int) -> int:
        """Return the end of "rue de Rivoli 12", 0 where no name follows or nothing shows that it is a street."""
        end = at + 1
        while end < len(self.tokens) and end - at <= MAX_NAME_TOKENS and self._named(end):
            end += 1
        clear = self.tokens[at].norm not in lexicon.STREETS and not vocabulary.english(self.tokens[at].norm)
        if end == at + 1 or not any(token.capital for token in self.tokens[at + 1 : end]):
            return 0
        numbered = self._number(end) or self._number(at - 1)
        return (end + 1 if self._number(end) else end) if numbered or (clear and self.tokens[at].capital) else 0

    def _dwelling(self, at: int) -> int:
        """Return the end of "flat 4 B" and "plot number twelve", 0 where no number follows."""
        end = at + 1
        if end < len(self.tokens) and self.tokens[end].norm in {"number", "no", "no.", "#"}:
            end += 1
        first = end
        while end < len(self.tokens) and (self.numbered[end] or self.letter[end]) and not self._break(end - 1):
            if self.tokens[end].segment != self.tokens[at].segment:
                break
            end += 1
        return end if end > first and not self._break(at) and not self._counted(end - 1) else 0

    def _corner(self, at: int) -> int | None:
        """Return where "the corner of …" begins, when a number or a name follows."""
        if at + 2 >= len(self.tokens) or self.tokens[at + 1].norm != "of" or not self._part(at + 2):
            return None
        return at - 1 if at and self.tokens[at - 1].norm == "the" else at

    def grown(self, first: int, end: int) -> tuple[int, int]:
        """Return the stretch with what belongs to it: number and dwelling before, town, state, code behind."""
        return self._head(first), self._tail(end)

    def _head(self, first: int) -> int:
        start, looked = first, first
        while looked > 0 and first - looked < MAX_HEAD:
            token = self.tokens[looked - 1]
            if token.placeholder or token.segment != self.tokens[first].segment or self._break(looked - 1):
                break
            if self._part(looked - 1) and (looked == start or token.comma or self._part(looked)):
                start = looked - 1
            elif start - looked + 1 > 1 or token.norm not in _HEADS:
                break
            looked -= 1
        return start

    def _tail(self, end: int) -> int:
        kept, looked = end, end
        while looked < len(self.tokens) and looked - kept <= MAX_GAP and looked - end < MAX_TAIL:
            token = self.tokens[looked]
            if token.placeholder or token.segment != self.tokens[end - 1].segment:
                break
            if self._break(looked - 1) and not (self.numbered[looked] and not self._counted(looked)):
                break
            if self._part(looked):
                kept = looked + 1
            elif token.norm not in _TAILS:
                break
            looked += 1
        return kept

    def _part(self, at: int) -> bool:
        """Say whether a token beside an address is one of its parts."""
        token = self.tokens[at]
        if self.numbered[at]:
            return not self._counted(at)
        if self.letter[at] and token.capital:
            return token.norm != "i"
        if token.norm in streets.PARTS and (self._number(at + 1) or (token.capital and token.norm not in STOP)):
            return True
        return living.telling(token, numbered=False)


def _titled(token: Token, street: Token) -> bool:
    same = token.segment == street.segment
    return same and token.capital and not token.closes and not token.comma and not vocabulary.ordinary(token.norm)
