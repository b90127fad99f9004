"""Telephone numbers as they come, told apart from what only looks like one (formats.md A3)."""

from __future__ import annotations

from typing import Final

import phonenumbers

_WITHHELD: Final = frozenset(
    {"", "-1", "-2", "-3", "anonymous", "private", "restricted", "unknown", "unavailable", "withheld"}
)
_SHORTEST: Final = 7


def normalise(raw: str | None, region: str | None) -> str | None:
    """Return the number in E.164, the raw text when it is none, and None when it is withheld.

    Short, emergency and feature codes stay as they are: with a region, 112 would become a subscriber.

    Args:
        raw: as dialled or displayed.
        region: the device's ISO country code, needed for national numbers; None takes international ones only.
    """
    text = (raw or "").strip()
    if text.lower() in _WITHHELD:
        return None
    digits = sum(character.isdigit() for character in text)
    if digits < _SHORTEST or "*" in text or "#" in text:
        return text
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number):
        return text
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
