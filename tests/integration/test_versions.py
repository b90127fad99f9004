"""A call heard again: text and sound change together when the new version is done, and not before."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hearings import QUICK, Studio, heard

from domain.calls import Stage
from domain.processing import Consent
from domain.scopes import Scope
from ingest.calls import CallStore
from workers.outcome import StageRefused
from workers.relay import Sweep
from workers.runner import utc_now

if TYPE_CHECKING:
    from conftest import Tenant

    from storage.mongo import Document

FIRST = heard("please cell me to morrow at noon", model="tiny.en")
BETTER = heard("please call me tomorrow now at noon", model="base")


@pytest.fixture
async def studio(tenant: Tenant) -> Studio:
    return await Studio.of(tenant)


@pytest.mark.settings(**QUICK)
async def test_text_and_sound_change_together_when_the_last_stage_is_done(studio: Studio) -> None:
    call_id = await studio.ready(FIRST, BETTER)
    assert (await studio.ask(call_id)).status_code == 202
    for stage in ("transcribe", "redact_text"):
        await studio.work(call_id, most=1)
        call = await studio.call(call_id)
        assert (call["state"], call["version"]) == ("ready", 1), f"after {stage}"
        assert call["rehearing"]["state"] == "processing"
        assert await studio.text(call_id) == "please cell me to morrow at noon"
        assert await studio.sound(call_id) == "fLaC version 1"
    await studio.work(call_id)
    call = await studio.call(call_id)
    assert (call["state"], call["version"], call["rehearing"]) == ("ready", 2, None)
    assert [stage["state"] for stage in call["stages"]] == ["done"] * 3
    assert await studio.text(call_id) == "please call me tomorrow now at noon"
    assert await studio.sound(call_id) == "fLaC version 2"


@pytest.mark.settings(**QUICK)
async def test_every_version_can_be_read_and_is_listed_with_what_made_it(studio: Studio) -> None:
    call_id = await studio.ready(FIRST, BETTER)
    await studio.again(call_id)
    assert await studio.text(call_id, version=1) == "please cell me to morrow at noon"
    assert await studio.sound(call_id, version=1) == "fLaC version 1"
    assert await studio.text(call_id, version=3) == "404 not-found"
    one, two = (await studio.client.get(f"/v1/calls/{call_id}/transcriptions")).json()["versions"]
    assert (one["state"], one["engine"]["model_id"], one["asked_at"]) == ("earlier", "tiny.en", None)
    assert (two["state"], two["engine"]["model_id"], two["engine"]["compute_type"]) == ("served", "base", "int8")
    assert two["engine"]["parameters"] == {"beam_size": 5}
    assert two["engine"]["versions"] == {"scripted": "1"}
    assert two["quality"]["mean_probability"] == 0.9
    assert two["asked_at"] < two["created_at"]
    assert "tomorrow" not in str([one, two])


@pytest.mark.settings(**QUICK)
async def test_the_copy_as_spoken_of_an_earlier_version_asks_for_scope_and_reason_and_is_audited(
    studio: Studio,
) -> None:
    call_id = await studio.ready(FIRST, BETTER)
    await studio.again(call_id)
    address = f"/v1/calls/{call_id}/transcript"
    plain = await studio.tenant.client(Scope.TRANSCRIPTS_READ)
    clear = {"version": 1, "clear": True, "reason": "complaint 7"}
    assert (await plain.get(address, params=clear)).status_code == 403
    assert (await studio.client.get(address, params={"version": 1, "clear": True})).status_code == 422
    assert (await studio.client.get(address, params=clear)).json()["redacted"] is False
    events = (await studio.client.get("/v1/audit", params={"call_id": call_id})).json()["events"]
    told = [(event["event"], event["detail"]) for event in events]
    assert told[0] == ("call:transcript:read_clear", {"reason": "complaint 7"})
    assert told[1] == ("call:transcription:asked", {"version": 2, "reason": "wrong language"})


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("ending", ["blocked", "failed", "died"])
async def test_a_run_that_does_not_end_well_leaves_what_was_served(studio: Studio, stage: Stage, ending: str) -> None:
    async def end(_: Document) -> None:
        if ending == "died":
            raise RuntimeError
        raise StageRefused("channels_changed", blocked=ending == "blocked")

    call_id = await studio.ready(FIRST, BETTER)
    studio.before[stage] = end
    await studio.again(call_id)
    call = await studio.call(call_id)
    assert (call["state"], call["version"]) == ("ready", 1)
    assert call["rehearing"]["state"] == ("blocked" if ending == "blocked" else "failed")
    assert "channels_changed" in str(call["rehearing"]) or ending == "died"
    assert await studio.text(call_id) == "please cell me to morrow at noon"
    assert await studio.sound(call_id) == "fLaC version 1"
    assert await studio.text(call_id, version=2) == "404 not-found", "never through its stages, never served"
    assert await studio.states(call_id) == ["served", "unfinished"]

    (dead,) = await studio.tenant.resources.outbox.dead_letters(studio.tenant.workspace_id)
    studio.before.clear()
    requeued = await studio.client.post(f"/v1/dead-letters/{dead['_id']}/requeue")
    assert requeued.status_code == 202, requeued.text
    await studio.work(call_id)
    assert await studio.sound(call_id) == "fLaC version 2"


@pytest.mark.settings(**QUICK)
async def test_a_dead_letter_of_a_version_whose_place_was_taken_cannot_be_requeued(studio: Studio) -> None:
    async def refuse(call: Document) -> None:
        if call["version"] == 2:
            raise StageRefused("unreadable")

    call_id = await studio.ready(FIRST, BETTER, BETTER)
    studio.before[Stage.TRANSCRIBE] = refuse
    await studio.again(call_id)
    await studio.again(call_id)
    assert await studio.sound(call_id) == "fLaC version 3"
    (dead,) = await studio.tenant.resources.outbox.dead_letters(studio.tenant.workspace_id)
    assert (await studio.client.post(f"/v1/dead-letters/{dead['_id']}/requeue")).status_code == 409
    assert await studio.states(call_id) == ["earlier", "unfinished", "served"]


@pytest.mark.settings(**QUICK)
async def test_a_blocked_call_can_be_heard_again_and_is_served_when_that_goes_well(studio: Studio) -> None:
    async def refuse(call: Document) -> None:
        if call["version"] == 1:
            raise StageRefused("language_unsupported", blocked=True)

    studio.hearings = [FIRST, BETTER]
    studio.before[Stage.REDACT_TEXT] = refuse
    call_id = await studio.received()
    await studio.work(call_id)
    assert await studio.text(call_id) == "409 blocked"
    await studio.again(call_id, language="en")
    assert studio.seen[-1]["language"] == "en"
    assert await studio.text(call_id) == "please call me tomorrow now at noon"
    assert await studio.text(call_id, version=1) == "404 not-found"


@pytest.mark.settings(**QUICK)
async def test_the_same_key_asks_once_and_a_second_wish_waits_for_the_first(studio: Studio) -> None:
    call_id = await studio.ready(FIRST, BETTER, BETTER)
    key = uuid.uuid4().hex
    answers = await asyncio.gather(*(studio.ask(call_id, key) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert (await studio.ask(call_id, key)).json()["version"] == 2
    assert (await studio.ask(call_id, key, language="hi")).json()["type"] == "/problems/idempotency-key-reused"
    assert (await studio.ask(call_id)).json()["type"] == "/problems/conflict"
    await studio.work(call_id)
    assert (await studio.ask(call_id, key)).json()["version"] == 2, "asked again later it is still that one"
    assert await studio.states(call_id) == ["earlier", "served"]
    jobs = await studio.tenant.resources.outbox.of_call(call_id)
    assert [job["version"] for job in jobs] == [1, 1, 1, 2, 2, 2]
    asked = [
        event for event in (await studio.client.get("/v1/audit")).json()["events"] if "transcription" in event["event"]
    ]
    assert len(asked) == 1


@pytest.mark.settings(**QUICK)
async def test_a_second_delivery_of_any_job_makes_no_second_version(studio: Studio) -> None:
    call_id = await studio.ready(FIRST, BETTER)
    await studio.again(call_id)
    for job in await studio.tenant.resources.outbox.of_call(call_id):
        await studio.runner().run(job["_id"])
    scoped = studio.tenant.resources.database.scoped
    kept = await scoped("transcripts", studio.tenant.workspace_id).find({"call_id": call_id})
    assert sorted((one["version"], one["kind"]) for one in kept) == [
        (1, "clear"),
        (1, "redacted"),
        (2, "clear"),
        (2, "redacted"),
    ]
    assert await scoped("redactions", studio.tenant.workspace_id).count({"call_id": call_id}) == 2


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("stage", list(Stage))
async def test_a_worker_killed_in_a_stage_of_the_new_version_costs_time_only(studio: Studio, stage: Stage) -> None:
    call_id = await studio.ready(FIRST, BETTER)
    await studio.again(call_id, most=list(Stage).index(stage))
    outbox = studio.tenant.resources.outbox
    (job,) = [job for job in await outbox.of_call(call_id) if job["state"] == "ready"]
    assert await outbox.claim(job["_id"], now=utc_now()) is not None, "a worker has it, and is heard of no more"
    assert await studio.text(call_id) == "please cell me to morrow at noon"
    await studio.tenant.resources.database.whole("outbox").update(
        {"_id": job["_id"]}, {"$set": {"lease_until": utc_now()}}
    )
    await outbox.free_expired(now=utc_now())
    await studio.work(call_id)
    assert await studio.text(call_id) == "please call me tomorrow now at noon"
    assert await studio.sound(call_id) == "fLaC version 2"
    assert await studio.states(call_id) == ["earlier", "served"]


@pytest.mark.settings(**QUICK)
async def test_consent_refused_meanwhile_stops_the_run_and_everything_that_is_served(studio: Studio) -> None:
    async def refuse(call: Document) -> None:
        store = CallStore(studio.tenant.resources, studio.tenant.workspace_id)
        await store.set_consent(call["_id"], Consent.REFUSED, now=utc_now())

    call_id = await studio.ready(FIRST, BETTER)
    studio.before[Stage.TRANSCRIBE] = refuse
    await studio.again(call_id)
    assert [call["version"] for call in studio.seen] == [1, 1, 1, 2], "the guard is asked before each stage"
    assert (await studio.call(call_id))["rehearing"]["state"] == "blocked"
    assert await studio.text(call_id) == "409 blocked"
    assert (await studio.ask(call_id)).json()["type"] == "/problems/blocked"


@pytest.mark.settings(**QUICK)
async def test_erasing_takes_every_version_with_it(studio: Studio) -> None:
    call_id = await studio.ready(FIRST, BETTER, BETTER)
    await studio.again(call_id)
    await studio.ask(call_id)
    await studio.work(call_id, most=1)
    assert (await studio.client.delete(f"/v1/calls/{call_id}")).status_code == 202
    assert (await studio.ask(call_id)).status_code == 410
    await Sweep(studio.tenant.resources).start_erasures()
    await studio.work(call_id)
    resources, workspace_id = studio.tenant.resources, studio.tenant.workspace_id
    for name in ("transcripts", "redactions", "calls"):
        assert await resources.database.scoped(name, workspace_id).count({}) == 0, name
    assert await resources.objects.list_keys(f"c/{call_id}/") == []
    receipt = (await studio.client.get(f"/v1/calls/{call_id}/receipt")).json()
    assert receipt["erased"]["transcription"] == 5
    assert receipt["erased"]["redaction"] == 2


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("scope", sorted(set(Scope) - {Scope.WORKSPACE_ADMIN}))
async def test_without_the_scope_nobody_has_a_call_heard_again(studio: Studio, scope: Scope) -> None:
    call_id = await studio.ready(FIRST)
    studio.client = await studio.tenant.client(scope)
    assert (await studio.ask(call_id)).status_code == 403


@pytest.mark.settings(**QUICK)
async def test_another_workspaces_call_does_not_exist_here(studio: Studio, make_tenant: Any) -> None:
    call_id = await studio.ready(FIRST)
    stranger = await Studio.of(await make_tenant())
    assert (await stranger.ask(call_id)).status_code == 404
    assert (await stranger.client.get(f"/v1/calls/{call_id}/transcriptions")).status_code == 404
    body = {"version": 1, "decision": "rejected", "reason": "curious"}
    assert (await stranger.client.post(f"/v1/calls/{call_id}/review", json=body)).status_code == 404
    assert await studio.text(call_id) == "please cell me to morrow at noon"


@pytest.mark.settings(**QUICK)
async def test_a_call_that_is_not_through_its_stages_is_not_heard_again_yet(studio: Studio) -> None:
    studio.hearings = [FIRST]
    call_id = await studio.received()
    assert (await studio.ask(call_id)).json()["type"] == "/problems/conflict"
    assert (await studio.ask(call_id, model="large")).json()["type"] == "/problems/invalid"
    assert (await studio.ask(call_id, reason="  ")).json()["type"] == "/problems/reason-missing"
