"""Traffic data: what a call log or CDR is stored as. Identifiers are held apart, sealed, on a clock of their own.

What must never happen here: a number, name, address or device id in the clear part of a record, for that part stays
for years after the identifiers are gone (promises RK2, RK6, RK7, RK8). So the clear part is a list of what may stand in
it: times, durations, counts, enumerated facts, the charge. All else goes under the key of its workspace and month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from domain.errors import Gone
from domain.policy import Policy
from domain.records import Category, RecordTags
from storage.blind_index import BlindIndexer
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ValueSealer, unseal

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
        *(
            "SIP",
            "PJSIP",
            "IAX2",
            "DAHDI",
            "Zap",
            "Local",
            "SCCP",
            "Skinny",
            "H323",
            "OOH323",
            "MGCP",
            "Motif",
            "mISDN",
        ),
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


def month_of(moment: datetime) -> str:
    """Return the month whose key seals the identifiers of a call that began then (UTC, `2026-11`)."""
    return moment.astimezone(UTC).strftime("%Y-%m")


def _in_utc(fields: Document) -> Document:
    """Return the fields with their instant in UTC, as it is stored: it encodes faster than one of a named zone."""
    return {**fields, "retain_until": fields["retain_until"].astimezone(UTC)}


_DRAWN: Final = 128
_CLOCKS: Final = (Category.TRAFFIC, Category.TRAFFIC_IDENTIFIERS)
_QUARTER_S: Final = 900
QUARTER_MS: Final = _QUARTER_S * 1000
"""Local days, and so all clocks of retention, begin on a quarter of an hour in every zone since 1972."""
Day = tuple[date, date, str]
"""The local day by the clock of the record and by that of its identifiers, and the month of the key."""


def quarter_of(anchor: datetime) -> int:
    """Return which quarter of an hour it is, counted from the epoch."""
    return int(anchor.timestamp() // _QUARTER_S)


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


def days_of(month: str) -> list[Document]:
    """Return a filter of an instant for each day of a month: what asks for all of a month at once asks too much."""
    day = datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC)
    days = []
    while month_of(day) == month:
        days.append({"$gte": day, "$lt": day + timedelta(days=1)})
        day += timedelta(days=1)
    return days


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
        self._policy = policy
        self._keys = keys
        self._zones = {category: ZoneInfo(rule.retention.zone) for category, rule in policy.categories.items()}
        self._tags_on = lru_cache(maxsize=4096)(self._made_tags)
        self.stamp_of = lru_cache(maxsize=16_384)(self._made_stamp)
        """The stamp of a quarter of an hour, counted from 1970."""

    @classmethod
    async def open(
        cls, resources: Resources, workspace_id: str, policy: Policy, anchors: Iterable[datetime], *, now: datetime
    ) -> TrafficSealer:
        """Return a sealer for calls that began at these instants. A month whose key is destroyed seals nothing."""
        latest: dict[str, datetime] = {}
        for anchor in anchors:
            month = month_of(anchor)
            latest[month] = max(anchor, latest.get(month, anchor))
        identifiers = Category.TRAFFIC_IDENTIFIERS
        kept = [  # no key is made for identifiers that will not be kept
            month
            for month, anchor in latest.items()
            if policy.tags(identifiers, workspace_id=workspace_id, anchor=anchor).retain_until > now
        ]
        held = await resources.keyring.month_keys(workspace_id, kept, now=now)
        keys = {month: ValueSealer(key, drawn=_DRAWN) for month, key in held.keys.items()}
        indexer = await resources.keyring.blind_indexer(workspace_id)
        return cls(workspace_id, policy, indexer, keys, now, rows_were_erased=held.rows_erased)

    def knows(self, month: str) -> bool:
        """Say whether this month's key was fetched."""
        return month in self._keys

    def _made_tags(self, category: Category, day: date) -> RecordTags:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self._zones[category])
        return self._policy.tags(category, workspace_id=self.workspace_id, anchor=noon)

    def tags(self, category: Category, anchor: datetime) -> RecordTags:
        """Return the tags of a record anchored there; retention counts whole local days, so one per day is made."""
        return self._tags_on(category, anchor.astimezone(self._zones[category]).date())

    def _made_stamp(self, quarter: int) -> Stamp:
        began = datetime.fromtimestamp(quarter * _QUARTER_S, UTC)
        days = [began.astimezone(self._zones[category]).date() for category in _CLOCKS]
        traffic, identifiers = (self._tags_on(category, day) for category, day in zip(_CLOCKS, days, strict=True))
        month = month_of(began)
        return Stamp(
            day=(days[0], days[1], month),
            traffic=_in_utc(traffic.to_document()),
            expired=traffic.retain_until <= self.now,
            identifiers={**_in_utc(identifiers.to_document()), "month": month},
            key=None if identifiers.retain_until <= self.now else self._keys.get(month),
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
