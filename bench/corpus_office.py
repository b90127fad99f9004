"""Workspaces with calls that may be in the corpus, made by the thousand for its benchmark. Fictional throughout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from corpus.deid.vocabulary import word_list
from domain.call_parts import born
from domain.ids import new_id
from domain.records import Category, Purpose
from domain.settled_policy import clocks_of
from domain.spans import Span, span_to_dict
from domain.speech import EngineStamp, Party, Segment, Speakers, Transcript, Word
from governance.workspaces import NewWorkspace, WorkspaceStore
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import seal
from transcription.store import TranscriptKind, TranscriptStore

TRAIN = Purpose.TRAIN_AI_SYSTEM
GIVEN = ("Meera", "Anil", "Jennifer", "Tyler", "Katrin", "Detlef", "Sunita", "Brandon", "Ashley", "Holger")
FAMILY = ("Krishnan", "Deshpande", "Henderson", "Whitfield", "Bruckner", "Achterberg", "Mukherjee", "Pemberton")
STAMP = EngineStamp("bench", "none", "none")
TURN = 15
AMERICAN = {"jurisdiction": "US", "customer_type": "individual", "minor": False}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls."""

    name: str
    number: str


def people(count: int) -> list[Caller]:
    """Return so many callers with reserved numbers."""
    return [
        Caller(
            f"{GIVEN[at % len(GIVEN)]} {FAMILY[at // len(GIVEN) % len(FAMILY)]}",
            f"+1{201 + at // 100}55501{at % 100:02d}",
        )
        for at in range(count)
    ]


def spoken(
    rng: Random, words: Sequence[str], parties: tuple[Caller, Caller], length: int
) -> tuple[Transcript, list[Span]]:
    """Return a call of so many words, with a name or a number in every third turn."""
    segments: list[Segment] = []
    spans: list[Span] = []
    at = 0.3
    for turn in range(length // TURN):
        said = rng.choices(words, k=TURN)
        if turn % 3 == 0:
            caller = parties[turn % 2]
            kind, value = ("PERSON", caller.name) if turn % 2 else ("PHONE_NUMBER", " ".join(caller.number[2:]))
            told = value.split()
            place = rng.randrange(TURN)
            said[place:place] = told
            spans.append(Span(turn, place, place + len(told), kind, 0.9, "bench", group=turn + 1))
        spoken_words = []
        for one in said:
            spoken_words.append(Word(round(at, 2), round(at + 0.28, 2), one, 0.93))
            at += 0.3
        party = Party.AGENT if turn % 2 else Party.CONTACT
        segments.append(Segment(turn % 2, party, spoken_words[0].start, spoken_words[-1].end, tuple(spoken_words)))
        at += 0.4
    return Transcript("en", 0.99, at, 2, tuple(segments), STAMP, speakers=Speakers.CHANNELS), spans


async def fill(resources: Resources, calls: int, *, words: int, days: int = 4, seed: int = 1) -> str:
    """Make a workspace with so many ready calls of so many words, on so many days; return its id."""
    rng, vocabulary = Random(seed), word_list("common.txt").split()  # noqa: S311 - talk, not keys
    instruction = (Purpose.TRANSCRIPTION, Purpose.REDACTION, TRAIN)
    made = await WorkspaceStore(resources).create(
        NewWorkspace(name="Bench", profile="ruu", instruction=instruction), now=datetime.now(UTC)
    )
    opted = {"$set": {"training_opted_in": True}}
    await resources.database.whole("workspaces").update({"_id": made.workspace_id}, opted)
    crowd = people(400)
    indexer = await resources.keyring.blind_indexer(made.workspace_id)
    began = datetime.now(UTC) - timedelta(days=days + 1)
    consents = [_consent(indexer.token(one.number), began) for one in crowd]
    await resources.database.scoped("consents", made.workspace_id).insert_many(consents)
    page = 200
    for first in range(0, calls, page):
        at = began + timedelta(days=first * days // calls, seconds=first)
        batch = min(page, calls - first)
        await _page(resources, made, rng, vocabulary, crowd, at, batch, words)
    return made.workspace_id


def _consent(token: str, began: datetime) -> Document:
    at = began - timedelta(days=1)
    told = {"people": [token], "certain": [token], "purpose": TRAIN.value, "state": "granted", "act": "clicked"}
    return {
        "_id": new_id("con"),
        **told,
        "text_version": "1",
        "acted_at": at,
        "until": None,
        "noted_at": at,
        "noted_by": "key_bench",
    }


async def _page(
    resources: Resources, made: Any, rng: Random, vocabulary: Sequence[str], crowd: Sequence[Caller],
    began: datetime, count: int, words: int,
) -> None:  # fmt: skip
    workspace_id = made.workspace_id
    scoped = resources.database.scoped
    indexer = await resources.keyring.blind_indexer(workspace_id)
    store = TranscriptStore(resources, workspace_id)
    documents: dict[str, list[Document]] = {"calls": [], "recordings": [], "redactions": [], "transcripts": []}
    for number in range(count):
        at, call_id, recording_id = began + timedelta(seconds=number), new_id("call"), new_id("rec")
        tags = made.policy.tags(Category.COMMUNICATIONS_CONTENT, workspace_id=workspace_id, anchor=at).to_document()
        first, second = rng.sample(crowd, 2)
        call = {
            "_id": call_id, **tags, **born(clocks_of(made.policy, at), at), "state": "ready", "version": 1,
            "ready_versions": [1], "stages": [], "source": "bench", "origin_id": None, "content_hash": None,
            "setup_time": at, "channels": ["contact", "agent"], "language": "en", "consent": "granted",
            "restricted": False, "emergency": False, "created_at": at, "updated_at": at,
            "people": [indexer.token(one.number) for one in (first, second)],
            "parties": [
                {"people": [indexer.token(one.number)], **AMERICAN}
                for one in (first, second)
            ],
        }  # fmt: skip
        keys = await resources.keyring.create_call_keys(workspace_id, call_id, now=at)
        transcript, spans = spoken(rng, vocabulary, (first, second), words)
        hints = {"numbers": [first.number, second.number], "names": [first.name, second.name], "emails": []}
        place = f"recordings/{recording_id}/hints/{call_id}"
        sealed = seal(keys["recording"], json.dumps(hints).encode(), place=place)
        documents["calls"].append(call)
        documents["recordings"].append({"_id": recording_id, **tags, "call_id": call_id, "hints": sealed})
        found = {"spans": [span_to_dict(one) for one in spans], "finder_version": "999", "created_at": at}
        documents["redactions"].append({"_id": new_id("red"), **tags, "call_id": call_id, "version": 1, **found})
        document = await store.seal(call, TranscriptKind.CLEAR, transcript, now=at)
        documents["transcripts"].append({"_id": new_id("trs"), **document})
    for name, rows in documents.items():
        await scoped(name, workspace_id).insert_many(rows)
