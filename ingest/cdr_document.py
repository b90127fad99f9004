"""What a call's rows are stored as: the clear part of a CDR, and what tells a row that came before.

The clear part is a list of what may stand in it. What is not named here goes into the sealed rows, from which the call
can be joined again when a late leg comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from ingest.cdr_routing import routing
from ingest.formats.joining import join, join_legs
from ingest.formats.record import (
    CallRecord,
    Cost,
    Direction,
    Disposition,
    Leg,
    PartyKind,
    Row,
)
from ingest.formats.registry import NAMES, load_format
from ingest.traffic import harmless
from storage.blind_index import BlindIndexer
from storage.decimals import exact
from storage.encoded import nested
from storage.mongo import Document

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
_DAY_S: Final = 86_400
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
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


def last_of_days(anchors: Iterable[datetime]) -> list[datetime]:
    """Return the last instant of each day (UTC): they say as much as all do of which months' keys are needed."""
    latest: dict[int, datetime] = {}
    for anchor in anchors:
        day = int(anchor.timestamp() // _DAY_S)
        if day not in latest or latest[day] < anchor:
            latest[day] = anchor
    return list(latest.values())


def clear_of(rows: Sequence[Row]) -> Document:
    """Return what of the call of these rows may stand in clear for years; fields that say nothing are left out."""
    only = rows[0]
    if len(rows) == 1 and only.kind == "leg" and not _joins_itself(only.source):
        recordings = 1 if only.recording is not None else 0
        return _part(only, only.direction, (), recordings)  # what `join` would say of it, without making the call
    record = join(rows)
    return _part(record, record.direction, record.legs, len(record.recordings))


@cache
def _joins_itself(format_name: str) -> bool:
    """Say whether rows of this format are events that the format itself joins."""
    return format_name in NAMES and load_format(format_name).join is not None


def clear_part(record: CallRecord) -> Document:
    """Return what of a joined call may stand in clear."""
    return _part(record, record.direction, record.legs, len(record.recordings))


def _part(call: CallRecord | Row, direction: Direction, legs: Sequence[Leg], recordings: int) -> Document:
    part = _leg_part(call)
    if direction is not Direction.UNKNOWN:
        part["direction"] = direction.value
    if len(legs) > 1:
        part["legs"] = [_leg_part(leg) for leg in legs]
    if recordings:
        part["recordings"] = recordings
    return part


def _leg_part(leg: CallRecord | Leg | Row) -> Document:
    part: Document = {"caller": routing(leg.caller), "callee": routing(leg.callee)}
    if leg.setup_time is not None:
        part["setup_time"] = leg.setup_time
    if leg.answer_time is not None:
        part["answer_time"] = leg.answer_time
    if leg.end_time is not None:
        part["end_time"] = leg.end_time
    if leg.duration_s is not None:
        part["duration_s"] = leg.duration_s
    if leg.talk_s is not None:
        part["talk_s"] = leg.talk_s
    if leg.disposition is not None:
        part["disposition"] = leg.disposition.value
    facts = _harmless(tuple(leg.facts.items())) if leg.facts else None
    if facts is not None:
        part["facts"] = facts
    cost = stored_cost(leg.cost) if leg.cost is not None else None
    if cost is not None:
        part["cost"] = cost
    return part


@lru_cache(maxsize=4_096)
def _harmless(facts: tuple[tuple[str, str], ...]) -> Any:
    plain = harmless(dict(facts))
    return nested(plain) if plain else None


def stored_cost(cost: Cost) -> Document | None:
    """Return a charge as it is summed, exactly; None when its amount is no finite decimal (it stays in the rows)."""
    try:
        amount = Decimal(cost.amount)
    except InvalidOperation:
        return None
    if not amount.is_finite():
        return None
    return {"amount": exact(amount), **({"currency": cost.currency} if cost.currency else {})}


def content_of(row: Row) -> bytes:
    """Return what a row says, wherever it stood in its file: what is sealed, and joined again when a late row comes."""
    return _ENCODER.encode(msgspec.structs.replace(row, raw_line=0))


class Told(msgspec.Struct, frozen=True, gc=False):
    """A row and its content."""

    row: Row
    content: bytes


def marks(rows: Iterable[Row], indexer: BlindIndexer) -> dict[bytes, Told]:
    """Return the rows by what tells them apart: keyed hashes of the row's key and of its content, six bytes each."""
    told: dict[bytes, Told] = {}
    for row in rows:
        content = content_of(row)
        told[indexer.mark(row.key.encode()) + indexer.mark(content)] = Told(row, content)
    return told


def unheard_of(told: Mapping[bytes, Told], known: Iterable[bytes]) -> list[Row]:
    """Return the rows of which no version is among the known marks: another version of a leg adds nothing twice."""
    keys = {mark[:MARK_BYTES] for mark in known}
    return [one.row for mark, one in told.items() if mark[:MARK_BYTES] not in keys]


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
