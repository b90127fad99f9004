"""A workspace says how its calls are heard; the worker that hears them keeps to it, or refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from conftest import Tenant
from hearings import QUICK, Studio, heard

from domain.calls import Stage
from domain.jobs import Job, Queue
from domain.listening import SpeechSettings
from domain.scopes import Scope
from governance.workspaces import WorkspaceStore
from storage.settings import SpeechModel
from workers import hearing
from workers.outcome import StageRefused, WrongWorker
from workers.routing import queue_of

LARGE = {"large": SpeechModel(model="/models/large")}


@pytest.fixture
async def studio(tenant: Tenant) -> Studio:
    return await Studio.of(tenant)


async def put(studio: Studio, **body: Any) -> Any:
    return await studio.client.put(f"/v1/workspaces/{studio.tenant.workspace_id}/speech", json=body)


@pytest.mark.settings(**QUICK, speech_models=LARGE)
async def test_the_settings_are_kept_shown_and_audited_without_their_words(studio: Studio) -> None:
    wanted = {
        "language": "en",
        "allowed_languages": ["en"],
        "hot_words": ["Callward", "  Runo  Pro ", "callward"],
        "review_below": 0.7,
        "model": "large",
    }
    answer = await put(studio, **wanted)
    assert answer.status_code == 200, answer.text
    shown = (await studio.client.get(f"/v1/workspaces/{studio.tenant.workspace_id}")).json()["speech"]
    assert shown == wanted | {"hot_words": ["Callward", "Runo Pro"]}
    (event, *_) = (await studio.client.get("/v1/audit")).json()["events"]
    assert (event["event"], event["detail"]) == (
        "workspace:speech:set",
        {"hot_words": 2, "model": "large", "language": "en"},
    )
    assert (await put(studio)).json()["speech"] == {
        "language": None,
        "allowed_languages": [],
        "hot_words": [],
        "review_below": None,
        "model": None,
    }


@pytest.mark.settings(**QUICK)
@pytest.mark.parametrize(
    "body",
    [
        {"hot_words": ["4111 1111 1111"]},
        {"hot_words": ["call +91 98 76 5"]},
        {"hot_words": ["ravi@example.com"]},
        {"hot_words": ["a" * 61]},
        {"hot_words": ["   "]},
        {"hot_words": ["one\u202etwo"]},
        {"hot_words": ["٤١١١١"]},
        {"hot_words": [f"w{at}x" for at in range(101)]},
        {"review_below": 1.5},
        {"review_below": "0.5"},
        {"language": "english"},
        {"language": "hi", "allowed_languages": ["en"]},
        {"model": "large"},
        {"modell": "default"},
    ],
    ids=str,
)
async def test_what_cannot_be_meant_is_refused_and_repeated_nowhere(studio: Studio, body: dict[str, Any]) -> None:
    answer = await put(studio, **body)
    assert answer.status_code == 422, answer.text
    for word in body.get("hot_words", []):
        assert not word.strip() or word not in answer.text
    shown = (await studio.client.get(f"/v1/workspaces/{studio.tenant.workspace_id}")).json()["speech"]
    assert shown["hot_words"] == []


@pytest.mark.settings(**QUICK)
async def test_a_key_of_another_workspace_changes_nothing_here(studio: Studio, make_tenant: Any) -> None:
    stranger = await (await make_tenant()).client(*Scope)
    address = f"/v1/workspaces/{studio.tenant.workspace_id}/speech"
    assert (await stranger.put(address, json={"language": "hi"})).status_code == 404
    reader = await studio.tenant.client(Scope.CALLS_READ)
    assert (await reader.put(address, json={"language": "hi"})).status_code == 403


@pytest.mark.settings(**QUICK)
async def test_a_calls_own_language_and_names_come_before_the_workspaces(studio: Studio) -> None:
    await put(studio, language="hi", hot_words=["Runo"])
    log = {"setup_time": "2026-11-20T10:00:00Z", "agent_name": "Asha Rao", "contact_name": "+91 98765 43210"}
    own = await studio.received(language="en", call_log=log)
    plain = await studio.received()
    resources = studio.tenant.resources
    wishes = (await WorkspaceStore(resources).get(studio.tenant.workspace_id)).speech
    known = await hearing.listening(resources, await studio.raw(own), wishes)
    assert (known.language, known.hot_words) == ("en", ("Asha Rao", "Runo")), "a number is no hot word"
    known = await hearing.listening(resources, await studio.raw(plain), wishes)
    assert (known.language, known.hot_words) == ("hi", ("Runo",))


def test_a_transcript_in_a_language_that_is_not_allowed_is_blocked() -> None:
    wishes = SpeechSettings(allowed_languages=("en",))
    hearing.check_language(heard("hello"), wishes)
    hearing.check_language(replace(heard("_"), language="und"), wishes)
    with pytest.raises(StageRefused, match="language_not_allowed") as refused:
        hearing.check_language(replace(heard("namaste"), language="hi"), wishes)
    assert refused.value.blocked


def test_a_worker_hears_a_call_with_the_wanted_model_or_not_at_all() -> None:
    hearing.check_model("default", ours="default", configured=())
    hearing.check_model("large", ours="large", configured=LARGE)
    with pytest.raises(WrongWorker):
        hearing.check_model("large", ours="default", configured=LARGE)
    with pytest.raises(WrongWorker):
        hearing.check_model("default", ours="large", configured=LARGE)
    with pytest.raises(StageRefused, match="speech_model_unknown"):
        hearing.check_model("gone", ours="default", configured=LARGE)


@pytest.mark.settings(**QUICK, speech_models=LARGE)
async def test_a_job_goes_to_the_queue_of_the_model_that_is_wanted_now(studio: Studio) -> None:
    resources, workspace_id = studio.tenant.resources, studio.tenant.workspace_id
    call_id = await studio.ready(heard("hello"), heard("hello"))

    def job(version: int, task: str = "transcribe") -> Job:
        return Job("job_1", workspace_id, call_id, task, Queue.SPEECH, version=version)

    assert await queue_of(resources, job(1)) == "speech"
    await put(studio, model="large")
    assert await queue_of(resources, job(1)) == "speech.large"
    assert await queue_of(resources, job(1, "redact_text")) == "speech", "other stages load no speech model"
    assert (await studio.ask(call_id, model="default")).status_code == 202
    assert await queue_of(resources, job(2)) == "speech", "what was asked for this run goes before the workspace"
    assert await queue_of(resources, job(3)) == "speech", "no such run"


@pytest.mark.settings(**QUICK, speech_models=LARGE)
async def test_a_job_at_the_wrong_worker_goes_back_without_costing_a_try(studio: Studio) -> None:
    async def misled(_: Any) -> None:
        raise WrongWorker

    studio.hearings = [heard("hello")]
    call_id = await studio.received()
    studio.before = {Stage.TRANSCRIBE: misled}
    await studio.work(call_id, most=1)
    (job,) = await studio.tenant.resources.outbox.of_call(call_id)
    assert (job["state"], job["attempts"], job["error"]) == ("ready", 0, "wrong_worker")
    assert (await studio.call(call_id))["stages"][0]["state"] == "pending"
