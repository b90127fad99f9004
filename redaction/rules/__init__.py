"""The rules: each looks at a whole call and yields hits. Pure functions over `CallContext`, none knows the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules import (
    addresses,
    births,
    contacts,
    credentials,
    dictated,
    known,
    names,
    numbers,
    paired,
    places,
    repeats,
    slots,
    special,
    spelling,
    upi,
)

Rule = Callable[[CallContext], Iterator[Hit]]

RULES: dict[str, tuple[Rule, tuple[str, ...]]] = {
    numbers.RULE: (numbers.find, numbers.KINDS),
    contacts.RULE: (contacts.find, contacts.KINDS),
    births.RULE: (births.find, births.KINDS),
    addresses.RULE: (addresses.find, addresses.KINDS),
    names.RULE: (names.find, names.KINDS),
    credentials.RULE: (credentials.find, credentials.KINDS),
    spelling.RULE: (spelling.find, spelling.KINDS),
    dictated.RULE: (dictated.find, dictated.KINDS),
    paired.RULE: (paired.find, paired.KINDS),
    upi.RULE: (upi.find, upi.KINDS),
    slots.RULE: (slots.find, slots.KINDS),
    known.RULE: (known.find, known.KINDS),
    repeats.RULE: (repeats.find, repeats.KINDS),
}
"""Every rule by name, with the kinds that it may yield."""
FLAGS: dict[str, tuple[Rule, tuple[str, ...]]] = {
    places.RULE: (places.find, places.KINDS),
    special.RULE: (special.find, special.KINDS),
}
"""Rules whose finds are hidden only where a policy says so. They are asked last, and no other rule leans on them."""
