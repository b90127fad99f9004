"""A release is built from what may be in it, in phases that any worker can do, and comes to a person's review."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from corpus_calls import Office, begun, built, chores_of, emptied, open_office, run_jobs

from corpus.described import described
from corpus.places import prefix_of
from corpus.releases import ReleaseState, ReleaseStore
from corpus.shard_store import ShardStore
from corpus.units import UnitKind, UnitStore
from domain.errors import Conflict, Gone
from storage.mongo import Document
from storage.resources import Resources

DAY = timedelta(days=1)
ODD = ("residual_personal_data", "k_anonymity")
"""Reasons that depend on what was said, not on who may be in."""


@pytest.fixture
async def office(resources: Resources) -> Office:
    await emptied(resources)
    return await open_office(resources)


async def read(resources: Resources, release: Document) -> dict[str, bytes]:
    """Return every file of a release, as it would be served."""
    shards = ShardStore(resources, release["_id"], await ReleaseStore(resources).key(release["_id"]))
    return {file["name"]: b"".join([piece async for piece in shards.read(file)]) for file in release["files"]}


async def rows_of(resources: Resources, release: Document) -> list[dict[str, Any]]:
    files = await read(resources, release)
    return [row for body in files.values() for row in pq.read_table(io.BytesIO(body)).to_pylist()]


async def test_every_lawful_call_becomes_an_item_and_every_other_is_counted_by_its_reason(
    resources: Resources, office: Office
) -> None:
    began = datetime.now(UTC) - 3 * DAY
    await office.calls(12, began=began)
    await office.calls(8, began=began + DAY)
    await office.calls(3, began=began, granted=False)
    release = await built(office)
    assert release["state"] == "review", release["gates"]
    excluded = dict(release["counts"]["excluded"])
    odd = sum(excluded.pop(reason, 0) for reason in ODD)
    assert excluded == {"party_not_granted": 3}
    assert release["counts"]["items"] == 20 - odd > 0
    assert release["units"] == {"total": 2, "done": 2}
    rows = await rows_of(resources, release)
    assert [row["item_id"] for row in rows] == sorted({row["item_id"] for row in rows})
    assert len(rows) == release["counts"]["items"]
    items = await resources.database.whole("corpus_items").find({"release": release["number"]})
    assert {item["_id"] for item in items} == {row["item_id"] for row in rows}
    manifest = json.loads(described(release)["manifest.json"])
    assert {one["name"] for one in manifest["files"]} == {
        *(one["name"] for one in release["files"]),
        "README.md",
        "croissant.json",
    }
    assert await resources.objects.list_keys(f"{prefix_of(release['_id'])}s/") == [], "staging goes with the build"
    assert await resources.database.whole("corpus_units").count({"release": release["_id"]}) == 0


async def test_the_same_inputs_and_the_same_key_give_the_same_bytes(resources: Resources, office: Office) -> None:
    began = datetime.now(UTC) - 3 * DAY
    for day in range(3):
        await office.calls(7, began=began + day * DAY, seed=day)
    other = await open_office(resources, country="DE")
    await other.calls(9, began=began)
    asked = {"at": datetime.now(UTC), "key": bytes(range(32)), "max_shard_bytes": 65_536, "row_group_rows": 4}
    seen = []
    for _ in range(2):
        release = await built(office, other, **asked)
        assert release["state"] == "review", release["gates"]
        seen.append({**await read(resources, release), **described(release)})
        await emptied(resources)
    assert seen[0] == seen[1]
    assert sum(name.endswith(".parquet") for name in seen[0]) >= 2


async def test_a_file_is_never_larger_than_the_policy_says(resources: Resources, office: Office) -> None:
    await office.calls(60, began=datetime.now(UTC) - 3 * DAY)
    release = await built(office, max_shard_bytes=65_536, row_group_rows=3)
    assert release["state"] == "review", release["gates"]
    assert max(file["size"] for file in release["files"]) <= 65_536
    names = [file["name"] for file in release["files"]]
    assert names == sorted(set(names))
    assert sum(file["rows"] for file in release["files"]) == release["counts"]["items"]


async def test_calls_after_the_snapshot_and_of_other_workspaces_than_asked_are_not_looked_at(
    resources: Resources, office: Office
) -> None:
    began = datetime.now(UTC) - 3 * DAY
    await office.calls(6, began=began)
    other = await open_office(resources)
    await other.calls(5, began=began)
    await office.calls(4, began=datetime.now(UTC) + timedelta(hours=1))
    assert (await built(office))["counts"]["calls"] == 6


async def test_a_release_of_nothing_fails_and_says_so(resources: Resources, office: Office) -> None:
    release = await built(office)
    assert (release["state"], release["counts"]["items"]) == ("failed", 0)
    assert any("no item" in gate["why"] for gate in release["gates"])


async def test_an_aborted_build_leaves_nothing_behind_and_its_jobs_do_nothing(
    resources: Resources, office: Office
) -> None:
    began = datetime.now(UTC) - 3 * DAY
    await office.calls(4, began=began)
    await office.calls(4, began=began + DAY)
    store, made = ReleaseStore(resources), await begun(office)
    await run_jobs(resources, chores_of(), at_most=2)
    assert len(await UnitStore(resources).of_release(made["_id"], UnitKind.DAY)) == 2
    await store.discard(made["number"], by="key_test", now=datetime.now(UTC))
    await run_jobs(resources, chores_of())
    release = await store.get(made["_id"])
    assert (release["state"], release["files"]) == ("aborted", [])
    assert await resources.objects.list_keys(prefix_of(made["_id"])) == []
    assert await resources.database.whole("corpus_items").count({}) == 0
    with pytest.raises(Gone):
        await store.key(made["_id"])
    with pytest.raises(Conflict):
        await store.discard(made["number"], by="key_test", now=datetime.now(UTC))


async def test_who_left_between_build_and_approval_is_not_published(resources: Resources, office: Office) -> None:
    ids = await office.calls(20, began=datetime.now(UTC) - 3 * DAY)
    release = await built(office)
    assert release["state"] == "review", release["gates"]
    before = {row["item_id"] for row in await rows_of(resources, release)}
    leaving = office.talks[ids[0]][2]
    now = datetime.now(UTC)
    await resources.database.scoped("training_opt_outs", office.workspace_id).insert(
        {"_id": "opt_test", "person": await office.token(leaving), "opted_out_at": now, "withdrawn_at": None}
    )
    for call_id in ids[1:3]:
        await resources.database.scoped("calls", office.workspace_id).delete({"_id": call_id})
    store = ReleaseStore(resources)
    await store.decide(release["number"], approved=True, by="key_test", reason="looked at it", now=now)
    await run_jobs(resources, chores_of())
    published = await store.get(release["_id"])
    assert published["state"] == ReleaseState.PUBLISHED.value
    rows = await rows_of(
        resources, {**published, "files": [one for one in published["files"] if one["state"] == "current"]}
    )
    after = {row["item_id"] for row in rows}
    gone = await resources.database.whole("corpus_items").find({"_id": {"$in": sorted(before - after)}})
    assert {item["reason"] for item in gone} <= {"person_opted_out", "erased", "k_anonymity"}
    still = await resources.database.whole("corpus_items").find({"release": release["number"], "state": "in"})
    assert {item["_id"] for item in still} == after
    classes: dict[str, int] = {}
    for row in rows:
        classes[json.dumps(row["facts"])] = classes.get(json.dumps(row["facts"]), 0) + 1
    assert min(classes.values()) >= 2, "k holds for what is published, not only for what was reviewed"


async def test_a_rejected_release_is_erased_and_cannot_be_approved(resources: Resources, office: Office) -> None:
    await office.calls(6, began=datetime.now(UTC) - 3 * DAY)
    release = await built(office)
    store, now = ReleaseStore(resources), datetime.now(UTC)
    await store.decide(release["number"], approved=False, by="key_test", reason="reads like somebody", now=now)
    await run_jobs(resources, chores_of())
    assert await resources.objects.list_keys(prefix_of(release["_id"])) == []
    with pytest.raises(Conflict):
        await store.decide(release["number"], approved=True, by="key_test", reason="changed my mind", now=now)
