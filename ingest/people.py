"""Somebody by any notation: the ways in which a number or address may stand in records, to be looked for all at once.

Records keep keyed hashes of what their source told: E.164 where that could be read, else the number as it came. So a
person is looked for under each way of writing the number that is common; other spacing of a number that could not be
read when it came (a national one of a source without a region) is not found.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

import phonenumbers

from domain.errors import Invalid
from ingest.documents import NewCall
from ingest.formats.parties import party
from ingest.formats.record import PartyKind
from storage.resources import Resources

_EMAIL: Final = re.compile(r"[^@\s:;,]+@[^@\s:;,]+")


_WITH_COUNTRY: Final = 3
"""So many of the ways of writing a number name its country; they stand first."""


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return the country of each IANA zone that lies in one country (the database's own `zone.tab`)."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def region_of_zone(zone: str) -> str | None:
    """Return the country in which a zone lies, for national numbers of a workspace; None for UTC and its like."""
    return _countries().get(zone)


def notations(text: str, region: str | None) -> list[str]:
    """Return what somebody may be known by, most certain first.

    Args:
        text: a phone number in any notation, an extension, an e-mail or SIP address.
        region: ISO country code for national numbers; without one they are taken as they come.

    Raises:
        Invalid: it is nobody (a withheld number, a service code), or a national number without its country.
    """
    given = text.strip()
    if _EMAIL.fullmatch(given):
        return list(dict.fromkeys((given.lower(), given, f"sip:{given.lower()}", f"sip:{given}")))
    side = party(given, region)
    if side.subject is None:
        raise Invalid("this is nobody: a withheld number, an emergency or service code", field="person")
    if side.kind is not PartyKind.SUBSCRIBER:
        return list(dict.fromkeys((side.subject, given)))
    if side.e164 is None:
        raise Invalid("write the number with its country code (+91 …), or say its `region`", field="person")
    return list(dict.fromkeys(_written(side.e164)))


def _written(e164: str) -> list[str]:
    """Return the common ways of writing a number without spaces."""
    number = phonenumbers.parse(e164, None)
    country, national = str(number.country_code), phonenumbers.national_significant_number(number)
    region = phonenumbers.region_code_for_number(number)
    prefix = region and phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True)
    trunk = [f"{prefix}{national}"] if prefix else []
    return [e164, f"{country}{national}", f"00{country}{national}", national, *trunk]


def certain(text: str, region: str | None) -> list[str]:
    """Return those of `notations` that are nobody else's: of a number the ways of writing that name its country."""
    ways, side = notations(text, region), party(text.strip(), region)
    return ways[:_WITH_COUNTRY] if side.kind is PartyKind.SUBSCRIBER else ways


async def known_people(resources: Resources, workspace_id: str, new: NewCall) -> list[str]:
    """Return keyed hashes of those of whom a call knows when it is registered; they go when the call does."""
    log = new.call_log
    sides = [] if log is None else [log.caller, log.callee]
    sides += [party(new.other_number, None)] if new.other_number else []
    known = [side.subject for side in sides if side.subject] + [address.strip().lower() for address in new.emails]
    indexer = await resources.keyring.blind_indexer(workspace_id)
    return [indexer.token(one) for one in dict.fromkeys(known)]


async def tokens_of(resources: Resources, workspace_id: str, text: str, region: str | None) -> tuple[str, ...]:
    """Return the keyed hashes under which somebody is found; see `notations`. Raises Invalid."""
    indexer = await resources.keyring.blind_indexer(workspace_id)
    return tuple(indexer.token(one) for one in notations(text, region))
