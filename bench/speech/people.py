"""Invented people and what they dictate: reserved numbers, example domains, cards that banks publish for testing."""

from __future__ import annotations

from bench.speech.model import Piece, Random

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FIRST = ("Carol", "Martin", "Susan", "Peter", "Laura", "Simon", "Helen", "Arthur", "Nina", "Oscar", "Priya", "Ravi")
LAST = (
    "Baker",
    "Miller",
    "Turner",
    "Walker",
    "Foster",
    "Barnes",
    "Carter",
    "Parker",
    "Sharma",
    "Patel",
    "Hunter",
    "Cole",
)
CARDS = ("4111111111111111", "5555555555554444", "4012888888881881", "5105105105105100", "4242424242424242")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)  # fmt: skip
TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"}


def pick(rng: Random, options: tuple[str, ...]) -> str:
    """Return one of them."""
    return options[int(rng.integers(len(options)))]


def read_out(digits: str, rng: Random, *, groups: int = 4, plain: bool = False) -> str:
    """Return digits as people read them: groups with commas, now and then "double" and "oh"."""
    zero = "zero" if plain or rng.random() < 0.5 else "oh"
    parts = [digits[at : at + groups] for at in range(0, len(digits), groups)]
    doubled = int(rng.integers(len(parts))) if not plain and rng.random() < 0.4 else -1
    spoken = (_group(part, zero=zero, doubles=number == doubled) for number, part in enumerate(parts))
    return ", ".join(" ".join(one) for one in spoken)


def _group(digits: str, *, zero: str, doubles: bool) -> list[str]:
    spoken, at = [], 0
    while at < len(digits):
        name = zero if digits[at] == "0" else DIGITS[int(digits[at])]
        if doubles and digits[at : at + 2] == digits[at] * 2:
            spoken += ["double", name]
            at += 2
        else:
            spoken.append(name)
            at += 1
    return spoken


def card(rng: Random) -> Piece:
    """Return a card number."""
    number = pick(rng, CARDS)
    return Piece(read_out(number, rng) + ".", "CREDIT_CARD", number)


def phone(rng: Random, *, british: bool) -> Piece:
    """Return a telephone number out of the ranges kept for fiction."""
    if british:
        number = f"07700900{int(rng.integers(1000)):03}"
        return Piece(read_out(number, rng, groups=5) + ".", "PHONE_NUMBER", number)
    number = f"{pick(rng, ('212', '415', '303', '617'))}55501{int(rng.integers(100)):02}"
    parts = (number[:3], number[3:6], number[6:])
    spoken = ", ".join(read_out(part, rng, plain=True) for part in parts)
    return Piece(spoken + ".", "PHONE_NUMBER", number)


def name(rng: Random) -> Piece:
    """Return a person's name."""
    value = f"{pick(rng, FIRST)} {pick(rng, LAST)}"
    return Piece(value + ".", "PERSON", value)


def spelled(rng: Random) -> Piece:
    """Return a surname letter by letter."""
    value = pick(rng, LAST)
    return Piece(", ".join(value.upper()) + ".", "SPELLED_NAME", value.lower())


def email(rng: Random) -> Piece:
    """Return an address at example.com or a relative of it."""
    first, last = pick(rng, FIRST).lower(), pick(rng, LAST).lower()
    domain = pick(rng, ("com", "org", "net"))
    if rng.random() < 0.5:
        return Piece(
            f"{first} dot {last} at example dot {domain}.", "EMAIL_ADDRESS", f"{first}.{last}@example.{domain}"
        )
    year = int(rng.integers(10, 100))
    digits = " ".join(DIGITS[int(one)] for one in str(year))
    return Piece(f"{first} {digits} at example dot {domain}.", "EMAIL_ADDRESS", f"{first}{year}@example.{domain}")


def birth(rng: Random) -> Piece:
    """Return a date of birth, day before month."""
    day, month = int(rng.integers(len(DAYS))), int(rng.integers(12))
    decade, unit = int(rng.integers(4, 10)) * 10, int(rng.integers(1, 10))
    spoken = f"the {DAYS[day]} of {MONTHS[month]} nineteen {TENS[decade]} {DIGITS[unit]}."
    return Piece(spoken, "DATE_OF_BIRTH", f"19{decade + unit}-{month + 1:02}-{day + 1:02}")


def code(rng: Random) -> Piece:
    """Return a one-time code."""
    value = "".join(str(int(rng.integers(10))) for _ in range(6))
    return Piece(read_out(value, rng, groups=3, plain=True) + ".", "CODE", value)
