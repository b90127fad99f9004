"""People who are nobody, drawn under a release's key: unlike anybody else's, so that whatever is found was planted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from corpus.gates.checks import is_card, is_iban

Keyed = Callable[[bytes], bytes]
_One = TypeVar("_One")
_BEGINNINGS: Final = (
    "Bel", "Cad", "Dor", "Fal", "Gar", "Hol", "Jor", "Kel", "Lor", "Mav", "Nor", "Orl", "Pel", "Quil", "Ros", "Sor",
    "Tav", "Ul", "Var", "Wil", "Yor", "Zel",
)  # fmt: skip
_MIDDLES: Final = ("a", "e", "i", "o", "u", "ari", "evo", "ina", "olu", "ume")
_ENDINGS: Final = (
    "bryth", "drick", "fenne", "grath", "kvist", "lwyn", "mott", "nthal", "phine", "quist", "rvane", "skold", "thorne",
    "vardi", "wexel", "zhara",
)  # fmt: skip
_MONTHS: Final = ("January", "March", "May", "August", "October", "December")
_CARD_BEGINS: Final = "400000"
"""A range that payment providers keep for tests."""


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person and all that is planted of her."""

    given: str
    surname: str
    us_phone: str
    """North American, in the reserved 555-01xx."""
    uk_phone: str
    """Of Ofcom's numbers for drama, 07700 900xxx."""
    card: str
    iban: str
    account: str
    reference: str
    email: str
    house: str
    street: str
    born: str

    @property
    def values(self) -> tuple[str, ...]:
        """Everything that must not come out."""
        return (self.given, self.surname, *self.numbers, self.email, self.street)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Those of the values that are numbers."""
        return (self.us_phone, self.uk_phone, self.card, self.iban, self.account, self.reference)


class Draw:
    """Draws for one canary; the same key and number draw the same."""

    def __init__(self, keyed: Keyed, number: int) -> None:
        self._key = keyed(b"corpus:gates:canary:" + str(number).encode())

    def number(self, purpose: str, below: int) -> int:
        """Return a number from 0 to below - 1."""
        told = hashlib.blake2b(purpose.encode(), key=self._key, digest_size=16).digest()
        return int.from_bytes(told, "big") % below

    def choice(self, purpose: str, among: Sequence[_One]) -> _One:
        """Return one of them."""
        return among[self.number(purpose, len(among))]

    def digits(self, purpose: str, count: int) -> str:
        """Return so many digits, the first of them no zero."""
        return str(10 ** (count - 1) + self.number(purpose, 9 * 10 ** (count - 1)))

    def name(self, purpose: str) -> str:
        """Return an invented name."""
        lists = (_BEGINNINGS, _MIDDLES, _ENDINGS)
        return "".join(self.choice(f"{purpose}:{at}", among) for at, among in enumerate(lists))


def person(keyed: Keyed, number: int) -> Person:
    """Return the invented person of canary number `number` of a release."""
    draw = Draw(keyed, number)
    given, surname = draw.name("given"), draw.name("surname")
    return Person(
        given=given,
        surname=surname,
        us_phone=f"{draw.choice('npa', ('212', '312', '415', '617', '713', '202'))}55501{11 + draw.number('us', 89)}",
        uk_phone=f"07700900{111 + draw.number('uk', 889)}",
        card=_card(draw),
        iban=_iban(draw),
        account=draw.digits("account", 10),
        reference=f"{draw.digits('reference', 8)}",
        email=f"{given}.{surname}@example.com".lower(),
        house=str(11 + draw.number("house", 180)),
        street=draw.name("street"),
        born=f"{draw.choice('month', _MONTHS)} {1 + draw.number('day', 28)} {1950 + draw.number('year', 50)}",
    )


def _card(draw: Draw) -> str:
    begun = _CARD_BEGINS + draw.digits("card", 9)
    return next(whole for check in "0123456789" if is_card(whole := begun + check))


def _iban(draw: Draw) -> str:
    rest = "TEST" + draw.digits("iban", 14)
    return next(whole for check in range(2, 99) if is_iban(whole := f"GB{check:02}{rest}"))
