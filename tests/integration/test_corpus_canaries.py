"""Canaries on the way of all calls, with the real finder and the real second detector; and with a blind finder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from corpus_calls import Office, built, chores_of, emptied, open_office

from corpus.described import described
from corpus.gates.canary.calls import canaries_of
from corpus.making import keyed_under
from corpus.policy import CorpusPolicy
from corpus.releases import ReleaseStore
from corpus.shard_store import ShardStore
from domain.spans import Span
from domain.speech import Transcript
from redaction.engines.presidio import PresidioFinder
from redaction.port import KnownParty
from storage.mongo import Document
from storage.resources import Resources
from workers.corpus_canaries import canary_sources, second_look

BEGAN = datetime.now(UTC) - timedelta(days=2)


class Blind(PresidioFinder):
    """A finder that finds nothing."""

    def find(self, transcript: Transcript, *, known: KnownParty | None = None) -> tuple[Span, ...]:  # noqa: ARG002
        return ()


@pytest.fixture
async def office(resources: Resources) -> Office:
    await emptied(resources)
    made = await open_office(resources)
    await made.calls(16, began=BEGAN)
    return made


def gate(release: Document, name: str) -> dict[str, Any]:
    return next(one for one in release["gates"] if one["name"] == name)


async def test_with_the_real_finder_and_detector_a_release_passes_and_no_planted_value_is_in_any_byte(
    resources: Resources, office: Office
) -> None:
    finder = PresidioFinder()
    chores = chores_of(canary_sources=partial(canary_sources, finder), second_look=second_look)
    release = await built(office, chores=chores, drill_confidence=0.9999)
    assert release["state"] == "review", release["gates"]
    assert gate(release, "canaries")["why"].startswith("12 invented calls went the way of all others")
    key = await ReleaseStore(resources).key(release["_id"])
    shards = ShardStore(resources, release["_id"], key)
    files = {file["name"]: b"".join([piece async for piece in shards.read(file)]) for file in release["files"]}
    planted = [word for one in canaries_of(keyed_under(key), 12) for word in (one.person.given, one.person.surname)]
    for body in (*files.values(), *described(release).values()):
        assert not any(word.lower().encode() in body.lower() for word in planted)


async def test_a_finder_that_has_gone_blind_fails_the_release_and_nothing_of_a_canary_is_told(
    resources: Resources, office: Office
) -> None:
    chores = chores_of(canary_sources=partial(canary_sources, Blind()))
    release = await built(office, chores=chores, drill_confidence=0.9999)
    assert release["state"] == "failed"
    canaries = gate(release, "canaries")
    assert not canaries["passed"]
    key = await ReleaseStore(resources).key(release["_id"])
    for one in canaries_of(keyed_under(key), CorpusPolicy().canaries):
        assert not any(value in str(release["gates"]) for value in one.person.values)
