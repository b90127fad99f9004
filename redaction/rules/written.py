"""What a written sentence sets apart itself: a value between quotation marks, an e-mail address in one word.

"Password 'B@nZes94!', attempting to access …": on a call the end of a password is anybody's guess, so all that follows
its cue is taken. Whoever writes says where it ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from redaction import vocabulary
from redaction.view import Token

LONG_PROSE = 6
FEWEST_STRANGE = 2
MOST_QUOTED = 5
"""So many words stand in quotation marks as one value."""
_OPENS = re.compile(r"^[(\[]?['\"\u2018\u201c`]")
_CLOSES = re.compile(r"['\"\u2019\u201d`][)\].,;:!?]*$")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}")
_ADDRESSED = frozenset({"EMAIL_ADDRESS", "USERNAME", "UPI_ID"})


def written(told: Sequence[Token], kind: str) -> tuple[Token, ...]:
    """Return the value that a told sentence sets apart, nothing where it sets none apart."""
    return _quoted(told) or (_address(told) if kind in _ADDRESSED else ())


def quotation(told: Sequence[Token]) -> tuple[Token, ...]:
    """Return the quotation that the tokens begin with, nothing where they begin with none."""
    return _quoted(told) if told and _OPENS.match(told[0].raw) else ()


def _quoted(told: Sequence[Token]) -> tuple[Token, ...]:
    first = next((at for at, token in enumerate(told) if _OPENS.match(token.raw)), None)
    if first is None:
        return ()
    ends = range(first, min(len(told), first + MOST_QUOTED))
    end = next((at for at in ends if _CLOSES.search(told[at].raw) and (at > first or _twice(told[at].raw))), None)
    return () if end is None else tuple(told[first : end + 1])


def _twice(raw: str) -> bool:
    """Say whether one word opens and closes its quotation: "'Qwe9!'," does, "'til" and "dogs'" do not."""
    return len(re.findall(r"['\"\u2018\u2019\u201c\u201d`]", raw)) > 1


def _address(told: Sequence[Token]) -> tuple[Token, ...]:
    """Return an address with the password that a stroke parts from it: "a.lee@example.com / Winter22"."""
    first = next((at for at, token in enumerate(told) if _ADDRESS.fullmatch(token.norm)), None)
    if first is None:
        return ()
    stroke = first + 1 < len(told) and told[first + 1].raw == "/"
    return tuple(told[first : first + 3 if stroke else first + 1])


def prose(said: Sequence[Token]) -> bool:
    """Say whether a sentence about logging in follows rather than a name: ordinary words but for one."""
    strange = [token.norm for token in said if not vocabulary.english(token.norm)]
    return len(said) >= LONG_PROSE and len(strange) < FEWEST_STRANGE and all(map(str.isalpha, strange))
