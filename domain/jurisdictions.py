"""Whose law applies to a record: ISO 3166 codes, states of the USA, and the European Union as one.

A jurisdiction is data of the record; nothing here guesses it from a phone number or a region of a data centre.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_COUNTRY_CODES: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI "
    "FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN "
    "IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF "
    "PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE "
    "YT ZA ZM ZW"
)
"""ISO 3166-1 alpha-2."""
_UNION_CODES: Final = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"  # members
    " AX GF GP MF MQ RE YT"  # parts of members with codes of their own, where Union law applies (TFEU Art. 355)
    " IS LI NO"  # GDPR applies in the EEA (Decision 154/2018 of the EEA Joint Committee)
)
_STATE_CODES: Final = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH "
    "OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR UM VI"
)
_COUNTRIES: Final = frozenset(_COUNTRY_CODES.split())
_EU: Final = frozenset(_UNION_CODES.split())
_STATES: Final = frozenset(_STATE_CODES.split())
_ALIASES: Final = {"UK": "GB", "EL": "GR", "EEA": "EU"}
_SUBDIVISION: Final = re.compile(r"[A-Z0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A place with a law of its own: `code` as given (`US-CA`), `within` all that it lies in, nearest first."""

    code: str
    within: tuple[str, ...]

    def __str__(self) -> str:
        return self.code


@lru_cache(maxsize=4096)
def jurisdiction(text: str) -> Jurisdiction:
    """Return the jurisdiction of a code such as `IN`, `EU`, `DE` or `US-CA`; case does not matter.

    Raises:
        ValueError: when there is no such country or state; the sentence says what may be written.
    """
    code = text.strip().upper()
    country, _, part = code.partition("-")
    country = _ALIASES.get(country, country)
    known = country == "EU" or country in _COUNTRIES
    if not known or (country == "EU" and part):
        raise ValueError("unknown jurisdiction: write an ISO country code (IN, DE), EU, or a state of the USA (US-CA)")
    if "-" in code and not _is_part(country, part):
        raise ValueError("unknown part of a country: write a code of ISO 3166-2 such as US-CA or IN-MH")
    return Jurisdiction(f"{country}-{part}" if part else country, _within(country, part))


def _is_part(country: str, part: str) -> bool:
    return part in _STATES if country == "US" else _SUBDIVISION.fullmatch(part) is not None


def _within(country: str, part: str) -> tuple[str, ...]:
    places = [f"{country}-{part}"] if part else []
    places.append(country)
    if country in _EU:
        places.append("EU")
    return tuple(places)
