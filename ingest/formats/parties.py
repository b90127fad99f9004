"""Who is on each side, told apart from what only looks like a number (formats.md A3).

Cached: switches repeat themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat, shortnumberinfo

from ingest.formats.errors import RowError
from ingest.formats.record import Direction, PartyKind, PartyNumber, Presentation

_WITHHELD: Final = frozenset(
    {
        "-1",
        "-2",
        "-3",
        "anonymous",
        "private",
        "restricted",
        "unknown",
        "unavailable",
        "withheld",
        "(unknown)",
        "(private)",
        "private number",
        "unknown number",
        "no number",
        "blocked",
        "payphone",
        "null",
        "none",
        "+266696687",  # ANONYMOUS on a keypad, as some networks send it
    }
)
_SHORTEST: Final = 7
_EXTENSION: Final = re.compile(r"\d{2,6}")
_SIP: Final = re.compile(r"(?i)(?:sips?|tel|client|user):(?P<rest>[^;?>\s]+)(?:[;?>]\S*)?")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_FEATURE: Final = re.compile(r"[0-9*#]*[*#][0-9*#]*")
_DIALLED: Final = re.compile(r"[+0-9(][0-9 ()./\-]*")
_EVERYWHERE: Final = frozenset({"112", "911", "999", "000"})
_CACHED: Final = 200_000

NOBODY: Final = PartyNumber()


@lru_cache(maxsize=_CACHED)
def party(raw: str | None, region: str | None, presentation: Presentation = Presentation.ALLOWED) -> PartyNumber:
    """Return what stands on one side of a call.

    Args:
        raw: as dialled or displayed; the text is kept as it came.
        region: ISO country code for national numbers; None takes international ones only, and never guesses.
        presentation: what the source says of showing it. A number that is not to be shown makes no subject.
    """
    text = (raw or "").strip()
    if not text:
        hidden = presentation is not Presentation.ALLOWED
        return PartyNumber("", None, presentation, PartyKind.WITHHELD if hidden else PartyKind.NONE)
    if text.lower() in _WITHHELD or _user(text).lower() in {"anonymous", "restricted", "unavailable"}:
        shown = Presentation.RESTRICTED if presentation is Presentation.ALLOWED else presentation
        return PartyNumber(text, None, shown, PartyKind.WITHHELD)
    e164, kind = _classify(text, region)
    if presentation is Presentation.RESTRICTED:
        return PartyNumber(text, None, presentation, PartyKind.WITHHELD)
    return PartyNumber(text, e164, presentation, kind)


def _user(text: str) -> str:
    match = _SIP.fullmatch(text.strip("<>"))
    return (match["rest"] if match else text).split("@")[0]


def _classify(text: str, region: str | None) -> tuple[str | None, PartyKind]:
    match = _SIP.fullmatch(text.strip("<>"))
    bare = match["rest"] if match else text
    if _ADDRESS.fullmatch(bare):
        user = bare.split("@")[0]
        if _is_emergency(user, region) or _FEATURE.fullmatch(user):  # `sip:911@switch` is nobody either
            return None, PartyKind.EMERGENCY if user.isdigit() else PartyKind.SERVICE
        e164 = _e164(user, None) if user.startswith("+") else None
        return e164, PartyKind.SUBSCRIBER if e164 else PartyKind.ADDRESS
    if "*" in bare or "#" in bare or _is_emergency(bare, region):
        return None, PartyKind.SERVICE if "*" in bare or "#" in bare else PartyKind.EMERGENCY
    if _DIALLED.fullmatch(bare):
        return _dialled(bare, region)
    return None, PartyKind.ADDRESS if match else PartyKind.SERVICE


def _dialled(bare: str, region: str | None) -> tuple[str | None, PartyKind]:
    digits = sum(character.isdigit() for character in bare)
    if digits >= _SHORTEST:
        return _e164(bare, region), PartyKind.SUBSCRIBER
    return None, PartyKind.EXTENSION if _EXTENSION.fullmatch(bare) else PartyKind.SERVICE


def _is_emergency(text: str, region: str | None) -> bool:
    if not text.isascii() or not text.isdigit() or len(text) >= _SHORTEST:
        return False
    return text in _EVERYWHERE or bool(region and shortnumberinfo.is_emergency_number(text, region))


def _e164(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return _with_country_code(text, region)
    possible = phonenumbers.is_possible_number(number)
    international = text.startswith("+")  # test ranges are possible, not valid: to look further would change nothing
    if not international and not (possible and phonenumbers.is_valid_number(number)):
        found = _with_country_code(text, region)
        if found is not None:
            return found
        possible = possible and bool(region)
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164)) if possible else None


def _with_country_code(text: str, region: str | None) -> str | None:
    """Read digits that begin with the region's own country code as an international number (919080600507 in IN)."""
    if not region or text.startswith(("+", "00")):
        return None
    code = str(phonenumbers.country_code_for_region(region))
    digits = "".join(character for character in text if character.isdigit())
    if code == "0" or not digits.startswith(code):
        return None
    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


_AS_FLOAT: Final = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?[eE]\+?\d{1,3}|\d{7,}\.0+", re.ASCII)


def whole_number(text: str) -> str:
    """Return the text. Raises RowError `number_as_float` when it was written as a float (`4.91512E+11`)."""
    if _AS_FLOAT.fullmatch(text.strip()):
        raise RowError("number_as_float", "a number was written as a float and lost digits; export the column as text")
    return text


@lru_cache(maxsize=_CACHED)
def dialled(raw: str, region: str | None) -> PartyNumber:
    """Return the party of a text file's field. Raises RowError `number_as_float`."""
    return party(whole_number(raw), region)


_BY_EXTENSION: Final = {
    (PartyKind.EXTENSION, PartyKind.EXTENSION): Direction.INTERNAL,
    (PartyKind.EXTENSION, PartyKind.SUBSCRIBER): Direction.OUTBOUND,
    (PartyKind.EXTENSION, PartyKind.EMERGENCY): Direction.OUTBOUND,
    (PartyKind.SUBSCRIBER, PartyKind.EXTENSION): Direction.INBOUND,
    (PartyKind.WITHHELD, PartyKind.EXTENSION): Direction.INBOUND,
}


def by_extension(caller: PartyKind, callee: PartyKind) -> Direction:
    """Return the direction as far as extensions tell it: they are desks of the company whose switch wrote the row."""
    return _BY_EXTENSION.get((caller, callee), Direction.UNKNOWN)


class Compass:
    """Tells a call's direction by the company's own numbers."""

    def __init__(self, own_numbers: str | None) -> None:
        self._own = re.compile(own_numbers) if own_numbers else None
        self._known: dict[PartyNumber, bool] = {}

    def direction(self, caller: PartyNumber, callee: PartyNumber) -> Direction:
        """Return the direction. Without own numbers only the extensions are known to be the company's own."""
        if self._own is None:
            return by_extension(caller.kind, callee.kind)
        ours, theirs = self._is_own(caller), self._is_own(callee)
        if ours and theirs:
            return Direction.INTERNAL
        if ours or theirs:
            return Direction.OUTBOUND if ours else Direction.INBOUND
        return Direction.UNKNOWN

    def _is_own(self, number: PartyNumber) -> bool:
        known = self._known.get(number)
        if known is None:
            texts = (text for text in (number.raw, number.e164) if text)
            known = self._own is not None and any(self._own.fullmatch(text[:64]) for text in texts)
            if len(self._known) < _CACHED:
                self._known[number] = known
        return known
