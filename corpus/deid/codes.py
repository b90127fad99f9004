"""Numbers and codes of one call: each is one item however it is said, in pieces or read back, and gets one other code.

A code that is made has the length of the real one, digits where it has digits and letters where it has letters, and is
nobody's: seven digits or more begin with `0000`, which no numbering plan, card scheme or identity number does, whatever
country is taken for its own (but nine digits are a number somewhere whatever they begin with: these would be one in
Tajikistan); four to six begin with `0`, as no house number does; a first letter is Q, X or Z; it passes none of the
checksums that we know; and it is not equal to what it stands for, to another code of the call, or to a value to be
avoided.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Final

from corpus.deid.draws import Draws
from domain.checksums import passes_any

NOWHERE: Final = "0000"
"""How a long number begins that is in no numbering plan."""
_AFTER: Final = "012356789"
"""What may follow it: 0000 4 is free of charge in Uruguay."""
LONG: Final = 7
"""So many digits could be somebody's telephone number."""
TELLING: Final = 6
"""So short a code is equal to another one by chance; a longer one is somebody's."""
PART_FROM: Final = 4
"""So many characters are looked for in longer codes of the call: "ending in 3210"."""
_FIRST: Final = "QXZ"
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_TRIES: Final = 64


@dataclass
class Code:
    """One code of a call, with what its mentions ask of the one that stands for it."""

    real: str
    ties: set[int] = field(default_factory=set)
    fixed: set[int] = field(default_factory=set)
    mentions: set[tuple[int, int]] = field(default_factory=set)
    made: str = ""


class Codes:
    """The codes of a call. First all mentions are learned, then each can be told.

    Args:
        draws: of the call, or of the release.
        avoid: real values that no code may be equal to.
    """

    def __init__(self, draws: Draws, avoid: Container[bytes]) -> None:
        self._draws = draws
        self._avoid = avoid
        self._learned: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []
        self._codes: list[Code] = []
        self._places: dict[str, tuple[Code, int]] = {}

    def learn(self, code: str, ties: Iterable[int] = (), fixed: Iterable[int] = ()) -> None:
        """Note a mention: what it spells, which places repeat the one before, which stay."""
        if code:
            self._learned.append((code, tuple(ties), tuple(fixed)))

    def settle(self) -> None:
        """Find out which mentions are parts of which codes; to be called once, before anything is told."""
        for code, ties, fixed in sorted(self._learned, key=lambda one: -len(one[0])):
            whole, at = self._places.get(code) or self._place(code)
            self._places[code] = whole, at
            whole.ties.update(at + tie for tie in ties)
            whole.fixed.update(at + place for place in fixed)
            whole.mentions.add((at, at + len(code)))

    def knows(self, code: str) -> bool:
        """Say whether a code is one of the call's, or was learned as a part of one."""
        return code in self._places

    def told(self, code: str) -> str:
        """Return the code that stands for one that was learned. Raises KeyError for another."""
        whole, at = self._places[code]
        whole.made = whole.made or self._made(whole)
        return whole.made[at : at + len(code)]

    def _place(self, code: str) -> tuple[Code, int]:
        if len(code) >= PART_FROM:
            for known in self._codes:
                at = known.real.rfind(code)
                if at == 0 or (at > 0 and (at + len(code) == len(known.real) or len(code) > PART_FROM)):
                    return known, at
        self._codes.append(Code(code))
        return self._codes[-1], 0

    def _made(self, code: Code) -> str:
        zeros = _noughts(code)
        for attempt in range(_TRIES):
            made = self._drawn(code, zeros, attempt)
            if self._is_nobodys(code, made):
                return made
        return "".join(_FIRST[0] if char.isalpha() else "0" for char in code.real)

    def _drawn(self, code: Code, zeros: set[int], attempt: int) -> str:
        stream = self._draws.many(f"code:{attempt}:{code.real}", len(code.real))
        made: list[str] = []
        for at, (char, byte) in enumerate(zip(code.real, stream, strict=True)):
            if at in code.fixed or not char.isalnum():
                made.append(char)
            elif at in zeros:
                made.append("0")
            elif at in code.ties and at:
                made.append(made[-1])
            elif at - 1 in zeros and char.isdecimal():
                made.append(_AFTER[byte % len(_AFTER)])
            elif char.isdecimal():
                made.append(str(byte % 10))
            else:
                made.append((_LETTERS if at else _FIRST)[byte % len(_LETTERS if at else _FIRST)])
        return "".join(made)

    def _is_nobodys(self, code: Code, made: str) -> bool:
        parts = {made[begin:end] for begin, end in code.mentions} | {made}
        if made == code.real or any(len(part) >= LONG and passes_any(part) for part in parts):
            return False
        real = {part for part in parts if len(part) >= TELLING}
        return not any(part in self._places or part.lower().encode() in self._avoid for part in real)


def _noughts(code: Code) -> set[int]:
    """Return the places that must be 0: seven digits could ring; no house or order number begins with 0."""
    zeros: set[int] = set()
    for begin, end in {*code.mentions, (0, len(code.real))}:
        at = begin
        while at < end:
            stop = at
            while stop < end and code.real[stop].isdecimal():
                stop += 1
            if stop - at >= PART_FROM:
                zeros.update(range(at, at + (len(NOWHERE) if stop - at >= LONG else 1)))
            at = stop + 1
    for at in sorted(code.ties, reverse=True):
        if at in zeros and at:
            zeros.add(at - 1)
    return zeros - code.fixed
