"""Conversations by chance: who says what when, with items of personal data among it."""

from __future__ import annotations

from collections.abc import Callable

from bench.speech import lines, people
from bench.speech.model import Piece, Random, Turn
from bench.speech.people import pick

AGENT, CONTACT = 0, 1
MAKERS: dict[str, Callable[[Random], Piece]] = {
    "CREDIT_CARD": people.card,
    "EMAIL_ADDRESS": people.email,
    "PERSON": people.name,
    "SPELLED_NAME": people.spelled,
    "DATE_OF_BIRTH": people.birth,
    "CODE": people.code,
}
ALL_KINDS = (*MAKERS, "PHONE_NUMBER")
GAP_S = (0.25, 1.1)
LONG_PAUSE_S = (2.0, 6.0)


def filled(line: str, rng: Random) -> str:
    """Return the line with its gaps filled."""
    return line.format(
        thing=pick(rng, lines.THINGS),
        town=pick(rng, lines.TOWNS),
        month=pick(rng, people.MONTHS),
        day=pick(rng, lines.WEEKDAYS),
        other_day=pick(rng, lines.WEEKDAYS),
    )


def gap(rng: Random) -> float:
    """Return a silence between turns in seconds: mostly short, sometimes long, sometimes below 0 (an interruption)."""
    chance = rng.random()
    if chance < 0.1:
        return -float(rng.uniform(0.2, 0.7))
    return float(rng.uniform(*(LONG_PAUSE_S if chance > 0.93 else GAP_S)))


def item(kind: str, rng: Random, *, british: bool) -> Piece:
    """Return an item of personal data of this kind."""
    return people.phone(rng, british=british) if kind == "PHONE_NUMBER" else MAKERS[kind](rng)


def asked(kind: str, rng: Random, *, british: bool) -> list[Turn]:
    """Return the agent's question and the answer with the item."""
    question, begins = lines.ASKS[kind]
    answer = (Piece(begins), item(kind, rng, british=british))
    return [
        Turn(AGENT, (Piece(question),), gap(rng)),
        Turn(CONTACT, answer, float(rng.uniform(*GAP_S))),
    ]


def conversation(rng: Random, *, turns: int, items: int, british: bool) -> list[Turn]:
    """Return about this many turns, no line said twice, with the items somewhere among them."""
    said = {side: [int(at) for at in rng.permutation(len(of))] for side, of in enumerate((lines.AGENT, lines.CONTACT))}
    said[AGENT].remove(0)
    talk = [Turn(AGENT, (Piece(lines.AGENT[0]),), float(rng.uniform(0.5, 2.0)))]
    wanted = {int(at) for at in rng.choice(max(turns, 1), size=min(items, turns), replace=False)}
    kinds = [ALL_KINDS[int(at)] for at in rng.permutation(len(ALL_KINDS))]
    side = CONTACT
    for number in range(turns):
        if number in wanted:
            talk += asked(kinds[number % len(kinds)], rng, british=british)
            side = AGENT
            continue
        short = rng.random() < 0.2 or not said[side]
        line = pick(rng, lines.SHORT) if short else filled((lines.AGENT, lines.CONTACT)[side][said[side].pop()], rng)
        talk.append(Turn(side, (Piece(line),), gap(rng)))
        side = 1 - side if rng.random() < 0.85 else side
    return talk


def digits_alone(rng: Random, *, count: int) -> list[Turn]:
    """Return single spoken digits with long pauses: "four", "one", "double five"; each is an item."""
    talk = [Turn(AGENT, (Piece("Please say the number one digit at a time."),), 0.5)]
    for _ in range(count):
        digit = int(rng.integers(10))
        name = "oh" if digit == 0 and rng.random() < 0.3 else people.DIGITS[digit]
        double = rng.random() < 0.15
        text, value = (f"double {name}.", str(digit) * 2) if double else (f"{name}.", str(digit))
        talk.append(Turn(CONTACT, (Piece(text, "DIGIT", value),), float(rng.uniform(0.5, 2.0))))
    return [*talk, Turn(AGENT, (Piece("Thank you, I have written that down."),), 1.0)]


def dictation(rng: Random, *, british: bool) -> list[Turn]:
    """Return a call that is mostly items."""
    kinds = [ALL_KINDS[int(at)] for at in rng.permutation(len(ALL_KINDS))]
    talk = [Turn(AGENT, (Piece("I need a few details from you before we go on."),), 0.6)]
    for kind in kinds:
        talk += asked(kind, rng, british=british)
        if rng.random() < 0.4:
            talk.append(Turn(AGENT, (Piece(pick(rng, lines.SHORT)),), float(rng.uniform(*GAP_S))))
    return talk


def with_foreign(talk: list[Turn], rng: Random) -> list[Turn]:
    """Return the talk with two stretches of one other language on the contact's side, and silence about them."""
    language = pick(rng, tuple(lines.FOREIGN))
    sentences = [lines.FOREIGN[language][int(at)] for at in rng.permutation(3)]
    middle = len(talk) // 2
    stretch = [Turn(CONTACT, (Piece(one),), 0.8, language) for one in sentences]
    return [*talk[:middle], *stretch, *talk[middle:]]
