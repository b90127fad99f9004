"""Rows of invented calls, and what the tests look for in the raw documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import bson

from governance.workspaces import WorkspaceStore
from ingest.formats.record import Cost, Direction, Disposition, PartyKind, PartyNumber, RecordingRef, Row

if TYPE_CHECKING:
    from conftest import Tenant

    from domain.policy import Policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALLER, CALLEE = "+447700900123", "+14155550132"
SECRETS = ("7700900123", "4155550132", "Ravi Kumar", "PJSIP/ravi", "ch-77001", "rec-ravi.wav", "1795345200.77")


def subscriber(number: str) -> PartyNumber:
    """A party with a telephone number."""
    return PartyNumber(number, number, kind=PartyKind.SUBSCRIBER)


def leg(call: int = 1, number: int = 1, *, at: datetime | None = None, **changes: Any) -> Row:
    """A leg of an invented call, with something personal in every field that can hold it."""
    setup = at or NOW - timedelta(days=2) + timedelta(minutes=call, seconds=10 * number)
    return Row(
        **{
            "source": "a_switch",
            "group": f"1795345200.77{call}",
            "key": f"1795345200.77{call}-{number}",
            "raw_line": call * 10 + number,
            "origin_id": f"1795345200.77{call}",
            "leg_id": f"ch-77001{call}{number}",
            "direction": Direction.INBOUND,
            "caller": subscriber(CALLER),
            "callee": subscriber(CALLEE),
            "setup_time": setup,
            "answer_time": setup + timedelta(seconds=4),
            "end_time": setup + timedelta(seconds=64),
            "duration_s": 64.0,
            "talk_s": 60.0,
            "disposition": Disposition.ANSWERED,
            "recording": RecordingRef(name="rec-ravi.wav", url="https://example.com/rec-ravi.wav"),
            "cost": Cost("0.10", "INR"),
            "extra": {"channel": "PJSIP/ravi-0001", "clid_name": "Ravi Kumar"},
            "facts": {"last_app": "Dial", "dialled": CALLEE},
            **changes,
        }
    )


async def policy_of(tenant: Tenant) -> Policy:
    """The policy under which the workspace runs."""
    return (await WorkspaceStore(tenant.resources).get(tenant.workspace_id)).policy


async def stored(tenant: Tenant, collection: str = "cdrs") -> list[dict[str, Any]]:
    """Every document of the workspace, as MongoDB gives it."""
    return await tenant.resources.database.scoped(collection, tenant.workspace_id).find({})


def comparable(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Documents without what is random or tells the order of writing: nonces, the revision, the instant of arrival."""
    told = []
    for document in documents:
        kept = {name: value for name, value in document.items() if name not in {"revision", "created_at"}}
        if "identifiers" in kept:
            kept["identifiers"] = {name: value for name, value in kept["identifiers"].items() if name != "sealed"}
        told.append(kept)
    return told


def found_in(documents: list[dict[str, Any]]) -> set[str]:
    """Which of the secrets stand somewhere in the documents' bytes."""
    raw = b"".join(bson.encode(document) for document in documents)
    return {secret for secret in SECRETS if secret.encode() in raw}
