"""Ready calls for the tests of the corpus: stored as the stages would have left them, with what is known of each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from corpus_talk import Somebody, Talk, somebody, talk

from corpus.deid import SourceCall
from corpus.gates.canary.calls import Canary
from corpus.gates.second import SecondLook, Sight
from corpus.policy import CorpusPolicy
from corpus.releases import ReleaseStore
from domain.call_parts import born
from domain.ids import new_id
from domain.jobs import Job
from domain.records import Category, Purpose
from domain.settled_policy import clocks_of
from domain.spans import Span
from governance.workspaces import NewWorkspace, WorkspaceStore
from redaction.port import FinderStamp
from redaction.store import RedactionStore
from storage.key_opening import PLATFORM
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import seal
from transcription.store import TranscriptKind, TranscriptStore
from workers.chores import Chore, ChoreRunner
from workers.corpus import corpus_chores
from workers.corpus_finish import Finishing

_SERIAL = count(1)
TRAIN = Purpose.TRAIN_AI_SYSTEM
COUNTRIES = ("US", "IN", "DE")


@dataclass
class Office:
    """A workspace with calls in the corpus, and who is in each of them."""

    resources: Resources
    workspace_id: str
    policy: Any
    country: str = "US"
    talks: dict[str, tuple[Talk, Somebody, Somebody]] = field(default_factory=dict)

    async def token(self, one: Somebody) -> str:
        return await self.resources.keyring.blind_index(self.workspace_id, one.number)

    async def calls(
        self, many: int, *, began: datetime, contact: Somebody | None = None, granted: bool = True, seed: int = 1
    ) -> list[str]:
        """Store ready calls of this instant and the minutes after it; return their ids."""
        rng, ids = Random(seed), []  # noqa: S311 - talk, not keys
        for number in range(many):
            serial, second = next(_SERIAL), next(_SERIAL)
            agent, other = somebody(rng, self.country, serial), contact or somebody(rng, self.country, second)
            said = talk(rng, agent, other, serial)
            call_id = await self._store(said, (agent, other), began + timedelta(minutes=number))
            self.talks[call_id] = (said, agent, other)
            ids.append(call_id)
            for one in (agent, other) if granted else ():
                await self.note(one, "granted", at=began - timedelta(days=1))
        return ids

    async def note(self, one: Somebody, state: str, *, at: datetime, until: datetime | None = None) -> None:
        """Write down what somebody said about training."""
        token = await self.token(one)
        told = {"people": [token], "certain": [token], "purpose": TRAIN.value, "state": state, "act": "clicked"}
        more = {"text_version": "1", "acted_at": at, "until": until, "noted_at": at, "noted_by": "key_test"}
        consents = self.resources.database.scoped("consents", self.workspace_id)
        await consents.insert({"_id": new_id("con"), **told, **more})

    async def _store(self, said: Talk, parties: Sequence[Somebody], at: datetime) -> str:
        call_id, recording_id = new_id("call"), new_id("rec")
        tags = self.policy.tags(Category.COMMUNICATIONS_CONTENT, workspace_id=self.workspace_id, anchor=at)
        tokens = [await self.token(one) for one in parties]
        told = [
            {"people": [token], "jurisdiction": one.country, "customer_type": "individual", "minor": False}
            for token, one in zip(tokens, parties, strict=True)
        ]
        call: Document = {
            "_id": call_id,
            **tags.to_document(),
            **born(clocks_of(self.policy, at), at),
            "state": "ready",
            "version": 1,
            "ready_versions": [1],
            "stages": [],
            "source": "test",
            "origin_id": None,
            "content_hash": None,
            "setup_time": at,
            "channels": ["agent", "contact"],
            "language": "en",
            "consent": "granted",
            "restricted": False,
            "people": tokens,
            "parties": told,
            "emergency": False,
            "review": {"state": "not_needed", "reasons": [], "decided_at": None},
            "created_at": at,
            "updated_at": at,
        }
        keys = await self.resources.keyring.create_call_keys(self.workspace_id, call_id, now=at)
        await self._scoped("calls").insert(call)
        hints = {
            "numbers": [one.number for one in parties],
            "names": [one.name for one in parties],
            "emails": [one.email for one in parties],
        }
        place = f"recordings/{recording_id}/hints/{call_id}"
        sealed = seal(keys["recording"], json.dumps(hints).encode(), place=place)
        recording = {"_id": recording_id, **tags.to_document(), "call_id": call_id, "hints": sealed, "created_at": at}
        await self._scoped("recordings").insert(recording)
        transcripts = TranscriptStore(self.resources, self.workspace_id)
        await transcripts.save(await transcripts.seal(call, TranscriptKind.CLEAR, said.transcript(), now=at))
        stamp = FinderStamp("truth", "none", "999")
        await RedactionStore(self.resources, self.workspace_id).save_spans(call, said.spans, stamp, now=at)
        return call_id

    def _scoped(self, name: str) -> Any:
        return self.resources.database.scoped(name, self.workspace_id)


async def open_office(resources: Resources, *, country: str = "US", training: bool = True) -> Office:
    """Make a workspace whose calls may be trained on."""
    instruction = (Purpose.TRANSCRIPTION, Purpose.REDACTION, Purpose.SERVE_CUSTOMER, TRAIN)
    new = NewWorkspace(name="Test", profile="ruu", instruction=instruction)
    made = await WorkspaceStore(resources).create(new, now=datetime.now(UTC))
    opted = {"$set": {"training_opted_in": training}}
    await resources.database.whole("workspaces").update({"_id": made.workspace_id}, opted)
    return Office(resources, made.workspace_id, made.policy, country)


class SeesNothing:
    """A second detector that finds nothing."""

    name = "double"

    def scores(self, sights: Sequence[Sight]) -> Sequence[float]:
        return [0.0] * len(sights)


def known_canaries(canaries: Sequence[Canary]) -> list[SourceCall]:
    """Return canaries as if every word of theirs had been found."""
    return [SourceCall(one.call_id, one.transcript, _all_of(one)) for one in canaries]


def _all_of(canary: Canary) -> list[Span]:
    segments = enumerate(canary.transcript.segments)
    return [Span(at, 0, len(segment.words), "PERSON", 1.0, "truth") for at, segment in segments]


def chores_of(second: SecondLook | None = None, **changes: Any) -> dict[str, Chore]:
    """Return the chores of a build with doubles for the engines: canaries' spans are known, the second look is easy."""
    finishing = Finishing(canary_sources=known_canaries, second_look=lambda: second or SeesNothing())
    return corpus_chores(replace(finishing, **changes))


async def run_jobs(resources: Resources, chores: dict[str, Chore], *, at_most: int = 10_000) -> int:
    """Run the corpus's open jobs, one after the other, until there is none; return how many ran."""
    jobs = resources.database.whole("outbox")
    ran = 0
    while ran < at_most:
        found = await jobs.find({"state": "ready", "task": {"$in": list(chores)}}, limit=1)
        if not found:
            break
        await jobs.update({"_id": found[0]["_id"]}, {"$set": {"run_after": datetime.now(UTC)}})
        job = await resources.outbox.claim(found[0]["_id"], now=datetime.now(UTC) + timedelta(seconds=1))
        assert job is not None
        await ChoreRunner(resources, chores).run(job)
        ran += 1
    return ran


async def release_job(resources: Resources, release_id: str, task: str) -> Job:
    """Return a job about a release as a worker would have it."""
    jobs = await resources.database.whole("outbox").find(
        {"call_id": release_id, "task": task, "workspace_id": PLATFORM}
    )
    return Job.from_document(jobs[-1])


async def emptied(resources: Resources) -> None:
    """Forget every release and job of earlier tests: releases belong to no workspace."""
    for name in ("corpus_releases", "corpus_units", "corpus_items", "outbox", "revocations"):
        await resources.database.whole(name).delete({})


async def begun(
    office: Office, *others: Office, key: bytes | None = None, at: datetime | None = None, **policy: Any
) -> Document:
    """Ask for a release of these workspaces."""
    asked = CorpusPolicy.from_document({"k": 2, "l": 1, "rare_k": 1, **policy})
    return await ReleaseStore(office.resources).create(
        purpose="a test",
        asked_by="key_test",
        policy=asked,
        workspaces=[one.workspace_id for one in (office, *others)],
        now=at or datetime.now(UTC),
        key=key,
    )


async def built(office: Office, *others: Office, chores: dict[str, Chore] | None = None, **asked: Any) -> Document:
    """Build a release of these workspaces with every job done; return its document."""
    made = await begun(office, *others, **asked)
    await run_jobs(office.resources, chores or chores_of())
    return await ReleaseStore(office.resources).get(made["_id"])
