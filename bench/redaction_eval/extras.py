"""Secrets, handles, pages, internet addresses, money handles and expiry dates: what is neither a code nor a person."""

from __future__ import annotations

from bench.redaction_eval import codes
from bench.redaction_eval.lists import entries
from bench.redaction_eval.model import Groups, Random, Role, Value
from bench.redaction_eval.people import Person, ascii_letters, mailbox, signs_said

PUNCTUATION = {
    "@": ("at", "at the rate", "at sign"),
    "#": ("hash", "pound sign"),
    "!": ("exclamation mark", "exclamation point"),
    "$": ("dollar sign",),
    "_": ("underscore",),
    "-": ("dash",),
}


def expiry(rng: Random) -> Value:
    """Return when a card expires."""
    month, year = rng.randrange(1, 13), rng.randrange(25, 33)
    title = entries("month", "tune")[month - 1]
    spoken_year = codes.number_words(year)
    loud = (
        f"{' '.join(codes.digit_words(rng, f'{month:02}'))} {spoken_year}", f"{title} twenty {spoken_year}",
        f"{codes.number_words(month)} slash {spoken_year}", f"{' '.join(codes.digit_words(rng, f'{month:02}{year}'))}",
    )  # fmt: skip
    plain = (f"{month:02}/{year}", f"{month}/{year}", f"{title} 20{year}", f"{month:02} {year}", f"{month:02}/20{year}",
             f"{month:02}-{year}", f"{title} {year}", f"{month:02} slash {year}")  # fmt: skip

    def read(chance: Random, aloud: bool) -> Groups:
        text = chance.choice(loud if aloud or chance.random() < 0.3 else plain)
        return [[(one, one != "slash")] for one in text.split()]

    return Value("CARD_EXPIRY", read)


def secret(rng: Random, half: str) -> Value:
    """Return a password: a word with figures and signs, or a phrase of words."""
    first, second = rng.sample(entries("word", half), 2)
    number = str(rng.randrange(1, 1000))
    sign = rng.choice(tuple(PUNCTUATION))
    phrase = rng.random() < 0.25
    upper = first.capitalize()
    mixed = (f"{first}{number}", f"{upper}{sign}{number}", f"{first}{second}{number}", f"{upper}{number}{sign}")
    text = f"{first} {second}" if phrase else rng.choice(mixed)

    def read(chance: Random, aloud: bool) -> Groups:
        if phrase or (not aloud and chance.random() < 0.5):
            return [[(one, True)] for one in text.split()]
        capital = [[("capital", False), (text[0], True)]] if text[0].isupper() and chance.random() < 0.3 else []
        return [*capital, *_typed(chance, text.lower() if capital else text)]

    return Value("PASSWORD", read)


def _typed(rng: Random, text: str) -> Groups:
    groups: Groups = []
    run = ""
    for one in f"{text} ":
        if one.isalpha():
            run += one
            continue
        if run:
            groups.append([(run, True)])
            run = ""
        if one.isdigit():
            groups.append([(codes.digit_words(rng, one)[0], True)])
        elif one in PUNCTUATION:
            groups.append([(said, False) for said in rng.choice(PUNCTUATION[one]).split()])
    return groups


def handle(rng: Random, who: Person) -> Value:
    """Return a user name or the handle of a network."""
    given, last = ascii_letters(who.given).lower(), ascii_letters(who.surname).lower()
    number = str(rng.randrange(1, 2010))
    text = rng.choice(
        (f"{given}{number}", f"{given}_{last}", f"{given[0]}{last}{number}", f"{last}.{given}", f"the_{given}_{number}")
    )

    def read(chance: Random, aloud: bool) -> Groups:
        if not aloud and chance.random() < 0.6:
            return [[(f"@{text}" if chance.random() < 0.25 else text, True)]]
        return [[(one, carries and one != "the") for one, carries in signs_said(chance, text, who)]]

    return Value("USERNAME", read)


def page(rng: Random, who: Person) -> Value:
    """Return a page of somebody's own."""
    given, last = ascii_letters(who.given).lower(), ascii_letters(who.surname).lower()
    text = rng.choice(
        (
            f"www.{last}bakery.com",
            f"{given}{last}.net",
            f"linkedin.com/in/{given}-{last}",
            f"{last}-photography.co.uk",
            f"{given}.wordpress.com",
        )
    )

    def read(chance: Random, aloud: bool) -> Groups:
        return [signs_said(chance, text, who)] if aloud or chance.random() < 0.5 else [[(text, True)]]

    return Value("URL", read)


def upi(rng: Random, who: Person, half: str) -> Value:
    """Return a UPI address."""
    given, last = ascii_letters(who.given).lower(), ascii_letters(who.surname).lower()
    local = rng.choice(
        (
            f"{given}.{last}",
            f"{given}{rng.randrange(10, 99)}",
            f"9{rng.randrange(10**8, 10**9)}",
            f"{given}-{rng.randrange(1, 9)}",
        )
    )
    bank = rng.choice(entries("upi", half))
    return Value("UPI_ID", lambda chance, aloud: mailbox(chance, local, bank, who, aloud=aloud))


def internet(rng: Random) -> Value:
    """Return an internet address."""
    text = ".".join(str(rng.randrange(2, 255)) for _ in range(4))

    def read(chance: Random, aloud: bool) -> Groups:
        parts = text.split(".")
        if not aloud and chance.random() < 0.6:
            return [[(text, True)]]
        groups: Groups = []
        for number, part in enumerate(parts):
            words = codes.digit_words(chance, part) if aloud or chance.random() < 0.5 else [part]
            groups.append(
                [
                    *([(chance.choice(("dot", "dot", "point")), False)] if number else []),
                    *((one, True) for one in words),
                ]
            )
        return groups

    return Value("IP_ADDRESS", read)


def card_of_network(rng: Random) -> Value:
    """Return the hardware address of a device."""
    parts = [f"{rng.randrange(256):02x}" for _ in range(6)]

    def read(chance: Random, aloud: bool) -> Groups:
        if not aloud and chance.random() < 0.6:
            return [[(chance.choice((":", "-")).join(parts), True)]]
        return [[(word.upper(), True) for word in codes.digit_words(chance, one)] for one in parts]

    return Value("DEVICE_ID", read)


def listed(kind: str, name: str, rng: Random, half: str, role: Role = Role.ITEM) -> Value:
    """Return an entry of a list as a value: a pet, an ailment, a union."""
    text = rng.choice(entries(name, half))
    small = {"a", "an", "the"}
    return Value(kind, lambda _, __: [[(one, one not in small)] for one in text.split()], role)
