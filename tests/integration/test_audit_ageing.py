"""Audit events end with the clock of usage data, and what is left of the chain still proves itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import Tenant
from typer.testing import CliRunner

from cli.main import app
from domain.chains import Flaw
from domain.scopes import Scope
from storage.audit_heads import AuditHeads
from workers.audit_ageing import AuditAgeing

OLD = datetime(2020, 2, 29, 12, tzinfo=UTC)
DUE = datetime(2023, 3, 1, tzinfo=ZoneInfo("Asia/Kolkata"))  # three years after, the day itself still allowed
SECOND = timedelta(seconds=1)


async def fill(tenant: Tenant, *moments: datetime) -> None:
    for number, moment in enumerate(moments):
        await tenant.resources.audit.append(tenant.workspace_id, f"test:event:{number}", actor="key_1", now=moment)


async def there(tenant: Tenant) -> list[int]:
    return [event["sequence"] for event in await tenant.resources.audit.events(tenant.workspace_id, limit=0)][::-1]


def heads(tenant: Tenant) -> AuditHeads:
    return AuditHeads(tenant.resources.audit, tenant.resources.keyring)


async def test_events_go_at_the_instant_at_which_usage_data_is_due_and_not_a_second_before(tenant: Tenant) -> None:
    await fill(tenant, OLD, OLD, OLD + timedelta(days=1))
    ageing = AuditAgeing(tenant.resources)
    assert await ageing.of_workspace(tenant.workspace_id, now=DUE - SECOND) == 0
    assert await ageing.of_workspace(tenant.workspace_id, now=DUE) == 2
    assert await there(tenant) == [3]
    assert await ageing.of_workspace(tenant.workspace_id, now=DUE) == 0


async def test_what_is_left_holds_and_goes_on_even_when_nothing_is_left(tenant: Tenant) -> None:
    await fill(tenant, OLD, OLD)
    await AuditAgeing(tenant.resources).of_workspace(tenant.workspace_id, now=DUE)
    assert await there(tenant) == []
    assert (await heads(tenant).verify(tenant.workspace_id)).flaw is None
    await fill(tenant, DUE, DUE)
    assert await there(tenant) == [3, 4]
    assert (await heads(tenant).verify(tenant.workspace_id)).flaw is None
    assert await tenant.resources.audit.newest_hold(tenant.workspace_id, limit=500)


async def test_a_head_that_was_kept_at_the_anchor_or_after_it_still_counts(tenant: Tenant) -> None:
    await fill(tenant, OLD)
    _, early = await heads(tenant).current(tenant.workspace_id, now=OLD)
    await fill(tenant, OLD, DUE, DUE)
    _, late = await heads(tenant).current(tenant.workspace_id, now=DUE)
    await AuditAgeing(tenant.resources).of_workspace(tenant.workspace_id, now=DUE)
    for line in (early, late):
        assert (await heads(tenant).verify(tenant.workspace_id, line=line)).flaw is None
    await tenant.resources.database.whole("audit_events").delete({"workspace_id": tenant.workspace_id, "sequence": 4})
    assert (await heads(tenant).verify(tenant.workspace_id, line=late)).flaw is Flaw.CUT


async def test_any_hold_keeps_the_events_and_its_release_lets_them_go(tenant: Tenant) -> None:
    await fill(tenant, OLD)
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    hold = (await officer.post("/v1/holds", json={"matter": "2026-1"})).json()["id"]
    ageing = AuditAgeing(tenant.resources)
    assert await ageing.of_workspace(tenant.workspace_id, now=DUE) == 0
    await officer.delete(f"/v1/holds/{hold}")
    assert await ageing.of_workspace(tenant.workspace_id, now=DUE) == 1


async def test_a_run_that_was_killed_after_it_had_decided_is_finished_by_the_next(tenant: Tenant) -> None:
    await fill(tenant, OLD, OLD, DUE)
    second = (await tenant.resources.audit.events(tenant.workspace_id))[1]
    await heads(tenant).anchor(tenant.workspace_id, second, now=DUE)
    assert (await heads(tenant).verify(tenant.workspace_id)).flaw is None, "it holds in between"
    assert await AuditAgeing(tenant.resources).of_workspace(tenant.workspace_id, now=DUE) == 2
    assert await there(tenant) == [3]


@pytest.mark.parametrize("forged", ["line", "hash", "sequence"])
async def test_a_beginning_that_was_cut_off_by_somebody_else_is_found(tenant: Tenant, forged: str) -> None:
    await fill(tenant, OLD, OLD, DUE, DUE)
    await AuditAgeing(tenant.resources).of_workspace(tenant.workspace_id, now=DUE)
    third = (await tenant.resources.audit.events(tenant.workspace_id))[1]
    changes = {
        "line": {"line": "callward-anchor x 3 - 2023-03-01T00:00:00.000+00:00 -"},
        "hash": {"hash": third["hash"]},
        "sequence": {"sequence": 3, "hash": third["hash"]},
    }
    anchors = tenant.resources.database.whole("audit_anchors")
    await anchors.update({"_id": tenant.workspace_id}, {"$set": changes[forged]})
    assert (await heads(tenant).verify(tenant.workspace_id)).flaw is Flaw.CHANGED


async def test_an_export_without_its_oldest_events_is_checked_on_another_machine(
    tenant: Tenant, tmp_path: Path
) -> None:
    await fill(tenant, OLD, DUE, DUE)
    await AuditAgeing(tenant.resources).of_workspace(tenant.workspace_id, now=DUE)
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    lines = (await officer.get("/v1/audit/export")).text.splitlines()
    whole, cut = tmp_path / "chain.jsonl", tmp_path / "cut.jsonl"
    whole.write_text("\n".join(lines), "utf-8")
    cut.write_text("\n".join(lines[1:]), "utf-8")
    told = CliRunner().invoke(app, ["audit", "verify", str(whole)])
    assert (told.exit_code, "2 events" in told.output or "the chain holds" in told.output) == (0, True), told.output
    assert CliRunner().invoke(app, ["audit", "verify", str(cut)]).exit_code == 3
