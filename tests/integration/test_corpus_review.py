"""The sample of a release over the API: who may see it, what stands in it, and who has left it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from corpus_calls import built, chores_of, emptied, open_office

from api.keys import KeyStore
from corpus.leaving import take_out
from domain.scopes import Scope
from storage.mongo import Document

if TYPE_CHECKING:
    from conftest import Tenant

BEGAN = datetime.now(UTC) - timedelta(days=2)


async def key_of(tenant: Tenant, *scopes: Scope, workspace_id: str | None = None) -> str:
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=workspace_id, name="ML team", scopes=scopes, expires_at=None, now=datetime.now(UTC)
    )
    return text


@pytest.fixture
async def release(tenant: Tenant) -> Document:
    await emptied(tenant.resources)
    office = await open_office(tenant.resources)
    await office.calls(12, began=BEGAN)
    made = await built(office, sample_size=4)
    assert made["state"] == "review", made["gates"]
    return made


@pytest.fixture
async def officer(tenant: Tenant) -> httpx.AsyncClient:
    client: httpx.AsyncClient = tenant.client_with(await key_of(tenant, Scope.CORPUS_MANAGE))
    return client


async def test_the_sample_has_as_many_items_as_the_policy_says_with_marks_around_surrogates(
    tenant: Tenant, officer: httpx.AsyncClient, release: Document
) -> None:
    path = f"/v1/corpus/releases/{release['number']}/review"
    told = (await officer.get(path)).json()
    assert (told["number"], told["gone"], len(told["items"])) == (release["number"], 0, 4)
    assert [item["item_id"] for item in told["items"]] == release["sample"]
    marked = [turn["marked"] for item in told["items"] for turn in item["turns"]]
    assert any("⟦PERSON " in text for text in marked)
    assert (await officer.get(path)).json() == told
    events = await tenant.resources.database.whole("audit_events").find({"event": "corpus:release:sampled"})
    assert events[-1]["detail"] == {"release": release["number"], "items": 4}


async def test_the_page_of_text_shows_the_same_items(officer: httpx.AsyncClient, release: Document) -> None:
    page = await officer.get(f"/v1/corpus/releases/{release['number']}/review/text")
    assert page.headers["content-type"].startswith("text/plain")
    assert all(item_id in page.text for item_id in release["sample"])


async def test_who_leaves_is_in_no_sample_any_more(
    tenant: Tenant, officer: httpx.AsyncClient, release: Document
) -> None:
    gone = release["sample"][0]
    await take_out(tenant.resources, {gone: "person_opted_out"}, now=datetime.now(UTC))
    told = (await officer.get(f"/v1/corpus/releases/{release['number']}/review")).json()
    assert gone not in [item["item_id"] for item in told["items"]]
    assert told["gone"] == 4 - len(told["items"]) >= 1


async def test_only_a_platform_key_that_manages_the_corpus_sees_it(tenant: Tenant, release: Document) -> None:
    path = f"/v1/corpus/releases/{release['number']}/review"
    reader = tenant.client_with(await key_of(tenant, Scope.CORPUS_READ))
    assert (await reader.get(path)).status_code == 403
    own = await key_of(tenant, Scope.CORPUS_MANAGE, workspace_id=tenant.workspace_id)
    assert (await tenant.client_with(own).get(path)).status_code == 403


async def test_a_release_that_is_not_there_or_failed_has_no_sample(tenant: Tenant, officer: httpx.AsyncClient) -> None:
    assert (await officer.get("/v1/corpus/releases/999999/review")).status_code == 404
    await emptied(tenant.resources)
    office = await open_office(tenant.resources)
    await office.calls(8, began=BEGAN)
    failed = await built(office, chores=chores_of(second_look=lambda: None))
    assert failed["state"] == "failed"
    assert [gate["name"] for gate in failed["gates"] if not gate["passed"]] == ["second_detector"]
    answer = await officer.get(f"/v1/corpus/releases/{failed['number']}/review")
    assert answer.status_code == 409
    assert answer.json()["state"] == "failed"
