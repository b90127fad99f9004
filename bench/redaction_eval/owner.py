"""What belongs to the caller of one call: the same number, address and name whenever they come up."""

from __future__ import annotations

from collections.abc import Callable

from bench.redaction_eval import documents, extras, homes, people
from bench.redaction_eval.model import Role, Value
from bench.redaction_eval.people import Person
from bench.redaction_eval.script import Scribe
from redaction.port import KnownParty

GAPS = frozenset(
    {
        "PERSON", "DATE_OF_BIRTH", "PHONE_NUMBER", "EMAIL_ADDRESS", "ADDRESS", "POSTCODE", "CREDIT_CARD",
        "CARD_EXPIRY", "CARD_CVV", "CUSTOMER_ID", "AGE", "POLICY_NUMBER", "BANK_ACCOUNT", "SORT_CODE", "IFSC", "PAN",
        "AADHAAR", "ROUTING_NUMBER", "SSN",
    }
)  # fmt: skip
"""Kinds that stand as gaps in talk, where several come in one breath."""


class Owner:
    """The caller's own values; those of a call that come up once are made when they do."""

    def __init__(self, scribe: Scribe, who: Person) -> None:
        self._scribe, self._who = scribe, who
        rng, country = scribe.rng, scribe.country
        self._kept: dict[str, Value] = {
            "PERSON": people.name(who),
            "SPELLED_NAME": people.spelled_name(who),
            "PHONE_NUMBER": documents.document(rng, "PHONE_NUMBER", country)[1],
            "EMAIL_ADDRESS": people.email(rng, who, scribe.half),
            "ADDRESS": homes.home(rng, country, scribe.half),
            "DATE_OF_BIRTH": people.birth(rng, country),
        }

    def item(self, kind: str) -> tuple[str, Value, str]:
        """Return (kind of phrase, value, what it is called where that is open) for a scene."""
        rng, country, half = self._scribe.rng, self._scribe.country, self._scribe.half
        other = people.person(rng, country, half)
        if kind == "FIRST_NAME":
            return kind, people.first_name(other), ""
        if kind == "PERSON" and rng.random() < 0.5:
            return kind, people.name(other), ""
        if kind in self._kept:
            return kind, self._kept[kind], ""
        if kind in self._makers:
            return kind, self._makers[kind](), ""
        if kind == "DEVICE_ID" and rng.random() < 0.3:
            return kind, extras.card_of_network(rng), ""
        title, value = documents.document(rng, kind, country)
        return kind, value, title

    def value(self, gap: str) -> Value | None:
        """Return a value for a gap in talk that bears a kind's name, None for another gap."""
        return self.item(gap.upper())[1] if gap.upper() in GAPS else None

    @property
    def _makers(self) -> dict[str, Callable[[], Value]]:
        scribe, who = self._scribe, self._who
        rng, country, half = scribe.rng, scribe.country, scribe.half
        ailing = "ailment" if rng.random() < 0.5 else "medicine"
        return {
            "POSTCODE": lambda: homes.postcode(rng, country),
            "HOME_TOWN": lambda: homes.town(rng, country, half),
            "AGE": lambda: people.age(rng),
            "CARD_EXPIRY": lambda: extras.expiry(rng),
            "PASSWORD": lambda: extras.secret(rng, half),
            "USERNAME": lambda: extras.handle(rng, who),
            "URL": lambda: extras.page(rng, who),
            "UPI_ID": lambda: extras.upi(rng, who, half),
            "IP_ADDRESS": lambda: extras.internet(rng),
            "IBAN": lambda: documents.iban(rng, country),
            "MAIDEN_NAME": lambda: people.words("SECURITY_ANSWER", people.person(rng, country, half).surname),
            "PET": lambda: extras.listed("SECURITY_ANSWER", "pet", rng, half),
            "HEALTH": lambda: extras.listed("HEALTH", ailing, rng, half, Role.FLAG),
            "BELIEF": lambda: extras.listed("RELIGION", "belief", rng, half, Role.FLAG),
            "UNION": lambda: extras.listed("UNION", "union", rng, half, Role.FLAG),
        }

    def facts(self, agent: Person) -> KnownParty:
        """Return what the call's own records say: both names, the caller's number and address."""
        return KnownParty(
            numbers=(self._kept["PHONE_NUMBER"].plain,),
            names=(self._who.full, agent.full),
            emails=(self._kept["EMAIL_ADDRESS"].plain,),
        )
