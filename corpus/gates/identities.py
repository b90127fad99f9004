"""What a call's own records and spans know of its people, as keyed digests; and whether an item still says any of it.

A digest leads nowhere without the release's key, so identities may lie beside staged items and go with them. Names of
five letters and more are found misspelt too: two words are near when they are the same after one letter of each is
dropped at most.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from corpus.deid.number_words import LETTER_OF
from corpus.deid.people import TITLES
from corpus.deid.vocabulary import is_common
from corpus.gates.saying import Heard, folded, runs
from domain.corpus import CorpusTurn, CorpusWord

Keyed = Callable[[bytes], bytes]
DIGEST: Final = 8
"""Bytes of a digest: by chance one word in 10^16 has the digest of another."""
NEAR_FROM: Final = 5
"""Letters a name has at least to be looked for misspelt."""
NAME_FROM: Final = 3
WINDOWS: Final = (6, 7)
"""Digits of the end of a number that are looked for: of shorter numbers six, of others seven."""
CODE_FROM: Final = 6
NAMES: Final = frozenset({"PERSON"})
"""Kinds whose words are names, also misspelt."""
WORDED: Final = frozenset({"ADDRESS", "EMAIL_ADDRESS", "USERNAME", "SOCIAL_HANDLE", "URL", "UPI_ID", "PASSWORD"})
"""Kinds whose uncommon words say who somebody is."""
SCAFFOLD: Final = frozenset({*LETTER_OF, *TITLES, "www", "http", "https", "com"})
"""What surrogates are put together with: titles, the words that letters are spelled by. They say nothing of anybody."""
_ENDS: Final = (".", "?", "!")
_COUNT: Final = 4
_REMEMBERED: Final = 200_000


class Digests(NamedTuple):
    """Of a written word: of its parts, of what is near them, both together; and whether all its parts are common."""

    every: frozenset[bytes]
    exact: frozenset[bytes]
    near: frozenset[bytes]
    common: bool


class Hasher:
    """Makes digests under a release's key. One per process and release: it remembers the words it has seen.

    Args:
        keyed: HMAC-SHA256 under the release's key.
        common: says whether a word is one that everybody says. One that is a name too ("Will") counts as the name only
            where it is written with a capital inside a sentence, and none of them is taken for a misspelt name.
    """

    def __init__(self, keyed: Keyed, common: Callable[[str], bool] = is_common) -> None:
        self._key = keyed(b"corpus:gates:identities")
        self.common = common
        self._last: tuple[Heard, frozenset[bytes]] | None = None
        self.exact = lru_cache(maxsize=_REMEMBERED)(self._exact)
        self.near = lru_cache(maxsize=_REMEMBERED)(self._near)
        self.of = lru_cache(maxsize=_REMEMBERED)(self._of)

    def digest(self, what: bytes, text: str) -> bytes:
        """Return the digest of a text, another one for each `what`."""
        return hashlib.blake2b(text.encode(), digest_size=DIGEST, key=self._key, person=what).digest()

    def numbers_in(self, heard: Heard) -> frozenset[bytes]:
        """Return the digests of all that stands in a row in an item's digits; of the item asked last it is kept."""
        last = self._last
        if last is None or last[0] is not heard:
            last = self._last = heard, frozenset(self.digest(b"number", one) for one in _windows(heard))
        return last[1]

    def _of(self, text: str) -> Digests:
        parts = _parts(text)
        exact = frozenset(map(self.exact, parts))
        near = frozenset(digest for part in parts if not self.common(part) for digest in self.near(part))
        return Digests(exact | near, exact, near, all(map(self.common, parts)))

    def _exact(self, word: str) -> bytes:
        return self.digest(b"word", word)

    def _near(self, word: str) -> frozenset[bytes]:
        """Return the digests of a word and of what is left of it without one of its letters."""
        if len(word) < NEAR_FROM - 1:
            return frozenset()
        shorter = {word[:at] + word[at + 1 :] for at in range(len(word))}
        return frozenset(self.digest(b"near", one) for one in {word, *shorter})


@dataclass(frozen=True, slots=True)
class Identities:
    """Digests of the words, the numbers and the misspelt names that an item must not say."""

    words: frozenset[bytes] = frozenset()
    """Names: no word of an item is one of them, a surrogate's neither."""
    near: frozenset[bytes] = frozenset()
    """Of names, and of what is left of them without one letter."""
    other: frozenset[bytes] = frozenset()
    """Words of addresses and the like: no word that is not a surrogate's."""
    numbers: frozenset[bytes] = frozenset()
    """Ends of numbers."""

    @classmethod
    def of(
        cls,
        hasher: Hasher,
        *,
        names: Iterable[str] = (),
        numbers: Iterable[str] = (),
        emails: Iterable[str] = (),
        said: Iterable[tuple[str, Sequence[str]]] = (),
    ) -> Identities:
        """Gather what is known of a call.

        Args:
            hasher: of the release.
            names: of its people, as its records have them.
            numbers: of its parties.
            emails: of its people.
            said: (kind, words) of each span that was found in it.
        """
        given, other, told = set(_split(names)), set(_split(emails)), list(numbers)
        for kind, words in said:
            told += _numbers(words)
            if kind in NAMES:
                given |= {word for word in _split(words) if word not in SCAFFOLD} | _spelled(words)
            elif kind in WORDED:
                other |= set(_split(words))
        given = {name for name in given if len(name) >= NAME_FROM}
        near = {name for name in given if len(name) >= NEAR_FROM and not hasher.common(name)}
        other = {word for word in other if len(word) >= NEAR_FROM and not hasher.common(word)} - SCAFFOLD
        return cls(
            frozenset(map(hasher.exact, given)),
            frozenset(digest for name in near for digest in hasher.near(name)),
            frozenset(map(hasher.exact, other)),
            frozenset(hasher.digest(b"number", tail) for number in told for tail in _tails(number)),
        )

    def left_in(self, heard: Heard, hasher: Hasher) -> set[str]:
        """Return what an item still says of them: `KNOWN_NAME`, `KNOWN_NUMBER`, or nothing."""
        found = {"KNOWN_NAME"} if self.words and self._names(heard, hasher) else set()
        if self.numbers and not self.numbers.isdisjoint(hasher.numbers_in(heard)):
            found.add("KNOWN_NUMBER")
        return found

    def _names(self, heard: Heard, hasher: Hasher) -> bool:
        every = self.words | self.near | self.other
        spelled = {run.chars for own in heard.runs for run in own if len(run.chars) >= NAME_FROM}
        if any(hasher.exact(folded(chars)) in self.words for chars in spelled):
            return True
        of = hasher.of
        suspects = {text for text in heard.texts if not every.isdisjoint(of(text).every)}
        return bool(suspects) and any(
            self._is(word, hasher, begins=not at or turn.words[at - 1].text.endswith(_ENDS))
            for turn in heard.item.turns
            for at, word in enumerate(turn.words)
            if word.text in suspects
        )

    def _is(self, word: CorpusWord, hasher: Hasher, *, begins: bool) -> bool:
        """Say whether a word is one of theirs: a surrogate only when it is the same, other words also when near."""
        (_, exact, near, common), marked = hasher.of(word.text), word.kind is not None
        if marked and folded(word.text) in SCAFFOLD:
            return False
        if not self.words.isdisjoint(exact):
            return not common or (not begins and word.text[:1].isupper())
        if marked or common:
            return False
        return not self.near.isdisjoint(near) or not self.other.isdisjoint(exact)

    def to_bytes(self) -> bytes:
        """Return the stored form: four counts, then the digests in order."""
        sets = [sorted(one) for one in (self.words, self.near, self.other, self.numbers)]
        return b"".join(len(one).to_bytes(_COUNT, "big") for one in sets) + b"".join(map(b"".join, sets))

    @classmethod
    def from_bytes(cls, stored: bytes) -> Identities:
        """Read back what `to_bytes` wrote. Raises ValueError when it is cut or too long."""
        head = 4 * _COUNT
        counts = [int.from_bytes(stored[at : at + _COUNT], "big") for at in range(0, head, _COUNT)]
        if len(stored) != head + sum(counts) * DIGEST:
            raise ValueError("stored identities are cut")
        digests = iter(stored[at : at + DIGEST] for at in range(head, len(stored), DIGEST))
        return cls(*(frozenset(islice(digests, count)) for count in counts))


@lru_cache(maxsize=_REMEMBERED)
def _parts(text: str) -> tuple[str, ...]:
    """Return the words that are written as one: of "meera.krishnan@example.com", of "Smith-Jones"."""
    whole = folded(text)
    return tuple(dict.fromkeys(part for part in (whole, *_between(whole)) if len(part) >= NAME_FROM))


def _between(word: str) -> list[str]:
    for mark in "@.-_/'’+":
        word = word.replace(mark, " ")
    return word.split()


def _split(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for word in text.split():
            yield from _between(folded(word))


def _turn(words: Sequence[str]) -> CorpusTurn:
    return CorpusTurn("", tuple(CorpusWord(0.0, 0.0, word) for word in words))


def _spelled(words: Sequence[str]) -> set[str]:
    """Return the names that are told by their letters."""
    return {folded(run.chars) for run in runs(_turn(words)) if len(run.chars) >= NAME_FROM and run.chars.isalpha()}


def _numbers(words: Sequence[str]) -> list[str]:
    told = [run.digits for run in runs(_turn(words))]
    return [*told, "".join(told)]


def _tails(number: str) -> set[str]:
    """Return the ends of a number that are looked for; one of fewer than six digits is told by chance too often."""
    digits = "".join(char for char in number if char.isdecimal())
    size = WINDOWS[1] if len(digits) >= WINDOWS[1] else WINDOWS[0]
    return {digits[-size:]} if len(digits) >= size else set()


def _windows(heard: Heard) -> set[str]:
    """Return all that stands in a row in an item's digits, over words and turns between them, by speaker and in all."""
    return {
        stream[at : at + size] for stream in heard.digits() for size in WINDOWS for at in range(len(stream) - size + 1)
    }
