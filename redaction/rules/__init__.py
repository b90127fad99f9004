"""The rules: each looks at a whole call and yields hits. Pure functions over `CallContext`, none knows the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules import (
    address_rest,
    addresses,
    amid,
    at_rate,
    beside,
    births,
    contacts,
    credentials,
    dictated,
    echoes,
    known,
    names,
    numbers,
    paired,
    places,
    readback,
    repeats,
    slots,
    special,
    spelled_answers,
    spelling,
    upi,
)

Rule = Callable[[CallContext], Iterator[Hit]]

RULES: dict[str, tuple[Rule, tuple[str, ...]]] = {
    numbers.RULE: (numbers.find, numbers.KINDS),
    echoes.RULE: (echoes.find, echoes.KINDS),
    contacts.RULE: (contacts.find, contacts.KINDS),
    at_rate.RULE: (at_rate.find, at_rate.KINDS),
    amid.RULE: (amid.find, amid.KINDS),
    beside.RULE: (beside.find, beside.KINDS),
    births.RULE: (births.find, births.KINDS),
    address_rest.RULE: (address_rest.find, address_rest.KINDS),
    addresses.RULE: (addresses.find, addresses.KINDS),
    names.RULE: (names.find, names.KINDS),
    credentials.RULE: (credentials.find, credentials.KINDS),
    spelled_answers.RULE: (spelled_answers.find, spelled_answers.KINDS),
    spelling.RULE: (spelling.find, spelling.KINDS),
    dictated.RULE: (dictated.find, dictated.KINDS),
    paired.RULE: (paired.find, paired.KINDS),
    upi.RULE: (upi.find, upi.KINDS),
    slots.RULE: (slots.find, slots.KINDS),
    known.RULE: (known.find, known.KINDS),
    readback.RULE: (readback.find, readback.KINDS),
    repeats.RULE: (repeats.find, repeats.KINDS),
}
"""Every rule by name, with the kinds that it may yield."""
GUESSING = frozenset({names.RULE})
"""Rules that ask the language model, where the context has one."""
FLAGS: dict[str, tuple[Rule, tuple[str, ...]]] = {
    places.RULE: (places.find, places.KINDS),
    special.RULE: (special.find, special.KINDS),
}
"""Rules whose finds are hidden only where a policy says so. They are asked last, and no other rule leans on them."""
