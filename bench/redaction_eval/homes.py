"""Where people live, by country: streets and houses, postcodes."""

from __future__ import annotations

from bench.redaction_eval import codes
from bench.redaction_eval.documents import filled
from bench.redaction_eval.lists import entries
from bench.redaction_eval.model import Group, Groups, Random, Role, Value

POSTCODES = {
    "IN": ("#99999", (3, 3)), "US": ("99999", (5,)), "DE": ("99999", (5,)), "FR": ("99999", (2, 3)),
    "ES": ("99999", (5,)), "IT": ("99999", (5,)), "NL": ("9999@@", (4, 2)), "IE": ("@99@9@9", (3, 4)),
    "PL": ("99999", (2, 3)),
}  # fmt: skip
BRITISH = (("@@9 9@@", (3, 3)), ("@@99 9@@", (4, 3)), ("@9 9@@", (2, 3)), ("@99 9@@", (3, 3)))
HOUSE_FIRST = frozenset({"IN", "US", "GB", "FR", "IE"})
AREAS = frozenset({"IN", "US", "GB"})
BUILDINGS = ("Residency", "Heights", "Apartments", "Towers", "Enclave", "Society")
LANDMARKS = ("near the temple", "opposite the bus stand", "behind the petrol pump", "next to the metro station")


def postcode(rng: Random, country: str) -> Value:
    """Return a postcode as people read it; a British one keeps its halves."""
    pattern, sizes = rng.choice(BRITISH) if country == "GB" else POSTCODES[country]
    whole = filled(rng, pattern)
    code = whole.replace(" ", "")

    def read(chance: Random, aloud: bool) -> Groups:
        if not aloud and country in {"GB", "NL", "IE"} and chance.random() < 0.4:
            return [[(one, True) for one in codes.split(code, sizes)]]
        return codes.read(chance, code, sizes, aloud=aloud)

    return Value("POSTCODE", read)


def home(rng: Random, country: str, half: str) -> Value:
    """Return an address; the postcode stands in it now and then."""
    street, town = (rng.choice(entries(f"{country} {part}", half)) for part in ("street", "town"))
    number = str(rng.choice((rng.randrange(1, 100), rng.randrange(1, 400), rng.randrange(1000, 9999))))
    if country != "US" and len(number) == 4:
        number = number[:2]
    flat = rng.choice(entries(f"{country} area", half)) if country in AREAS and rng.random() < 0.6 else ""
    code = postcode(rng, country) if rng.random() < 0.35 else None
    building = f"{rng.choice(entries('word', half)).capitalize()} {rng.choice(BUILDINGS)}"
    landmark = rng.choice(LANDMARKS) if country == "IN" and rng.random() < 0.25 else ""

    def read(chance: Random, aloud: bool) -> Groups:
        spoken = _house(chance, number, aloud=aloud)
        line = [*spoken, *_all(street)] if country in HOUSE_FIRST else [*_all(street), *spoken]
        parts: list[Group]
        if country == "IN":
            flat_no = _house(chance, str(chance.randrange(101, 999)), aloud=aloud)
            parts = [[*_all("Flat"), *flat_no], _all(building), line, _all(flat), _all(town)]
        elif country == "GB":
            parts = [_all(flat), line, _all(town)]
        else:
            parts = [line, _all(flat), _all(town)]
        if code:
            parts += code.read(chance, aloud)
        if landmark:
            parts.insert(3, [(one, False) for one in landmark.split()])
        return _comma_between(chance, [one for one in parts if one])

    return Value("ADDRESS", read)


def _all(text: str) -> Group:
    return [(one, True) for one in text.split()]


def _house(rng: Random, number: str, *, aloud: bool) -> Group:
    if aloud or rng.random() < 0.2:
        whole = codes.number_words(int(number)) if len(number) < 3 else " ".join(codes.digit_words(rng, number))
        return _all(whole)
    return _all(number)


def _comma_between(rng: Random, parts: Groups) -> Groups:
    if rng.random() < 0.3:
        return parts
    return [[*one[:-1], (f"{one[-1][0].rstrip(',')},", one[-1][1])] for one in parts[:-1]] + parts[-1:]


def town(rng: Random, country: str, half: str) -> Value:
    """Return a town by itself: a place, which a policy may hide and by default does not."""
    where = rng.choice(entries(f"{country} town", half))
    return Value("LOCATION", lambda _, __: [_all(where)], Role.FREE)
