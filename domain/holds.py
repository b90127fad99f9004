"""Legal holds: what they cover. A hold wins over erasure; it gives nobody a right to read.

A hold belongs to a matter and covers one record, one person, what a query finds, or the whole workspace. Several may
cover one record; it is kept until the last of them is released.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class HeldKind(StrEnum):
    """What a query may hold."""

    CALL = "call"
    CALL_LOG = "call_log"
    CDR = "cdr"
    QUARANTINE = "quarantine"
    INBOX = "inbox"


WITH_DIRECTION: Final = frozenset({HeldKind.CALL_LOG, HeldKind.CDR})
"""Whose clear part says direction and disposition; a call's stand in its log."""
WITH_SOURCE: Final = frozenset({HeldKind.CALL, HeldKind.CALL_LOG, HeldKind.CDR})
PEOPLED: Final = frozenset({HeldKind.CALL, HeldKind.CALL_LOG, HeldKind.CDR})
"""In which a person can be found. What waits in quarantine or in the inbox is sealed whole."""


class HoldKind(StrEnum):
    """How a hold says what it covers."""

    RECORD = "record"
    PERSON = "person"
    QUERY = "query"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class HeldQuery:
    """Records of one kind that began in a span of time, the first instant in it and the last one not."""

    kind: HeldKind
    begin: datetime
    end: datetime
    direction: str | None = None
    source: str | None = None
    disposition: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a query that can find nothing, or asks for what such records do not say in clear."""
        if self.begin.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("both ends of the span carry their zone")
        if self.end <= self.begin:
            raise ValueError("`to` must lie after `from`")
        if (self.direction or self.disposition) and self.kind not in WITH_DIRECTION:
            raise ValueError(f"a {self.kind.value} says no direction or disposition; ask for call_log or cdr, or not")
        if self.source and self.kind not in WITH_SOURCE:
            raise ValueError(f"a {self.kind.value} says no source; leave it out")

    def to_document(self) -> dict[str, Any]:
        """Return the query as it is stored."""
        return {
            "kind": self.kind.value,
            "begin": self.begin,
            "end": self.end,
            "direction": self.direction,
            "source": self.source,
            "disposition": self.disposition,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> HeldQuery:
        """Read a query as it is stored."""
        return cls(**{**document, "kind": HeldKind(document["kind"])})


@dataclass(frozen=True, slots=True)
class HoldScope:
    """What a hold covers. A person is keyed hashes of the ways in which a number or address may stand in a record."""

    kind: HoldKind
    record_id: str | None = None
    tokens: tuple[str, ...] = ()
    query: HeldQuery | None = None

    @property
    def same_as(self) -> str:
        """What two scopes have in common that cover the same."""
        query = None if self.query is None else self.query.to_document()
        told = [self.kind.value, self.record_id, sorted(self.tokens), query]
        return json.dumps(told, sort_keys=True, default=lambda moment: moment.timestamp())

    def covers(self, record: HeldFacts) -> bool:
        """Say whether the record is among what this covers; whose record it is has been asked before."""
        match self.kind:
            case HoldKind.WORKSPACE:
                return True
            case HoldKind.RECORD:
                return self.record_id in {record.record_id, record.call_id}
            case HoldKind.PERSON:
                return record.kind in PEOPLED and not set(self.tokens).isdisjoint(record.tokens)
            case HoldKind.QUERY:
                return self.query is not None and _finds(self.query, record)

    def to_document(self) -> dict[str, Any]:
        """Return the scope as it is stored."""
        return {
            "kind": self.kind.value,
            "record_id": self.record_id,
            "tokens": list(self.tokens),
            "query": None if self.query is None else self.query.to_document(),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> HoldScope:
        """Read a scope as it is stored."""
        query = document["query"]
        return cls(
            HoldKind(document["kind"]),
            document["record_id"],
            tuple(document["tokens"]),
            None if query is None else HeldQuery.from_document(query),
        )


WORKSPACE: Final = HoldScope(HoldKind.WORKSPACE)


def record_scope(record_id: str) -> HoldScope:
    """Return the scope of one record."""
    return HoldScope(HoldKind.RECORD, record_id)


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """What a hold looks at of a record.

    Attributes:
        workspace_id: whose it is.
        record_id: its id.
        kind: None for what only its id or the whole workspace can name.
        call_id: the call that it belongs to; a hold on a call covers the traffic data linked to it.
        tokens: keyed hashes of the people in it.
        began: when what it tells of began; None when that is not known, or no query asks for it.
    """

    workspace_id: str
    record_id: str
    kind: HeldKind | None = None
    call_id: str | None = None
    tokens: Collection[str] = ()
    began: datetime | None = None
    direction: str | None = None
    source: str | None = None
    disposition: str | None = None


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A hold of one matter. Who placed and who released it are ids of keys; `reason` is a person's words."""

    hold_id: str
    workspace_id: str
    matter: str
    scope: HoldScope
    placed_at: datetime
    reason: str | None = None
    placed_by: str | None = None
    released_at: datetime | None = None
    released_by: str | None = None
    release_reason: str | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> LegalHold:
        """Read a hold as it is stored; one of the first version named a call or nothing."""
        scope = document.get("scope")
        if scope is None:
            call_id = document["call_id"]
            known = WORKSPACE if call_id is None else record_scope(call_id)
        else:
            known = HoldScope.from_document(scope)
        beside = {name: document.get(name) for name in ("reason", "placed_by", "released_by", "release_reason")}
        return cls(
            hold_id=document["_id"],
            workspace_id=document["workspace_id"],
            matter=document["matter"],
            scope=known,
            placed_at=document["placed_at"],
            released_at=document["released_at"],
            **beside,
        )

    @property
    def call_id(self) -> str | None:
        """The call that is held by its id, None for any other scope."""
        record_id = self.scope.record_id
        return record_id if record_id is not None and record_id.startswith("call_") else None

    def covers(self, record: HeldFacts) -> bool:
        """Say whether the record is held by this hold now."""
        ours = self.released_at is None and self.workspace_id == record.workspace_id
        return ours and self.scope.covers(record)


def _finds(query: HeldQuery, record: HeldFacts) -> bool:
    if record.kind is not query.kind or record.began is None or not query.begin <= record.began < query.end:
        return False
    asked = (
        (query.direction, record.direction),
        (query.source, record.source),
        (query.disposition, record.disposition),
    )
    return all(wanted is None or wanted == found for wanted, found in asked)
