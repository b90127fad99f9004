"""One look at each word of a call, before anybody looks twice at some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from corpus.deid.codes import PART_FROM
from corpus.deid.dates import MONTH_OF
from corpus.deid.loose import digits_in
from corpus.deid.places import begins_a_town
from corpus.deid.vocabulary import Memo, look
from domain.speech import Transcript


class _Glance(NamedTuple):
    norm: str
    digits: int
    """As `loose.digits_in` counts."""
    watched: bool
    """Whether it could be, or begin, anything at all that may not stay, in whatever call it is said."""


def _glance(text: str) -> _Glance:
    one = look(text)
    town = one.capital and begins_a_town(one.norm)
    watched = one.digits >= PART_FROM or "@" in text or one.norm in MONTH_OF or town
    return _Glance(one.norm, digits_in(text), watched)


_GLANCES: Final = Memo(_glance)


@dataclass(frozen=True, slots=True)
class Glances:
    """What is seen at once in the words of a call."""

    norms: list[tuple[str, str]]
    """Each word once, with its normal form."""
    digits: dict[str, int]
    """Words that could be of a number or a code."""
    watched: set[str]
    """Words that could be something whatever the call's people are called, and placeholders."""

    @classmethod
    def of(cls, transcript: Transcript) -> Glances:
        """Look at a transcript."""
        texts: set[str] = set()
        watched: set[str] = set()
        for segment in transcript.segments:
            for word in segment.words:
                texts.add(word.text)
                if word.entity_type is not None:
                    watched.add(word.text)
        norms, digits = [], {}
        for text in texts:
            norm, count, is_watched = _GLANCES[text]
            norms.append((text, norm))
            if count:
                digits[text] = count
            if is_watched:
                watched.add(text)
        return cls(norms, digits, watched)
