"""Reading CDRs: pages, one call, by a party's number, and sums that are the same after the numbers have left (RK8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import msgspec

from domain.errors import Invalid, NotFound
from ingest.formats.joining import join
from ingest.formats.record import CallRecord, Row
from ingest.traffic import open_identifiers
from storage.catalog import TEXT
from storage.decimals import decimal_of
from storage.mongo import Document
from storage.resources import Resources

DIMENSIONS: Final = ("day", "direction", "country", "disposition", "source")
MOST_GROUPS: Final = 10_000


class CdrReader:
    """The stored CDRs of one workspace; what is due is not among them."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._cdrs = resources.database.scoped("cdrs", workspace_id)
        self._resources = resources
        self._workspace_id = workspace_id

    async def get(self, cdr_id: str, *, now: datetime) -> Document:
        """Return a call's traffic data as stored. Raises NotFound."""
        found = await self._cdrs.find_one({"_id": cdr_id, "retain_until": {"$gt": now}})
        if found is None:
            raise NotFound("no such CDR", cdr_id=cdr_id)
        return found

    async def page(
        self,
        *,
        now: datetime,
        limit: int,
        after: tuple[datetime, str] | None = None,
        between: tuple[datetime | None, datetime | None] = (None, None),
        source: str | None = None,
    ) -> list[Document]:
        """Return CDRs by their start, newest first: from the first instant on, and before the second."""
        found = _between(between, now=now, source=source)
        if after is not None:
            moment, cdr_id = after
            behind = [{"setup_time": {"$lt": moment}}, {"setup_time": moment, "_id": {"$lt": cdr_id}}]
            found = {"$and": [found, {"$or": behind}]}
        return await self._cdrs.find(found, sort=(("setup_time", -1), ("_id", -1)), limit=limit)

    async def with_number(self, subject: str, *, now: datetime, limit: int) -> list[Document]:
        """Return CDRs in which somebody takes part (E.164, extension or address), newest first."""
        token = await self._resources.keyring.blind_index(self._workspace_id, subject)
        found = {
            "identifiers.month": TEXT,
            "identifiers.index": token,
            "identifiers.retain_until": {"$gt": now},
            "retain_until": {"$gt": now},
        }
        return await self._cdrs.find(found, sort=(("setup_time", -1), ("_id", -1)), limit=limit)

    async def numbers(self, document: Document, *, now: datetime) -> CallRecord:
        """Return the whole call in clear. Raises Gone when the identifiers' time is over or their key destroyed."""
        held = await open_identifiers(self._resources, self._workspace_id, "cdrs", document, now=now)
        return join(msgspec.convert(held["rows"], list[Row]))

    async def totals(
        self,
        *,
        now: datetime,
        between: tuple[datetime | None, datetime | None],
        by: Collection[str],
        zone: str = "UTC",
    ) -> list[dict[str, Any]]:
        """Return counts, durations and charges, summed by some of `DIMENSIONS`; charges of two currencies stay apart.

        Raises Invalid when it would be more than 10,000 lines.
        """
        group = {
            "_id": {
                **{name: _dimension(name, zone) for name in DIMENSIONS if name in by},
                "currency": "$cost.currency",
            },
            "calls": {"$sum": 1},
            "answered": {"$sum": {"$cond": [{"$eq": ["$disposition", "answered"]}, 1, 0]}},
            "duration_s": {"$sum": "$duration_s"},
            "talk_s": {"$sum": "$talk_s"},
            "charge": {"$sum": "$cost.amount"},
            "charged": {"$sum": {"$cond": [{"$gt": ["$cost.amount", None]}, 1, 0]}},
        }
        found = await self._cdrs.grouped(_between(between, now=now), group, limit=MOST_GROUPS + 1)
        if len(found) > MOST_GROUPS:
            raise Invalid("that would be more than 10,000 lines; ask for fewer days or dimensions", field="by")
        return [_line(one) for one in found]


def _dimension(name: str, zone: str) -> Any:
    match name:
        case "day":
            return {"$dateToString": {"date": "$setup_time", "format": "%Y-%m-%d", "timezone": zone}}
        case "country":  # of the other side: the caller's when somebody called in
            return {"$cond": [{"$eq": ["$direction", "inbound"]}, "$caller.region", "$callee.region"]}
        case _:
            return f"${name}"


def _line(found: Document) -> dict[str, Any]:
    """Return one line of the totals; the charge is exact, as text, and None where nothing was charged."""
    counted = {name: found[name] for name in ("calls", "answered", "duration_s", "talk_s")}
    charge = str(decimal_of(found["charge"])) if found["charged"] else None
    return {**found["_id"], **counted, "charge": charge}


def _between(between: tuple[datetime | None, datetime | None], *, now: datetime, source: str | None = None) -> Document:
    first, last = between
    limits = {**({"$gte": first} if first else {}), **({"$lt": last} if last else {})}
    return {
        **({"setup_time": limits} if limits else {}),
        **({"source": source} if source else {}),
        "retain_until": {"$gt": now},
    }
