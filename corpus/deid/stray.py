"""What no span covers and still may not stay: names and numbers of the call said once more, addresses, dates, towns.

Redaction's own second look has passed these words; here is a third, which knows what the call's people are called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from corpus.deid import dates
from corpus.deid.codes import PART_FROM
from corpus.deid.glances import Glances
from corpus.deid.places import towns_in
from corpus.deid.source import SourceCall
from corpus.deid.telling import PERSONAL, SENSITIVE, Teller, kind_told
from corpus.deid.vocabulary import Look, is_common, look
from domain.speech import Word

_NAME_FROM: Final = 3
_AROUND: Final = 5
"""So many words of a date may follow the first."""


@dataclass(frozen=True, slots=True)
class Stray:
    """Some words of plain talk and what stands for them."""

    count: int
    kind: str
    told: tuple[str, ...]


class Strays:
    """Looks through the plain words of one call.

    Args:
        teller: of the call; it knows its names and numbers.
        source: the call.
        glances: at its words.
    """

    def __init__(self, teller: Teller, source: SourceCall, glances: Glances) -> None:
        self._teller = teller
        self._month_first = any(one.upper().startswith("US") for one in source.jurisdictions[:1])
        names, sensitive = teller.people.known, teller.sensitive
        self._watched = glances.watched | {
            text for text, norm in glances.norms if norm in names or norm in sensitive
        }  # fmt: skip
        self._year = source.began_at.year if source.began_at else 2024

    def found(self, words: Sequence[Word]) -> dict[int, Stray]:
        """Return what may not stay among words that no span covers, in order: first word → what stands for it."""
        watched = [at for at, word in enumerate(words) if word.text in self._watched]
        if not watched:
            return {}
        looks = [look(word.text) for word in words]
        found = {
            at: Stray(count, "LOCATION", _placed(country, looks[at], looks[at + count - 1]))
            for at, (count, country) in towns_in(looks).items()
        }
        for at in watched:
            stray = self._word(words[at], looks[at])
            if stray is not None:
                found[at] = stray
            elif looks[at].norm in dates.MONTH_OF or looks[at].digits > 3:  # noqa: PLR2004 - 4/5 alone is no date
                self._date(looks, at, found)
        return _apart(found)

    def _word(self, word: Word, one: Look) -> Stray | None:
        if word.entity_type is not None:
            return Stray(1, kind_told(word.entity_type), (PERSONAL,))
        if "@" in word.text:
            return Stray(1, "EMAIL_ADDRESS", (self._teller.net(word.text),))
        if one.digits >= PART_FROM:
            told = self._teller.number(word.text)
            if told is not None:
                return Stray(1, "NUMBER_SEQUENCE", (told,))
        if one.norm in self._teller.sensitive:
            return Stray(1, "SPECIAL_CATEGORY", (SENSITIVE,))
        if self._is_name(one):
            return Stray(1, "PERSON", tuple(self._teller.people.told([word.text])))
        return None

    def _is_name(self, one: Look) -> bool:
        """Say whether a word is a name of the call; of a name that is a word too, only with a capital."""
        return (
            len(one.norm) >= _NAME_FROM
            and one.norm in self._teller.people.known
            and (one.capital or not is_common(one.norm))
        )

    def _date(self, looks: Sequence[Look], at: int, found: dict[int, Stray]) -> None:
        """Note the longest date around a month, or in one word of figures. "May" and "march" alone are no dates."""
        ambiguous = looks[at].norm in {"may", "march", "mar"}
        for begin in range(max(0, at - 4), at + 1):
            for end in range(min(len(looks), at + _AROUND), at, -1):
                if end - begin == 1 and (ambiguous or looks[at].norm in {"sept", "dec", "jan"}):
                    continue
                if (
                    looks[begin].norm in dates.LINKING
                    or not looks[end - 1].norm
                    or looks[end - 1].norm in dates.LINKING
                ):
                    continue
                texts = [one.lead + one.core + one.trail for one in looks[begin:end]]
                date = dates.read(texts, month_first=self._month_first, year=self._year)
                if date is not None:
                    told = " ".join(dates.shifted(date, self._teller.shift)).split()
                    found[begin] = Stray(end - begin, "DATE", tuple(told))
                    return


def _placed(country: str, first: Look, last: Look) -> tuple[str, ...]:
    return tuple(f"{first.lead}{country}{last.trail}".split())


def _apart(found: dict[int, Stray]) -> dict[int, Stray]:
    """Return them without overlap, the first of two."""
    apart: dict[int, Stray] = {}
    until = 0
    for at in sorted(found):
        if at >= until:
            apart[at] = found[at]
            until = at + found[at].count
    return apart
