"""What is due and still there shows in the gauges, and with the sweep running nothing is due for long."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from api_process import ROOT
from cdr_rows import leg, policy_of, stored
from conftest import now
from erasing import QUICK, Case

from api.keys import KeyStore
from domain.holds import HoldKind, HoldScope
from domain.scopes import Scope
from governance.holds import HoldStore, NewHold
from governance.overdue import overdue
from governance.receipts import ReceiptStore
from ingest.ageing import TrafficAgeing, workspaces_due
from ingest.cdrs import CdrStore
from ingest.imports import ImportStore
from workers.ageing import Ageing
from workers.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import Tenant

BEGAN = datetime(2025, 10, 5, tzinfo=UTC)
DUE = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
ARRIVED = datetime(2025, 11, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Killed(RuntimeError):
    """The process ended here."""

    @classmethod
    async def at_once(cls, *_: object) -> None:
        raise cls


async def land(tenant: Tenant, count: int = 2) -> None:
    groups = [[leg(number, 1, at=BEGAN + timedelta(minutes=number))] for number in range(count)]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, await policy_of(tenant), now=ARRIVED)


async def since(tenant: Tenant, moment: datetime) -> Mapping[str, datetime]:
    """Since when something of this workspace is due."""

    async def look(workspace_id: str, holds: HoldStore) -> Mapping[str, datetime]:
        return await TrafficAgeing(tenant.resources, workspace_id).longest_due(await holds.in_force(), now=moment)

    due = await workspaces_due(tenant.resources, now=moment) & {tenant.workspace_id}
    found = await overdue(tenant.resources, due, look, now=moment)
    return {what: at for what, at in found.since.items() if not what.startswith("calls")}


async def test_what_is_due_shows_from_its_instant_on_until_it_is_swept_and_not_while_it_is_held(tenant: Tenant) -> None:
    await land(tenant)
    assert await since(tenant, DUE - SECOND) == {}
    assert await since(tenant, DUE + SECOND) == {"cdrs.identifiers": DUE}
    holds = HoldStore(tenant.resources, tenant.workspace_id)
    placed, _ = await holds.place(NewHold("2026-7", HoldScope(HoldKind.WORKSPACE)), now=DUE)
    assert await since(tenant, DUE + SECOND) == {}
    await holds.release(placed.hold_id, now=DUE)
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=DUE + SECOND)
    assert await since(tenant, DUE + SECOND) == {}


async def test_nothing_due_is_left_after_the_round_that_follows_its_instant(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay sweeps every few seconds: what is due waits for the next round, and for as long as that round takes."""
    await land(tenant, 50)
    ageing, pause = Ageing(tenant.resources), timedelta(seconds=tenant.resources.settings.sweep_every_s)
    for moment, left in ((DUE - SECOND, 50), (DUE - SECOND + pause, 0)):
        monkeypatch.setattr("workers.ageing.utc_now", lambda moment=moment: moment)
        began = time.monotonic()
        await ageing.go_on()
        took = timedelta(seconds=time.monotonic() - began)
        assert sum("identifiers" in one for one in await stored(tenant)) == left
        assert await since(tenant, moment + took) == (
            {} if not left or moment + took < DUE else {"cdrs.identifiers": DUE}
        )
    assert await ageing.of_workspace(tenant.workspace_id, now=DUE + pause) == {}, "twice changes nothing"
    assert len(await ReceiptStore(tenant.resources, tenant.workspace_id).page(limit=9)) == 1


async def test_due_calls_of_one_round_are_all_hidden_however_many_there_are(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sweep._AT_ONCE", 2)
    case = await Case.of(tenant)
    calls = [str((await case.register(case.content())).json()["call"]["id"]) for _ in range(5)]
    due = now()
    for call_id in calls:
        await case.change(call_id, retain_until=due)
    sweep = Sweep(tenant.resources, clock=lambda: due)
    assert await sweep.hide_due() == 5
    await sweep.start_erasures()
    await sweep.start_erasures()
    jobs = [job for call_id in calls for job in await case.resources.outbox.of_call(call_id)]
    assert [job["task"] for job in jobs if job["task"] == "erase"] == ["erase"] * 5


@pytest.mark.settings(**QUICK)
async def test_a_held_upload_that_was_abandoned_is_not_hidden_and_does_not_keep_others(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sweep._AT_ONCE", 1)
    case = await Case.of(tenant)
    held, other = [str((await case.register(case.content())).json()["call"]["id"]) for _ in range(2)]
    await case.client.post("/v1/holds", json={"matter": "2026-7", "call_id": held})
    later = now() + timedelta(days=8)
    await Sweep(tenant.resources, clock=lambda: later).end_abandoned()
    states = {one["_id"]: one["state"] for one in await stored(tenant, "calls")}
    assert states == {held: "awaiting_upload", other: "erasing"}


async def test_the_list_of_files_that_came_in_ends_with_the_clock_of_usage_data(tenant: Tenant) -> None:
    imports = ImportStore(tenant.resources, tenant.workspace_id)
    await imports.start("pbx", await policy_of(tenant), now=ARRIVED)
    (one,) = await stored(tenant, "imports")
    assert one["retain_until"] == datetime(2028, 11, 2, 18, 30, tzinfo=UTC), "three years, to the end of that day"
    ageing = Ageing(tenant.resources)
    assert await ageing.of_workspace(tenant.workspace_id, now=one["retain_until"] - SECOND) == {}
    assert await ageing.of_workspace(tenant.workspace_id, now=one["retain_until"]) == {"imports": 1}


async def test_the_gauges_are_read_by_the_platforms_administrator_alone(tenant: Tenant) -> None:
    await land(tenant)
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=None, name="watch", scopes=(Scope.WORKSPACE_ADMIN,), expires_at=None, now=now()
    )
    client = tenant.client_with(text)
    answer = await client.get("/v1/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    gauges = {line.split()[0]: float(line.split()[1]) for line in answer.text.splitlines() if not line.startswith("#")}
    assert gauges['callward_overdue_seconds{what="cdrs.identifiers"}'] > 0
    assert 'callward_erasures{state="failing"}' in gauges
    assert 'callward_jobs{state="dead"}' in gauges
    assert tenant.workspace_id not in answer.text
    inside = await tenant.client(Scope.WORKSPACE_ADMIN)
    assert (await inside.get("/v1/metrics")).status_code == 403
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=now())


def test_every_gauge_that_an_alert_asks_for_is_one_that_is_told() -> None:
    told = (ROOT / "api" / "routers" / "metrics.py").read_text("utf-8")
    rules: Any = yaml.safe_load((ROOT / "deploy" / "alerts" / "callward.yaml").read_text("utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert {"CallwardErasureOverdue", "CallwardErasureFailing"} <= {rule["alert"] for rule in alerts}
    for rule in alerts:
        name = rule["expr"].replace("max(", "").split("{")[0].split(" ")[0].strip("()")
        assert name in told, rule["alert"]
        assert rule["annotations"]["description"].endswith(".")


async def test_what_a_sweep_did_before_it_died_gets_its_receipt_in_the_next_round_though_nothing_is_due_any_more(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await land(tenant, 3)
    ageing = Ageing(tenant.resources)
    monkeypatch.setattr("workers.ageing.utc_now", lambda: DUE + SECOND)
    with monkeypatch.context() as killed:
        killed.setattr("workers.sweeping.WorkspaceSweep._finish", Killed.at_once)
        await ageing.go_on()
    assert not any("identifiers" in one for one in await stored(tenant))
    receipts = tenant.resources.database.scoped("receipts", tenant.workspace_id)
    assert await receipts.find({}) == []
    await ageing.go_on()
    assert [one["erased"] for one in await receipts.find({})] == [{"cdrs_identifiers": 3}]
    await ageing.go_on()
    assert len(await receipts.find({})) == 1
