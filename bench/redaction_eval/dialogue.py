"""Whole calls by chance: a country, a business, its people, some scenes with items and much talk without any."""

from __future__ import annotations

from bench.redaction_eval import lists, people
from bench.redaction_eval.model import Random, Script
from bench.redaction_eval.owner import Owner
from bench.redaction_eval.people import Person
from bench.redaction_eval.scenes import scene, together
from bench.redaction_eval.script import AGENT, CONTACT, Scribe
from redaction.port import KnownParty

COUNTRIES = {"IN": 30, "US": 24, "GB": 20, "DE": 5, "FR": 4, "ES": 4, "IT": 4, "NL": 3, "IE": 3, "PL": 3}
EVERYWHERE = "everywhere"
DOMAINS = tuple(domain for domain in lists.domains() if domain != EVERYWHERE)
ONLY_IN = {
    "IFSC": "IN", "UPI_ID": "IN", "PAN": "IN", "AADHAAR": "IN", "VOTER_ID": "IN", "SSN": "US", "ROUTING_NUMBER": "US",
    "NHS_NUMBER": "GB", "NINO": "GB", "SORT_CODE": "GB IE", "NATIONAL_ID": "DE FR ES IT NL IE PL",
    "IBAN": "DE FR ES IT NL IE PL GB",
}  # fmt: skip
"""Kinds that only some countries have."""
OWN_SHARE = 0.62
"""Share of the scenes that are of the business; the rest may come up anywhere."""


def make_script(rng: Random, half: str, *, aloud: bool = False, plain: bool = False, scenes: int = 0) -> Script:
    """Return a call: about five scenes by chance (or this many); a plain one has no item at all.

    `half` says which phrases and lists it may use, `aloud` that every word must be one that a voice can read.
    """
    country = rng.choices(list(COUNTRIES), list(COUNTRIES.values()))[0]
    domain = rng.choice(DOMAINS)
    scribe = Scribe(rng, country, half, aloud=aloud)
    if plain:
        return _plain(scribe, domain)
    caller, agent = (people.person(rng, country, half) for _ in range(2))
    owner = Owner(scribe, caller)
    _opening(scribe, caller, agent)
    for kind in _kinds(rng, country, domain, scenes or rng.randrange(3, 8)):
        if kind == "TOGETHER":
            together(scribe, owner)
        else:
            scene(scribe, *owner.item(kind))
        _aside(scribe, domain, caller)
    if rng.random() < 0.4:
        _addressed(scribe, caller, rng.choice(("FIRST_NAME", "SURNAME")))
    scribe.block("closing")
    return scribe.finished(domain, owner.facts(agent))


def _opening(scribe: Scribe, caller: Person, agent: Person) -> None:
    rng = scribe.rng
    named = people.first_name(agent) if rng.random() < 0.6 else people.name(agent)
    scribe.block("opening" if rng.random() < 0.75 else "plain_opening", {"agent": named}.get)
    if rng.random() < 0.5:
        greeting = rng.choice(("", "Hello. ", "Hi. "))
        scribe.say(CONTACT, greeting + scribe.phrase("PERSON", "!"), people.name(caller))
    else:
        scribe.block("hello")


def _plain(scribe: Scribe, domain: str) -> Script:
    scribe.block("plain_opening")
    scribe.block("hello")
    for _ in range(scribe.rng.randrange(5, 11)):
        scribe.block(domain if scribe.rng.random() < 0.4 else "any")
    scribe.block("closing")
    return scribe.finished(domain, KnownParty())


def _aside(scribe: Scribe, domain: str, caller: Person) -> None:
    chance = scribe.rng.random()
    if chance < 0.55:
        scribe.block(domain if scribe.rng.random() < 0.5 else "any")
    elif chance < 0.67:
        _addressed(scribe, caller, "FIRST_NAME")
    elif chance < 0.74:
        _addressed(scribe, caller, "SURNAME")


def _addressed(scribe: Scribe, caller: Person, how: str) -> None:
    name = people.first_name(caller) if how == "FIRST_NAME" else people.surname(caller)
    scribe.say(AGENT, scribe.phrase(how, ">"), name)


def _kinds(rng: Random, country: str, domain: str, count: int) -> list[str]:
    """Return the kinds of the scenes, seldom one twice; those that few countries have come up more where they are."""
    own = [one for one in lists.domains()[domain] if country in ONLY_IN.get(one, country)]
    own += [one for one in own if one in ONLY_IN] * 2
    chosen: list[str] = []
    while len(chosen) < count:
        kind = rng.choice(own if rng.random() < OWN_SHARE else lists.domains()[EVERYWHERE])
        if kind not in chosen or rng.random() < 0.1:
            chosen.append(kind)
    return chosen
