"""A part of a call goes before the call: unreadable at its instant, in backups too, with a receipt; the rest stays."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from windows import Windows

from domain.errors import Gone
from domain.holds import record_scope
from governance.holds import HoldStore, NewHold
from governance.receipts import ReceiptStore
from ingest.call_lists import calls_with_due_parts
from ingest.calls import CallStore
from ingest.custodian import IngestCustodian
from ingest.recordings import RecordingStore
from storage.keys import Keyring
from storage.sealing import CannotOpen, ObjectSealer
from workers.runner import utc_now

if TYPE_CHECKING:
    from conftest import Tenant

READING = {"clear": "true", "reason": "a test of windows"}


@pytest.fixture
async def windows(tenant: Tenant) -> Windows:
    return await Windows.of(tenant)


async def due_now(windows: Windows, call_id: str, part: str) -> None:
    """Let a part of a call be due this instant, and the call not."""
    moment = utc_now()
    await windows.age(call_id, **{f"artifacts.{part}.until": moment, "artifacts_due_at": moment})


async def test_a_recording_goes_and_its_transcript_stays_readable(windows: Windows) -> None:
    call_id = await windows.case.ready()
    await due_now(windows, call_id, "recording")
    for params in ({}, READING):
        answer = await windows.read(call_id, "recording", **params)
        assert (answer.status_code, answer.json()["reason"]) == (410, "recording_erased"), (
            "hidden before the sweep came"
        )
    assert await windows.case.objects(call_id) != []
    await windows.sweep()
    assert await windows.case.objects(call_id) == []
    for params in ({}, READING):
        assert (await windows.read(call_id, "recording", **params)).json()["reason"] == "recording_erased"
        assert (await windows.read(call_id, "transcript", **params)).status_code == 200
    assert (await windows.read(call_id, "vcon")).status_code == 410
    assert (await windows.case.client.post(f"/v1/calls/{call_id}/upload")).status_code in {409, 410}
    receipts = await receipts_of(windows, call_id)
    assert [(one["kind"], one["artifact"], one["key_destroyed"]) for one in receipts] == [
        ("artifact", "recording", True)
    ]
    assert receipts[0]["erased"]["ingest"] >= 3, "the document, the sound as spoken, the redacted sound"
    assert len(await windows.case.events("call:artifact:erased")) == 1


async def receipts_of(windows: Windows, call_id: str) -> list[dict[str, Any]]:
    receipts = windows.case.resources.database.scoped("receipts", windows.case.tenant.workspace_id)
    return await receipts.find({"call_id": call_id})


async def test_a_transcript_goes_and_the_sound_stays(windows: Windows) -> None:
    call_id = await windows.case.ready()
    await due_now(windows, call_id, "transcript")
    await windows.sweep()
    for params in ({}, READING):
        assert (await windows.read(call_id, "transcript", **params)).json()["reason"] == "transcript_erased"
        assert (await windows.read(call_id, "recording", **params)).status_code == 200
    transcripts = windows.case.resources.database.whole("transcripts")
    assert await transcripts.count({"call_id": call_id}) == 0


async def test_copies_of_an_erased_part_do_not_open_and_those_of_the_other_do(windows: Windows) -> None:
    """What a backup holds: objects and documents as they were, and keys as they are now."""
    call_id = await windows.case.ready()
    resources, workspace_id = windows.case.resources, windows.case.tenant.workspace_id
    recording = await RecordingStore(resources, workspace_id).of_call(call_id)
    key = await resources.keyring.artifact_key(workspace_id, call_id, "recording")
    assert key != await resources.keyring.call_key(workspace_id, call_id)
    await due_now(windows, call_id, "recording")
    await windows.sweep()
    with pytest.raises(Gone):
        await resources.keyring.artifact_key(workspace_id, call_id, "recording")
    wrong = ObjectSealer(await resources.keyring.call_key(workspace_id, call_id), recording["original"]["object_id"])
    with pytest.raises(CannotOpen):
        wrong.open_chunk(0, bytes(64), last=True)
    await resources.keyring.artifact_key(workspace_id, call_id, "transcript")


async def test_a_held_part_stays_and_is_hidden_all_the_same(windows: Windows) -> None:
    call_id = await windows.case.ready()
    holds = HoldStore(windows.case.resources, windows.case.tenant.workspace_id)
    hold, _ = await holds.place(NewHold("2026-7", record_scope(call_id)), now=utc_now())
    await due_now(windows, call_id, "recording")
    await windows.sweep()
    assert await windows.case.objects(call_id) != []
    assert (await windows.read(call_id, "recording")).status_code == 410
    await holds.release(hold.hold_id, now=utc_now())
    await windows.sweep()
    assert await windows.case.objects(call_id) == []


async def test_a_sweep_killed_at_any_step_is_finished_by_the_next(windows: Windows, monkeypatch: Any) -> None:
    class Killed(Exception):
        pass

    for step in ("destroy_artifact", "erase", "add", "end_part"):
        call_id = await windows.case.ready()
        await due_now(windows, call_id, "recording")

        async def dies(*_: Any, **__: Any) -> None:
            raise Killed

        owner = {"destroy_artifact": Keyring, "erase": IngestCustodian, "add": ReceiptStore, "end_part": CallStore}[
            step
        ]
        with monkeypatch.context() as patched:
            patched.setattr(owner, step, dies)
            await windows.sweep()
        assert (await windows.read(call_id, "recording")).status_code == 410, step
        for _ in range(2):
            await windows.sweep()
        assert await windows.case.objects(call_id) == [], step
        assert len(await receipts_of(windows, call_id)) == 1, step


async def test_once_processed_the_recording_is_gone_at_the_instant_the_call_is_ready(windows: Windows) -> None:
    await windows.set(windows={"recording": "once_processed", "transcript": "P30D"})
    content = windows.case.content()
    call_id = (await windows.case.register(content)).json()["call"]["id"]
    call = await windows.call(call_id)
    assert call["artifacts"]["recording"]["once_processed"]
    assert call["artifacts"]["recording"]["until"] > utc_now() + timedelta(days=20), "the profile's own, until then"
    await windows.case.client.put(f"/v1/calls/{call_id}/recording", content=content)
    await windows.case._stages(call_id)
    assert (await windows.read(call_id, "recording")).json()["reason"] == "recording_erased"
    assert (await windows.read(call_id, "transcript")).status_code == 200
    await windows.sweep()
    assert await windows.case.objects(call_id) == []
    answer = await windows.case.client.post(
        f"/v1/calls/{call_id}/transcriptions", json={"reason": "again"}, headers={"Idempotency-Key": "once"}
    )
    assert answer.status_code in {409, 410}


async def test_once_processed_set_in_the_middle_of_the_stages_waits_for_their_end(windows: Windows) -> None:
    content = windows.case.content()
    call_id = (await windows.case.register(content)).json()["call"]["id"]
    await windows.case.client.put(f"/v1/calls/{call_id}/recording", content=content)
    await windows.set(windows={"recording": "PT0S", "transcript": "P30D"})
    await windows.redate()
    await windows.sweep()
    assert await windows.case.objects(call_id) != [], "it is still needed"
    await windows.case._stages(call_id)
    await windows.sweep()
    assert await windows.case.objects(call_id) == []


async def test_a_call_of_before_says_that_its_part_had_no_key_of_its_own(windows: Windows) -> None:
    call_id = await windows.case.ready()
    resources, workspace_id = windows.case.resources, windows.case.tenant.workspace_id
    await resources.database._raw("keys").delete_many({"_id": {"$regex": f"^{call_id}/"}})
    await due_now(windows, call_id, "recording")
    await windows.sweep()
    (receipt,) = await receipts_of(windows, call_id)
    assert receipt["key_destroyed"] is False
    assert await windows.case.objects(call_id) == []
    with pytest.raises(Gone):
        await resources.keyring.artifact_key(workspace_id, call_id, "recording")
    await resources.keyring.call_key(workspace_id, call_id)


async def test_the_whole_call_goes_later_with_a_receipt_of_its_own(windows: Windows) -> None:
    call_id = await windows.case.ready()
    await due_now(windows, call_id, "recording")
    await windows.sweep()
    await windows.case.erase(call_id)
    kinds = {one["kind"] for one in await receipts_of(windows, call_id)}
    assert kinds == {"artifact", "call"}
    assert (await windows.case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 200


async def test_held_calls_do_not_keep_the_sweep_from_those_behind_them(windows: Windows, monkeypatch: Any) -> None:
    calls = sorted([await windows.case.ready() for _ in range(3)])
    holds = HoldStore(windows.case.resources, windows.case.tenant.workspace_id)
    for call_id in calls[:2]:
        await holds.place(NewHold(f"matter {call_id[-4:]}", record_scope(call_id)), now=utc_now())
    for call_id in calls:
        await due_now(windows, call_id, "recording")
    one_by_one = functools.partial(calls_with_due_parts, limit=1)
    monkeypatch.setattr("workers.artifacts.calls_with_due_parts", one_by_one)
    await windows.sweep()
    left = [bool(await windows.case.objects(call_id)) for call_id in calls]
    assert left == [True, True, False]


async def test_a_part_is_not_erased_while_a_worker_has_the_call_and_does_not_open_meanwhile(windows: Windows) -> None:
    call_id = await windows.case.ready()
    resources, workspace_id = windows.case.resources, windows.case.tenant.workspace_id
    for job in await resources.outbox.of_call(call_id):
        claimed = await resources.outbox.claim(job["_id"], now=utc_now())
        assert claimed is not None
    await due_now(windows, call_id, "recording")
    await windows.sweep()
    assert await windows.case.objects(call_id) != []
    with pytest.raises(Gone):
        await resources.keyring.artifact_key(workspace_id, call_id, "recording")

    async def write(tx: Any) -> None:
        await resources.outbox.complete(claimed, now=utc_now(), tx=tx)

    await resources.database.transaction(write)
    await windows.sweep()
    assert await windows.case.objects(call_id) == []
