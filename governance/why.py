"""Why a record is still here, until when, by which rule, who set that, and what keeps or restricts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from domain.call_parts import anchor_of, parts_of
from domain.calls import UNSERVED_FOR_GOOD, CallState
from domain.due import DueDecision, decide_due
from domain.due_facts import Artifact, RecordFacts
from domain.holds import LegalHold
from domain.records import Category
from domain.restrictions import Restriction
from domain.retention import NEVER
from domain.waivers import WaivableRule, Waiver
from governance.hold_reading import HoldReader
from governance.restrictions import RestrictionStore
from governance.waivers import WaiverStore
from governance.workspace_reading import Workspace
from storage.hold_filters import facts_of
from storage.mongo import Document
from storage.resources import Resources

State = Literal["kept", "hidden", "erased"]
_AWAITING: Final = frozenset({"awaiting_upload", "received", "processing", "waiting"})


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a record: what `decide_due` says of it now, and what the record itself says.

    Attributes:
        what: `recording`, `transcript`, `call_metadata` or `cdr_identifiers`.
        category: whose rule it is.
        decision: rule, instants and sentences, holds counted in.
        retain_until: what stands on the record, by which it is hidden and swept.
        policy: id and version of the policy that dated it.
        set_at: since when these settings count, None while nobody set any.
        erased_at: when this part was erased already, before the record.
    """

    what: Artifact
    category: Category
    decision: DueDecision
    retain_until: datetime
    policy: tuple[str, int]
    set_at: datetime | None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """What is left of an erased record: that, when and why it was erased."""

    at: datetime
    cause: str | None
    key_destroyed: bool | None


@dataclass(frozen=True, slots=True)
class Why:
    """The whole answer; `sentences` say it in words."""

    record_id: str
    state: State
    clocks: Sequence[Clock] = ()
    holds: Sequence[LegalHold] = ()
    restrictions: Sequence[Restriction] = ()
    waivers: Sequence[Waiver] = ()
    erased: Erased | None = None
    sentences: Sequence[str] = field(default_factory=tuple)


class WhyStore:
    """Explains records of one workspace."""

    def __init__(self, resources: Resources, workspace: Workspace, holds: HoldReader) -> None:
        self._resources = resources
        self._workspace = workspace
        self._holds = holds

    async def explain(self, collection: str, document: Document, *, now: datetime) -> Why:
        """Explain a stored record of `calls`, `call_logs` (an entry as a document of its own) or `cdrs`."""
        record_id, workspace_id = document["_id"], self._workspace.workspace_id
        holds = await self._holds.holding(record_id)
        restrictions = RestrictionStore(self._resources, workspace_id)
        if collection == "calls":
            limits = await restrictions.of_call(document)
        else:
            facts = facts_of(collection, document)
            limits = [one for one in await restrictions.in_force() if one.covers(facts)]
        waivers = await WaiverStore(self._resources).in_force(
            workspace_id, WaivableRule.RETENTION_OVER_PROFILE, now=now
        )
        matters = sorted({hold.matter for hold in holds})
        clocks = [self._clock(facts, tags, matters, now) for facts, tags in _clocks_of(collection, document)]
        state = _state(collection, document, now)
        told = _sentences(state, clocks, holds, limits, waivers)
        return Why(record_id, state, clocks, holds, limits, waivers, sentences=told)

    def _clock(self, facts: RecordFacts, tags: Document, matters: Sequence[str], now: datetime) -> Clock:
        policy = self._workspace.policy
        decision = decide_due(facts, policy, policy.kept, matters, now)
        dated_by, set_at = (tags["policy_id"], int(tags["policy_version"])), policy.kept.set_at
        what, gone = facts.artifact or Artifact.CALL_METADATA, tags.get("erased_at")
        return Clock(what, facts.category, decision, tags["retain_until"], dated_by, set_at, gone)

    async def explain_erased(self, record_id: str) -> Why | None:
        """Say what is left of a record that is gone, None when nothing is known of it."""
        database, workspace_id = self._resources.database, self._workspace.workspace_id
        receipts = await database.scoped("receipts", workspace_id).find(
            {"call_id": record_id}, sort=(("erased_at", -1),)
        )
        receipt = next((one for one in receipts if one.get("artifact") is None), None)
        if receipt is not None:
            erased = Erased(receipt["erased_at"], receipt["cause"], receipt["key_destroyed"])
            told = f"Erased at {erased.at.isoformat()} ({erased.cause}). Receipt {receipt['_id']} proves it."
            return Why(record_id, "erased", erased=erased, sentences=(told,))
        stone = await database.scoped("tombstones", workspace_id).find_one({"_id": record_id, "row": True})
        if stone is None:
            return None
        told = (
            f"Erased on request at {stone['erased_at'].isoformat()}. Its tombstone keeps it from being taken in again."
        )
        return Why(record_id, "erased", erased=Erased(stone["erased_at"], "request", None), sentences=(told,))


def _clocks_of(collection: str, document: Document) -> list[tuple[RecordFacts, Document]]:
    """Return what each clock of a record runs on, with the tags that stand on it."""
    if collection == "calls":
        began = anchor_of(document)
        waits = document["state"] in _AWAITING
        return [
            (
                RecordFacts(
                    Category.COMMUNICATIONS_CONTENT,
                    began,
                    artifact=part,
                    processed_at=document.get("ready_at"),
                    awaits_processing=waits,
                ),
                _with_clock_of(document, part),
            )
            for part in (Artifact.RECORDING, Artifact.TRANSCRIPT)
        ]
    began = document["setup_time"]
    found = [(RecordFacts(Category.TRAFFIC_DATA, began, artifact=Artifact.CALL_METADATA), document)]
    identifiers = document.get("identifiers")
    if identifiers:
        facts = RecordFacts(Category.TRAFFIC_IDENTIFIERS, began, artifact=Artifact.CDR_IDENTIFIERS)
        found.append((facts, identifiers))
    return found


def _with_clock_of(call: Document, part: Artifact) -> Document:
    own: dict[str, Any] = parts_of(call)[part.value]
    until = min(own["until"], call["retain_until"])
    return {**call, "retain_until": until, "erased_at": own["erased_at"]}


def _state(collection: str, document: Document, now: datetime) -> State:
    going = collection == "calls" and CallState(document["state"]) in UNSERVED_FOR_GOOD
    return "hidden" if going or document["retain_until"] <= now else "kept"


def _sentences(
    state: State,
    clocks: Sequence[Clock],
    holds: Sequence[LegalHold],
    restrictions: Sequence[Restriction],
    waivers: Sequence[Waiver],
) -> tuple[str, ...]:
    told = ["It is hidden: nobody reads it." if state == "hidden" else "It is kept."]
    if state == "hidden":
        told.append("A legal hold alone keeps it." if holds else "The next sweep erases it.")
    for clock in clocks:
        name = clock.what.value.replace("_", " ")
        if clock.erased_at is not None:
            told.append(f"{name}: erased at {clock.erased_at.isoformat()}.")
            continue
        told.append(f"{name}: {' '.join(clock.decision.explanation)}")
        if clock.decision.clock_at is not None and clock.decision.clock_at != clock.retain_until != NEVER:
            told.append(
                f"{name}: the record itself says {clock.retain_until.isoformat()}, by version {clock.policy[1]} of the "
                "policy; the sweep goes by that."
            )
    told += [
        f"Held for matter {hold.matter} ({hold.scope.kind.value}) since {hold.placed_at.isoformat()}." for hold in holds
    ]
    told += [f"Its use is restricted ({one.scope.kind.value}) since {one.set_at.isoformat()}." for one in restrictions]
    told += [f"A waiver lets its window be longer until {one.ends_at.isoformat()}." for one in waivers]
    return tuple(told)
