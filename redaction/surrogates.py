"""Surrogates: invented values of the shape of what they stand for. They pass no checksum and mean nobody.

Each is a function of a keyed hash of the item, so the same item of a call gets the same one; without the key
nothing can be told from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from domain.checksums import passes_any
from redaction import lexicon
from redaction.identity import PERSON, Item

GIVEN: Final = (
    "Alma", "Anton", "Bela", "Carla", "Casper", "Dana", "Edda", "Emil", "Fenja", "Gero", "Hilda", "Ilse", "Jorin",
    "Karla", "Lasse", "Marit", "Nando", "Odette", "Pavel", "Quinta", "Rasmus", "Selma", "Tilda", "Ulla", "Viggo",
    "Wanda", "Xenia", "Yorick", "Zora", "Ragna", "Soren", "Thea",
)  # fmt: skip
SURNAMES: Final = (
    "Abeling", "Bornholt", "Clausner", "Dahlkamp", "Ebersson", "Falkenau", "Garding", "Holmquist", "Iversby",
    "Jellinek", "Kortvang", "Lindvall", "Mostrup", "Nordhus", "Ollander", "Petervik", "Quastow", "Rosvall",
    "Sundgaard", "Tornquist", "Ullstad", "Vestrup", "Wendelin", "Yngvarson", "Zellmark",
)  # fmt: skip
PLAIN: Final = (
    "Alder", "Birch", "Cedar", "Elder", "Fern", "Hazel", "Juniper", "Larch", "Maple", "Myrtle", "Rowan", "Sorrel",
    "Thistle", "Willow", "Yarrow",
)  # fmt: skip
_DIGIT_WORDS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)  # fmt: skip
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SPOKEN_NUMBER: Final = frozenset({
    *lexicon.DIGITS, *lexicon.TEENS, *lexicon.TENS, *lexicon.SCALES, *lexicon.REPEATS, *lexicon.ORDINALS,
})  # fmt: skip
_FICTION: Final = "55501"
"""Before the last two digits of a phone number: 555-01xx is nobody's in North America, elsewhere hardly anybody's."""
_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_DATE: Final = re.compile(r"(\d{1,4})([/.-])(\d{1,2})([/.-])(\d{1,4})")
_PIECE: Final = re.compile(r"[^\W_]+|[\W_]+")
_LONG: Final = re.compile(r"\d(?:[ -]?\d){7,}")
_OUTER: Final = " \t\"'.,;:!?"
"""Marks of the sentence: no label keeps them either."""
_YEAR_DIGITS: Final = 4


class Surrogates:
    """Makes surrogates from a keyed hash.

    Args:
        keyed: text → hexadecimal digits; another key, another world.
    """

    def __init__(self, keyed: Callable[[str], str]) -> None:
        self._keyed = keyed
        self._names: dict[str, dict[str, str]] = {}

    def of(self, item: Item, said: str) -> str:
        """Return what stands for an item that was said so."""
        bare = said.strip(_OUTER) or said
        return _LONG.sub(_unchecked, self._of(item, bare))

    def _of(self, item: Item, said: str) -> str:
        if item.kind == PERSON:
            return self._person(item)
        if "@" in said or item.kind in {"EMAIL_ADDRESS", "USERNAME", "SOCIAL_HANDLE", "UPI_ID", "URL"}:
            return self._address(item, said)
        date = _DATE.fullmatch(said)
        if date is not None:
            return self._date(item, date)
        if any(char.isdigit() for char in item.code) and _all_code(item, said):
            return self._code(item, said)
        if any(char.isdigit() for char in said) and _bare(said) == "".join(char for char in said if char.isalnum()):
            return _poured(self._fake(f"code:{item.kind}", _bare(said), item.kind), said)
        return " ".join(self._word(item, word, at) for at, word in enumerate(said.split()))

    def _stream(self, seed: str) -> Iterator[int]:
        count = 0
        while True:
            yield from bytes.fromhex(self._keyed(f"{count}:{seed}"))
            count += 1

    def _digits(self, seed: str, count: int) -> str:
        stream = self._stream(seed)
        return "".join(str(next(stream) % 10) for _ in range(count))

    def _choice(self, seed: str, among: Sequence[str]) -> str:
        return among[int(self._keyed(seed), 16) % len(among)]

    def _person(self, item: Item) -> str:
        """Return the invented name, whole or the part that was said; a title is told as it was."""
        told: list[str] = []
        parts = item.value.split()
        norms = [(token.norm.removesuffix("'s"), token.raw) for token in item.tokens]
        for norm, raw in norms:
            if norm.rstrip(".") in {"mr", "mrs", "ms", "miss", "dr", "sir", "madam"}:
                told.append(raw)
        names = [norm for norm, _ in norms if len(norm) > 1]
        given, surname = self._name("given", item.value, GIVEN), self._name("surname", item.value, SURNAMES)
        if len(parts) > 1 and len(names) - len(told) == 1:
            last_only = _nearer(names[-1], parts[-1], parts[0])
            return " ".join([*told, surname if last_only else given])
        return " ".join([*told, given, *([surname] if len(parts) > 1 else [])])

    def _name(self, part: str, value: str, among: Sequence[str]) -> str:
        """Return a person's invented name; no two people of a call have the same while there are names left."""
        names = self._names.setdefault(part, {})
        if value not in names:
            first = among.index(self._choice(f"{part}:{value}", among))
            turned = [*among[first:], *among[:first]]
            taken = set(names.values()) if len(names) < len(among) else set()
            names[value] = next(one for one in turned if one not in taken)
        return names[value]

    def _address(self, item: Item, said: str) -> str:
        digits = self._digits(item.value, 4)
        if item.kind in {"USERNAME", "SOCIAL_HANDLE", "UPI_ID"}:
            return f"{'@' if said.startswith('@') else ''}user{digits}"
        if item.kind == "URL":
            return f"www.site{digits}.example"
        if "@" in said:
            return f"user{digits}@example.com"
        return f"user {' '.join(_DIGIT_WORDS[int(one)] for one in digits)} at example dot com"

    def _date(self, item: Item, found: re.Match[str]) -> str:
        """Return a date of the same form: a day up to 28, a month up to 12 on either side of it."""
        stream = self._stream(f"date:{item.value}")
        numbers = (found[1], found[3], found[5])
        made = [
            str(1940 + next(stream) % 65) if len(one) == _YEAR_DIGITS else f"{1 + next(stream) % 12:0{len(one)}}"
            for one in numbers
        ]
        return f"{made[0]}{found[2]}{made[1]}{found[4]}{made[2]}"

    def _code(self, item: Item, said: str) -> str:
        code = self._spelled(item)
        if _bare(said) == item.code:
            return _poured(code, said)
        if any(char.isdigit() for char in said):
            return code
        return " ".join(_DIGIT_WORDS[int(char)] if char.isdigit() else char for char in code)

    def _spelled(self, item: Item) -> str:
        """Return digits for digits and letters for letters; of an item in pieces, those of this piece."""
        whole = item.value if item.code in item.value else item.code
        begin = whole.find(item.code)
        return self._fake(f"code:{item.kind}", whole, item.kind)[begin : begin + len(item.code)]

    def _fake(self, seed: str, whole: str, kind: str) -> str:
        """Return another code of the same form, for which no checksum that we know holds."""
        stream = self._stream(f"{seed}:{whole}")
        made = [str(next(stream) % 10) if char.isdigit() else _LETTERS[next(stream) % len(_LETTERS)] for char in whole]
        if kind == "PHONE_NUMBER" and len(made) >= len(_FICTION) + 2:
            made[-len(_FICTION) - 2 : -2] = _FICTION
        last = max(at for at, char in enumerate(made) if char.isdigit())
        for _ in range(9):
            if not passes_any("".join(made)) and "".join(made) != whole:
                break
            made[last] = str((int(made[last]) + 1) % 10)
        return "".join(made)

    def _word(self, item: Item, word: str, at: int) -> str:
        """Return what stands for one word: a number word for a number word, a month for a month, else a plain word."""
        core = word.strip(".,;:!?\"'()")
        lower = core.lower()
        seed = f"word:{item.kind}:{lower}:{at if lower in _SPOKEN_NUMBER else ''}"
        if lower in lexicon.ORDINALS:
            made = self._choice(seed, sorted(lexicon.ORDINALS))
        elif lower in _SPOKEN_NUMBER:
            made = self._choice(seed, _DIGIT_WORDS)
        elif lower in lexicon.MONTHS:
            made = self._choice(seed, _MONTHS)
        elif any(char.isdigit() for char in core):
            made = _poured(self._fake(seed, _bare(core), ""), core)
        else:
            made = "".join(self._chunk(seed, chunk) for chunk in _PIECE.findall(core))
        return word.replace(core, made, 1) if core else word

    def _chunk(self, seed: str, chunk: str) -> str:
        if not any(char.isalnum() for char in chunk):
            return chunk
        made = self._choice(f"{seed}:{chunk.lower()}", PLAIN)
        return made if chunk[:1].isupper() else made.lower()


def _unchecked(found: re.Match[str]) -> str:
    """Return a row of digits with another last one, if it passes a checksum."""
    text = found.group()
    for _ in range(9):
        if not passes_any(_bare(text)):
            break
        text = f"{text[:-1]}{(int(text[-1]) + 1) % 10}"
    return text


def _bare(said: str) -> str:
    return "".join(char for char in said if char.isalnum()).upper()


def _all_code(item: Item, said: str) -> bool:
    """Say whether the words spell a code and nothing else."""
    words = [token.norm for token in item.tokens]
    return _bare(said) == item.code or all(
        word in _SPOKEN_NUMBER or word in lexicon.HOMOPHONES or word in lexicon.FILLERS or len(word) == 1
        or any(char.isdigit() for char in word)
        for word in words
    )  # fmt: skip


def _nearer(name: str, one: str, other: str) -> bool:
    """Say whether a name has more of its beginning in common with one than with another."""
    return _common(name, one) > _common(name, other)


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _poured(code: str, said: str) -> str:
    """Return the text with its letters and digits replaced in order; marks between them, and capitals, stay."""
    fresh = iter(code)
    return "".join(
        (made if char.isdigit() or char.isupper() else made.lower())
        if char.isalnum() and (made := next(fresh))
        else char
        for char in said
    )
