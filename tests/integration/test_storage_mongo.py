"""MongoDB: a store reaches its own workspace only, and the database itself refuses records without their tags."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import WriteError

from domain.errors import Duplicate
from domain.ids import new_id
from domain.records import TAG_FIELDS, Category, LegalBasis, Purpose, RecordTags, Role
from storage import migrations
from storage.catalog import BY_NAME
from storage.encoded import encoded
from storage.migrations import migrate

if TYPE_CHECKING:
    from storage.mongo import Collection, Document
    from storage.resources import Resources

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TAGGED = sorted(spec.name for spec in BY_NAME.values() if spec.tagged)


def record(workspace_id: str, **changes: Any) -> Document:
    """A record with every tag, and what the unique indexes ask for."""
    tags = RecordTags(
        workspace_id=workspace_id,
        category=Category.COMMUNICATIONS_CONTENT,
        role=Role.PROCESSOR,
        purposes=(Purpose.TRANSCRIPTION,),
        legal_basis=LegalBasis.CUSTOMER_INSTRUCTION,
        region="ap-south-1",
        retain_until=NOW,
        policy_id="strict",
        policy_version=1,
    )
    return {"_id": new_id("rec"), "call_id": new_id("call"), **tags.to_document(), **changes}


class Two:
    """One collection seen from two workspaces, each with one document."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources
        self.mine_id, self.theirs_id = new_id("ws"), new_id("ws")
        self.mine = resources.database.scoped("recordings", self.mine_id)
        self.theirs = resources.database.scoped("recordings", self.theirs_id)

    async def fill(self) -> tuple[Document, Document]:
        mine, theirs = record(self.mine_id), record(self.theirs_id)
        await self.mine.insert(mine)
        await self.theirs.insert(theirs)
        return mine, theirs


@pytest.fixture
def two(resources: Resources) -> Two:
    return Two(resources)


async def test_another_workspaces_document_is_never_found(two: Two) -> None:
    mine, theirs = await two.fill()
    filters: list[Document] = [
        {},
        {"_id": theirs["_id"]},
        {"call_id": theirs["call_id"]},
        {"workspace_id": two.theirs_id},
        {"$or": [{"workspace_id": two.theirs_id}, {"_id": theirs["_id"]}]},
        {"_id": {"$in": [mine["_id"], theirs["_id"]]}},
        {"workspace_id": {"$exists": True}},
    ]
    for found in filters:
        documents = await two.mine.find(found)
        assert theirs["_id"] not in [one["_id"] for one in documents], found
        one = await two.mine.find_one(found)
        assert one is None or one["_id"] == mine["_id"], found
        assert await two.mine.count(found) == len(documents), found


async def test_another_workspaces_document_is_never_changed_or_deleted(two: Two) -> None:
    mine, theirs = await two.fill()
    change = {"$set": {"region": "eu-central-1"}}
    for found in ({"_id": theirs["_id"]}, {"workspace_id": two.theirs_id}, {"$or": [{"_id": theirs["_id"]}]}):
        assert await two.mine.update(found, change) == 0
        assert await two.mine.update_all(found, change) == 0
        assert await two.mine.find_and_update(found, change) is None
        assert await two.mine.delete(found) == 0
    assert await two.mine.update_all({}, change) == 1
    assert await two.mine.delete({}) == 1
    assert await two.theirs.find_one({"_id": theirs["_id"]}) == theirs
    assert await two.mine.find_one({"_id": mine["_id"]}) is None


async def test_a_document_of_another_workspace_is_neither_inserted_nor_moved_nor_upserted(two: Two) -> None:
    mine, _ = await two.fill()
    foreign = {"$set": {"workspace_id": two.theirs_id}}
    for write in (
        two.mine.insert(record(two.theirs_id)),
        two.mine.update({"_id": mine["_id"]}, foreign),
        two.mine.update_all({}, foreign),
        two.mine.find_and_update({"_id": mine["_id"]}, foreign),
        two.mine.update({"_id": "new"}, {"$set": record(two.theirs_id)}, upsert=True),
        two.mine.update({"_id": "new"}, {"$setOnInsert": {"workspace_id": two.theirs_id}}, upsert=True),
    ):
        with pytest.raises(ValueError, match="another workspace"):
            await write
    assert await two.mine.count({}) == await two.theirs.count({}) == 1


async def test_an_encoded_document_of_another_workspace_is_not_inserted(two: Two) -> None:
    fields = {name: value for name, value in record(two.mine_id).items() if name != "workspace_id"}
    with pytest.raises(ValueError, match="another workspace"):
        await two.mine.insert_encoded([encoded(two.mine_id, fields), encoded(two.theirs_id, {**fields, "_id": "b"})])
    assert await two.mine.count({}) == await two.theirs.count({}) == 0
    assert await two.mine.insert_encoded([encoded(two.mine_id, fields)]) == frozenset()
    assert await two.mine.find_one({"_id": fields["_id"]}) is not None
    assert await two.mine.insert_encoded([encoded(two.mine_id, fields)]) == {0}, "told, as insert_many does"


async def test_an_insert_without_a_workspace_gets_the_stores_own(two: Two) -> None:
    document = record(two.mine_id)
    del document["workspace_id"]
    await two.mine.insert(document)
    stored = await two.mine.find_one({"_id": document["_id"]})
    assert stored is not None
    assert stored["workspace_id"] == two.mine_id
    assert "workspace_id" not in document, "what the caller passed is left as it was"


async def test_a_taken_unique_value_is_a_duplicate_that_names_the_index_and_not_the_value(two: Two) -> None:
    mine, _ = await two.fill()
    with pytest.raises(Duplicate) as refusal:
        await two.mine.insert(record(two.mine_id, call_id=mine["call_id"]))
    assert refusal.value.fields == {"index": "call_id,workspace_id"}
    assert mine["call_id"] not in str(refusal.value)


async def test_times_come_back_aware(two: Two) -> None:
    mine, _ = await two.fill()
    stored = await two.mine.find_one({"_id": mine["_id"]})
    assert stored is not None
    assert stored["retain_until"] == NOW
    assert stored["retain_until"].tzinfo is not None


async def test_a_transaction_that_fails_writes_nothing(two: Two) -> None:
    async def work(tx: Any) -> None:
        await two.mine.insert(record(two.mine_id), tx=tx)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await two.resources.database.transaction(work)
    assert await two.mine.count({}) == 0


WRONG: list[tuple[str, dict[str, Any]]] = [
    *[(f"without {name}", {name: None}) for name in TAG_FIELDS],
    ("unknown purpose", {"purposes": ["advertising"]}),
    ("one unknown purpose of two", {"purposes": ["transcription", "advertising"]}),
    ("no purpose", {"purposes": []}),
    ("unknown role", {"role": "owner"}),
    ("unknown basis", {"legal_basis": "habit"}),
    ("unknown category", {"category": "gossip"}),
    ("a retention in words", {"retain_until": "2027-01-01"}),
    ("an empty region", {"region": ""}),
    ("version nought", {"policy_version": 0}),
]


@pytest.mark.parametrize("name", TAGGED)
@pytest.mark.parametrize("change", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
async def test_mongodb_itself_refuses_a_record_without_sound_tags(
    resources: Resources, name: str, change: dict[str, Any]
) -> None:
    document = record(new_id("ws")) | change
    document = {field: value for field, value in document.items() if value is not None}
    with pytest.raises(WriteError, match="failed validation") as refusal:
        await resources.database.whole(name).insert(document)
    document_validation_failure = 121
    assert refusal.value.code == document_validation_failure


@pytest.mark.parametrize("name", TAGGED)
async def test_a_sound_record_is_taken_and_cannot_lose_its_tags_afterwards(resources: Resources, name: str) -> None:
    document = record(new_id("ws"))
    records: Collection = resources.database.whole(name)
    await records.insert(document)
    for field in TAG_FIELDS:
        with pytest.raises(WriteError, match="failed validation"):
            await records.update({"_id": document["_id"]}, {"$unset": {field: ""}})
    with pytest.raises(WriteError, match="failed validation"):
        await records.update({"_id": document["_id"]}, {"$push": {"purposes": "advertising"}})
    assert await records.find_one({"_id": document["_id"]}) == document
    await records.delete({"_id": document["_id"]})


async def _shape(resources: Resources) -> dict[str, Any]:
    """Return every collection with its options and indexes."""
    shape = {}
    for home in (resources.database._records, resources.database._keys):
        for listed in await (await home.list_collections()).to_list(None):
            shape[listed["name"]] = (listed.get("options"), await home[listed["name"]].index_information())
    return shape


async def test_migrating_twice_or_by_many_at_once_changes_nothing(resources: Resources) -> None:
    before = await _shape(resources)
    assert set(before) >= set(BY_NAME)
    assert await migrate(resources.database, now=NOW) == []
    assert await asyncio.gather(*(migrate(resources.database, now=NOW) for _ in range(4))) == [[]] * 4
    assert await _shape(resources) == before


async def test_a_numbered_migration_runs_once(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    number = int(datetime.now(UTC).timestamp() * 1e6)

    async def note(_: Any) -> None:
        ran.append(number)

    monkeypatch.setattr(migrations, "MIGRATIONS", ((number, "a test", note),))
    assert await migrate(resources.database, now=NOW) == [number]
    assert await migrate(resources.database, now=NOW) == []
    assert ran == [number]


async def test_keys_and_the_proof_of_erasures_lie_in_a_database_of_their_own(resources: Resources) -> None:
    """A restore of the records must bring back no destroyed key, nothing erased, and nobody who left the corpus."""
    name = resources.settings.mongo_database
    apart = {one for one in BY_NAME if resources.database._raw(one).database.name == f"{name}_keys"}
    assert apart == {"keys", "tombstones", "receipts", "purge_jobs", "signing_keys", "revocations"}
    assert {resources.database._raw(one).database.name for one in set(BY_NAME) - apart} == {name}
