"""The people of one call: each part of a name has one invented part that stands for it, however it is said.

Parts, not whole names, are what is kept apart: "Meera", "Meera Krishnan", "Mrs Krishnan", "Mira" and "M-E-E-R-A" agree
without anybody having to find out who is meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from corpus.deid import name_parts
from corpus.deid.draws import Draws
from corpus.deid.vocabulary import Look, look, words

TITLES: Final = frozenset(
    words("mr mrs ms miss dr mister missus doctor sir madam ma'am prof professor smt shri ji lord lady captain")
)
_HERS: Final = frozenset(words("mrs ms miss missus madam ma'am smt lady"))
_HIS: Final = frozenset(words("mr mister sir shri lord"))
BESIDE: Final = frozenset(
    words(
        "de la las los del della di da dos van von der den ter ten zu el al bin ibn bint y e and or the of uh um er is "
        "it's"
    )
)
"""Small words of names: these stay."""
_FUZZY_FROM: Final = 5
_CLOSE: Final = 0.8
_LENGTHS_APART: Final = 2
_TRIES: Final = 32
_SOUNDS: Final = str.maketrans({"c": "k", "q": "k", "z": "s", "w": "v", "x": "k", "j": "g"})


class People:
    """The names of a call and what stands for each part of them.

    Args:
        draws: of the call, or of the release.
        avoid: real values that no invented name may be.
        country: of the call, where names tell no origin.
    """

    def __init__(self, draws: Draws, avoid: Container[bytes], country: str) -> None:
        self._draws = draws
        self._avoid = avoid
        self._country = country
        self._made: dict[str, str] = {}
        self._same: dict[str, str] = {}
        self._by_sound: dict[str, str] = {}
        self._taken: set[str] = set()

    def learn(self, words: Sequence[str], *, before: str = "") -> None:
        """Note a name as it was said or written: its parts in order. `before` is the word before it, maybe a title."""
        looks = [one for word in words for one in _looks(word)]
        norms = [one.norm for one in looks if one.norm not in TITLES]
        names = [norm for norm in norms if norm not in BESIDE and len(norm) > 1]
        if not names:
            return
        titles = {one.norm for one in looks} | {look(before).norm}
        surname_first = len(names) > 1 and bool(looks) and looks[0].trail.startswith(",")
        last = names[0] if surname_first else names[-1]
        given = [name for name in names if name != last] or ([] if titles & (TITLES - {"sir", "madam"}) else names)
        origin = name_parts.origin_of(
            given[0] if given else "", last if len(names) > 1 or not given else "", self._country
        )
        gender = _gender(titles, given, origin)
        for name in given:
            self._introduce(name, origin, gender)
        self._introduce(last, origin, name_parts.SURNAME)

    @property
    def known(self) -> Mapping[str, str]:
        """All parts of names that were met, as they are compared; each → the part that it is a spelling of."""
        return self._same

    def knows(self, norm: str) -> bool:
        """Say whether a word is, exactly, a part of a name of the call."""
        return norm in self._same

    def parts(self) -> Iterable[str]:
        """Return the parts that are known."""
        return tuple(self._made)

    def part(self, norm: str) -> str:
        """Return the invented part for a part of a name, of a new person's given name when it was not met yet."""
        if norm not in self._same:
            self.learn([norm])
        return self._made[self._same[norm]]

    def initial(self, letter: str) -> str:
        """Return the first letter of the invented name that begins so in truth; another letter for nobody's."""
        for name, made in self._made.items():
            if name.startswith(letter.lower()):
                return made[0].upper()
        return self._draws.choice(f"initial:{letter.lower()}", "BDKLMNRSTV")

    def told(self, words: Sequence[str]) -> list[str]:
        """Return the words of a name with an invented one in its place; titles and small words stay."""
        return [self._word(word) for word in words]

    def _word(self, word: str) -> str:
        one = look(word)
        if not one.norm or one.norm in TITLES or one.norm in BESIDE:
            return word
        pieces = [self._piece(piece) for piece in _looks(word)]
        return one.lead + "-".join(pieces) + one.trail

    def _piece(self, one: Look) -> str:
        if len(one.norm) == 1:
            return self.initial(one.norm) if one.capital else self.initial(one.norm).lower()
        return _cased(self.part(one.norm), one.core)

    def _introduce(self, name: str, origin: str, role: str) -> None:
        if name in self._same:
            return
        known = self._alike(name)
        if known is None:
            known = name
            self._made[name] = self._drawn(name, origin, role)
            self._by_sound.setdefault(sound(name), name)
        self._same[name] = known

    def _alike(self, name: str) -> str | None:
        """Return the part that a new one is another spelling of: it sounds the same, or nearly all letters agree."""
        heard = self._by_sound.get(sound(name))
        if heard is not None and abs(len(heard) - len(name)) <= _LENGTHS_APART:
            return heard
        if len(name) < _FUZZY_FROM:
            return None
        near = (one for one in self._made if one[0] == name[0] and len(one) >= _FUZZY_FROM)
        return next((one for one in near if SequenceMatcher(None, one, name, autojunk=False).ratio() >= _CLOSE), None)

    def _drawn(self, name: str, origin: str, role: str) -> str:
        names = name_parts.pool(origin, role)
        first = self._draws.number(f"name:{role}:{name}", len(names))
        turned = (names[(first + at) % len(names)] for at in range(len(names)))
        made = next((one for one in turned if self._free(one, name)), names[first])
        self._taken.add(made)
        return made

    def _free(self, made: str, name: str) -> bool:
        return made not in self._taken and made.lower() != name and made.lower().encode() not in self._avoid


def _gender(titles: set[str], given: Sequence[str], origin: str) -> str:
    if titles & _HERS or titles & _HIS:
        return name_parts.FEMALE if titles & _HERS else name_parts.MALE
    return name_parts.gender_of(given[0], origin) if given else name_parts.MALE


def _looks(word: str) -> list[Look]:
    """Return a word, or the parts that hyphens and points part it into."""
    return [look(part) for part in re.split(r"(?<=\w)[-.](?=\w)", word)]


def _cased(made: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return made.upper()
    return made if like[:1].isupper() else made.lower()


@lru_cache(maxsize=1 << 14)
def sound(name: str) -> str:
    """Return how a name sounds, roughly: its first letter and the consonants after it, each once in a row."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name.lower()) if char.isascii() and char.isalpha())
    plain = plain.replace("ph", "f").replace("ck", "k").translate(_SOUNDS)
    heard = plain[:1]
    for char in plain[1:]:
        if char not in "aeiouyh" and char != heard[-1:]:
            heard += char
    return heard if len(heard) > 1 else name.lower()
