"""A call to erase: brought in over the real API, given what its stages leave, erased as relay and worker do it."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.calls import STAGES, CallState, StageState
from domain.scopes import Scope
from domain.sound import SoundState
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from ingest.calls import CallStore
from redaction.port import FinderStamp
from redaction.store import RedactionStore
from storage.catalog import BY_NAME
from transcription.store import TranscriptKind, TranscriptStore
from workers.chores import ChoreRunner
from workers.erasure import erase_call
from workers.relay import Sweep
from workers.runner import JobRunner, utc_now

if TYPE_CHECKING:
    import httpx
    from conftest import Tenant

    from storage.mongo import Document
    from storage.resources import Resources

QUICK = {"retry_base_s": 0.01, "max_attempts": 2}
KEPT_AFTERWARDS = {
    "call_logs",
    "receipts",
    "audit_events",
    "tombstones",
    "keys",
    "outbox",
    "idempotency_keys",
    "legal_holds",
}
"""What may still name an erased call: traffic data on its own clock, proof, and marks without content."""
ERASED = {"call": None, "upload": None, "outcome": "erased"}
UPLOADING = {"complete", "stream"}
"""Whoever still brings bytes is told that all is done, 200; whoever wants to see something, that it is gone, 410."""


def shows_nothing(statuses: dict[str, int]) -> bool:
    """Say whether every reader is told that the call is gone, and every sender that there is nothing left to do."""
    return {name: 200 if name in UPLOADING else 410 for name in statuses} == statuses


async def pieces_of(content: bytes) -> Any:
    yield content


def spoken() -> Transcript:
    words = (Word(0.0, 0.5, "wilhelmina", 0.9), Word(0.5, 1.0, "speaking", 0.9))
    segment = Segment(0, Party.AGENT, 0.0, 1.0, words)
    return Transcript("en", 1.0, 1.0, 1, (segment,), EngineStamp("test", "none", "none"))


@dataclass
class Case:
    """A tenant with everything that its people may do, and the machine that erases."""

    tenant: Tenant
    client: httpx.AsyncClient

    @classmethod
    async def of(cls, tenant: Tenant) -> Case:
        return cls(tenant, await tenant.client(*Scope))

    @property
    def resources(self) -> Resources:
        return self.tenant.resources

    def content(self) -> bytes:
        return b"fLaC" + uuid.uuid4().bytes * 8

    async def register(self, content: bytes, **changes: Any) -> httpx.Response:
        body = {"recording": {"media_type": "audio/flac", "size": len(content)}} | changes
        return await self.client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})

    async def ready(self, content: bytes | None = None, **changes: Any) -> str:
        """Bring in a call and leave what the stages would."""
        content = content or self.content()
        answer = await self.register(content, **changes)
        assert answer.status_code == 201, answer.text
        call_id = str(answer.json()["call"]["id"])
        assert (await self.client.put(f"/v1/calls/{call_id}/recording", content=content)).status_code == 202
        await self._stages(call_id)
        for path in ("", "/transcript", "/recording"):
            assert (await self.client.get(f"/v1/calls/{call_id}{path}")).status_code == 200, path
        return call_id

    async def _stages(self, call_id: str) -> None:
        calls = CallStore(self.resources, self.tenant.workspace_id)
        call = await calls.get(call_id, now=utc_now())
        transcripts = TranscriptStore(self.resources, self.tenant.workspace_id)
        for kind in TranscriptKind:
            await transcripts.save(await transcripts.seal(call, kind, spoken(), now=utc_now()))
        redactions = RedactionStore(self.resources, self.tenant.workspace_id)
        await redactions.save_spans(call, (), FinderStamp("test", "none", "1"), now=utc_now())
        audio = await redactions.put_audio(call_id, pieces_of(b"fLaC" + bytes(100)), media_type="audio/flac")
        await redactions.save_audio(call_id, audio, version=1, state=SoundState.VERIFIED)
        for stage in STAGES:
            await calls.set_stage(call_id, stage, StageState.DONE, version=1, call_state=CallState.READY, now=utc_now())

    async def sweep(self) -> None:
        await Sweep(self.resources).hide_due()
        await Sweep(self.resources).start_erasures()

    async def run_erasures(self, call_id: str) -> None:
        chores = ChoreRunner(self.resources, {})
        runner = JobRunner(self.resources, {}, lambda job: erase_call(self.resources, job), chores.run)
        for job in await self.resources.outbox.of_call(call_id):
            if job["task"] == "erase":
                await runner.run(job["_id"])

    async def erase(self, call_id: str) -> None:
        """Ask for erasure as a privacy officer does, and let the machine do it."""
        answer = await self.client.delete(f"/v1/calls/{call_id}")
        assert (answer.status_code, answer.json()["state"]) == (202, "erasing"), answer.text
        await self.sweep()
        await self.run_erasures(call_id)

    async def where_found(self, *call_ids: str, everywhere: bool = True) -> set[str]:
        """Return every collection in which a document names one of the calls, whatever the field.

        With `everywhere=False` the documents of other workspaces are left out: those of all tests before are many.
        """
        ours = {"$or": [{"workspace_id": self.tenant.workspace_id}, {"workspace_id": {"$exists": False}}]}

        async def names_it(name: str) -> bool:
            documents = await self.resources.database.whole(name).find({} if everywhere else ours)
            return any(call_id in told for told in map(str, documents) for call_id in call_ids)

        named = await asyncio.gather(*map(names_it, BY_NAME))
        return {name for name, is_named in zip(BY_NAME, named, strict=True) if is_named}

    async def objects(self, call_id: str) -> list[str]:
        return [key for prefix in ("u", "c") for key in await self.resources.objects.list_keys(f"{prefix}/{call_id}/")]

    async def events(self, name: str) -> list[Document]:
        events = await self.resources.audit.events(self.tenant.workspace_id, limit=0)
        return [event for event in events if event["event"] == name]

    async def change(self, call_id: str, **fields: Any) -> None:
        """Move a call's clock, in every record of it."""
        for name in ("calls", "recordings", "transcripts", "redactions"):
            where = {"_id": call_id} if name == "calls" else {"call_id": call_id}
            await self.resources.database.scoped(name, self.tenant.workspace_id).update_all(where, {"$set": fields})

    async def statuses(self, call_id: str) -> dict[str, int]:
        """Ask every address that could show something of the call."""
        base, sha = f"/v1/calls/{call_id}", {"sha256": "0" * 64}
        clear = "?clear=true&reason=a test of erasure"
        answers = {
            "call": await self.client.get(base),
            "numbers": await self.client.get(base + clear),
            "transcript": await self.client.get(f"{base}/transcript"),
            "as vtt": await self.client.get(f"{base}/transcript?format=vtt"),
            "clear transcript": await self.client.get(f"{base}/transcript{clear}"),
            "recording": await self.client.get(f"{base}/recording"),
            "clear recording": await self.client.get(f"{base}/recording{clear}", headers={"Range": "bytes=0-3"}),
            "upload": await self.client.post(f"{base}/upload"),
            "complete": await self.client.post(f"{base}/complete", json=sha),
            "stream": await self.client.put(f"{base}/recording", content=b"fLaC" + bytes(10)),
            "consent": await self.client.put(f"{base}/consent", json={"consent": "granted"}),
        }
        return {name: answer.status_code for name, answer in answers.items()}

    async def listed(self, number: str = "+14155550132") -> list[str]:
        pages = [
            await self.client.get("/v1/calls"),
            await self.client.get("/v1/calls?state=erasing"),
            await self.client.post("/v1/calls/search", json={"number": number}),
        ]
        return [call["id"] for page in pages for call in page.json()["calls"]]


def log(**changes: Any) -> dict[str, Any]:
    return {"setup_time": (utc_now() - timedelta(hours=1)).isoformat(), "caller": "+14155550132"} | changes
