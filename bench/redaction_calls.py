"""Fictional calls for the redaction benchmark: many templates, random people, each item marked where it stands.

The recognizers were tuned with these templates in sight, and part of what is used here they know: most given names and
some surnames stand in `redaction/words`, and the months, street words, mail hosts and ways to read out a number stand
in `redaction/lexicon.py`. Half of the names are made from syllables that no list holds. Take the figures as a guard
against getting worse, not as the leak rate on calls that nobody has seen; spoken calls are worse than these by far,
because a recogniser's mistakes are missing here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from domain.speech import EngineStamp, Party, Segment, Transcript, Word

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FIRST = (
    "Meera", "Daniel", "Siobhan", "Rajesh", "Amelia", "Joaquin", "Wiebke", "Tunde",
    "Ananya", "Gareth", "Lucia", "Owen", "Zainab", "Pieter", "Fiona", "Harpal",
)  # fmt: skip
LAST = (
    "Okafor", "Krishnan", "Gallagher", "Iyer", "Lindqvist", "Marchetti", "Thorne",
    "Adeyemi", "Castellano", "Whitlock", "Bhandari", "Novotny",
)  # fmt: skip
STREETS = (
    "Maple Avenue", "Church Road", "Station Street", "Linden Drive", "Park Lane", "Victoria Terrace", "Harbour Road",
)  # fmt: skip
TOWNS = (
    "Springfield", "Leeds", "Bengaluru", "Portsmouth", "Dayton", "Cork", "Pune",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
SYLLABLES = (
    "ka", "ro", "mi", "den", "sha", "lu", "vor", "tel", "bri", "na", "zu", "har",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """Words [first, end) of a segment are personal data of a kind."""

    segment: int
    first: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Call:
    """A transcript and what is to be found in it."""

    transcript: Transcript
    items: tuple[Item, ...]


def digits(rng: random.Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def spoken(rng: random.Random, code: str) -> str:
    """Return a code as a recogniser writes it when somebody reads it aloud."""
    style = rng.choice(("words", "written", "grouped", "hyphens", "pieces", "double", "fillers"))
    if style == "written" and code.isdigit():
        return code
    groups = _groups(rng, code)
    if style == "grouped":
        return ", ".join(groups)
    if style == "hyphens":
        return "-".join(groups)
    if style == "pieces":
        return " ".join(" -".join(group) for group in groups)
    said = [_double(group) if style == "double" else " ".join(_char(rng, one) for one in group) for group in groups]
    return (" uh " if style == "fillers" else ", ").join(said)


def _groups(rng: random.Random, code: str) -> list[str]:
    size = rng.choice((3, 4))
    return [code[at : at + size] for at in range(0, len(code), size)]


def _char(rng: random.Random, one: str) -> str:
    if one == "0":
        return rng.choice(("zero", "oh"))
    return DIGIT_WORDS[int(one)] if one.isdigit() else one


def _double(group: str) -> str:
    words, at = [], 0
    while at < len(group):
        pair = at + 1 < len(group) and group[at] == group[at + 1] and group[at].isdigit()
        words.append(("double " if pair else "") + (DIGIT_WORDS[int(group[at])] if group[at].isdigit() else group[at]))
        at += 2 if pair else 1
    return " ".join(words)


def name(rng: random.Random) -> tuple[str, str]:
    if rng.random() < 0.5:
        return rng.choice(FIRST), rng.choice(LAST)
    first, last = ("".join(rng.choices(SYLLABLES, k=count)) for count in (2, 3))
    return first.capitalize(), last.capitalize()


def email(rng: random.Random, first: str, last: str) -> str:
    host = rng.choice(("example.com", "gmail.com", "example.co.uk", "outlook.com"))
    local = rng.choice((f"{first}.{last}", f"{first}_{last}", f"{first[0]}{last}{digits(rng, 2)}")).lower()
    if rng.random() < 0.4:
        return f"{local}@{host}"
    said = local.replace(".", " dot ").replace("_", " underscore ")
    return f"{said} at {host if rng.random() < 0.5 else host.replace('.', ' dot ')}"


def birth(rng: random.Random) -> str:
    day, month, year = rng.randrange(1, 29), rng.choice(MONTHS), rng.randrange(1940, 2004)
    return rng.choice(
        (f"{day}th of {month} {year}", f"{month} {day}, {year}", f"{day:02}/{rng.randrange(1, 13):02}/{year}")
    )


def _slots(rng: random.Random) -> dict[str, str]:
    first, last = name(rng)
    letters = "".join(rng.choices("BCDFGHKLMNPRSTVW", k=5))
    return {
        "PERSON": f"{first} {last}",
        "FIRST": first,
        "AGENT": name(rng)[0],
        "PHONE_NUMBER": spoken(rng, rng.choice(("", "0", "44")) + digits(rng, 10)),
        "CREDIT_CARD": spoken(rng, "4" + digits(rng, 15)),
        "CARD_CVV": spoken(rng, digits(rng, 3)),
        "CARD_EXPIRY": f"0{rng.randrange(1, 10)}/{rng.randrange(26, 33)}",
        "OTP": spoken(rng, digits(rng, 6)),
        "DATE_OF_BIRTH": birth(rng),
        "EMAIL_ADDRESS": email(rng, first, last),
        "ADDRESS": f"{rng.randrange(1, 300)} {rng.choice(STREETS)}, {rng.choice(TOWNS)}",
        "POSTCODE": rng.choice((spoken(rng, digits(rng, 5)), "LS1 4AB", "N W 1 6 X E")),
        "BANK_ACCOUNT": spoken(rng, digits(rng, 8)),
        "REFERENCE_NUMBER": rng.choice((letters[:2], "", letters[:3])) + digits(rng, 7),
        "PAN": " ".join(letters + digits(rng, 4) + letters[0]),
        "SSN": spoken(rng, digits(rng, 9)),
    }


KINDS = {"FIRST": "PERSON", "AGENT": "PERSON", "POSTCODE": "ADDRESS"}
SCENES: tuple[tuple[str, ...], ...] = (
    (
        "Who am I speaking with, please?",
        "This is {PERSON}.",
        "Thank you {FIRST}, how can I help?",
        "I have two questions.",
    ),
    ("Could I take your full name?", "Sure, my name is {PERSON}."),
    (
        "What is the best phone number for you?",
        "It's {PHONE_NUMBER}.",
        "Okay, so {PHONE_NUMBER}?",
        "Yes, that's right.",
    ),
    ("And a mobile number?", "You can reach me on {PHONE_NUMBER}."),
    (
        "May I have the card number?",
        "Yes, {CREDIT_CARD}.",
        "And the expiry date?",
        "{CARD_EXPIRY}.",
        "The security code?",
        "{CARD_CVV}.",
    ),
    ("Please read me the one time code.", "Okay, {OTP}."),
    ("Can you confirm your date of birth?", "{DATE_OF_BIRTH}."),
    ("What's your email address?", "It's {EMAIL_ADDRESS}.", "Perfect, I have sent it."),
    ("Where should we deliver it?", "My address is {ADDRESS}.", "And the postcode?", "{POSTCODE}."),
    ("I need your account number.", "It is {BANK_ACCOUNT}."),
    ("Do you have the policy number?", "Yes, it's {REFERENCE_NUMBER}."),
    ("And your PAN number?", "{PAN}."),
    ("Your social security number, please.", "{SSN}."),
)
HARMLESS: tuple[tuple[str, ...], ...] = (
    ("It takes three to five working days.", "Fine, I can wait for a week."),
    ("The balance is 2,450 dollars.", "I paid 120 dollars in 2024."),
    ("One moment please.", "Sure, take your time."),
    ("We are open between nine and five on weekdays.", "And on Saturday from 10:30?"),
    ("The new plan has 500 GB for twenty two pounds a month.", "That is ten percent more than before."),
    ("The technician comes on Tuesday the 12th of March.", "Okay, between 2 and 4 works for me."),
    ("I can see two orders from last year.", "The first one was for the kitchen."),
    ("Is there anything else I can do for you today?", "No, thank you very much. Goodbye."),
)


def make_call(rng: random.Random) -> Call:
    """Return one call of a few scenes, harmless talk in between."""
    slots = _slots(rng)
    lines = ["Good morning, thank you for calling Northwind, this is {AGENT} speaking.", "Hello."]
    for scene in rng.sample(SCENES, 5):
        lines.extend(scene)
        lines.extend(rng.choice(HARMLESS) if rng.random() < 0.7 else ())
        lines.extend(("Right.",) if len(lines) % 2 else ())
    return _laid_out(lines, slots)


def _laid_out(lines: list[str], slots: dict[str, str]) -> Call:
    segments: list[Segment] = []
    items: list[Item] = []
    clock = 0.5
    for number, line in enumerate(lines):
        words: list[Word] = []
        for piece in line.replace("{", "\0{").replace("}", "}\0").split("\0"):
            slot = piece[1:-1] if piece.startswith("{") else ""
            texts = (slots[slot] if slot else piece).split()
            if words and texts and not slot and piece[0] in ".,?":
                words[-1] = Word(words[-1].start, words[-1].end, words[-1].text + texts.pop(0), 0.9)
            first = len(words)
            for text in texts:
                words.append(Word(clock, clock + 0.3, text, 0.9))
                clock += 0.35
            if slot:
                items.append(Item(number, first, len(words), KINDS.get(slot, slot)))
        channel = number % 2
        party = Party.CONTACT if channel else Party.AGENT
        segments.append(Segment(channel, party, words[0].start, words[-1].end, tuple(words)))
        clock += 0.8
    stamp = EngineStamp("generated", "none", "none")
    return Call(Transcript("en", 1.0, clock, 2, tuple(segments), stamp), tuple(items))
