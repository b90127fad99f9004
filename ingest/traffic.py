"""Traffic data: what a call log or CDR is stored as. Identifiers are held apart, sealed, on a clock of their own.

What must never happen here: a number, name, address or device id in the clear part of a record, for that part stays
for years after the identifiers are gone (promises RK2, RK6, RK7, RK8). So the clear part is a list of what may stand in
it: times, durations, counts, enumerated facts, the charge. All else goes under the key of its workspace and month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final

import msgspec

from domain.errors import Gone
from domain.policy import Policy
from domain.records import Category, RecordTags
from ingest.traffic_days import QUARTER_MS, Day, days_under, month_of, quarter_of
from storage.blind_index import BlindIndexer
from storage.mongo import Document
from storage.recent import Recent
from storage.resources import Resources
from storage.sealing import ValueSealer, unseal

__all__ = ["QUARTER_MS", "Stamp", "TrafficSealer", "harmless", "month_of", "open_identifiers", "quarter_of"]

_CLEAR: Final = frozenset(
    {
        *("technology", "last_app", "ama_flags", "clock_by_ids", "transfer", "transfers"),  # Asterisk
        *(
            "direction",
            "hangup_cause",
            "hangup_cause_q850",
            "bridge_hangup_cause",
            "endpoint_disposition",
        ),  # FreeSWITCH
        *("sip_hangup_disposition", "sip_code", "read_codec", "write_codec", "codec"),
        *("request_type", "requesttype", "run", "disconnect_cause"),  # CGRateS
        *("record_type", "termination_cause", "releasing_party", "charge_indicator", "utc_offset"),  # BroadWorks
        *("origcause_value", "destcause_value", "orignodeid", "destnodeid", "lastredirectredirectreason"),  # CUCM
        *(
            "call_type",
            "elsewhere",
            "sim_slot",
            "caller_by",
            "group_seq",
            "dialog_type",
            "media_type",
        ),  # phones, SIPREC
        *("status", "flow", "method", "ended_by", "cause", "hangup", "hangup_by", "network", "verified"),  # providers
    }
)
"""The facts that may stand in clear, by name: their values are words of a protocol. Skills, campaigns, reasons in
words are not among them: people write names there."""
_FACT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./+-]{0,39}")
_LOOKS_PERSONAL: Final = re.compile(r"\d{5}|\d[.-]\d{2,}[.-]\d{2}")
_TECHNOLOGIES: Final = frozenset(
    {
        *("SIP", "PJSIP", "IAX2", "DAHDI", "Zap", "Local", "SCCP", "Skinny", "H323", "OOH323", "MGCP", "Motif"),
        "mISDN",
        *("Khomp", "Dongle", "Console", "Phone", "WebSocket", "AudioSocket", "UnicastRTP", "MulticastRTP", "Bridge"),
    }
)
"""Asterisk's channel drivers; a channel's name without one may be anybody's."""


def harmless(facts: Mapping[str, str]) -> dict[str, str]:
    """Return the facts that may stand in clear: known by name, one plain word, nothing like an identifier in it."""
    return {
        name: value
        for name, value in facts.items()
        if name in _CLEAR
        and _FACT.fullmatch(value)
        and not _LOOKS_PERSONAL.search(value)
        and (name != "technology" or value in _TECHNOLOGIES)
    }


_DRAWN: Final = 128


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """What records of one quarter of an hour have in common. The documents are shared: not to be changed.

    Attributes:
        traffic: the tags of the record, as fields.
        expired: whether even the record's own retention is over.
        identifiers: the tags of its identifiers, with their month.
        key: under which the identifiers are sealed; None when their time is over or the month's key destroyed.
        day: what has the same `day` has the same tags, clocks and key.
    """

    day: Day
    traffic: Document
    expired: bool
    identifiers: Document
    key: ValueSealer | None


class TrafficSealer:
    """Makes the two parts of traffic records of one workspace, under one policy, at one instant; made for batches.

    Made by `open`, which fetches the keys of the months that will be needed; all that follows is plain computation.
    """

    def __init__(
        self,
        workspace_id: str,
        policy: Policy,
        indexer: BlindIndexer,
        keys: Mapping[str, ValueSealer],
        now: datetime,
        *,
        rows_were_erased: bool = True,
    ) -> None:
        self.rows_were_erased = rows_were_erased
        self.workspace_id = workspace_id
        self.indexer = indexer
        self.now = now
        self._keys = keys
        self._days = days_under(workspace_id, policy)
        self.stamp_of = lru_cache(maxsize=16_384)(self._made_stamp)
        """The stamp of a quarter of an hour, counted from 1970."""

    @classmethod
    async def open(
        cls,
        resources: Resources,
        workspace_id: str,
        policy: Policy,
        anchors: Iterable[datetime],
        *,
        now: datetime,
        recent: Recent | None = None,
    ) -> TrafficSealer:
        """Return a sealer for calls that began at these instants. A month whose key is destroyed seals nothing.

        No key is made where no identifiers will be kept. With `recent` the keys may be what was read a second ago.
        """
        latest: dict[str, datetime] = {}
        for anchor in anchors:
            month = month_of(anchor)
            latest[month] = max(anchor, latest.get(month, anchor))
        days, identifiers = days_under(workspace_id, policy), Category.TRAFFIC_IDENTIFIERS
        kept = [month for month, anchor in latest.items() if days.tags(identifiers, anchor).retain_until > now]
        read = partial(resources.keyring.month_keys, workspace_id, kept, now=now)
        held = await (read() if recent is None else recent.of(("months", workspace_id, *sorted(kept)), read))
        keys = {month: ValueSealer(key, drawn=_DRAWN) for month, key in held.keys.items()}
        indexer = await resources.keyring.blind_indexer(workspace_id)
        return cls(workspace_id, policy, indexer, keys, now, rows_were_erased=held.rows_erased)

    def knows(self, month: str) -> bool:
        """Say whether this month's key was fetched."""
        return month in self._keys

    def keeps_all_of(self, day: datetime) -> bool:
        """Say whether all that began on this day in UTC, and was stored since, is there."""
        return self._days.keeps_all_of(day, now=self.now)

    def tags(self, category: Category, anchor: datetime) -> RecordTags:
        """Return the tags of a record anchored there."""
        return self._days.tags(category, anchor)

    def _made_stamp(self, quarter: int) -> Stamp:
        tags = self._days.of_quarter(quarter)
        return Stamp(
            day=tags.day,
            traffic=tags.traffic,
            expired=tags.traffic_until <= self.now,
            identifiers=tags.identifiers,
            key=None if tags.identifiers_until <= self.now else self._keys.get(tags.day[2]),
        )

    def stamp(self, anchor: datetime) -> Stamp:
        """Return what a record anchored there is born with; one is made for each quarter of an hour."""
        return self.stamp_of(quarter_of(anchor))

    def identifiers(
        self, place: str, anchor: datetime, held: Mapping[str, Any], subjects: Iterable[str | None], **tokens: str
    ) -> Document:
        """Return `{"identifiers": {...}}`, or nothing when their clock is over already.

        Args:
            place: what the sealed value is bound to, `call_logs/<id>/identifiers`.
            anchor: when the call began.
            held: everything that identifies somebody; plain JSON values.
            subjects: by which blind index the record is found (E.164, extension, address); None is nobody.
            tokens: further keyed hashes to store beside (`device=…`).
        """
        stamp = self.stamp(anchor)
        if stamp.key is None:
            return {}
        index = [self.indexer.token(subject) for subject in dict.fromkeys(subjects) if subject]
        sealed = stamp.key.seal(msgspec.json.encode(held), place=place)
        return {"identifiers": {**stamp.identifiers, "sealed": sealed, "index": index, **tokens}}


async def open_identifiers(
    resources: Resources, workspace_id: str, collection: str, document: Document, *, now: datetime
) -> dict[str, Any]:
    """Return the clear identifiers of a stored record. Raises Gone when their time is over or the key destroyed."""
    identifiers = document.get("identifiers")
    if not identifiers or identifiers["retain_until"] <= now:
        raise Gone("the numbers' retention is over")
    key = await resources.keyring.month_key(workspace_id, identifiers["month"], now=now)
    opened = unseal(key, bytes(identifiers["sealed"]), place=f"{collection}/{document['_id']}/identifiers")
    held: dict[str, Any] = msgspec.json.decode(opened)
    return held
