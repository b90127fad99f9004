"""Reading content: redacted by default, clear with a scope, a reason and an audit event, closed if in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from api.auth import utc_now, workspace_of
from api.keys import Caller
from domain.call_parts import required_part
from domain.calls import CallState
from domain.errors import Blocked, Forbidden, Gone, NotFound, NotReady, ReasonMissing, Rejected, SoundUnverified
from domain.processing import Verdict
from domain.records import Purpose
from domain.scopes import Scope
from domain.sights import Sight
from domain.sights import may_see as role_may_see
from domain.sound import may_leave
from governance.guard import Guard
from governance.restrictions import RestrictionStore
from governance.workspaces import WorkspaceStore
from ingest.call_runs import MOST_VERSIONS, REJECTED, closed_because, ready_versions
from ingest.calls import CallStore
from redaction.store import sound_state
from storage.mongo import Document
from storage.resources import Resources
from storage.versions import version_of

_SHORTEST_REASON = 3
_SPOKEN = frozenset({"call:transcript:read_clear", "call:recording:read_clear", "call:vcon:read_clear"})
"""What is read of words and sound; all else that is read in clear are numbers."""
_CLOSED = frozenset({CallState.BLOCKED, CallState.FAILED})


@dataclass(frozen=True, slots=True)
class ClearRequest:
    """Whether the clear copy is asked for, and why."""

    clear: bool
    reason: str | None


def asked_for(
    clear: Annotated[
        bool, Query(description="The copy as spoken. Needs `transcripts:clear` and a reason; audited.")
    ] = False,
    reason: Annotated[
        str | None,
        Query(max_length=200, description="Why the clear copy is needed. Kept in the audit log: name no person."),
    ] = None,
) -> ClearRequest:
    """Read the two query parameters of a clear copy."""
    return ClearRequest(clear, reason)


ClearCopy = Annotated[ClearRequest, Depends(asked_for)]
AskedVersion = Annotated[
    int | None,
    Query(ge=1, le=MOST_VERSIONS, description="A version of the transcript; left out, the one that is served."),
]


def reason_of(text: str | None) -> str:
    """Return a stated reason, trimmed. Raises ReasonMissing for none, or a shorter one than three characters."""
    reason = (text or "").strip()
    if len(reason) < _SHORTEST_REASON:
        raise ReasonMissing("say why")
    return reason


async def refuse_restricted(
    stores: Resources, caller: Caller, asked: ClearRequest, collection: str, document: Document
) -> None:
    """Raise Restricted when the clear copy of a record is asked for whose use is restricted."""
    if asked.clear:
        await RestrictionStore(stores, workspace_of(caller)).refuse(collection, document)


async def may_see(stores: Resources, caller: Caller, sight: Sight) -> None:
    """Ask the workspace's settings whether a key of this role may see it. Raises Forbidden, naming what it may not."""
    if caller.role is None:
        return
    settings = (await WorkspaceStore(stores).get(workspace_of(caller))).settings
    if not role_may_see(settings.access, caller.role, sight):
        raise Forbidden(f"the workspace does not let this role see {sight.value}", role=caller.role.value)


async def clear_copy(stores: Resources, caller: Caller, asked: ClearRequest, *, call_id: str, event: str) -> bool:
    """Say whether the clear copy is to be served; the audit event is stored before anything is read.

    Raises:
        Forbidden: the key lacks `transcripts:clear`, or asks for the redacted copy without a scope for that.
        ReasonMissing: no reason, or a shorter one than three characters.
    """
    if not asked.clear:
        return False
    if Scope.TRANSCRIPTS_CLEAR not in caller.scopes:
        raise Forbidden("the clear copy needs its own scope", needs=Scope.TRANSCRIPTS_CLEAR.value)
    await may_see(stores, caller, Sight.CLEAR_COPY if event in _SPOKEN else Sight.NUMBERS)
    reason = reason_of(asked.reason)
    await stores.audit.append(
        workspace_of(caller), event, actor=caller.key_id, now=utc_now(), call_id=call_id, detail={"reason": reason}
    )
    return True


async def current_call(stores: Resources, caller: Caller, call_id: str, *, now: datetime) -> Document:
    """Return a call as the policy in force dates it, whether or not re-dating has come to it.

    Raises:
        NotFound, Gone: see `CallStore.get`; Gone also when it is due under the version in force.
    """
    call = await Guard(stores).dated(await CallStore(stores, workspace_of(caller)).get(call_id, now=now), now=now)
    if call["retain_until"] <= now:
        raise Gone("the call's retention is over", call_id=call_id)
    return call


async def servable_call(stores: Resources, caller: Caller, call_id: str, *, parts: Sequence[str] = ()) -> Document:
    """Return the call if its content, and these parts of it, may be served now, as the policy in force dates them.

    Raises:
        NotFound, Gone: see `CallStore.get`; Gone also for a part whose own window is over.
        NotReady: the stages are not through.
        Blocked: a stage failed or was blocked, or the guard does not allow serving.
    """
    now = utc_now()
    call = await current_call(stores, caller, call_id, now=now)
    for part in parts:
        required_part(call, part, now=now)
    state = CallState(call["state"])
    if state in _CLOSED:
        reasons = [stage["reason"] for stage in call["stages"] if stage["reason"]]
        raise Blocked("the call is not served", call_id=call_id, state=state.value, reason=", ".join(reasons))
    decision = await Guard(stores).ask(call, purpose=Purpose.SERVE_CUSTOMER, now=now)
    if decision.verdict is not Verdict.GO:
        raise Blocked("the call may not be served now", call_id=call_id, reason=decision.reason.value)
    if state is not CallState.READY:
        raise NotReady("the call is still being worked on", call_id=call_id, state=state.value)
    return call


def servable_version(call: Document, asked: int | None, *, as_spoken: bool) -> int:
    """Return the version to serve of a call that may be served.

    Raises:
        NotFound: there is no such version, or it never went through all stages.
        Rejected: a person rejected it; only the copy as spoken is left.
        Blocked: a later version found personal data that this one lets through.
    """
    version = asked or version_of(call)
    if version not in ready_versions(call):
        raise NotFound("the call has no such version", call_id=call["_id"])
    why = None if as_spoken else closed_because(call, version)
    if why == REJECTED:
        raise Rejected("the transcript was rejected by a person", call_id=call["_id"])
    if why is not None:
        raise Blocked("this version is not served any more", call_id=call["_id"], reason=why)
    return version


def servable_sound(stores: Resources, redaction: Document) -> Document:
    """Return the redacted sound of a version that may be served.

    Raises:
        NotFound: there is none.
        SoundUnverified: nobody heard it again after it was silenced, and that is not allowed here.
    """
    state, audio = sound_state(redaction), redaction["audio"]
    if state is None:
        raise NotFound("the call has no redacted sound", call_id=redaction["call_id"])
    if audio is None or not may_leave(state, allow_unverified=stores.settings.serve_unverified_sound):
        raise SoundUnverified("the redacted sound was not verified", call_id=redaction["call_id"], state=state.value)
    found: Document = audio
    return found
