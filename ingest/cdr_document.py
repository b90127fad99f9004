"""What a call's rows are stored as: the clear part of a CDR, and what tells a row that came before.

The clear part is a list of what may stand in it. What is not named here goes into the sealed rows, from which the call
can be joined again when a late leg comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

import phonenumbers

from ingest.formats.joining import content_of, join_legs
from ingest.formats.record import (
    CallRecord,
    Cost,
    Direction,
    Disposition,
    Leg,
    PartyKind,
    PartyNumber,
    Presentation,
    Row,
)
from ingest.traffic import harmless
from storage.keys import BlindIndexer
from storage.mongo import Document, exact

LEG_FIELDS: Final = (
    "setup_time",
    "answer_time",
    "end_time",
    "duration_s",
    "talk_s",
    "disposition",
    "caller",
    "callee",
    "facts",
    "cost",
)
MARK_BYTES: Final = 6
CLEAR_FIELDS: Final = (*LEG_FIELDS, "direction", "legs", "recordings")


def began(rows: Iterable[Row], otherwise: datetime) -> datetime:
    """Return when the call began as far as its rows say, else another instant: the anchor of its clocks."""
    told = otherwise_told = None
    for row in rows:
        first = row.setup_time or row.answer_time
        if first is not None:
            told = first if told is None or first < told else told
        event = row.at or row.end_time
        if event is not None:
            otherwise_told = event if otherwise_told is None or event < otherwise_told else otherwise_told
    return told or otherwise_told or otherwise


def clear_part(record: CallRecord) -> Document:
    """Return what of a call may stand in clear for years; fields that say nothing are left out."""
    part = _leg_part(record)
    if record.direction is not Direction.UNKNOWN:
        part["direction"] = record.direction.value
    if len(record.legs) > 1:
        part["legs"] = [_leg_part(leg) for leg in record.legs]
    if record.recordings:
        part["recordings"] = len(record.recordings)
    return part


def _leg_part(leg: CallRecord | Leg) -> Document:
    part: Document = {"caller": routing(leg.caller), "callee": routing(leg.callee)}
    for name in ("setup_time", "answer_time", "end_time", "duration_s", "talk_s"):
        value = getattr(leg, name)
        if value is not None:
            part[name] = value
    if leg.disposition is not None:
        part["disposition"] = leg.disposition.value
    facts = harmless(leg.facts) if leg.facts else None
    if facts:
        part["facts"] = facts
    cost = leg.cost and stored_cost(leg.cost)
    if cost:
        part["cost"] = cost
    return part


def stored_cost(cost: Cost) -> Document | None:
    """Return a charge as it is summed, exactly; None when its amount is no finite decimal (it stays in the rows)."""
    try:
        amount = Decimal(cost.amount)
    except InvalidOperation:
        return None
    if not amount.is_finite():
        return None
    return {"amount": exact(amount), **({"currency": cost.currency} if cost.currency else {})}


def routing(party: PartyNumber) -> Document:
    """Return what of a party is routing and no identifier: its kind, its country, whether it was shown."""
    shown = {} if party.presentation is Presentation.ALLOWED else {"presentation": party.presentation.value}
    return {"kind": party.kind.value, **(_country(party.e164) if party.e164 else {}), **shown}


@lru_cache(maxsize=65_536)
def _country(e164: str) -> Document:
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return {}
    code = number.country_code or 0
    region = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(code)
    return {"code": code, **({"region": region} if region and region.isalpha() else {})}


def marks(rows: Iterable[Row], indexer: BlindIndexer) -> dict[bytes, Row]:
    """Return the rows by what tells them apart: keyed hashes of the row's key and of its content, six bytes each.

    The line on which it stood does not count.
    """
    return {indexer.mark(row.key.encode()) + indexer.mark(content_of(row)): row for row in rows}


def unheard_of(told: Mapping[bytes, Row], known: Iterable[bytes]) -> list[Row]:
    """Return the rows of which no version is among the known marks: another version of a leg adds nothing twice."""
    keys = {mark[:MARK_BYTES] for mark in known}
    return [row for mark, row in told.items() if mark[:MARK_BYTES] not in keys]


def subjects(rows: Iterable[Row]) -> dict[str, None]:
    """Return by what the call is found: everybody on either side of any leg who is somebody, each once, in order."""
    found = (party.subject for row in rows for party in (row.caller, row.callee))
    return {subject: None for subject in found if subject}


def with_late_rows(document: Document, rows: Sequence[Row]) -> Document:
    """Return the clear part of a call without identifiers, with what late rows add to its totals.

    Who took part is gone: the stored parties' kinds and countries stay as they are.
    """
    before = document.get("legs") or [{name: document[name] for name in LEG_FIELDS if name in document}]
    added = [row for row in rows if row.kind == "leg"]
    stored = [_row_of(leg, number) for number, leg in enumerate(before)]
    record = join_legs([*stored, *rows])
    part = clear_part(record)
    legs = [*before, *(_leg_part(leg) for leg in join_legs(added).legs)] if added else before
    part.pop("legs", None)
    if len(legs) > 1:
        part["legs"] = legs
    for side in ("caller", "callee"):
        if document[side]["kind"] != PartyKind.NONE.value:
            part[side] = document[side]
    recordings = document.get("recordings", 0) + len(record.recordings)
    return {**part, "recordings": recordings} if recordings else part


def _row_of(leg: Document, number: int) -> Row:
    """Return a stored leg as a row again: its times, its charge, its facts; nobody."""
    cost: dict[str, Any] | None = leg.get("cost")
    return Row(
        source="",
        group="",
        key=f"stored:{number}",
        raw_line=0,
        setup_time=leg.get("setup_time"),
        answer_time=leg.get("answer_time"),
        end_time=leg.get("end_time"),
        duration_s=leg.get("duration_s"),
        talk_s=leg.get("talk_s"),
        disposition=Disposition(leg["disposition"]) if "disposition" in leg else None,
        cost=Cost(str(cost["amount"]), cost.get("currency")) if cost else None,
        facts=dict(leg.get("facts", {})),
    )
