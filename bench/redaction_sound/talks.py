"""Calls about money, parcels and doctors: items asked for in many ways, told unasked, split over turns."""

from __future__ import annotations

from collections.abc import Callable

from bench.redaction_sound.asked import ASKS, TOLD
from bench.speech import lines, people
from bench.speech.model import Piece, Random, Turn
from bench.speech.people import pick, read_out
from bench.speech.talk import AGENT, CONTACT, filled, gap

FIRST = ("Ayesha", "Gordon", "Fiona", "Vikram", "Deborah", "Callum", "Harriet", "Stanley", "Meenakshi", "Tobias")
LAST = (
    "Ferguson",
    "Okafor",
    "Lindqvist",
    "Banerjee",
    "Whitaker",
    "Delgado",
    "Prescott",
    "Kowalski",
    "Iyer",
    "Sinclair",
)
STREETS = ("Willow", "Station", "Cavendish", "Harbour", "Nelson", "Lakeview", "Mill", "Orchard")
SORTS = ("Road", "Lane", "Avenue", "Drive", "Close")
TOWNS = ("Norwich", "Portland", "Pune", "Dundee", "Savannah", "Reading")
NATO = {
    "A": "alpha", "B": "bravo", "C": "charlie", "D": "delta", "K": "kilo", "M": "mike", "P": "papa", "R": "romeo",
    "S": "sierra", "T": "tango", "X": "x-ray", "Y": "yankee",
}  # fmt: skip


def _card(rng: Random) -> Piece:
    value = pick(rng, people.CARDS)
    return Piece(read_out(value, rng) + ".", "CREDIT_CARD", value)


def _number(kind: str, length: int) -> Callable[[Random], Piece]:
    def made(rng: Random) -> Piece:
        value = "".join(str(int(rng.integers(10))) for _ in range(length))
        return Piece(read_out(value, rng, groups=int(rng.integers(2, 5))) + ".", kind, value)

    return made


def _name(rng: Random) -> Piece:
    value = f"{pick(rng, FIRST)} {pick(rng, LAST)}"
    return Piece(value + ".", "PERSON", value)


def _spelled(rng: Random) -> Piece:
    value = pick(rng, LAST)
    return Piece(", ".join(value.upper()) + ".", "SPELLED_NAME", value.lower())


def _mail(rng: Random) -> Piece:
    first, last = pick(rng, FIRST).lower(), pick(rng, LAST).lower()
    sign, said = (("_", "underscore"), (".", "dot"), ("-", "dash"))[int(rng.integers(3))]
    return Piece(f"{first} {said} {last} at example dot org.", "EMAIL_ADDRESS", f"{first}{sign}{last}@example.org")


def _address(rng: Random) -> Piece:
    number = int(rng.integers(11, 99))
    tens, unit = people.TENS.get(number // 10 * 10, "ten"), people.DIGITS[number % 10]
    house = tens if number % 10 == 0 or number < 20 else f"{tens} {unit}"
    text = f"{house} {pick(rng, STREETS)} {pick(rng, SORTS)}, {pick(rng, TOWNS)}."
    return Piece(text, "ADDRESS", text.lower())


def _coded(kind: str, letters: int, digits: int) -> Callable[[Random], Piece]:
    def made(rng: Random) -> Piece:
        chosen = [str(one) for one in rng.choice(list(NATO), letters)]
        figures = "".join(str(int(rng.integers(10))) for _ in range(digits))
        spoken = " ".join(NATO[one] for one in chosen) if rng.random() < 0.5 else ", ".join(chosen)
        return Piece(f"{spoken}, {read_out(figures, rng, plain=True)}.", kind, "".join(chosen) + figures)

    return made


MAKERS: dict[str, Callable[[Random], Piece]] = {
    "CREDIT_CARD": _card,
    "CARD_CVV": _number("CARD_CVV", 3),
    "PHONE_NUMBER": _number("PHONE_NUMBER", 10),
    "EMAIL_ADDRESS": _mail,
    "PERSON": _name,
    "SPELLED_NAME": _spelled,
    "DATE_OF_BIRTH": people.birth,
    "CODE": people.code,
    "ADDRESS": _address,
    "BANK_ACCOUNT": _number("BANK_ACCOUNT", 8),
    "PASSPORT": _coded("PASSPORT", 1, 7),
    "VEHICLE_PLATE": _coded("VEHICLE_PLATE", 3, 4),
}


def conversation(rng: Random, *, items: int, small_talk: int) -> list[Turn]:
    """Return a call with so many items, asked for or told, and so many innocent turns among them."""
    kinds = [list(MAKERS)[int(at)] for at in rng.permutation(len(MAKERS))][:items]
    plan: list[str | None] = [*kinds, *([None] * small_talk)]
    talk = [Turn(AGENT, (Piece(lines.AGENT[0]),), float(rng.uniform(0.5, 2.0)))]
    for at in rng.permutation(len(plan)):
        kind = plan[int(at)]
        if kind is None:
            side = int(rng.integers(2))
            talk.append(Turn(side, (Piece(filled(pick(rng, (lines.AGENT, lines.CONTACT)[side]), rng)),), gap(rng)))
        elif kind in TOLD and rng.random() < 0.3:
            talk.append(Turn(CONTACT, (Piece(pick(rng, TOLD[kind])), MAKERS[kind](rng)), gap(rng)))
        else:
            talk += _asked(kind, rng)
    return talk


def _asked(kind: str, rng: Random) -> list[Turn]:
    questions, beginnings = ASKS[kind]
    item, begins = MAKERS[kind](rng), pick(rng, beginnings)
    turns = [Turn(AGENT, (Piece(pick(rng, questions)),), gap(rng))]
    lead = (Piece(begins),) if begins else ()
    if kind == "CREDIT_CARD" and rng.random() < 0.4:
        return turns + _in_parts(item, lead, rng)
    turns.append(Turn(CONTACT, (*lead, item), float(rng.uniform(0.3, 1.5))))
    if rng.random() < 0.3:
        turns.append(
            Turn(AGENT, (Piece(pick(rng, ("Lovely, thank you.", "Got it.", "Perfect.", "Thanks for that."))),), 0.4)
        )
    return turns


def _in_parts(item: Piece, lead: tuple[Piece, ...], rng: Random) -> list[Turn]:
    """Return a number told in groups, with "yes" between them; each group is an item."""
    groups = item.text.rstrip(".").split(", ")
    turns = []
    for number, group in enumerate(groups):
        part = Piece(group + ".", item.kind, None)
        turns.append(Turn(CONTACT, (*(lead if number == 0 else ()), part), float(rng.uniform(0.3, 0.8))))
        turns.append(Turn(AGENT, (Piece(pick(rng, ("Yes.", "Okay.", "Mm, go on."))),), 0.3))
    return turns
