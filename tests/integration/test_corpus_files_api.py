"""Pulling a release over the API: who may, for what purpose, by range; and what is closed."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from corpus_shelf import Shelf, shelf, utc_now
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api.keys import KeyStore
from corpus import serving
from corpus.leaving import take_out
from domain.ids import new_id
from domain.proofs import KEY_HEADER, SIGNATURE_HEADER, Signed, signed_message
from domain.scopes import Scope

if TYPE_CHECKING:
    from conftest import Tenant

PURPOSE = {"purpose": "tests of pulling"}


async def platform_client(tenant: Tenant, *scopes: Scope) -> httpx.AsyncClient:
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=None, name="ML team", scopes=scopes, expires_at=None, now=utc_now()
    )
    client: httpx.AsyncClient = tenant.client_with(text)
    return client


@pytest.fixture
async def team(tenant: Tenant) -> httpx.AsyncClient:
    return await platform_client(tenant, Scope.CORPUS_READ)


@pytest.fixture
async def on_shelf(tenant: Tenant) -> Shelf:
    return await shelf(tenant.resources, tenant.workspace_id, [new_id("call") for _ in range(6)])


def path(found: Shelf, rest: str) -> str:
    return f"/v1/corpus/releases/{found.number}/{rest}"


async def pull(team: httpx.AsyncClient, found: Shelf, name: str, **headers: str) -> httpx.Response:
    return await team.get(path(found, f"files/{name}"), params=PURPOSE, headers=headers)


async def manifest(team: httpx.AsyncClient, found: Shelf) -> dict[str, Any]:
    answer = await team.get(path(found, "manifest"), params=PURPOSE)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_every_file_of_the_manifest_comes_with_the_bytes_that_it_promises(
    team: httpx.AsyncClient, on_shelf: Shelf
) -> None:
    told = await manifest(team, on_shelf)
    names = {one["name"] for one in told["files"]}
    assert names == {"train-00000.parquet", "train-00001.parquet", "README.md", "croissant.json"}
    for one in told["files"]:
        answer = await pull(team, on_shelf, one["name"])
        assert (answer.status_code, len(answer.content)) == (200, one["size"])
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
        assert answer.headers["etag"] == f'"{one["sha256"]}"'
        assert answer.headers["content-type"].startswith(one["media_type"].split(";")[0])


async def test_ranges_join_to_the_whole_and_if_range_of_another_content_gives_all(
    team: httpx.AsyncClient, on_shelf: Shelf
) -> None:
    whole = (await pull(team, on_shelf, "train-00000.parquet")).content
    first = await pull(team, on_shelf, "train-00000.parquet", Range="bytes=0-99")
    rest = await pull(team, on_shelf, "train-00000.parquet", Range="bytes=100-", **{"If-Range": first.headers["etag"]})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == whole
    other = await pull(team, on_shelf, "train-00000.parquet", Range="bytes=100-", **{"If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole)
    beyond = await pull(team, on_shelf, "train-00000.parquet", Range=f"bytes={len(whole)}-")
    assert (beyond.status_code, beyond.json()["type"]) == (416, "/problems/range-not-satisfiable")
    same = await pull(team, on_shelf, "train-00000.parquet", **{"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (same.status_code, same.content) == (304, b"")


async def test_a_closed_file_is_410_with_where_to_go_on_and_its_successor_is_served(
    team: httpx.AsyncClient, on_shelf: Shelf
) -> None:
    gone = next(iter(on_shelf.items.values()))
    await take_out(on_shelf.resources, {gone: "held"}, now=utc_now())
    closed = await pull(team, on_shelf, "train-00000.parquet", Range="bytes=0-9")
    assert (closed.status_code, closed.json()["type"]) == (410, "/problems/withdrawn")
    assert (closed.json()["revision"], "successor" in closed.json()) == (2, False)
    told = await manifest(team, on_shelf)
    assert told["stale"] == ["train-00000.parquet"]
    assert "train-00000.parquet" not in {one["name"] for one in told["files"]}
    assert (await pull(team, on_shelf, "train-00001.parquet")).status_code == 200, "the others are served on"
    assert await on_shelf.rewrite()
    closed = await pull(team, on_shelf, "train-00000.parquet")
    assert (closed.status_code, closed.json()["successor"]) == (410, "train-00000-r3.parquet")
    again = await pull(team, on_shelf, closed.json()["successor"])
    assert again.status_code == 200
    assert gone.encode() not in again.content


async def test_a_file_of_which_nothing_is_left_stays_410(team: httpx.AsyncClient, on_shelf: Shelf) -> None:
    going = list(on_shelf.items.values())[:3]
    await take_out(on_shelf.resources, dict.fromkeys(going, "held"), now=utc_now())
    assert await on_shelf.rewrite()
    closed = await pull(team, on_shelf, "train-00000.parquet")
    assert (closed.status_code, closed.json()["detail"]) == (410, "all its rows left")


async def test_a_file_that_is_closed_while_it_goes_out_is_cut(
    tenant: Tenant, team: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LOOKED_AGAIN_BYTES", 1)
    found = await shelf(
        tenant.resources, tenant.workspace_id, [new_id("call") for _ in range(8)], per_file=8, words=40_000
    )
    reader = serving.ReleaseReader(tenant.resources)
    file = await reader.file(found.number, "train-00000.parquet")
    pieces = reader.pieces(file, start=0, end=file.size)
    assert await anext(pieces)
    await take_out(tenant.resources, {next(iter(found.items.values())): "held"}, now=utc_now())
    with pytest.raises(serving.Withdrawn):
        _ = [piece async for piece in pieces]


@pytest.mark.parametrize("state", ["building", "review", "rejected", "failed"])
async def test_what_is_not_published_is_served_to_nobody(tenant: Tenant, team: httpx.AsyncClient, state: str) -> None:
    found = await shelf(tenant.resources, tenant.workspace_id, [new_id("call")], state=state)
    for answer in (
        await team.get(path(found, "manifest"), params=PURPOSE),
        await pull(team, found, "train-00000.parquet"),
    ):
        assert (answer.status_code, answer.json()["type"], answer.json()["state"]) == (
            409,
            "/problems/not-published",
            state,
        )


async def test_who_may_not_pull_is_told_why(tenant: Tenant, team: httpx.AsyncClient, on_shelf: Shelf) -> None:
    whole = path(on_shelf, "manifest")
    own = await tenant.client(Scope.CORPUS_READ)
    manager = await platform_client(tenant, Scope.CORPUS_MANAGE)
    nobody = tenant.client_with(None)
    for client, status in ((own, 403), (manager, 403), (nobody, 401)):
        assert (await client.get(whole, params=PURPOSE)).status_code == status
        assert (await pull(client, on_shelf, "train-00000.parquet")).status_code == status
    for purpose in ({}, {"purpose": "  x "}):
        answer = await team.get(whole, params=purpose)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/purpose-missing")
    assert (await team.get("/v1/corpus/releases/999999999/manifest", params=PURPOSE)).status_code == 404
    for name in ("train-00009.parquet", "nothing.parquet", "%2e%2e", "train-00000-r0.parquet"):
        assert (await pull(team, on_shelf, name)).status_code == 404, name


async def test_a_pull_is_audited_once_for_each_file_however_many_ranges(
    tenant: Tenant, team: httpx.AsyncClient, on_shelf: Shelf
) -> None:
    for first in range(0, 500, 100):
        await pull(team, on_shelf, "train-00000.parquet", Range=f"bytes={first}-{first + 99}")
    await pull(team, on_shelf, "train-00001.parquet")
    await manifest(team, on_shelf)
    events = await tenant.resources.audit.events(None, limit=50)
    ours = [one for one in events if one["detail"].get("release") == on_shelf.number]
    assert sorted((one["event"], one["detail"]["file"]) for one in ours) == [
        ("corpus:file:pulled", "train-00000.parquet"),
        ("corpus:file:pulled", "train-00001.parquet"),
        ("corpus:manifest:pulled", "manifest.json"),
    ]
    assert {one["detail"]["purpose"] for one in ours} == {"tests of pulling"}


async def public_keys(team: httpx.AsyncClient) -> dict[str, Ed25519PublicKey]:
    told = (await team.get("/v1/corpus/signing-keys")).json()
    return {one["id"]: Ed25519PublicKey.from_public_bytes(base64.b64decode(one["public_key"])) for one in told}


async def test_manifest_and_feed_are_signed_over_their_very_bytes(team: httpx.AsyncClient, on_shelf: Shelf) -> None:
    await take_out(on_shelf.resources, {next(iter(on_shelf.items.values())): "held"}, now=utc_now())
    page = await team.get("/v1/corpus/revocations", params={"after": 0, "limit": 1})
    for what, answer in (
        (Signed.MANIFEST, await team.get(path(on_shelf, "manifest"), params=PURPOSE)),
        (Signed.FEED, page),
    ):
        key = (await public_keys(team))[answer.headers[KEY_HEADER]]
        signature = base64.b64decode(answer.headers[SIGNATURE_HEADER])
        key.verify(signature, signed_message(what, answer.content))
        for other in Signed:
            if other is not what:
                with pytest.raises(InvalidSignature):
                    key.verify(signature, signed_message(other, answer.content))
    told = json.loads(page.content)
    assert (told["after"], len(told["rows"]), told["rows"][0]["sequence"]) == (0, 1, 1)
    assert told["head"]["sequence"] >= 1


async def test_the_feed_is_read_on_from_where_one_was(team: httpx.AsyncClient, on_shelf: Shelf) -> None:
    before = (await team.get("/v1/corpus/revocations", params={"after": 10**9})).json()["head"]["sequence"]
    going = list(on_shelf.items.values())[:3]
    await take_out(on_shelf.resources, dict.fromkeys(going, "objection"), now=utc_now())
    first = (await team.get("/v1/corpus/revocations", params={"after": before, "limit": 2})).json()
    last = (await team.get("/v1/corpus/revocations", params={"after": before + 2})).json()
    assert [row["item_id"] for row in first["rows"] + last["rows"]] == sorted(going)
    assert last["rows"][-1]["hash"] == last["head"]["hash"]
    assert last["rows"][0]["previous_hash"] == first["rows"][-1]["hash"]
