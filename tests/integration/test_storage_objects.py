"""The object store: what was put sealed is read as it was, by any range, and a changed object never opens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import NotFound, TooLarge, Unavailable
from domain.ids import new_id
from storage.objects import ObjectStore
from storage.s3 import PART_BYTES
from storage.sealing import CHUNK_BYTES, KEY_BYTES, SEALED_CHUNK_BYTES, CannotOpen, ObjectSealer, sealed_size

if TYPE_CHECKING:
    from storage.resources import Resources

SIZE = 3 * CHUNK_BYTES + 1000
CONTENT = bytes(range(256)) * (SIZE // 256 + 1)
BORDERS = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, SIZE - 1, SIZE]


class Shelf:
    """One object of the store with the key that opens it, and a hand that changes what lies there."""

    def __init__(self, resources: Resources) -> None:
        self.store = resources.objects
        self.call_id, self.object_id = new_id("call"), new_id("obj")
        self.key = f"c/{self.call_id}/{self.object_id}"
        self.sealer = ObjectSealer(bytes(KEY_BYTES), self.object_id)

    async def put(self, content: bytes, *, portion: int = 50_000, limit: int | None = None) -> int:
        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, len(content), portion):
                yield content[at : at + portion]

        return await self.store.put_sealed(self.key, pieces(), self.sealer, limit=limit)

    async def read(self, plain_size: int, **span: Any) -> bytes:
        return b"".join(
            [piece async for piece in self.store.read_sealed(self.key, self.sealer, plain_size=plain_size, **span)]
        )

    async def stored(self) -> bytes:
        answer = await self.store.call("get_object", Key=self.key)
        return bytes(answer["Body"].read())

    async def replace(self, content: bytes) -> None:
        await self.store.call("put_object", Key=self.key, Body=content)


@pytest.fixture
async def shelf(resources: Resources) -> AsyncIterator[Shelf]:
    made = Shelf(resources)
    yield made
    await made.store.delete_prefix(f"c/{made.call_id}/")


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, SIZE])
async def test_what_was_put_is_read_whole_and_does_not_lie_there_in_clear(shelf: Shelf, size: int) -> None:
    assert await shelf.put(CONTENT[:size]) == size
    assert await shelf.read(size) == CONTENT[:size]
    stored = await shelf.stored()
    assert len(stored) == sealed_size(size)
    assert size < 16 or CONTENT[:16] not in stored


async def test_every_range_between_the_borders_of_chunks_gives_exactly_its_bytes(shelf: Shelf) -> None:
    await shelf.put(CONTENT[:SIZE])
    for start in BORDERS:
        for end in [*(border for border in BORDERS if border >= start), SIZE + 5000, None]:
            assert await shelf.read(SIZE, start=start, end=end) == CONTENT[:SIZE][start:end], (start, end)


async def test_a_range_fetches_only_the_chunks_that_hold_it(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    await shelf.put(CONTENT[:SIZE])
    asked: list[str] = []
    call = ObjectStore.call

    async def watched(self: ObjectStore, method: str, **arguments: Any) -> Any:
        asked.append(arguments.get("Range", ""))
        return await call(self, method, **arguments)

    monkeypatch.setattr(ObjectStore, "call", watched)
    await shelf.read(SIZE, start=CHUNK_BYTES + 10, end=CHUNK_BYTES + 20)
    assert asked == [f"bytes={SEALED_CHUNK_BYTES}-{2 * SEALED_CHUNK_BYTES - 1}"]


async def test_a_recording_of_many_parts_is_put_and_read_in_any_range(shelf: Shelf) -> None:
    size = 2 * PART_BYTES + 12_345
    content = (CONTENT * (size // len(CONTENT) + 1))[:size]
    assert await shelf.put(content, portion=1_000_003) == size
    assert await shelf.read(size) == content
    for border in (PART_BYTES, 2 * PART_BYTES):
        assert await shelf.read(size, start=border - 7, end=border + 7) == content[border - 7 : border + 7]
    assert await _open_uploads(shelf) == []


async def _open_uploads(shelf: Shelf) -> list[Any]:
    answer = await shelf.store.call("list_multipart_uploads", Prefix=f"c/{shelf.call_id}/")
    return list(answer.get("Uploads", []))


@pytest.mark.parametrize("limit", [1000, PART_BYTES + 1_000_000], ids=["at once", "after the first part"])
async def test_more_than_the_limit_is_refused_and_leaves_nothing(shelf: Shelf, limit: int) -> None:
    content = bytes(limit + 1)
    with pytest.raises(TooLarge) as refusal:
        await shelf.put(content, portion=500_000, limit=limit)
    assert refusal.value.fields == {"limit_bytes": limit}
    assert await shelf.store.list_keys(f"c/{shelf.call_id}/") == []
    assert await _open_uploads(shelf) == []
    assert await shelf.put(content[:-1], portion=500_000, limit=limit) == limit, "the limit itself may come"


async def test_a_sender_that_breaks_off_leaves_nothing(shelf: Shelf) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(PART_BYTES + CHUNK_BYTES + 1)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await shelf.store.put_sealed(shelf.key, broken(), shelf.sealer)
    assert await shelf.store.list_keys(f"c/{shelf.call_id}/") == []
    assert await _open_uploads(shelf) == []


@pytest.mark.parametrize("cut", [1, 1000, SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES + 1016, 3 * SEALED_CHUNK_BYTES + 500])
async def test_an_object_that_was_cut_does_not_open_where_it_is_cut(shelf: Shelf, cut: int) -> None:
    await shelf.put(CONTENT[:SIZE])
    await shelf.replace((await shelf.stored())[:-cut])
    with pytest.raises(CannotOpen):
        await shelf.read(SIZE)
    with pytest.raises(CannotOpen):
        await shelf.read(SIZE, start=SIZE - 1)


@pytest.mark.parametrize("at", [0, 5, CHUNK_BYTES + 30, -1])
async def test_one_changed_bit_closes_its_chunk_and_no_byte_of_it_is_given_out(shelf: Shelf, at: int) -> None:
    await shelf.put(CONTENT[:SIZE])
    changed = bytearray(await shelf.stored())
    changed[at] ^= 1
    await shelf.replace(bytes(changed))
    given = bytearray()

    async def read() -> None:
        async for piece in shelf.store.read_sealed(shelf.key, shelf.sealer, plain_size=SIZE):
            given.extend(piece)

    with pytest.raises(CannotOpen):
        await read()
    assert len(given) == at % len(changed) // SEALED_CHUNK_BYTES * CHUNK_BYTES
    assert CONTENT.startswith(bytes(given))


async def test_an_object_does_not_open_in_the_place_of_another(shelf: Shelf, resources: Resources) -> None:
    other = Shelf(resources)
    await shelf.put(CONTENT[:SIZE])
    await other.put(CONTENT[:SIZE])
    await shelf.replace(await other.stored())
    with pytest.raises(CannotOpen):
        await shelf.read(SIZE)
    await other.store.delete(other.key)


async def test_an_object_that_is_not_there_is_not_found_and_deleting_it_is_no_error(shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        await shelf.read(SIZE)
    await shelf.store.delete(shelf.key)
    await shelf.store.abort_multipart(shelf.key, upload="unknown")


async def test_a_prefix_is_deleted_whole_and_its_neighbour_is_not(shelf: Shelf) -> None:
    base = f"c/{shelf.call_id}"
    for name in (f"{base}/a", f"{base}/b/c", f"{base}x/d"):
        await shelf.store.call("put_object", Key=name, Body=b"x")
    assert await shelf.store.delete_prefix(f"{base}/") == 2
    assert await shelf.store.list_keys(base) == [f"{base}x/d"]
    await shelf.store.delete(f"{base}x/d")


async def test_a_store_that_does_not_answer_is_said_to_be_unavailable_without_its_address() -> None:
    dead = ObjectStore.connect(
        bucket="b",
        region="r",
        endpoint="http://127.0.0.1:9",
        public_endpoint=None,
        access_key="AKIATEST",
        secret_key="secret",
    )
    with pytest.raises(Unavailable) as refusal:
        await dead.ping()
    assert refusal.value.fields == {"operation": "head_bucket", "code": "EndpointConnectionError"}
    assert "127.0.0.1" not in str(refusal.value)
    dead.close()
