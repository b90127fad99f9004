"""What looks like personal data and is none: prices, times, versions, order numbers, products with first names."""

from __future__ import annotations

from collections.abc import Callable

from bench.redaction_eval import codes
from bench.redaction_eval.documents import filled
from bench.redaction_eval.lists import entries
from bench.redaction_eval.model import Random

Fill = Callable[[Random, str, str, bool], str]
"""(chance, country, half, aloud) → words."""
CURRENCIES = {"IN": ("₹", "rupees"), "US": ("$", "dollars"), "GB": ("£", "pounds")}


def _number(rng: Random, value: int, *, aloud: bool, words: float = 0.3) -> str:
    return codes.number_words(value) if aloud or rng.random() < words else (f"{value:,}" if value > 999 else str(value))


def price(rng: Random, country: str, _: str, aloud: bool) -> str:
    """Return an amount of money of the country."""
    sign, name = CURRENCIES.get(country, ("€", "euros"))
    value = rng.choice(
        (rng.randrange(1, 100), rng.randrange(100, 1000), rng.randrange(1, 200) * 50, rng.randrange(1000, 90000))
    )
    if country == "IN" and rng.random() < 0.25:
        lots = rng.choice(("lakh", "crore", "thousand", "lakhs"))
        return f"{_number(rng, rng.randrange(1, 60), aloud=aloud)} {lots}{rng.choice(('', ' rupees'))}"
    small = value < 100 and rng.random() < 0.5
    if aloud or rng.random() < 0.25:
        cents = f" {codes.number_words(rng.randrange(10, 100))}" if small else ""
        return f"{codes.number_words(value)}{'' if cents else ' ' + name}{cents}"
    if small:
        return f"{sign}{value}.{rng.randrange(10, 100)}"
    return rng.choice((f"{sign}{value:,}", f"{value} {name}", f"{sign}{value}", f"{value:,} {name}"))


def time(rng: Random, _: str, __: str, aloud: bool) -> str:
    """Return a time of day."""
    hour, minute = rng.randrange(1, 13), rng.choice((0, 15, 30, 45, 10, 20))
    half = rng.choice(("in the morning", "a.m.", "p.m.", "")) if rng.random() < 0.6 else ""
    if aloud or rng.random() < 0.3:
        near = rng.choice(("half past", "quarter to", "quarter past", ""))
        return f"{near} {codes.number_words(hour)} {'' if aloud else half}".strip()
    return f"{hour}{f':{minute:02}' if minute or rng.random() < 0.4 else ''} {half}".strip()


def day(rng: Random, country: str, half: str, aloud: bool) -> str:
    """Return a calendar date that is nobody's birthday."""
    month = rng.choice(entries("month", half))
    number = rng.randrange(1, 29)
    if aloud:
        return f"the {ordinal(rng, country, half, aloud)} of {month}"
    forms = (
        f"{month} {number}",
        f"{number} {month}",
        f"the {4 + number % 16}th of {month}",
        f"{number}/{rng.randrange(1, 13)}",
        f"{rng.choice(entries('weekday', half))} the {4 + number % 16}th",
    )
    return rng.choice(forms)


def ordinal(rng: Random, _: str, __: str, aloud: bool) -> str:
    """Return a day of the month."""
    return (
        rng.choice(("first", "second", "third", "tenth", "fifteenth", "twentieth"))
        if aloud
        else f"{rng.randrange(4, 20)}th"
    )


def duration(rng: Random, _: str, __: str, aloud: bool) -> str:
    """Return a length of time."""
    unit = rng.choice(("minutes", "hours", "days", "weeks", "months", "working days", "seconds"))
    low = rng.randrange(2, 45)
    return rng.choice(
        (
            f"{_number(rng, low, aloud=aloud)} {unit}",
            f"{codes.number_words(low)} to {codes.number_words(low + 2)} {unit}",
        )
    )


def _list(name: str) -> Fill:
    return lambda rng, _, half, __: rng.choice(entries(name, half))


def _count(low: int, high: int, unit: str = "", words: float = 0.3) -> Fill:
    end = f" {unit}" if unit else ""
    return lambda rng, _, __, aloud: f"{_number(rng, rng.randrange(low, high), aloud=aloud, words=words)}{end}"


def _code(*patterns: str) -> Fill:
    def fill(rng: Random, _: str, __: str, aloud: bool) -> str:
        code = filled(rng, rng.choice(patterns))
        return " ".join(codes.digit_words(rng, code)) if aloud or rng.random() < 0.25 else code

    return fill


def _decimal(rng: Random, _: str, __: str, aloud: bool) -> str:
    whole, part = rng.randrange(1, 90), rng.randrange(1, 99)
    return f"{codes.number_words(whole)} point {codes.ONES[part % 9 + 1]}" if aloud else f"{whole}.{part}"


def _version(rng: Random, _: str, __: str, aloud: bool) -> str:
    parts = [rng.randrange(1, 20), rng.randrange(10), rng.randrange(10)]
    return " point ".join(codes.number_words(one) for one in parts) if aloud else ".".join(map(str, parts))


def _pressure(rng: Random, _: str, __: str, aloud: bool) -> str:
    high, low = rng.randrange(110, 180), rng.randrange(60, 100)
    return f"{_number(rng, high, aloud=aloud, words=0)} over {_number(rng, low, aloud=aloud, words=0)}"


def _percent(rng: Random, _: str, __: str, aloud: bool) -> str:
    value = rng.randrange(1, 60)
    return (
        f"{codes.number_words(value)} percent"
        if aloud or rng.random() < 0.4
        else f"{value}{rng.choice(('%', '.5%', ' per cent'))}"
    )


def _size(rng: Random, _: str, __: str, aloud: bool) -> str:
    sides = [_number(rng, rng.randrange(10, 90), aloud=aloud, words=0) for _ in range(3)]
    return f"{' by '.join(sides)} centimetres"


def _score(rng: Random, _: str, __: str, aloud: bool) -> str:
    return f"{_number(rng, rng.randrange(3, 10), aloud=aloud)} out of {_number(rng, 10, aloud=aloud)}"


FILLS: dict[str, Fill] = {
    "price": price, "time": time, "date": day, "ordinal": ordinal, "duration": duration, "month": _list("month"),
    "weekday": _list("weekday"), "model": _list("model"), "product": _list("product"), "plan": _list("plan"),
    "count": _count(3, 900), "small": _count(1, 20, words=0.6), "months": _count(6, 37, "months"),
    "years": _count(1, 20, "years"), "year": lambda rng, *_: str(rng.randrange(2015, 2027)),
    "data": _count(1, 500, "GB", 0), "speed": _count(2, 900, "megabits", 0),
    "version": _version, "dose": _count(5, 500, "milligrams", 0), "room": _code("#9", "#99", "B9"),
    "pressure": _pressure,
    "flight": _code("BA #99", "AI 9#9", "UA ##9", "LH #9#"), "gate": _code("B9", "#", "C#9"),
    "weight": _count(2, 40, "kilos"),
    "order": _code("#999999", "ORD#99999", "99-#999999", "#99-9999999-999999"),
    "ticket": _code("INC99999", "#9999", "REQ-#999"),
    "percent": _percent, "promo": _code("SAVE#0", "WELCOME#0", "FESTIVE#5"),
    "sku": _code("SK#9999", "#99-99", "B0#99X"),
    "mileage": _count(4000, 90000, "miles", 0.2), "reading": _count(2000, 90000, "", 0.1), "decimal": _decimal,
    "cents": _count(20, 80, "cents"), "form": _code("#9", "W-#", "#99B"), "temperature": _count(2, 15, "degrees"),
    "fraction": lambda rng, *_: rng.choice(("two thirds", "half", "three quarters", "nine out of ten")),
    "distance": _count(1, 30, "kilometres"), "score": _score, "error": _code("#99", "E#9", "0x8007"), "size": _size,
}  # fmt: skip
"""Gap in a phrase → how it is filled. Each is marked as harmless, under its name."""
