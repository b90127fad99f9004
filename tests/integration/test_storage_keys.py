"""The keyring: keys come back as they were made, stay apart by workspace, and are gone once destroyed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from domain.errors import Gone
from domain.ids import new_id
from storage.keys import Keyring
from storage.root_keys import FileRootKey
from storage.sealing import KEY_BYTES, CannotOpen

if TYPE_CHECKING:
    from conftest import MakeTenant, Tenant

    from storage.resources import Resources

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def fresh(resources: Resources) -> Keyring:
    """A keyring as another process opens it: nothing cached."""
    assert resources.settings.root_key_file is not None
    return Keyring(resources.database, FileRootKey(resources.settings.root_key_file))


async def stored(resources: Resources, key_id: str) -> bytes:
    (document,) = await resources.database.whole("keys").find({"_id": key_id})
    return bytes(document["wrapped"])


async def test_a_calls_key_is_the_same_in_every_process_and_is_stored_only_wrapped(tenant: Tenant) -> None:
    call_id = new_id("call")
    key = await tenant.resources.keyring.create_call_key(tenant.workspace_id, call_id, now=NOW)
    assert len(key) == KEY_BYTES
    assert await fresh(tenant.resources).call_key(tenant.workspace_id, call_id) == key
    wrapped = await stored(tenant.resources, call_id)
    assert key not in wrapped
    assert wrapped != key
    workspace_key = await tenant.resources.keyring._workspace_key(tenant.workspace_id)
    assert workspace_key not in await stored(tenant.resources, tenant.workspace_id)
    assert len({key, workspace_key}) == 2


async def test_a_destroyed_key_is_gone_at_once_in_every_process_and_its_bytes_with_it(tenant: Tenant) -> None:
    keyring, other, call_id = tenant.resources.keyring, fresh(tenant.resources), new_id("call")
    await keyring.create_call_key(tenant.workspace_id, call_id, now=NOW)
    await other.call_key(tenant.workspace_id, call_id)
    assert not await keyring.is_destroyed(tenant.workspace_id, call_id)
    await keyring.destroy(tenant.workspace_id, call_id, now=NOW)
    for ring in (keyring, other):
        assert await ring.is_destroyed(tenant.workspace_id, call_id)
        with pytest.raises(Gone):
            await ring.call_key(tenant.workspace_id, call_id)
    (document,) = await tenant.resources.database.whole("keys").find({"_id": call_id})
    assert document["destroyed_at"] == NOW
    assert "wrapped" not in document


async def test_a_calls_key_is_not_another_workspaces_to_open_or_to_destroy(make_tenant: MakeTenant) -> None:
    mine, theirs = await make_tenant(), await make_tenant()
    call_id = new_id("call")
    key = await mine.resources.keyring.create_call_key(mine.workspace_id, call_id, now=NOW)
    with pytest.raises(Gone):
        await theirs.resources.keyring.call_key(theirs.workspace_id, call_id)
    await theirs.resources.keyring.destroy(theirs.workspace_id, call_id, now=NOW)
    assert await mine.resources.keyring.call_key(mine.workspace_id, call_id) == key


async def test_a_wrapped_key_moved_to_another_place_does_not_open(tenant: Tenant) -> None:
    keyring, keys = tenant.resources.keyring, tenant.resources.database.whole("keys")
    one, other = new_id("call"), new_id("call")
    for call_id in (one, other):
        await keyring.create_call_key(tenant.workspace_id, call_id, now=NOW)
    await keys.update({"_id": other}, {"$set": {"wrapped": await stored(tenant.resources, one)}})
    with pytest.raises(CannotOpen):
        await keyring.call_key(tenant.workspace_id, other)


async def test_a_months_key_asked_for_by_many_at_once_is_one_key(tenant: Tenant) -> None:
    rings = [fresh(tenant.resources) for _ in range(8)]
    keys = await asyncio.gather(*(ring.month_key(tenant.workspace_id, "2026-11", now=NOW) for ring in rings))
    assert len(set(keys)) == 1
    assert await fresh(tenant.resources).month_key(tenant.workspace_id, "2026-11", now=NOW) == keys[0]
    assert await fresh(tenant.resources).month_key(tenant.workspace_id, "2026-12", now=NOW) != keys[0]


async def test_a_destroyed_months_key_is_not_made_again(tenant: Tenant) -> None:
    keyring = tenant.resources.keyring
    await keyring.month_key(tenant.workspace_id, "2024-01", now=NOW)
    await keyring.destroy(tenant.workspace_id, f"{tenant.workspace_id}/2024-01", now=NOW)
    with pytest.raises(Gone):
        await keyring.month_key(tenant.workspace_id, "2024-01", now=NOW)


async def test_a_workspaces_own_key_is_not_destroyed_by_the_way(tenant: Tenant) -> None:
    await tenant.resources.keyring.destroy(tenant.workspace_id, tenant.workspace_id, now=NOW)
    assert not await fresh(tenant.resources).is_destroyed(tenant.workspace_id, tenant.workspace_id)


async def test_a_workspace_or_call_without_a_key_has_nothing_to_open(tenant: Tenant) -> None:
    with pytest.raises(Gone):
        await tenant.resources.keyring.call_key(tenant.workspace_id, new_id("call"))
    with pytest.raises(Gone):
        await tenant.resources.keyring.create_call_key(new_id("ws"), new_id("call"), now=NOW)


async def test_a_number_is_found_by_its_hash_within_its_workspace_only(make_tenant: MakeTenant) -> None:
    mine, theirs = await make_tenant(), await make_tenant()
    number = "+14155550132"
    index = await mine.resources.keyring.blind_index(mine.workspace_id, number)
    assert index == await fresh(mine.resources).blind_index(mine.workspace_id, number)
    assert index != await theirs.resources.keyring.blind_index(theirs.workspace_id, number)
    assert index != await mine.resources.keyring.blind_index(mine.workspace_id, "+14155550133")
    assert "5550132" not in index


async def test_the_keys_of_months_come_with_one_look_made_at_first_use_and_without_those_that_are_destroyed(
    make_tenant: MakeTenant,
) -> None:
    mine, theirs = await make_tenant(), await make_tenant()
    keyring, workspace_id = mine.resources.keyring, mine.workspace_id
    october = await keyring.month_key(workspace_id, "2026-10", now=NOW)
    await keyring.month_key(workspace_id, "2026-09", now=NOW)
    await keyring.destroy(workspace_id, f"{workspace_id}/2026-09", now=NOW)
    for _ in range(2):
        held = await keyring.month_keys(workspace_id, ["2026-09", "2026-10", "2026-11"], now=NOW)
        assert set(held.keys) == {"2026-10", "2026-11"}
        assert held.keys["2026-10"] == october
        assert held.keys["2026-11"] == await fresh(mine.resources).month_key(workspace_id, "2026-11", now=NOW)
    assert (await keyring.month_keys(workspace_id, [], now=NOW)).keys == {}
    others = await theirs.resources.keyring.month_keys(theirs.workspace_id, ["2026-10"], now=NOW)
    assert others.keys["2026-10"] != october


async def test_only_a_workspace_that_is_known_never_to_have_erased_a_row_is_taken_for_one(
    make_tenant: MakeTenant,
) -> None:
    mine, theirs = await make_tenant(), await make_tenant()
    keyring, keys = mine.resources.keyring, mine.resources.database.whole("keys")

    async def erased(workspace_id: str) -> bool:
        return (await fresh(mine.resources).month_keys(workspace_id, [], now=NOW)).rows_erased

    assert not await erased(mine.workspace_id)
    await keyring.note_erased_rows(mine.workspace_id)
    assert await erased(mine.workspace_id)
    assert not await erased(theirs.workspace_id)
    await keys.update({"_id": theirs.workspace_id}, {"$unset": {"rows_erased": ""}})
    assert await erased(theirs.workspace_id), "a key of an earlier version does not say"
    assert await erased("ws_unknown"), "nor does one that is not there"
