"""Numbers of papers, banks, devices and references, as each country has them (lists/documents.txt)."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable

from bench.redaction_eval import checks, codes
from bench.redaction_eval.lists import FOLDER
from bench.redaction_eval.model import Groups, Random, Value

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
MADE_OF = {"9": "0123456789", "#": "23456789", "@": LETTERS, "*": f"{LETTERS}0123456789"}
CHECK = "~"
WRONG_CHECK = 0.25
"""Share of the values whose check digit is wrong: people misread, and not every number plays by the book."""
CHECKED: dict[str, Callable[[str], str]] = {
    "CREDIT_CARD": checks.luhn,
    "DEVICE_ID": checks.luhn,
    "AADHAAR": checks.verhoeff,
    "NHS_NUMBER": checks.nhs,
    "DNI": checks.dni,
}
"""Kind, or what the number is called → digits with their check digit."""
IBANS = {"DE": 18, "FR": 23, "ES": 20, "IT": 23, "NL": 14, "IE": 18, "PL": 24, "GB": 18}
BANKS = {"NL": "ABNA", "IE": "AIBK", "GB": "BARC", "IT": "X"}
Shape = tuple[str, str]
"""What a number is called where phrases leave that open, and its pattern."""


@functools.cache
def _shapes() -> dict[tuple[str, str], list[Shape]]:
    found: dict[tuple[str, str], list[Shape]] = defaultdict(list)
    for line in (FOLDER / "lists" / "documents.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, country, title, patterns = (part.strip() for part in line.split("|", 3))
            found[kind, country] += [(title, one.strip()) for one in patterns.split(";")]
    return found


def filled(rng: Random, pattern: str) -> str:
    """Return a value of a pattern: 9 a digit, # one from 2 to 9, @ a letter, * either, the rest as it stands."""
    return "".join(rng.choice(MADE_OF.get(one, one)) for one in pattern)


def document(rng: Random, kind: str, country: str) -> tuple[str, Value]:
    """Return what a number of this kind is called in the country (if that is left open), and one of it."""
    shapes = _shapes()
    title, pattern = rng.choice(shapes.get((kind, country)) or shapes[kind, "any"])
    sizes = [len(group) for group in pattern.split()]
    code = filled(rng, pattern.replace(" ", ""))
    if code.endswith(CHECK):
        right = CHECKED[title if title in CHECKED else kind](code[:-1])
        wrong = rng.choice(MADE_OF["9"]) if right[-1].isdigit() else rng.choice(LETTERS)
        code = right if rng.random() >= WRONG_CHECK else f"{code[:-1]}{wrong}"
    return title, coded(kind, code, sizes)


def coded(kind: str, code: str, sizes: list[int]) -> Value:
    """Return a code as a value; a plus at its begin is written or said."""

    def read(rng: Random, aloud: bool) -> Groups:
        plus = code.startswith("+")
        groups = codes.read(rng, code.lstrip("+"), [sizes[0] - plus, *sizes[1:]], aloud=aloud)
        if not plus:
            return groups
        first, carries = groups[0][0]
        if aloud or not first[0].isdigit() or rng.random() < 0.3:
            return [[("plus", False), *groups[0]], *groups[1:]]
        return [[(f"+{first}", carries), *groups[0][1:]], *groups[1:]]

    return Value(kind, read, plain=code)


def iban(rng: Random, country: str) -> Value:
    """Return an IBAN; a quarter has wrong check digits."""
    bank = BANKS.get(country, "")
    account = bank + "".join(rng.choices(MADE_OF["9"], k=IBANS[country] - len(bank)))
    code = checks.iban(country, account)
    if rng.random() < WRONG_CHECK:
        code = f"{code[:2]}{(int(code[2:4]) + 11) % 97:02}{account}"
    return coded("IBAN", code, [4] * (len(code) // 4))
