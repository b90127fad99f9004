"""Gauges for whoever watches over the platform, as text that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from api.auth import Admin, Stores, platform_only, utc_now
from api.openapi import errors
from domain.incidents import ALARM_CHAIN
from governance.holds import HoldStore
from governance.incidents import incidents_alarming
from governance.overdue import Look, Overdue, overdue
from governance.people_requests import requests_late
from ingest.ageing import TrafficAgeing, workspaces_due
from storage.resources import Resources

router = APIRouter(tags=["health"])
_PLACES = (
    *("calls", "calls.hidden", "cdrs.identifiers", "cdrs", "call_logs.identifiers", "call_logs"),
    *("quarantine.rows", "quarantine.files", "inbox", "imports"),
)


@router.get("/v1/metrics", summary="Read the gauges", response_class=PlainTextResponse, responses=errors())
async def metrics(caller: Admin, stores: Stores) -> PlainTextResponse:
    """Return how far erasing is behind, what the registers say is late, and how many jobs stand in each state.

    For a platform administrator's key.
    """
    platform_only(caller)
    now = utc_now()
    found = await overdue(stores, await workspaces_due(stores, now=now), _look(stores, now), now=now)
    alarming, late = await incidents_alarming(stores, now=now), await requests_late(stores, now=now)
    lines = [*_of_overdue(found, now), *_of_registers(alarming, late), *_of_jobs(await stores.outbox.counts())]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _look(stores: Resources, now: datetime) -> Look:
    async def look(workspace_id: str, holds: HoldStore) -> Mapping[str, datetime]:
        return await TrafficAgeing(stores, workspace_id).longest_due(await holds.in_force(), now=now)

    return look


def _of_overdue(found: Overdue, now: datetime) -> Iterator[str]:
    yield "# HELP callward_overdue_seconds How long the oldest record that is due, and not held, has been due."
    yield "# TYPE callward_overdue_seconds gauge"
    for what in _PLACES:
        late = (now - found.since[what]).total_seconds() if what in found.since else 0.0
        yield f'callward_overdue_seconds{{what="{what}"}} {late:.3f}'
    yield "# HELP callward_erasures Calls that are due and shown, hidden and not erased, or whose erasing fails."
    yield "# TYPE callward_erasures gauge"
    for state, number in (("due", found.calls), ("hidden", found.hidden), ("failing", found.failing)):
        yield f'callward_erasures{{state="{state}"}} {number}'


def _of_registers(alarming: Mapping[str, int], late: int) -> Iterator[str]:
    yield "# HELP callward_incidents_overdue Incidents of which something is late, by who is alarmed."
    yield "# TYPE callward_incidents_overdue gauge"
    for who in ALARM_CHAIN:
        yield f'callward_incidents_overdue{{to="{who}"}} {alarming.get(who, 0)}'
    yield "# HELP callward_requests_overdue Requests of people that are past our own last day."
    yield "# TYPE callward_requests_overdue gauge"
    yield f"callward_requests_overdue {late}"


def _of_jobs(counts: Mapping[str, int]) -> Iterator[str]:
    yield "# HELP callward_jobs Jobs of the outbox by state."
    yield "# TYPE callward_jobs gauge"
    for state, number in sorted(counts.items()):
        yield f'callward_jobs{{state="{state}"}} {number}'
