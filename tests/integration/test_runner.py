"""Running jobs: each stage's effect is written once, or not at all, whoever runs it and whatever goes wrong.

Handlers are scripted: plain functions that leave a mark of their own in the outbox's database when their effect is
written. Everything around them is real.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.calls import STAGES, CallState, Stage
from domain.jobs import Job, JobState
from domain.processing import Consent
from domain.records import Purpose
from governance.guard import Guard
from governance.workspaces import WorkspaceStore
from ingest.calls import CallStore
from ingest.registration import NewCall, Registration
from storage.outbox import Outbox
from workers.chores import Chore, ChoreRunner
from workers.erasure import erase_call
from workers.outcome import Outcome, StageRefused
from workers.relay import Sweep
from workers.runner import JobRunner, utc_now

if TYPE_CHECKING:
    from conftest import Tenant

    from storage.mongo import Document
    from storage.resources import Resources

QUICK = {"lease_s": 3.0, "retry_base_s": 0.01, "max_attempts": 2}
FLAC = b"fLaC" + bytes(64)


@dataclass
class Script:
    """Handlers that do what the test says, count their runs, and leave one mark per effect that was written."""

    resources: Resources
    workspace_id: str
    runs: list[Stage] = field(default_factory=list)
    act: dict[Stage, Callable[[Document], Awaitable[Any]]] = field(default_factory=dict)
    chores: dict[str, Chore] = field(default_factory=dict)

    def runner(self) -> JobRunner:
        handlers = {stage: self._handler(stage) for stage in STAGES}
        erase = functools.partial(erase_call, self.resources)
        return JobRunner(self.resources, handlers, erase, ChoreRunner(self.resources, self.chores).run)

    def _handler(self, stage: Stage) -> Callable[[Document], Awaitable[Outcome]]:
        async def handle(call: Document) -> Outcome:
            self.runs.append(stage)
            if stage in self.act:
                await self.act[stage](call)

            async def effect(tx: Any) -> None:
                # Any collection will do for a mark: this one belongs to no room and asks for no tags.
                marks = self.resources.database.scoped("schema_migrations", self.workspace_id)
                mark = {
                    "_id": f"{call['_id']}/{stage.value}/{len(self.runs)}",
                    "call_id": call["_id"],
                    "stage": stage.value,
                }
                await marks.insert(mark, tx=tx)

            return Outcome(effect, {"duration_s": 1.0} if stage is Stage.TRANSCRIBE else {})

        return handle

    async def effects(self, call_id: str) -> list[str]:
        """Return the stages whose effect was written, once for each time."""
        marks = await self.resources.database.scoped("schema_migrations", self.workspace_id).find({"call_id": call_id})
        return [mark["stage"] for mark in marks]

    async def run_all(self, call_id: str, *, rounds: int = 20) -> None:
        """Run the call's jobs as they become free until none is ready and due within a second."""
        for _ in range(rounds):
            jobs = [job for job in await self.resources.outbox.of_call(call_id) if job["state"] == JobState.READY.value]
            jobs = [job for job in jobs if job["run_after"] <= utc_now() + timedelta(seconds=1)]
            if not jobs:
                return
            for job in jobs:
                await asyncio.sleep(max(0.0, (job["run_after"] - utc_now()).total_seconds()))
                await self.runner().run(job["_id"])


async def _bytes(content: bytes) -> Any:
    yield content


async def received(tenant: Tenant, **changes: Any) -> tuple[str, str]:
    """Take a call in; return its id and that of its first job."""
    workspace = await WorkspaceStore(tenant.resources).get(tenant.workspace_id)
    registration = Registration(tenant.resources, tenant.workspace_id, workspace.policy)
    new = NewCall(media_type="audio/flac", size=len(FLAC), **changes)
    call_id = str((await registration.register(new, key=str(id(new)), body_hash="", now=utc_now())).call["_id"])
    call = await registration.receive_stream(call_id, _bytes(FLAC), sha256=None, now=utc_now())
    assert call["_id"] == call_id
    (job,) = await tenant.resources.outbox.of_call(call_id)
    return call_id, str(job["_id"])


async def state_of(tenant: Tenant, call_id: str) -> tuple[str, list[tuple[str, str | None]]]:
    call = await CallStore(tenant.resources, tenant.workspace_id).raw(call_id)
    assert call is not None
    return call["state"], [(stage["state"], stage["reason"]) for stage in call["stages"]]


async def job_of(tenant: Tenant, job_id: str) -> Document:
    (job,) = await tenant.resources.database.whole("outbox").find({"_id": job_id})
    return job


@pytest.fixture
def script(tenant: Tenant) -> Script:
    return Script(tenant.resources, tenant.workspace_id)


@pytest.mark.settings(**QUICK)
async def test_a_call_goes_through_its_stages_to_ready_with_each_effect_written_once(
    tenant: Tenant, script: Script
) -> None:
    call_id, _ = await received(tenant)
    await script.run_all(call_id)
    assert await state_of(tenant, call_id) == ("ready", [("done", None)] * 3)
    assert script.runs == list(STAGES)
    assert sorted(await script.effects(call_id)) == sorted(stage.value for stage in STAGES)
    jobs = await tenant.resources.outbox.of_call(call_id)
    assert [(job["task"], job["state"], job["queue"], job["attempts"]) for job in jobs] == [
        ("transcribe", "done", "speech", 1),
        ("redact_text", "done", "language", 1),
        ("redact_audio", "done", "speech", 1),
    ]
    call = await CallStore(tenant.resources, tenant.workspace_id).get(call_id, now=utc_now())
    assert call["duration_s"] == 1.0, "what the stage found out is on the call"
    assert call["ready_at"] is not None
    for job in jobs:
        await script.runner().run(job["_id"])
    assert script.runs == list(STAGES), "a message that comes again does nothing"


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize(("blocked", "state"), [(False, "failed"), (True, "blocked")])
async def test_a_refused_stage_ends_the_call_with_its_reason_and_a_dead_letter(
    tenant: Tenant, script: Script, blocked: bool, state: str
) -> None:
    async def refuse(_: Document) -> None:
        raise StageRefused("residual_personal_data", blocked=blocked)

    script.act[Stage.REDACT_TEXT] = refuse
    call_id, _ = await received(tenant)
    await script.run_all(call_id)
    assert await state_of(tenant, call_id) == (
        state,
        [("done", None), (state, "residual_personal_data"), ("pending", None)],
    )
    assert script.runs == [Stage.TRANSCRIBE, Stage.REDACT_TEXT], "trying again cannot help"
    (dead,) = await tenant.resources.outbox.dead_letters(tenant.workspace_id)
    assert (dead["call_id"], dead["task"], dead["error"]) == (call_id, "redact_text", "residual_personal_data")
    assert await script.effects(call_id) == ["transcribe"]


@pytest.mark.settings(**QUICK)
async def test_an_unexpected_error_is_tried_again_after_a_pause_and_then_given_up(
    tenant: Tenant, script: Script
) -> None:
    async def fall(_: Document) -> None:
        raise RuntimeError("said to me that her card is 4111")

    script.act[Stage.TRANSCRIBE] = fall
    call_id, job_id = await received(tenant)
    before = utc_now()
    await script.runner().run(job_id)
    first = await job_of(tenant, job_id)
    assert (first["state"], first["attempts"], first["error"]) == ("ready", 1, "internal")
    assert first["run_after"] >= before.replace(microsecond=before.microsecond // 1000 * 1000) + timedelta(
        milliseconds=10
    )
    assert await state_of(tenant, call_id) == (
        "processing",
        [("pending", "internal"), ("pending", None), ("pending", None)],
    )
    await script.run_all(call_id)
    last = await job_of(tenant, job_id)
    assert (last["state"], last["attempts"]) == ("dead", 2)
    assert await state_of(tenant, call_id) == ("failed", [("failed", "internal"), ("pending", None), ("pending", None)])
    assert script.runs == [Stage.TRANSCRIBE] * 2
    assert "4111" not in str(last)


@pytest.mark.settings(**QUICK)
async def test_an_error_that_passes_costs_a_try_and_nothing_else(tenant: Tenant, script: Script) -> None:
    async def fall_once(_: Document) -> None:
        if len(script.runs) == 1:
            raise ConnectionError

    script.act[Stage.TRANSCRIBE] = fall_once
    call_id, _ = await received(tenant)
    await script.run_all(call_id)
    assert await state_of(tenant, call_id) == ("ready", [("done", None)] * 3)
    assert sorted(await script.effects(call_id)) == sorted(stage.value for stage in STAGES)


@pytest.mark.settings(**QUICK)
async def test_a_dead_letter_that_is_requeued_goes_on_from_the_stage_that_failed(
    tenant: Tenant, script: Script
) -> None:
    async def refuse(_: Document) -> None:
        if script.runs.count(Stage.REDACT_AUDIO) == 1:
            raise StageRefused("sound_not_silenced")

    script.act[Stage.REDACT_AUDIO] = refuse
    call_id, _ = await received(tenant)
    await script.run_all(call_id)
    (dead,) = await tenant.resources.outbox.dead_letters(tenant.workspace_id)
    await tenant.resources.outbox.requeue(dead["_id"], workspace_id=tenant.workspace_id, now=utc_now())
    await CallStore(tenant.resources, tenant.workspace_id).reopen(call_id, Stage.REDACT_AUDIO, version=1, now=utc_now())
    assert await state_of(tenant, call_id) == ("processing", [("done", None), ("done", None), ("pending", None)])
    await script.run_all(call_id)
    assert await state_of(tenant, call_id) == ("ready", [("done", None)] * 3)
    assert script.runs.count(Stage.TRANSCRIBE) == 1


@pytest.mark.settings(**QUICK)
async def test_unknown_consent_waits_without_costing_a_try_and_goes_on_once_it_is_granted(make_tenant: Any) -> None:
    tenant = await make_tenant(consent_required=True)
    script = Script(tenant.resources, tenant.workspace_id)
    call_id, job_id = await received(tenant)
    for _ in range(QUICK["max_attempts"] + 2):
        await tenant.resources.outbox.wake_waiting(call_id, now=utc_now())
        await script.runner().run(job_id)
    assert await state_of(tenant, call_id) == (
        "waiting",
        [("waiting", "consent_unknown"), ("pending", None), ("pending", None)],
    )
    job = await job_of(tenant, job_id)
    assert (job["state"], job["attempts"]) == ("ready", 0)
    assert job["run_after"] > utc_now() + timedelta(seconds=30), "it is asked again, but not at once"
    assert script.runs == []
    await CallStore(tenant.resources, tenant.workspace_id).set_consent(call_id, Consent.GRANTED, now=utc_now())
    await tenant.resources.outbox.wake_waiting(call_id, now=utc_now())
    await script.run_all(call_id)
    assert await state_of(tenant, call_id) == ("ready", [("done", None)] * 3)


@pytest.mark.settings(**QUICK)
async def test_refused_consent_stops_the_call_for_good_before_any_work(tenant: Tenant, script: Script) -> None:
    call_id, job_id = await received(tenant, consent=Consent.REFUSED)
    await script.run_all(call_id)
    assert await state_of(tenant, call_id) == (
        "blocked",
        [("blocked", "consent_refused"), ("pending", None), ("pending", None)],
    )
    assert (await job_of(tenant, job_id))["state"] == "dead"
    assert script.runs == []


@pytest.mark.settings(**QUICK)
async def test_consent_withdrawn_between_two_stages_stops_the_second(tenant: Tenant, script: Script) -> None:
    async def withdraw(call: Document) -> None:
        await CallStore(tenant.resources, tenant.workspace_id).set_consent(call["_id"], Consent.REFUSED, now=utc_now())

    script.act[Stage.TRANSCRIBE] = withdraw
    call_id, _ = await received(tenant)
    await script.run_all(call_id)
    assert script.runs == [Stage.TRANSCRIBE]
    assert (await state_of(tenant, call_id))[0] == "blocked"


@pytest.mark.settings(**QUICK)
async def test_a_stage_that_the_customer_did_not_instruct_waits(make_tenant: Any) -> None:
    tenant = await make_tenant(instruction=(Purpose.TRANSCRIPTION,))
    script = Script(tenant.resources, tenant.workspace_id)
    call_id, _ = await received(tenant)
    await script.run_all(call_id)
    assert script.runs == [Stage.TRANSCRIBE]
    assert await state_of(tenant, call_id) == (
        "waiting",
        [("done", None), ("waiting", "no_instruction"), ("pending", None)],
    )


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("ending", ["returns", "refuses", "falls"])
async def test_a_call_erased_while_its_stage_runs_keeps_nothing_of_the_stage(
    tenant: Tenant, script: Script, ending: str
) -> None:
    async def erased_meanwhile(call: Document) -> None:
        assert await CallStore(tenant.resources, tenant.workspace_id).start_erasing(
            call["_id"], cause="request", now=utc_now()
        )
        if ending == "refuses":
            raise StageRefused("channels_changed", blocked=True)
        if ending == "falls":
            raise RuntimeError

    script.act[Stage.REDACT_TEXT] = erased_meanwhile
    call_id, _ = await received(tenant)
    await script.run_all(call_id)
    assert (await state_of(tenant, call_id))[0] == "erasing"
    assert await script.effects(call_id) == ["transcribe"]
    jobs = await tenant.resources.outbox.of_call(call_id)
    assert [(job["task"], job["state"]) for job in jobs] == [("transcribe", "done"), ("redact_text", "done")]


@pytest.mark.settings(**QUICK)
async def test_a_call_on_its_way_out_is_not_worked_on(tenant: Tenant, script: Script) -> None:
    call_id, job_id = await received(tenant)
    await CallStore(tenant.resources, tenant.workspace_id).start_erasing(call_id, cause="request", now=utc_now())
    await script.runner().run(job_id)
    assert script.runs == []
    assert (await job_of(tenant, job_id))["state"] == "done"


@pytest.mark.settings(**QUICK)
async def test_retention_that_ended_before_the_stage_leaves_the_call_to_the_sweep(
    tenant: Tenant, script: Script
) -> None:
    call_id, job_id = await received(tenant)
    calls = tenant.resources.database.scoped("calls", tenant.workspace_id)
    await calls.update({"_id": call_id}, {"$set": {"retain_until": utc_now()}})
    await script.runner().run(job_id)
    assert script.runs == []
    assert (await job_of(tenant, job_id))["state"] == "done"


@pytest.mark.settings(**QUICK)
async def test_two_runners_given_the_same_job_at_once_run_its_handler_once(tenant: Tenant, script: Script) -> None:
    script.act[Stage.TRANSCRIBE] = lambda _: asyncio.sleep(0.2)
    call_id, job_id = await received(tenant)
    await asyncio.gather(*(script.runner().run(job_id) for _ in range(8)))
    assert script.runs == [Stage.TRANSCRIBE]
    assert await script.effects(call_id) == ["transcribe"]


@pytest.mark.settings(**QUICK)
async def test_work_that_takes_longer_than_the_lease_keeps_it(tenant: Tenant, script: Script) -> None:
    script.act[Stage.TRANSCRIBE] = lambda _: asyncio.sleep(4.0)
    call_id, job_id = await received(tenant)

    async def others() -> None:
        for _ in range(38):
            await asyncio.sleep(0.1)
            await Sweep(tenant.resources).free_leases()
            await script.runner().run(job_id)

    await asyncio.gather(script.runner().run(job_id), others())
    assert script.runs == [Stage.TRANSCRIBE]
    assert await script.effects(call_id) == ["transcribe"]


@pytest.mark.settings(**QUICK)
async def test_a_store_that_misses_one_renewal_does_not_lose_the_lease(
    tenant: Tenant, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, renew = 0, Outbox.renew

    async def unreliable(self: Outbox, job: Job, **named: Any) -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:  # the first is the stage's beginning, the second its first renewal
            raise ConnectionError
        return await renew(self, job, **named)

    monkeypatch.setattr(Outbox, "renew", unreliable)
    script.act[Stage.TRANSCRIBE] = lambda _: asyncio.sleep(4.0)
    call_id, job_id = await received(tenant)
    await script.runner().run(job_id)
    assert asked >= 4
    assert await script.effects(call_id) == ["transcribe"]


async def take_over(tenant: Tenant, job_id: str) -> None:
    """Let the lease run out and another worker take the job."""
    await tenant.resources.database.whole("outbox").update({"_id": job_id}, {"$set": {"lease_until": utc_now()}})
    assert await tenant.resources.outbox.claim(job_id, now=utc_now() + timedelta(seconds=0.1)) is not None


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize("ending", ["returns", "refuses", "falls", "goes on"])
async def test_a_runner_whose_lease_was_taken_over_writes_nothing(tenant: Tenant, script: Script, ending: str) -> None:
    async def overtaken(_: Document) -> None:
        await take_over(tenant, job_id)
        if ending == "refuses":
            raise StageRefused("channels_changed", blocked=True)
        if ending == "falls":
            raise RuntimeError
        if ending == "goes on":
            await asyncio.sleep(60)

    script.act[Stage.TRANSCRIBE] = overtaken
    call_id, job_id = await received(tenant)
    async with asyncio.timeout(5):
        await script.runner().run(job_id)
    assert await script.effects(call_id) == []
    assert await state_of(tenant, call_id) == ("processing", [("running", None), ("pending", None), ("pending", None)])
    job = await job_of(tenant, job_id)
    assert (job["state"], job["attempts"]) == ("claimed", 2), "it is the other worker's"


@pytest.mark.settings(lease_s=3.0, retry_base_s=0.01, max_attempts=3)
@pytest.mark.parametrize("consent", [Consent.GRANTED, Consent.UNKNOWN])
async def test_a_runner_that_slept_before_its_stage_began_does_not_turn_a_finished_call_back(
    make_tenant: Any, monkeypatch: pytest.MonkeyPatch, consent: Consent
) -> None:
    tenant = await make_tenant(consent_required=True)
    script, ask = Script(tenant.resources, tenant.workspace_id), Guard.ask
    slept = False

    async def sleepy(self: Guard, call: Document, **named: Any) -> Any:
        nonlocal slept
        decision = await ask(self, call, **named)
        if not slept:
            slept = True
            await tenant.resources.database.whole("outbox").update(
                {"_id": job_id}, {"$set": {"lease_until": utc_now()}}
            )
            await Sweep(tenant.resources).free_leases()
            await CallStore(tenant.resources, tenant.workspace_id).set_consent(
                call["_id"], Consent.GRANTED, now=utc_now()
            )
            await script.run_all(call["_id"])
        return decision

    monkeypatch.setattr(Guard, "ask", sleepy)
    call_id, job_id = await received(tenant, consent=consent)
    await script.runner().run(job_id)
    assert await state_of(tenant, call_id) == ("ready", [("done", None)] * 3)
    assert script.runs == list(STAGES)


@pytest.mark.settings(**QUICK)
async def test_a_job_whose_workers_die_every_time_fails_its_call(tenant: Tenant, script: Script) -> None:
    call_id, job_id = await received(tenant)
    for _ in range(QUICK["max_attempts"]):
        assert await tenant.resources.outbox.claim(job_id, now=utc_now()) is not None
        await tenant.resources.database.whole("outbox").update({"_id": job_id}, {"$set": {"lease_until": utc_now()}})
        await Sweep(tenant.resources).free_leases()
    assert await state_of(tenant, call_id) == (
        "failed",
        [("failed", "worker_lost"), ("pending", None), ("pending", None)],
    )
    assert (await job_of(tenant, job_id))["state"] == "dead"
    await script.runner().run(job_id)
    assert script.runs == []


@pytest.mark.settings(**QUICK)
async def test_a_job_that_nobody_knows_and_a_call_that_is_gone_are_passed_over(tenant: Tenant, script: Script) -> None:
    await script.runner().run("job_unknown")
    call_id, job_id = await received(tenant)
    await CallStore(tenant.resources, tenant.workspace_id).remove(call_id)
    await script.runner().run(job_id)
    assert script.runs == []
    assert (await job_of(tenant, job_id))["state"] == "done"


@pytest.mark.settings(**QUICK)
async def test_a_guard_that_cannot_answer_is_asked_again_and_the_call_is_not_worked_on_meanwhile(
    tenant: Tenant, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fallen(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    call_id, job_id = await received(tenant)
    with monkeypatch.context() as broken:
        broken.setattr(Guard, "ask", fallen)
        await script.runner().run(job_id)
    assert script.runs == []
    assert (await job_of(tenant, job_id))["state"] == "ready"
    await script.run_all(call_id)
    assert (await state_of(tenant, call_id))[0] == CallState.READY.value
