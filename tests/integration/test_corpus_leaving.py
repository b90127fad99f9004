"""Items leave a release: closed at once, told in the feed, written anew, the old object gone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from corpus_shelf import Shelf, item, shelf, utc_now

from corpus import rewriting
from corpus.described import described
from corpus.items import ItemStore
from corpus.leaving import REWRITE_TASK, take_out
from corpus.release_files import FileState
from corpus.releases import ReleaseStore
from corpus.revocations import RevocationStore
from corpus.rewriting import CLAIM, rewrite_stale
from corpus.shard_store import ShardStore
from corpus.shards import table_of
from domain.chains import Walk
from domain.ids import new_id
from domain.proofs import REVOCATION_CHAIN, REVOCATION_FIELDS
from storage.key_opening import PLATFORM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conftest import Tenant

    from storage.mongo import Document


@pytest.fixture
async def on_shelf(tenant: Tenant) -> Shelf:
    return await shelf(tenant.resources, tenant.workspace_id, [new_id("call") for _ in range(6)])


async def leave(found: Shelf, *calls: int, reason: str = "person_opted_out") -> list[str]:
    ids = list(found.items.values())
    going = [ids[at] for at in calls]
    await take_out(found.resources, dict.fromkeys(going, reason), now=utc_now())
    return going


async def files(found: Shelf) -> list[Document]:
    return list((await found.document())["files"])


async def test_an_item_that_leaves_closes_its_file_and_is_told_in_the_feed_at_once(on_shelf: Shelf) -> None:
    resources = on_shelf.resources
    before = await RevocationStore(resources).head(now=utc_now())
    (gone,) = await leave(on_shelf, 1)
    first, second = await files(on_shelf)
    assert (first["state"], second["state"]) == (FileState.STALE, FileState.CURRENT)
    assert (await on_shelf.document())["revision"] == 2
    rows = await RevocationStore(resources).page(after=before.sequence, limit=10)
    assert [(row["item_id"], row["reason"], row["release"]) for row in rows] == [
        (gone, "person_opted_out", on_shelf.number)
    ]
    assert set(rows[0]) == {"_id", *REVOCATION_FIELDS, "hash"}, "no field that could name somebody"
    assert await resources.outbox.has_open(PLATFORM, on_shelf.release_id, REWRITE_TASK)


async def test_the_file_is_written_anew_without_the_row_and_the_old_object_is_gone(on_shelf: Shelf) -> None:
    old = (await files(on_shelf))[0]
    (gone,) = await leave(on_shelf, 1)
    assert await on_shelf.rewrite()
    document = await on_shelf.document()
    new = document["files"][0]
    assert (new["name"], new["state"], new["rows"]) == ("train-00000-r3.parquet", FileState.CURRENT, 2)
    assert document["revision"] == 3
    assert await on_shelf.rows() == set(on_shelf.items.values()) - {gone}
    assert await on_shelf.objects() == {one["object_id"] for one in document["files"]}
    assert old["object_id"] not in await on_shelf.objects()
    assert document["counts"]["items"] == 5
    assert (document["counts"]["turns"], document["counts"]["words"]) == (10, 30)
    assert document["counts"]["languages"] == {"en": 5}
    assert b"train-00000-r3.parquet" in described(document)["manifest.json"]
    assert await on_shelf.rewrite(), "there is nothing more to do"
    assert (await on_shelf.document())["revision"] == 3


async def test_what_is_left_of_a_file_is_what_the_build_would_have_written_without_the_others(on_shelf: Shelf) -> None:
    await leave(on_shelf, 0, 1)
    assert await on_shelf.rewrite()
    new = (await files(on_shelf))[0]
    key = await ReleaseStore(on_shelf.resources).key(on_shelf.release_id)

    async def one_row() -> AsyncIterator[object]:
        yield table_of([item(list(on_shelf.items.values())[2])])

    alone = await ShardStore(on_shelf.resources, on_shelf.release_id, key).write(one_row())
    assert alone is not None
    assert (new["rows"], new["size"], new["sha256"]) == (1, alone["size"], alone["sha256"])


async def test_a_file_of_which_all_rows_left_is_removed(on_shelf: Shelf) -> None:
    await leave(on_shelf, 0, 1, 2)
    assert await on_shelf.rewrite()
    first, second = await files(on_shelf)
    assert (first["state"], first["object_id"], first["rows"]) == (FileState.REMOVED, None, 0)
    assert await on_shelf.objects() == {second["object_id"]}
    assert b"train-00000" not in described(await on_shelf.document())["manifest.json"]


async def test_leaving_twice_is_leaving_once(on_shelf: Shelf) -> None:
    head = await RevocationStore(on_shelf.resources).head(now=utc_now())
    await leave(on_shelf, 1)
    await leave(on_shelf, 1, reason="held")
    rows = await RevocationStore(on_shelf.resources).page(after=head.sequence, limit=10)
    assert [row["reason"] for row in rows] == ["person_opted_out"]
    assert (await on_shelf.document())["revision"] == 2


async def test_many_leaving_at_once_by_several_watches_are_one_chain(on_shelf: Shelf) -> None:
    await asyncio.gather(*(leave(on_shelf, at, at + 1) for at in range(5)))
    assert {one["state"] for one in await files(on_shelf)} == {FileState.STALE}
    feed, walk, after = RevocationStore(on_shelf.resources), Walk(REVOCATION_CHAIN, REVOCATION_FIELDS), 0
    while page := await feed.page(after=after, limit=1000):
        assert all(walk.take(row) for row in page)
        after = page[-1]["sequence"]
    assert walk.end().flaw is None
    assert await feed.among(list(on_shelf.items.values())) == set(on_shelf.items.values())


async def test_two_that_write_the_same_file_anew_leave_one_object(on_shelf: Shelf) -> None:
    await leave(on_shelf, 1)
    await asyncio.gather(*(on_shelf.rewrite() for _ in range(3)))
    assert await on_shelf.rewrite()
    assert await on_shelf.objects() == {one["object_id"] for one in await files(on_shelf)}
    assert (await on_shelf.document())["revision"] == 3


async def test_somebody_who_leaves_while_the_file_is_written_is_not_in_it(
    on_shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leave(on_shelf, 0)
    write = ShardStore.write

    async def slow(self: ShardStore, *arguments: object, **named: object) -> object:
        made = await write(self, *arguments, **named)  # type: ignore[arg-type]
        monkeypatch.undo()
        await leave(on_shelf, 1)
        return made

    monkeypatch.setattr(ShardStore, "write", slow)
    assert not await on_shelf.rewrite(), "the file is closed anew, with one more row to take out"
    assert (await files(on_shelf))[0]["state"] == FileState.STALE
    assert await on_shelf.rewrite()
    assert await on_shelf.rows() == set(list(on_shelf.items.values())[2:])
    assert await on_shelf.objects() == {one["object_id"] for one in await files(on_shelf)}


@pytest.mark.parametrize("step", ["claimed", "written", "in force", "erased"])
async def test_what_a_killed_worker_left_is_finished_by_the_next(
    on_shelf: Shelf, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """`SystemExit` ends it between two steps; nothing behind that runs, as after kill -9."""
    (gone,) = await leave(on_shelf, 1)

    async def die(*_: object, **__: object) -> None:
        raise SystemExit(9)

    kind = rewriting._Rewriting
    monkeypatch.setattr(kind, "_give_up", die)
    if step == "claimed":
        monkeypatch.setattr(ShardStore, "write", die)
    elif step == "written":
        monkeypatch.setattr(kind, "_put_in_force", die)
    elif step == "in force":
        monkeypatch.setattr(kind, "_erase", die)
    else:
        monkeypatch.setattr(ItemStore, "note_taken", die)
    with pytest.raises(SystemExit):
        await on_shelf.rewrite()
    monkeypatch.undo()

    async def later() -> bool:
        return await rewrite_stale(
            on_shelf.resources, on_shelf.release_id, clock=lambda: utc_now() + CLAIM + timedelta(seconds=1)
        )

    assert await later()
    assert await on_shelf.rows() == set(on_shelf.items.values()) - {gone}
    assert await on_shelf.objects() == {one["object_id"] for one in await files(on_shelf)}
    assert await ItemStore(on_shelf.resources).revoked_of(on_shelf.number, "train-00000.parquet") == []


async def test_a_file_that_another_writes_is_left_to_it_until_its_time_is_over(
    on_shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leave(on_shelf, 1)

    async def die(*_: object, **__: object) -> None:
        raise SystemExit(9)

    monkeypatch.setattr(ShardStore, "write", die)
    monkeypatch.setattr(rewriting._Rewriting, "_give_up", die)
    began = utc_now()
    with pytest.raises(SystemExit):
        await rewrite_stale(on_shelf.resources, on_shelf.release_id, clock=lambda: began)
    monkeypatch.undo()
    just_before = began + CLAIM - timedelta(seconds=1)
    assert not await rewrite_stale(on_shelf.resources, on_shelf.release_id, clock=lambda: just_before)
    assert await rewrite_stale(on_shelf.resources, on_shelf.release_id, clock=lambda: began + CLAIM)
