"""Talk for the corpus' tests: calls in which every piece of personal data is known, with its spans and its values.

Nothing here is anybody's: names are put together from lists, numbers are reserved for fiction. The talk is not that of
`bench.redaction_eval`, so that one generator's habits are not what is proven.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from domain.spans import Span
from domain.speech import EngineStamp, Party, Segment, Speakers, Transcript, Word


def words_of(text: str) -> list[str]:
    return text.split()


GIVEN = {
    "IN": words_of(
        "Meera Rajesh Ananya Vikram Sunita Arjun Kavita Deepak Lakshmi Sanjay Priyanka Harish Nandini Girish"
    ),
    "US": words_of("Jennifer Michael Ashley Brandon Kimberly Tyler Stephanie Gregory Heather Dwayne Melissa Travis"),
    "DE": words_of("Katrin Juergen Annika Matthias Silke Torsten Heike Bjoern Ulrike Detlef Sabine Holger"),
}
FAMILY = {
    "IN": words_of(
        "Krishnan Deshpande Mukherjee Venkatesan Chaudhary Banerjee Subramaniam Kulkarni Bhattacharya Iyengar"
    ),
    "US": words_of(
        "Henderson Rodriguez Whitfield Kowalski Abernathy Lindqvist Castellano Pemberton Goldstein Oyelaran"
    ),
    "DE": words_of("Schneidermann Hoffstetter Kleinschmidt Bruckner Lichtenberg Zimmermann Achterberg Rosenthal"),
}
STREETS = {"IN": "Residency Road", "US": "Juniper Avenue", "DE": "Lindenstrasse"}
AREAS = words_of(
    "201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 "
    "253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 "
    "321 323 325 330 331 334 336 337 339 347 351 352 360 361 385 386 401 402 404 405 406 407 408 409 410 412 413 414 "
    "415 417 419 423 424 425 430 432 434 435 440 443"
)
DIGITS = words_of("zero one two three four five six seven eight nine")
MATTERS = (
    ("my parcel has not come", "the carrier had the wrong street", "it will be there on the next working day"),
    (
        "the bill is higher than last month",
        "a service was added in the middle of the month",
        "the next bill will be lower",
    ),
    ("I want to move my appointment", "there is room on the same day of the week", "you will get a message about it"),
    ("the internet is slow in the evening", "the line shows a fault outside", "a colleague will look at the line"),
    ("I would like to close the account", "there is nothing left to pay", "a letter will say that it is closed"),
    ("the card was refused in the shop", "it was blocked after three tries", "you can use it again right now"),
)
SMALL = (
    "can you hear me all right", "one moment please I am looking", "thank you for waiting", "is there anything else",
    "that is all for today", "have a good day then", "yes that is right", "no that is fine", "I see what you mean",
)  # fmt: skip


@dataclass(frozen=True)
class Somebody:
    """A person of a call: name, number, address of e-mail, place."""

    given: str
    family: str
    number: str
    email: str
    country: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


@dataclass
class Talk:
    """A call as it is being said."""

    segments: list[Segment] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    planted: set[str] = field(default_factory=set)
    """Every value as it would be recognised: names, digits, addresses; lower case."""
    clock: float = 0.4

    def say(self, party: Party, *pieces: str | tuple[str, str]) -> None:
        """Say pieces one after the other; a pair is (kind, what is said) and becomes a span."""
        words: list[Word] = []
        for piece in pieces:
            kind, text = piece if isinstance(piece, tuple) else (None, piece)
            first = len(words)
            for one in text.split():
                words.append(Word(round(self.clock, 2), round(self.clock + 0.3, 2), one, 0.95))
                self.clock += 0.34
            if kind is not None:
                at = len(self.segments)
                self.spans.append(Span(at, first, len(words), kind, 0.95, "truth", group=len(self.spans) + 1))
        channel = 0 if party is Party.AGENT else 1
        self.segments.append(Segment(channel, party, words[0].start, words[-1].end, tuple(words)))
        self.clock += 0.5

    def transcript(self) -> Transcript:
        """Return it as a recogniser would have written it."""
        stamp = EngineStamp("test", "none", "none")
        return Transcript("en", 0.99, self.clock, 2, tuple(self.segments), stamp, speakers=Speakers.CHANNELS)


def somebody(rng: Random, country: str, serial: int) -> Somebody:
    """Return a person; the number is reserved for fiction, and nobody else's in a set of a few thousand."""
    given, family = rng.choice(GIVEN[country]), rng.choice(FAMILY[country])
    number = f"+1{AREAS[serial // 100]}55501{serial % 100:02d}"
    return Somebody(given, family, number, f"{given}.{family}{serial}@example.com".lower(), country)


def talk(rng: Random, agent: Somebody, contact: Somebody, serial: int) -> Talk:
    """Return one call between two people, with a card, an address, a birthday and a booking now and then."""
    said, (matter, why, what) = Talk(), rng.choice(MATTERS)
    said.planted |= {one.lower() for person in (agent, contact) for one in (person.given, person.family, person.email)}
    said.planted |= {person.number[2:] for person in (agent, contact)}
    said.say(Party.AGENT, "Thank you for calling, my name is", ("PERSON", agent.name + "."), "How can I help you?")
    said.say(Party.CONTACT, "Hello, this is", ("PERSON", contact.name + ","), matter + ".")
    said.say(Party.AGENT, rng.choice(SMALL) + ". What number can I call you on?")
    said.say(Party.CONTACT, "It is", ("PHONE_NUMBER", _aloud(rng, contact.number[2:]) + "."))
    said.say(Party.AGENT, "Thank you", ("PERSON", contact.given + "."), f"I think {why}, and {rng.choice(SMALL)}.")
    for part in rng.sample((_card, _address, _mail, _booking, _birth), rng.randint(1, 3)):
        part(said, rng, contact, serial)
    for _ in range(rng.randint(1, 4)):
        said.say(rng.choice((Party.AGENT, Party.CONTACT)), rng.choice(SMALL).capitalize() + ".")
    said.say(Party.AGENT, f"So {what}. Goodbye", ("PERSON", f"{rng.choice(('Mr', 'Mrs'))} {contact.family}."))
    return said


def _aloud(rng: Random, digits: str) -> str:
    """Return digits in figures, in groups, or in words."""
    way = rng.randrange(3)
    if way == 0:
        return digits
    if way == 1:
        return " ".join((digits[:3], digits[3:6], digits[6:]))
    return " ".join(DIGITS[int(one)] for one in digits)


def _card(said: Talk, rng: Random, _: Somebody, serial: int) -> None:
    number = f"411111{serial:06d}{rng.randrange(10**4):04d}"
    said.planted.add(number)
    said.say(Party.AGENT, "Which card did you pay with?")
    said.say(Party.CONTACT, ("CREDIT_CARD", " ".join(number[at : at + 4] for at in range(0, 16, 4)) + "."))


def _address(said: Talk, rng: Random, contact: Somebody, serial: int) -> None:
    house = f"{1000 + serial}{rng.choice('ABC')}"
    said.planted |= {house.lower(), STREETS[contact.country].split()[0].lower()}
    said.say(Party.CONTACT, "I live at", ("ADDRESS", f"{house} {STREETS[contact.country]}."))


def _mail(said: Talk, rng: Random, contact: Somebody, serial: int) -> None:
    spoken = contact.email.replace(".", " dot ").replace("@", " at ") if rng.random() < 0.5 else contact.email
    del serial
    said.say(Party.AGENT, "Where shall I write to?")
    said.say(Party.CONTACT, "To", ("EMAIL_ADDRESS", spoken + "."))


def _booking(said: Talk, rng: Random, _: Somebody, serial: int) -> None:
    code = f"QX{serial:05d}{rng.choice('KRT')}"
    said.planted.add(code.lower())
    said.say(Party.CONTACT, "My booking is", ("BOOKING_REFERENCE", code + "."))


def _birth(said: Talk, rng: Random, _: Somebody, serial: int) -> None:
    del serial
    month = rng.choice(("March", "July", "October"))
    said.say(Party.AGENT, "And your date of birth?")
    said.say(Party.CONTACT, ("DATE_OF_BIRTH", f"the {rng.randint(1, 28)} of {month} {rng.randint(1950, 2001)}."))
