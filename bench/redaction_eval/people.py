"""The people of a call and what is theirs to say: names, addresses, e-mail, dates, ages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bench.redaction_eval import codes
from bench.redaction_eval.lists import entries, names
from bench.redaction_eval.model import Groups, Random, Role, Value

ORIGINS: dict[str, dict[str, int]] = {
    "IN": {"north_india": 34, "south_india": 34, "bengal_punjab": 16, "muslim": 14, "syllables": 4},
    "US": {"american": 42, "hispanic": 18, "british": 8, "chinese": 8, "african": 6, "north_india": 6, "syllables": 6},
    "GB": {"british": 46, "bengal_punjab": 8, "muslim": 10, "african": 8, "polish": 6, "irish": 8, "syllables": 6},
    "IE": {"irish": 80, "polish": 10, "african": 5, "syllables": 5},
    "DE": {"german": 72, "muslim": 12, "polish": 10, "syllables": 6},
    "FR": {"french": 74, "muslim": 12, "african": 8, "syllables": 6},
    "ES": {"hispanic": 90, "muslim": 5, "syllables": 5},
    "IT": {"italian": 90, "muslim": 5, "syllables": 5},
    "NL": {"dutch": 80, "muslim": 14, "syllables": 6},
    "PL": {"polish": 94, "syllables": 6},
}
DAYS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh",
    "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth",
    "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first",
    "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who calls, answers or is talked about."""

    given: str
    surname: str
    country: str

    @property
    def says_point(self) -> bool:
        """Whether a dot may be a "point": on the Continent it is."""
        return self.country not in {"IN", "US", "GB", "IE"}

    @property
    def full(self) -> str:
        """Given name and surname."""
        return f"{self.given} {self.surname}"


def person(rng: Random, country: str, half: str) -> Person:
    """Return a person of one of the origins that live in the country."""
    origin = codes.pick(rng, ORIGINS[country])
    if origin == "syllables":
        given, surname = ("".join(rng.choices(names(origin, part, half), k=2)) for part in ("given", "surname"))
        return Person(given.capitalize(), surname.capitalize(), country)
    given, surname = (rng.choice(names(origin, part, half)) for part in ("given", "surname"))
    return Person(given, surname, country)


def words(kind: str, *forms: str, role: Role = Role.ITEM) -> Value:
    """Return a value that is said in one of these forms, each word of it carrying."""
    return Value(kind, lambda rng, _: [[(one, True)] for one in rng.choice(forms).split()], role)


def name(who: Person) -> Value:
    """Return a full name; now and then given with an initial, or the surname first."""
    initial = f"{who.given} {who.surname[0]}. {who.surname}"
    return words("PERSON", who.full, who.full, who.full, who.full, who.full, f"{who.surname}, {who.given}", initial)


def first_name(who: Person) -> Value:
    """Return the given name alone."""
    return words("PERSON", who.given)


def surname(who: Person) -> Value:
    """Return the surname alone."""
    return words("PERSON", who.surname)


def spelled_name(who: Person) -> Value:
    """Return the surname letter by letter."""
    return Value("SPELLED_NAME", lambda rng, aloud: codes.spelled(rng, ascii_letters(who.surname), aloud=aloud))


def ascii_letters(text: str) -> str:
    """Return the text in plain Latin letters, without marks and apostrophes."""
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("ß", "ss").replace("Ł", "L"))
    return "".join(one for one in plain if one.isascii() and one.isalnum())


def email(rng: Random, who: Person, half: str) -> Value:
    """Return an e-mail address at a public or an own host."""
    given, last = ascii_letters(who.given).lower(), ascii_letters(who.surname).lower()
    number = str(rng.choice((rng.randrange(1, 100), rng.randrange(1960, 2010), rng.randrange(100, 1000))))
    local = rng.choice(
        (f"{given}.{last}", f"{given}{last}", f"{given[0]}.{last}{number}", f"{given}_{last}", f"{given}{number}",
         f"{last}.{given}.{number}", f"{given}-{last}", f"{given[0]}{last}", f"{last}{number}")
    )  # fmt: skip
    own = rng.random() < 0.2
    host = (
        f"{last}{rng.choice(('.com', '.net', 'group.com', '-sons.co.uk'))}"
        if own
        else rng.choice(entries("host", half))
    )
    return Value(
        "EMAIL_ADDRESS", lambda chance, aloud: mailbox(chance, local, host, who, aloud=aloud), plain=f"{local}@{host}"
    )


def mailbox(rng: Random, local: str, host: str, who: Person, *, aloud: bool) -> Groups:
    """Return an address as written, or with its signs said."""
    chance = rng.random()
    if not aloud and chance < 0.35:
        return [[(f"{local}@{host}", True)]]
    if not aloud and chance < 0.45:
        return [[(local, True)], [("at", False), (host, True)]]
    if not aloud and chance < 0.55:
        name_, dot, rest = host.partition(".")
        return [[(local, True)], [("@", False), (name_, True), (f"{dot}{rest}", True)]]
    at = rng.choice(("at", "at", "at", "at the rate", "at the rate of"))
    spell = rng.random() < 0.15
    return [
        signs_said(rng, local, who, spell=spell),
        [*((one, False) for one in at.split()), *signs_said(rng, host, who)],
    ]


SIGNS = {
    "_": ("underscore",),
    "-": ("dash", "hyphen"),
    "/": ("slash",),
    ".": ("dot", "dot", "dot", "point"),
    "@": ("at",),
}


def signs_said(rng: Random, text: str, who: Person, *, spell: bool = False) -> list[tuple[str, bool]]:
    """Return text word by word, signs in words (they carry nothing), digits one by one."""
    said: list[tuple[str, bool]] = []
    run = ""
    for one in f"{text} ":
        if one.isalpha():
            run += one
            continue
        if run:
            said += [(letter, True) for letter in run] if spell else [(run, True)]
            run = ""
        if one.isdigit():
            said.append((codes.digit_words(rng, one)[0] if rng.random() < 0.5 else one, True))
        elif one in SIGNS:
            sign = rng.choice(SIGNS[one])
            said.append((sign if sign != "point" or who.says_point else "dot", False))
    return said


def birth(rng: Random, country: str, kind: str = "DATE_OF_BIRTH") -> Value:
    """Return a date as people say the day they were born."""
    day, month, year = rng.randrange(1, 29), rng.randrange(1, 13), rng.randrange(1935, 2012)
    return Value(kind, lambda chance, aloud: date_said(chance, (day, month, year), country, aloud=aloud))


def date_said(rng: Random, date: tuple[int, int, int], country: str, *, aloud: bool) -> Groups:
    """Return a date in one of its forms."""
    day, month, year = date
    title = entries("month", "tune")[month - 1]
    ordinal = f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"
    century = codes.number_words(year // 100) if year < 2000 else "two thousand and"
    two = f"oh {codes.number_words(year % 100)}" if 0 < year % 100 < 10 and year < 2000 else ""
    spoken_year = f"{century} {two or (codes.number_words(year % 100) if year % 100 else '')}".removesuffix(
        " and "
    ).strip()
    first, second = (month, day) if country == "US" else (day, month)
    loud = (
        f"the {DAYS[day - 1]} of {title} {spoken_year}", f"{title} {DAYS[day - 1]} {spoken_year}",
        f"{DAYS[day - 1]} {title} {spoken_year}",
        f"{codes.number_words(first)} {codes.number_words(second)} {spoken_year}",
    )  # fmt: skip
    written = (
        f"{ordinal} of {title} {year}", f"{title} {day}, {year}", f"{day} {title} {year}", f"{title} {ordinal}, {year}",
        f"{first:02}/{second:02}/{year}", f"{first:02}-{second:02}-{year}", f"{first}/{second}/{year % 100:02}",
        f"{first:02} {second:02} {year}", f"the {ordinal} of {title}, '{year % 100:02}", f"{year}-{month:02}-{day:02}",
        f"{first}, {second}, {year}", f"{title[:3]} {day} {year}",
    )  # fmt: skip
    text = rng.choice(loud if aloud or rng.random() < 0.25 else written)
    return [[(one, one not in {"the", "of", "and"})] for one in text.split()]


def age(rng: Random) -> Value:
    """Return somebody's age."""
    years = rng.choice((rng.randrange(18, 90), rng.randrange(2, 18)))
    return Value(
        "AGE",
        lambda chance, aloud: [
            [(one, True)]
            for one in (codes.number_words(years) if aloud or chance.random() < 0.4 else str(years)).split()
        ],
    )
