"""Words of addresses: streets of many countries, dwellings, boxes. Closed classes, so they stand here in full."""

from __future__ import annotations

from functools import lru_cache

from redaction import lexicon, vocabulary
from redaction.lexicon import words
from redaction.view import REMEMBERED, Token

STREETS = lexicon.STREETS | words(
    "alley loop pass parks park bypass bend bridge brook common courts cove creek crest crossing cul-de-sac dale "
    "esplanade expressway fields freeway gate gateway glen green heights junction landing link manor mall meadow mill "
    "motorway oval parade path promenade quay reach rise route run side spur turnpike vale view viaduct villas walk "
    "wharf "
    "yard estate village ext extension puram pura pet peth halli wadi pally gunj ganj gali mohalla tola para nagara "
    "township residency residences heights enclaves apartments towers complex compound galli lines cantonment "
    "circuit cottages arcade rd. ave. str tce cres blvd pl sq hwy pkwy trl"
)
STRONG = (lexicon.STREETS_STRONG - words("tower towers plaza gardens")) | words(
    "alley bypass cul-de-sac esplanade expressway puram peth halli gali mohalla apartments residency turnpike "
    "motorway cres "
    "hwy pkwy promenade str"
)
PREFIXES = words(
    "rue avenue boulevard chemin impasse allée allee place quai cours via viale piazza piazzale corso largo vicolo "
    "strada "
    "contrada calle avenida avda plaza paseo carrer camino carretera ronda travesía rua travessa praça praca alameda "
    "estrada ul ulica aleja al plac os osiedle nám námestí náměstí ulice třída bulevardi bulevardul strada gran "
    "passeig "
    "camí piata piața aleea c/ ctra via's sokak caddesi jalan lorong"
)
"""Before the name: "rue de Rivoli", "via Roma", "ul. Długa"."""
SUFFIXES = (
    "straße", "strasse", "strase", "gasse", "weg", "allee", "platz", "ufer", "damm", "steig", "stieg", "ring",
    "straat", "laan", "gracht", "plein", "kade", "singel", "dijk", "dreef", "steenweg",
    "gatan", "vägen", "gränd", "gata", "veien", "vegen", "vej", "gade", "stræde", "stræti", "gatu", "katu", "tie",
    "kuja", "polku", "götu", "braut", "vegur", "utca", "útja", "tér", "körút", "köz",
)  # fmt: skip
_NO_SUFFIX = words(
    "during spring string bring boring monitoring offering entering ordering covering steering wiring hiring firing "
    "ring necktie tie untie auntie cutie hottie sortie norway subway railway zombie selfie movie weg plein trekking"
)
DWELLINGS = words(
    "flat apt apartment suite ste plot door h.no hno d.no dno villa bungalow quarter quarters khasra gut survey gat "
    "maisonette"
)
"""Before a number these say where somebody lives; "room 12" and "floor 3" may be anybody's."""
PARTS = DWELLINGS | words(
    "unit house block sector phase tower floor building wing room cross main stage street ward no number lot bldg fl "
    "section level quarters road entrance staircase stair landmark near opposite opp behind beside off dist district "
    "taluk tehsil mandal village post p.o po"
)
BOXES = words("box postbox psc apo fpo dpo")
LINKS = words("of the de la le les du des del della di da do dos das van der den von und y e et san santa st saint")
COUNTRY_OF_CODE = words(
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or "
    "pa ri sc "
    "sd tn tx ut vt va wa wv wi wy dc ap ae aa pr gu"
)
"""States of the United States as a postal code follows them, and those of military mail."""
LIVING = (
    "live at", "lives at", "lived at", "living at", "live on", "lives on", "lived on", "live in", "lives in",
    "lived in",
    "living in", "living on", "located at", "located on", "location is", "reside at", "resides at", "residing at",
    "staying at", "stay at", "office is at", "shop is at", "house is at", "house is on", "home is at", "situated at",
    "deliver to", "delivered to", "deliver it to", "send it to", "sent to", "ship it to", "shipped to", "ship to",
    "return to", "returned to", "mail it to", "post it to", "moved to", "moving to", "address is", "address to",
    "address as", "address was", "address's", "address", "meet me at", "pick me up at", "pick me up from", "taxi to",
    "cab to", "corner of", "arrived at", "based at", "come to", "collected from", "pickup from", "registered at",
    "we're at", "went to", "going to", "goes to",
    "i'm at", "drop it at", "dropped at", "new one to", "enter on", "station is on", "stop is on", "drops you off at",
    "find me at", "find us at", "over at", "property is", "property at", "place is", "place at", "flat at",
    "house at", "premises at", "residence is", "residence at", "drop it off at", "leave it at", "round at",
    "standing at", "leak is at", "happened at", "fault is at", "should go to", "bring it to", "courier it to",
    "forward it to", "post to", "bill me at", "write to me at", "visit us at", "moving into",
)  # fmt: skip


def street(norm: str) -> bool:
    """Say whether a lower-case word names a kind of street."""
    return norm in STREETS or suffixed(norm)


@lru_cache(maxsize=REMEMBERED)
def suffixed(norm: str) -> bool:
    """Say whether a word ends like a street's name of a German, Dutch, Nordic or Hungarian town."""
    return len(norm) > 5 and norm.endswith(SUFFIXES) and norm not in _NO_SUFFIX and not vocabulary.english(norm)  # noqa: PLR2004 - "weg" alone is none


def abbreviation(token: Token) -> bool:
    """Say whether the full stop behind a token is that of an abbreviation, so that no sentence ends there."""
    return token.raw.endswith(".") and (len(token.norm) <= 2 or token.norm in _ABBREVIATED)  # noqa: PLR2004 - "u.", "ul."


_ABBREVIATED = words("apt ave blvd rd str ste bldg sq pkwy hwy opp near dist avda ctra nám cres tce fl no h.no d.no")
