"""A call that is heard again and again: what each hearing hears is scripted, all else is real but the sound's bytes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from domain.calls import Stage
from domain.jobs import JobState
from domain.review import quality_of
from domain.scopes import Scope
from domain.sound import SoundState
from domain.speech import EngineStamp, Party, Segment, Transcript, Unheard, Word
from ingest.calls import CallStore
from redaction.doubles import PlainFinder
from redaction.store import RedactionStore
from transcription.store import TranscriptKind, TranscriptStore
from workers.chores import ChoreRunner
from workers.erasure import erase_call
from workers.outcome import Outcome
from workers.pipeline import Pipeline
from workers.runner import JobRunner, utc_now

if TYPE_CHECKING:
    import httpx
    from conftest import Tenant

    from storage.mongo import Document

QUICK = {"retry_base_s": 0.01, "max_attempts": 2}
WORD_S = 0.5


def heard(text: str, *, model: str = "base", unheard: tuple[Unheard, ...] = (), **quality: float) -> Transcript:
    """A transcript of one channel, half a second a word; `_` is a word that this hearing did not hear."""
    words = tuple(
        Word(at * WORD_S, (at + 1) * WORD_S - 0.05, word, 0.9) for at, word in enumerate(text.split()) if word != "_"
    )
    duration_s = len(text.split()) * WORD_S
    stamp = EngineStamp("scripted", model, "int8", {"scripted": "1"}, {"beam_size": 5})
    segments = (Segment(0, Party.AGENT, words[0].start, words[-1].end, words),) if words else ()
    told = {"mean_probability": 0.9, "language_forced": 0.0, "partial": 0.0, **quality}
    return Transcript("en", 0.98, duration_s, 1, segments, stamp, told, unheard)


async def _pieces(content: bytes) -> Any:
    yield content


@dataclass
class Studio:
    """A workspace with everything that its people may do, and workers whose ears are scripted."""

    tenant: Tenant
    client: httpx.AsyncClient
    hearings: list[Transcript] = field(default_factory=list)
    before: dict[Stage, Callable[[Document], Awaitable[None]]] = field(default_factory=dict)
    seen: list[Document] = field(default_factory=list)

    @classmethod
    async def of(cls, tenant: Tenant) -> Studio:
        return cls(tenant, await tenant.client(*Scope))

    def runner(self) -> JobRunner:
        engines = SimpleNamespace(finder=PlainFinder(), speech_name="default")
        pipeline = Pipeline(self.tenant.resources, cast("Any", engines), ThreadPoolExecutor(1))
        handlers = {
            Stage.TRANSCRIBE: self._transcribe,
            Stage.REDACT_TEXT: pipeline.redact_text,
            Stage.REDACT_AUDIO: self._redact_audio,
        }
        resources = self.tenant.resources
        return JobRunner(
            resources,
            {stage: self._after(stage, handlers[stage]) for stage in handlers},
            lambda job: erase_call(resources, job),
            ChoreRunner(resources, {}).run,
        )

    def _after(
        self, stage: Stage, handler: Callable[[Document], Awaitable[Outcome]]
    ) -> Callable[[Document], Awaitable[Outcome]]:
        async def handle(call: Document) -> Outcome:
            self.seen.append(call)
            if stage in self.before:
                await self.before[stage](call)
            return await handler(call)

        return handle

    async def _transcribe(self, call: Document) -> Outcome:
        store = TranscriptStore(self.tenant.resources, self.tenant.workspace_id)
        transcript = self.hearings[call["version"] - 1]
        sealed = await store.seal(call, TranscriptKind.CLEAR, transcript, now=utc_now())

        async def effect(tx: Any) -> None:
            await store.save(sealed, tx=tx)

        return Outcome(effect, {"duration_s": transcript.duration_s, "quality": quality_of(transcript)})

    async def _redact_audio(self, call: Document) -> Outcome:
        store, version = RedactionStore(self.tenant.resources, self.tenant.workspace_id), call["version"]
        audio = await store.put_audio(call["_id"], _pieces(b"fLaC version %d" % version), media_type="audio/flac")

        async def effect(tx: Any) -> None:
            await store.save_audio(call["_id"], audio, version=version, state=SoundState.VERIFIED, tx=tx)

        return Outcome(effect)

    async def work(self, call_id: str, *, most: int = 20) -> None:
        """Run the call's jobs as they become free, at most so many."""
        outbox = self.tenant.resources.outbox
        for _ in range(most):
            soon = utc_now() + timedelta(seconds=1)
            ready = [job for job in await outbox.of_call(call_id) if job["state"] == JobState.READY.value]
            due = [job for job in ready if job["run_after"] <= soon]
            if not due:
                return
            await asyncio.sleep(max(0.0, (due[0]["run_after"] - utc_now()).total_seconds()))
            await self.runner().run(due[0]["_id"])

    async def received(self, **changes: Any) -> str:
        """Bring in a call; its first job waits."""
        content = b"fLaC" + uuid.uuid4().bytes * 8
        body = {"recording": {"media_type": "audio/flac", "size": len(content)}} | changes
        answer = await self.client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        call_id = str(answer.json()["call"]["id"])
        assert (await self.client.put(f"/v1/calls/{call_id}/recording", content=content)).status_code == 202
        return call_id

    async def ready(self, *hearings: Transcript, **changes: Any) -> str:
        """Bring in a call and hear it for the first time; later hearings are what is given beyond the first."""
        self.hearings = list(hearings)
        call_id = await self.received(**changes)
        await self.work(call_id)
        assert (await self.call(call_id))["state"] == "ready"
        return call_id

    async def ask(self, call_id: str, key: str | None = None, **body: Any) -> httpx.Response:
        """Ask for a call to be heard again."""
        return await self.client.post(
            f"/v1/calls/{call_id}/transcriptions",
            json={"reason": "wrong language", **body},
            headers={"Idempotency-Key": key or uuid.uuid4().hex},
        )

    async def again(self, call_id: str, *, most: int = 20, **body: Any) -> None:
        """Have a call heard again, and do so many of the jobs."""
        answer = await self.ask(call_id, **body)
        assert answer.status_code == 202, answer.text
        await self.work(call_id, most=most)

    async def call(self, call_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get(f"/v1/calls/{call_id}")).json()
        return found

    async def raw(self, call_id: str) -> Document:
        found = await CallStore(self.tenant.resources, self.tenant.workspace_id).raw(call_id)
        assert found is not None
        return found

    async def text(self, call_id: str, **query: Any) -> str:
        """Return the served text in one line, or the problem instead of it."""
        answer = await self.client.get(f"/v1/calls/{call_id}/transcript", params=query)
        if answer.status_code != 200:
            return f"{answer.status_code} {answer.json()['type'].removeprefix('/problems/')}"
        return " ".join(segment["text"] for segment in answer.json()["segments"])

    async def sound(self, call_id: str, **query: Any) -> str:
        """Return the served sound, or the problem instead of it."""
        answer = await self.client.get(f"/v1/calls/{call_id}/recording", params=query)
        if answer.status_code != 200:
            return f"{answer.status_code} {answer.json()['type'].removeprefix('/problems/')}"
        return answer.content.decode()

    async def states(self, call_id: str) -> list[str]:
        listed = (await self.client.get(f"/v1/calls/{call_id}/transcriptions")).json()["versions"]
        return [one["state"] for one in listed]
