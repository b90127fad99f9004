"""Addresses of the net: mailboxes, sites, handles, user names. Each part is invented, at hosts that cannot be.

`.invalid` is reserved so that no name under it ever resolves (RFC 2606).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from corpus.deid import name_parts
from corpus.deid.draws import Draws
from corpus.deid.people import People
from corpus.deid.spelling import Form, spelled
from corpus.deid.vocabulary import Look, look, words

NOBODYS: Final = "invalid"
SIGNS: Final = frozenset(
    words(
        "dot point at the rate of underscore dash hyphen slash colon hash star plus www http https and all one word "
        "lower upper case small capital it's it is my uh um er no sorry then email mail address space for as in like"
    )
)
"""Said between the parts: these stay."""
_ENDINGS: Final = frozenset(
    words(
        "com org net edu gov io in uk us eu de fr es it ie nl info biz me tv ai app dev ca au nz za pk ae ch se no dk "
        "pl be at online shop co"
    )
)
_PART: Final = re.compile(r"[^\W\d_]+|\d+|[\W_]+")
_LONGEST: Final = 12
_NAME_FROM: Final = 3


class Mailboxes:
    """The addresses of one call; a part of a name in one is that of the person.

    Args:
        draws: of the call, or of the release.
        people: the names of the call, learned already.
    """

    def __init__(self, draws: Draws, people: People) -> None:
        self._draws = draws
        self._people = people

    def told(self, words: Sequence[str]) -> list[str]:
        """Return the words of an address saying another one, in the same form."""
        looks = [look(word) for word in words]
        pieces = spelled(words).pieces
        made: list[str] = []
        at = 0
        while at < len(looks):
            run = _letters_from(looks, at)
            if run > 1:
                made += self._spelled(looks[at : at + run])
                at += run
                continue
            one, piece = looks[at], pieces[at]
            if piece.form in {Form.ONE, Form.TWO, Form.TENS, Form.ONES, Form.TIMES, Form.SCALE, Form.JOINED}:
                made.append(f"{one.lead}{self._digit_word(at, piece.code, one)}{one.trail}")
            else:
                made.append(self._word(one, last=at == len(looks) - 1 or looks[at + 1].norm != "dot",
                                       ends=bool(at) and looks[at - 1].norm in {"dot", "point"}))  # fmt: skip
            at += 1
        return made

    def _word(self, one: Look, *, last: bool, ends: bool) -> str:
        if not one.norm or one.norm in SIGNS:
            return f"{one.lead}{one.core}{one.trail}"
        if ends and one.norm in _ENDINGS:
            return f"{one.lead}{NOBODYS if last else one.core}{one.trail}"
        return f"{one.lead}{self._written(one.core, host_like=ends)}{one.trail}"

    def _written(self, text: str, *, host_like: bool) -> str:
        """Return a written address, or a part of one, with other parts; its last ending becomes one that cannot be."""
        local, at, host = text.rpartition("@")
        if not at and "." in text:
            local, host = "", text
        elif not at and not host_like:
            local, host = text, ""
        name, dot, _ = host.rpartition(".")
        path = host.partition("/")[2] if "/" in host else ""
        if path:
            name, dot, _ = host.partition("/")[0].rpartition(".")
        ending = f".{NOBODYS}" if dot else ""
        tail = f"/{self._parts(path)}" if path else ""
        return f"{self._parts(local)}{at}{self._parts(name if dot else host)}{ending}{tail}"

    def _parts(self, text: str) -> str:
        return "".join(self._part(part) for part in _PART.findall(text))

    def _part(self, part: str) -> str:
        if part.isdecimal():
            return "".join(str(byte % 10) for byte in self._draws.many(f"mail-digits:{part}", len(part)))
        if not part.isalpha() or part.lower() in {"www", "http", "https"}:
            return part
        norm = part.lower()
        made = self._of_a_name(norm) or self._invented(norm)
        return made.upper() if part.isupper() and len(part) > 1 else made

    def _of_a_name(self, norm: str) -> str:
        """Return what stands for "krishnan", "mkrishnan": names of the call, with letters left over."""
        known = sorted(
            (name for name in self._people.parts() if len(name) >= _NAME_FROM and name in norm), key=len, reverse=True
        )
        if not known:
            return ""
        before, name, after = norm.partition(known[0])
        return f"{self._rest(before)}{self._people.part(name).lower()}{self._rest(after)}"

    def _rest(self, letters: str) -> str:
        if not letters:
            return ""
        if len(letters) == 1:
            return self._people.initial(letters).lower()
        return self._of_a_name(letters) or self._invented(letters)

    def _invented(self, norm: str) -> str:
        made = self._draws.choice(f"mailbox:{norm}", name_parts.pool("mailbox", name_parts.MAILBOX))
        if len(norm) > len(made):
            made += self._draws.choice(f"mailbox-2:{norm}", name_parts.pool("mailbox", name_parts.MAILBOX))
        made = made[: max(2, min(len(norm), _LONGEST))]
        return made if made != norm else f"{made}ez"

    def _spelled(self, looks: Sequence[Look]) -> list[str]:
        """Return letters one by one: those of what stands for the word that they spell."""
        made = self._part("".join(one.norm for one in looks))
        marks = looks[-1].trail
        letters = [char.upper() if looks[0].capital else char for char in made]
        return [*letters[:-1], letters[-1] + marks]

    def _digit_word(self, at: int, code: str, one: Look) -> str:
        digits = "".join(str(byte % 10) for byte in self._draws.many(f"mail-digits:{at}:{code}", max(1, len(code))))
        return " ".join(_ONES[int(digit)] for digit in digits) if code else one.core


def _letters_from(looks: Sequence[Look], at: int) -> int:
    """Return how many single letters stand in a row."""
    count = 0
    while at + count < len(looks) and len(looks[at + count].core) == 1 and looks[at + count].core.isalpha():
        count += 1
    return count


_ONES: Final = words("zero one two three four five six seven eight nine")
