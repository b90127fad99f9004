"""Releases over the API: who may ask for them, who sees which, and what each answer says to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from corpus_calls import Office, built, chores_of, emptied, open_office, run_jobs

from api.keys import KeyStore
from domain.scopes import Scope

if TYPE_CHECKING:
    from conftest import Tenant

PATH = "/v1/corpus/releases"
WHY = {"reason": "50 items read"}


async def platform(tenant: Tenant, *scopes: Scope) -> httpx.AsyncClient:
    made = {"name": "ML team", "scopes": scopes, "expires_at": None, "now": datetime.now(UTC)}
    _, text = await KeyStore(tenant.resources).create(workspace_id=None, **made)
    return tenant.client_with(text)


@pytest.fixture
async def manager(tenant: Tenant) -> httpx.AsyncClient:
    await emptied(tenant.resources)
    return await platform(tenant, Scope.CORPUS_MANAGE)


async def office_with(tenant: Tenant, calls: int) -> Office:
    office = await open_office(tenant.resources)
    await office.calls(calls, began=datetime.now(UTC) - timedelta(days=2))
    return office


async def test_a_release_is_asked_for_watched_approved_and_then_seen_by_its_readers(
    tenant: Tenant, manager: httpx.AsyncClient
) -> None:
    office = await office_with(tenant, 12)
    body = {"purpose": "tuning", "policy": {"k": 2, "l": 1, "rare_k": 1}, "workspaces": [office.workspace_id]}
    asked = await manager.post(PATH, json=body)
    assert (asked.status_code, asked.headers["location"]) == (202, f"{PATH}/1")
    assert (asked.json()["state"], asked.json()["phase"]) == ("building", "planning")
    await run_jobs(tenant.resources, chores_of())
    reader = await platform(tenant, Scope.CORPUS_READ)
    assert (await reader.get(f"{PATH}/1")).status_code == 404
    assert (await reader.get(PATH)).json() == {"releases": [], "next": None}
    watched = (await manager.get(f"{PATH}/1")).json()
    assert (watched["state"], watched["reading"]["done"]) == ("review", watched["reading"]["total"])
    assert {gate["name"] for gate in watched["gates"]} >= {"canaries", "k_anonymity", "second_detector"}
    approved = await manager.post(f"{PATH}/1/approve", json=WHY)
    assert approved.json()["state"] == "publishing"
    await run_jobs(tenant.resources, chores_of())
    shown = (await reader.get(f"{PATH}/1")).json()
    assert (shown["state"], shown["decision_reason"]) == ("published", "50 items read")
    events = [one["event"] for one in await tenant.resources.audit.events(None, limit=5)]
    assert {"corpus:release:asked", "corpus:release:approved", "corpus:release:published"} <= set(events)


@pytest.mark.parametrize("scope", sorted({Scope.CORPUS_READ, Scope.WORKSPACE_ADMIN, Scope.PRIVACY_MANAGE}))
async def test_a_platform_key_without_the_scope_builds_nothing(
    tenant: Tenant, manager: httpx.AsyncClient, scope: Scope
) -> None:
    other = await platform(tenant, scope)
    for path in (PATH, f"{PATH}/1/approve", f"{PATH}/1/reject", f"{PATH}/1/discard"):
        answer = await other.post(path, json={"purpose": "tuning", **WHY})
        assert answer.status_code == 403, path


async def test_a_workspaces_key_reaches_no_release_whatever_its_scopes(
    tenant: Tenant, manager: httpx.AsyncClient
) -> None:
    own = await tenant.client(Scope.CORPUS_MANAGE, Scope.CORPUS_READ)
    answers = [
        await own.get(PATH),
        await own.get(f"{PATH}/1"),
        await own.post(PATH, json={"purpose": "tuning"}),
        await own.post(f"{PATH}/1/approve", json=WHY),
        await own.post(f"{PATH}/1/discard"),
    ]
    assert {answer.status_code for answer in answers} == {403}


async def test_no_workspace_can_be_given_a_key_that_manages_releases(tenant: Tenant) -> None:
    admin = await tenant.client(Scope.WORKSPACE_ADMIN)
    body = {"name": "wants more", "scopes": ["corpus:manage"]}
    refused = await admin.post(f"/v1/workspaces/{tenant.workspace_id}/keys", json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, "scopes")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"policy": {"k": 1}}, "policy.k"),
        ({"policy": {"splits": {"train": 2}}}, "policy.splits"),
        ({"policy": {"anonymous": True}}, "policy.anonymous"),
        ({"workspaces": ["ws_" + "a" * 26]}, "workspaces"),
    ],
)
async def test_what_cannot_be_built_is_refused_by_the_name_of_its_field(
    manager: httpx.AsyncClient, changed: dict[str, Any], field: str
) -> None:
    refused = await manager.post(PATH, json={"purpose": "tuning", **changed})
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert (await manager.get(PATH)).json()["releases"] == []


async def test_a_decision_is_taken_once_and_only_where_one_is_waited_for(
    tenant: Tenant, manager: httpx.AsyncClient
) -> None:
    assert (await manager.post(f"{PATH}/1/approve", json=WHY)).status_code == 404
    await manager.post(PATH, json={"purpose": "tuning"})
    assert (await manager.post(f"{PATH}/1/approve", json=WHY)).status_code == 409
    assert (await manager.post(f"{PATH}/1/approve", json={"reason": ""})).status_code == 422
    assert (await manager.post(f"{PATH}/1/discard")).json()["state"] == "aborted"
    assert (await manager.post(f"{PATH}/1/discard")).status_code == 409


async def test_releases_are_listed_newest_first_page_by_page(tenant: Tenant, manager: httpx.AsyncClient) -> None:
    for _ in range(3):
        await manager.post(PATH, json={"purpose": "tuning"})
    first = (await manager.get(PATH, params={"limit": 2})).json()
    assert ([one["number"] for one in first["releases"]], first["next"]) == ([3, 2], 2)
    rest = (await manager.get(PATH, params={"limit": 2, "below": first["next"]})).json()
    assert ([one["number"] for one in rest["releases"]], rest["next"]) == ([1], None)


async def test_a_failed_release_cannot_be_approved_only_discarded(tenant: Tenant, manager: httpx.AsyncClient) -> None:
    release = await built(await open_office(tenant.resources))
    assert release["state"] == "failed"
    assert (await manager.post(f"{PATH}/{release['number']}/approve", json=WHY)).status_code == 409
    assert (await manager.post(f"{PATH}/{release['number']}/discard")).json()["state"] == "aborted"
