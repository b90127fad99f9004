"""Erasure: hidden at once, gone for good, proven by a receipt, held when a matter needs it, and not taken in again.

A call is brought in over the real API and given what the stages would leave (sealed transcripts, spans, redacted sound)
by the real stores; then the sweep and the erasing job run as the relay and a worker run them.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from erasing import ERASED, KEPT_AFTERWARDS, QUICK, Case, log, shows_nothing

from domain.errors import Gone
from domain.jobs import JobState, Queue
from domain.records import TAG_FIELDS
from ingest.call_logs import CallLogStore
from ingest.calls import CallStore
from redaction.store import RedactionStore
from storage.keys import Keyring
from workers.ageing import Ageing
from workers.relay import Sweep
from workers.runner import utc_now

if TYPE_CHECKING:
    from conftest import Tenant


@pytest.fixture
async def case(tenant: Tenant) -> Case:
    return await Case.of(tenant)


@pytest.mark.settings(**QUICK)
async def test_a_call_is_hidden_on_every_path_the_moment_its_erasure_is_asked_for(case: Case) -> None:
    call_id = await case.ready(call_log=log())
    assert set(await case.listed()) == {call_id}
    assert (await case.client.delete(f"/v1/calls/{call_id}")).status_code == 202
    assert shows_nothing(await case.statuses(call_id)), await case.statuses(call_id)
    assert await case.listed() == []
    again = await case.client.delete(f"/v1/calls/{call_id}")
    assert (again.status_code, again.json()["state"]) == (202, "erasing")


@pytest.mark.settings(**QUICK)
async def test_after_erasing_nothing_of_the_call_is_left_but_its_log_and_the_proof(case: Case) -> None:
    call_id = await case.ready(call_log=log(), origin_id="pbx-1")
    assert {"calls", "recordings", "transcripts", "redactions"} <= await case.where_found(call_id)
    assert len(await case.objects(call_id)) == 2
    await case.erase(call_id)
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
    assert await case.objects(call_id) == []
    (key,) = await case.resources.database.whole("keys").find({"_id": call_id})
    assert "wrapped" not in key
    assert key["destroyed_at"] is not None
    assert [job["task"] for job in await case.resources.outbox.of_call(call_id)] == ["erase"]
    stored = await case.resources.database.scoped("call_logs", case.tenant.workspace_id).find({})
    assert [page["calls"] for page in stored] == [[call_id]], "traffic data stays on its own clock"
    stones = await case.resources.database.scoped("tombstones", case.tenant.workspace_id).find({})
    assert len(stones) == 2
    assert "pbx-1" not in str(stones), "a tombstone is keyed hashes and nothing else"
    assert set().union(*stones) <= {"_id", "workspace_id", "mark", "origin", "setup", "erased_at"}


@pytest.mark.settings(**QUICK)
async def test_the_receipt_says_what_went_when_and_why(case: Case) -> None:
    call_id = await case.ready()
    before = utc_now().replace(microsecond=0)
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 404
    await case.erase(call_id)
    receipt = (await case.client.get(f"/v1/calls/{call_id}/receipt")).json()
    assert receipt["cause"] == "request"
    assert receipt["erased"] == {"transcription": 2, "redaction": 1, "ingest": 3, "corpus": 0}
    assert receipt["key_destroyed"] is True
    assert before <= datetime.fromisoformat(receipt["erased_at"]) <= utc_now()
    assert len(await case.events("call:erasure:requested")) == 1
    assert len(await case.events("call:content:erased")) == 1
    assert await case.resources.audit.broken_at(case.tenant.workspace_id) is None
    after = await case.client.delete(f"/v1/calls/{call_id}")
    assert (after.status_code, after.json()["state"]) == (202, "erased")


@pytest.mark.settings(**QUICK)
async def test_erasing_again_changes_nothing(case: Case) -> None:
    call_id = await case.ready()
    await case.erase(call_id)
    receipt = (await case.client.get(f"/v1/calls/{call_id}/receipt")).json()
    events = await case.events("call:content:erased")
    await case.resources.outbox.add(
        workspace_id=case.tenant.workspace_id, call_id=call_id, task="erase", queue=Queue.LANGUAGE, now=utc_now()
    )
    await case.sweep()
    await case.run_erasures(call_id)
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).json() == receipt
    assert await case.events("call:content:erased") == events
    jobs = await case.resources.outbox.of_call(call_id)
    assert {job["state"] for job in jobs} == {JobState.DONE.value}


@pytest.mark.settings(**QUICK)
async def test_the_sweep_gives_a_hidden_call_one_erasing_job_however_often_it_looks(case: Case) -> None:
    call_id = await case.ready()
    await case.client.delete(f"/v1/calls/{call_id}")
    for _ in range(3):
        await case.sweep()
    assert [job["task"] for job in await case.resources.outbox.of_call(call_id)] == ["transcribe", "erase"]


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("step", ["count", "erase", "destroy"])
async def test_an_erasure_cut_short_anywhere_is_taken_up_again(
    case: Case, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async def cut(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    call_id = await case.ready()
    with monkeypatch.context() as broken:
        if step == "destroy":
            broken.setattr(Keyring, "destroy", cut)
        else:
            broken.setattr(f"ingest.custodian.IngestCustodian.{step}", cut)
        await case.erase(call_id)
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 404
    assert "calls" in await case.where_found(call_id), "the document goes last, so that the sweep finds it"
    await case.sweep()
    await case.run_erasures(call_id)
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
    assert await case.objects(call_id) == []


@pytest.mark.settings(**QUICK)
async def test_no_receipt_is_written_while_something_can_still_be_counted(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_happens(*_: Any) -> None: ...

    call_id = await case.ready()
    with monkeypatch.context() as broken:
        broken.setattr("ingest.custodian.IngestCustodian.erase", nothing_happens)
        await case.erase(call_id)
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 404
    assert len(await case.objects(call_id)) == 2
    with pytest.raises(Gone):
        await case.resources.keyring.call_key(case.tenant.workspace_id, call_id)


@pytest.mark.settings(**QUICK)
async def test_what_a_stage_leaves_behind_while_its_call_is_erased_goes_too(case: Case) -> None:
    call_id = await case.ready()
    redactions = RedactionStore(case.resources, case.tenant.workspace_id)
    stage_job = (await case.resources.outbox.of_call(call_id))[0]["_id"]
    claimed = await case.resources.outbox.claim(stage_job, now=utc_now())
    assert claimed is not None

    async def slow_sound() -> Any:
        yield b"fLaC"
        await case.erase(call_id)
        yield bytes(100)

    await redactions.put_audio(call_id, slow_sound(), media_type="audio/flac")
    assert len(await case.objects(call_id)) == 1, "written after everything was erased"
    assert "calls" in await case.where_found(call_id), "so the call is not let go while a stage is at work"
    await case.resources.outbox.complete(claimed, now=utc_now(), tx=None)
    await case.run_erasures(call_id)
    assert await case.objects(call_id) == []
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("whole_workspace", [False, True])
async def test_a_hold_wins_over_a_request_and_over_the_end_of_retention_until_it_is_released(
    case: Case, whole_workspace: bool
) -> None:
    call_id = await case.ready()
    matter = {"matter": "2026-114"} | ({} if whole_workspace else {"call_id": call_id})
    hold = (await case.client.post("/v1/holds", json=matter)).json()
    refused = await case.client.delete(f"/v1/calls/{call_id}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/held")
    assert (await case.client.get(f"/v1/calls/{call_id}/transcript")).status_code == 200

    await case.change(call_id, retain_until=utc_now())
    assert shows_nothing(await case.statuses(call_id)), "a hold lets nobody read more"
    await case.sweep()
    await case.run_erasures(call_id)
    assert {"calls", "recordings", "transcripts", "redactions"} <= await case.where_found(call_id)
    assert len(await case.objects(call_id)) == 2
    assert not await case.resources.keyring.is_destroyed(case.tenant.workspace_id, call_id)
    (job,) = [job for job in await case.resources.outbox.of_call(call_id) if job["task"] == "erase"]
    assert (job["state"], job["attempts"], job["error"]) == ("ready", 0, "held"), (
        "waiting for a hold is nobody's failure"
    )

    assert (await case.client.delete(f"/v1/holds/{hold['id']}")).status_code == 200
    await case.resources.outbox.wake_waiting(call_id, now=utc_now())
    await case.run_erasures(call_id)
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).json()["cause"] == "retention_over"


@pytest.mark.settings(**QUICK)
async def test_a_hold_placed_after_the_request_still_keeps_the_content(case: Case) -> None:
    call_id = await case.ready()
    await case.client.delete(f"/v1/calls/{call_id}")
    await case.client.post("/v1/holds", json={"matter": "late", "call_id": call_id})
    await case.sweep()
    await case.run_erasures(call_id)
    assert len(await case.objects(call_id)) == 2
    assert shows_nothing(await case.statuses(call_id))


@pytest.mark.settings(**QUICK)
async def test_many_held_calls_do_not_keep_the_others_waiting(case: Case) -> None:
    calls = case.resources.database.scoped("calls", case.tenant.workspace_id)
    call_id = await case.ready()
    model = await calls.find_one({"_id": call_id})
    assert model is not None
    for number in range(501):
        await calls.insert({**model, "_id": f"call_{number:026d}", "state": "erasing", "origin_id": None})
        await case.resources.outbox.add(
            workspace_id=case.tenant.workspace_id,
            call_id=f"call_{number:026d}",
            task="erase",
            queue=Queue.LANGUAGE,
            now=utc_now(),
        )
    await case.erase(call_id)
    assert "calls" not in await case.where_found(call_id)
    made = {"$regex": "^call_0000"}
    await calls.delete({"_id": made})
    await case.resources.database.whole("outbox").delete({"call_id": made})


@pytest.mark.settings(**QUICK)
async def test_a_call_is_hidden_at_the_instant_its_retention_is_over_and_then_swept(case: Case) -> None:
    call_id = await case.ready(call_log=log(), origin_id="pbx-2")
    await case.change(call_id, retain_until=utc_now() + timedelta(seconds=30))
    await case.sweep()
    assert (await case.client.get(f"/v1/calls/{call_id}/transcript")).status_code == 200, "before, it is served"
    assert set(await case.listed()) == {call_id}
    await case.change(call_id, retain_until=utc_now())
    assert shows_nothing(await case.statuses(call_id)), "before any sweep"
    assert await case.listed() == []
    await case.sweep()
    await case.run_erasures(call_id)
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).json()["cause"] == "retention_over"
    again = await case.register(case.content(), origin_id="pbx-2")
    assert (again.status_code, again.json()) == (200, ERASED)


@pytest.mark.settings(**QUICK)
async def test_an_erased_call_delivered_again_under_its_origin_id_is_done_and_leaves_one_audit_event(
    case: Case,
) -> None:
    """It used to be 410. A phone takes a refusal as a reason to ask its user or to try for ever; this is none."""
    content = case.content()
    await case.erase(await case.ready(content, origin_id="pbx-3"))
    before = await case.resources.database.scoped("calls", case.tenant.workspace_id).count({})
    answer = await case.register(case.content(), origin_id="pbx-3")
    assert (answer.status_code, answer.json()) == (200, ERASED)
    assert await case.resources.database.scoped("calls", case.tenant.workspace_id).count({}) == before
    assert await case.resources.database.scoped("recordings", case.tenant.workspace_id).count({}) == 0
    assert len(await case.events("call:redelivery:refused")) == 1
    assert (await case.register(case.content(), origin_id="pbx-4")).status_code == 201, "another call is welcome"


@pytest.mark.settings(**QUICK)
async def test_the_same_bytes_of_an_erased_call_are_done_with_and_their_registration_goes_with_them(case: Case) -> None:
    content = case.content()
    await case.erase(await case.ready(content))
    registered = (await case.register(content)).json()["call"]["id"]
    path = f"/v1/calls/{registered}/recording"
    answers = [await case.client.put(path, content=content) for _ in range(2)]
    told = [(answer.status_code, answer.json()) for answer in answers]
    assert told == [(200, {"id": registered, "outcome": "erased"})] * 2, "an answer that was lost is given again"
    assert len(await case.events("call:redelivery:refused")) == 1
    assert (await case.client.get(f"/v1/calls/{registered}")).status_code == 410
    await case.sweep()
    await case.run_erasures(registered)
    assert await case.objects(registered) == []
    assert await case.where_found(registered) <= KEPT_AFTERWARDS
    late = await case.client.put(path, content=content)
    assert (late.status_code, late.json()["outcome"]) == (200, "erased"), "nor does it matter how late it comes"
    assert len(await case.events("call:redelivery:refused")) == 1


@pytest.mark.settings(**QUICK)
async def test_the_same_sound_at_another_time_is_another_call_even_after_an_erasure(case: Case) -> None:
    content, erased, other = case.content(), log(), log(setup_time=(utc_now() - timedelta(hours=2)).isoformat())
    await case.erase(await case.ready(content, call_log=erased, origin_id="pbx-8"))
    await case.ready(content, call_log=other, origin_id="pbx-9")
    again = (await case.register(content, call_log=erased)).json()["call"]["id"]
    answer = await case.client.put(f"/v1/calls/{again}/recording", content=content)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "erased")


@pytest.mark.settings(**QUICK)
async def test_uploaded_bytes_of_an_erased_call_do_not_stay_on_the_way_in(case: Case) -> None:
    content = case.content()
    await case.erase(await case.ready(content))
    registered = (await case.register(content)).json()
    call_id, link = registered["call"]["id"], registered["upload"]["single"]
    import httpx  # noqa: PLC0415 - the one test that uploads as a client does

    async with httpx.AsyncClient() as plain:
        assert (await plain.put(link["url"], content=content, headers=link["headers"])).status_code == 200
    sha256 = hashlib.sha256(content).hexdigest()
    answer = await case.client.post(f"/v1/calls/{call_id}/complete", json={"sha256": sha256})
    assert (answer.status_code, answer.json()) == (200, {"id": call_id, "outcome": "erased"})
    await case.sweep()
    await case.run_erasures(call_id)
    assert await case.objects(call_id) == []


@pytest.mark.settings(**QUICK)
async def test_another_workspaces_call_with_the_same_bytes_and_origin_is_untouched(make_tenant: Any) -> None:
    mine, theirs = await Case.of(await make_tenant()), await Case.of(await make_tenant())
    content = mine.content()
    erased, kept = await mine.ready(content, origin_id="pbx-5"), await theirs.ready(content, origin_id="pbx-5")
    found, objects = await theirs.where_found(kept), await theirs.objects(kept)
    await mine.erase(erased)
    assert await theirs.where_found(kept) == found
    assert await theirs.objects(kept) == objects
    assert (await theirs.client.get(f"/v1/calls/{kept}/transcript")).status_code == 200
    assert (await theirs.register(content, origin_id="pbx-6")).status_code == 201
    assert (await theirs.client.get(f"/v1/calls/{erased}/receipt")).status_code == 404


@pytest.mark.settings(**QUICK)
async def test_an_upload_that_never_came_is_erased_after_a_week_and_may_come_again(case: Case) -> None:
    call_id = (await case.register(case.content(), origin_id="pbx-7")).json()["call"]["id"]
    for age, state in ((timedelta(days=7) - timedelta(minutes=1), "awaiting_upload"), (timedelta(days=7), "erasing")):
        await case.change(call_id, updated_at=utc_now() - age)
        await Sweep(case.resources).end_abandoned()
        call = await CallStore(case.resources, case.tenant.workspace_id).raw(call_id)
        assert call is not None
        assert call["state"] == state
    await case.sweep()
    await case.run_erasures(call_id)
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
    assert (await case.register(case.content(), origin_id="pbx-7")).status_code == 201


async def _age_identifiers(case: Case, call_id: str, *, due: datetime, month: str | None = None) -> None:
    change: dict[str, Any] = {"identifiers.retain_until": due} | (_in_month(month) if month else {})
    logs = case.resources.database.scoped("call_logs", case.tenant.workspace_id)
    assert await logs.update({"calls": call_id}, {"$set": change}) == 1


def _in_month(month: str) -> dict[str, Any]:
    """The month of the key is always that of the call's start."""
    began = datetime.fromisoformat(f"{month}-15T12:00:00+00:00")
    return {"identifiers.month": month, **dict.fromkeys(("first_at", "last_at", "entries.0.setup_time"), began)}


async def _with_past_month(case: Case, *, due: datetime) -> tuple[str, str]:
    """Bring in a call whose identifiers are sealed under a key of two months ago."""
    began = utc_now() - timedelta(days=20)
    call_id = await case.ready(call_log=log(setup_time=began.isoformat()))
    month, key_id = "2024-01", f"{case.tenant.workspace_id}/2024-01"
    await case.resources.keyring.month_key(case.tenant.workspace_id, month, now=utc_now())
    await _age_identifiers(case, call_id, due=due, month=month)
    return call_id, key_id


@pytest.mark.settings(**QUICK)
async def test_identifiers_leave_the_log_on_their_own_clock_and_the_months_key_with_the_last_of_them(
    case: Case,
) -> None:
    workspace_id = case.tenant.workspace_id
    first, key_id = await _with_past_month(case, due=utc_now())
    second, _ = await _with_past_month(case, due=utc_now() + timedelta(hours=1))
    await Ageing(case.resources).of_workspace(workspace_id, now=utc_now())
    logs = CallLogStore(case.resources, workspace_id)
    gone, kept = await logs.of_call(first), await logs.of_call(second)
    assert gone is not None
    assert kept is not None
    assert "identifiers" not in gone
    assert set(TAG_FIELDS) <= set(gone), "the totals stay, with their own tags"
    assert "identifiers" in kept
    assert not await case.resources.keyring.is_destroyed(workspace_id, key_id), "another log of the month needs it"
    await _age_identifiers(case, second, due=utc_now())
    await Ageing(case.resources).of_workspace(workspace_id, now=utc_now())
    assert await case.resources.keyring.is_destroyed(workspace_id, key_id)
    with pytest.raises(Gone):
        await case.resources.keyring.month_key(workspace_id, "2024-01", now=utc_now())
    stored = await case.resources.database.scoped("call_logs", workspace_id).find({})
    assert len(stored) == 2
    assert not any("identifiers" in entry for entry in stored)


@pytest.mark.settings(**QUICK)
async def test_a_sweep_cut_short_between_the_key_and_the_identifiers_leaves_neither_in_the_end(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    call_id, key_id = await _with_past_month(case, due=utc_now())
    for place in ("storage.keys.Keyring.destroy", "ingest.log_ageing.LogAgeing.strip"):
        with monkeypatch.context() as broken:
            broken.setattr(place, cut)
            with pytest.raises(ConnectionError):
                await Ageing(case.resources).of_workspace(case.tenant.workspace_id, now=utc_now())
    await Ageing(case.resources).of_workspace(case.tenant.workspace_id, now=utc_now())
    assert await case.resources.keyring.is_destroyed(case.tenant.workspace_id, key_id)
    entry = await CallLogStore(case.resources, case.tenant.workspace_id).of_call(call_id)
    assert entry is not None
    assert "identifiers" not in entry


@pytest.mark.settings(**QUICK)
async def test_numbers_that_are_due_are_not_shown_before_any_sweep(case: Case) -> None:
    call_id = await case.ready(call_log=log())
    assert set(await case.listed()) == {call_id}
    clear = f"/v1/calls/{call_id}?clear=true&reason=a test of erasure"
    assert (await case.client.get(clear)).json()["call_log"]["caller"] == "+14155550132"
    await _age_identifiers(case, call_id, due=utc_now())
    assert (await case.client.get(clear)).json()["call_log"]["caller"] is None
    found = (await case.client.post("/v1/calls/search", json={"number": "+14155550132"})).json()["calls"]
    assert found == []


@pytest.mark.settings(**QUICK)
async def test_a_log_whose_own_clock_is_over_goes_whole(case: Case) -> None:
    call_id = await case.ready(call_log=log())
    logs = case.resources.database.scoped("call_logs", case.tenant.workspace_id)
    await logs.update({"calls": call_id}, {"$set": {"retain_until": utc_now() + timedelta(hours=1)}})
    await Ageing(case.resources).of_workspace(case.tenant.workspace_id, now=utc_now())
    assert await logs.count({}) == 1
    await logs.update({"calls": call_id}, {"$set": {"retain_until": utc_now()}})
    await Ageing(case.resources).of_workspace(case.tenant.workspace_id, now=utc_now())
    assert await logs.count({}) == 0
