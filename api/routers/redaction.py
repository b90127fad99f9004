"""How a workspace's personal data is hidden, and what was found in a call."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.auth import Admin, InventoryReader, Stores, administered, utc_now, workspace_of
from api.openapi import errors
from api.reading import AskedVersion
from api.redaction_answers import FinderOut, PolicyNamed, RedactionOut, RedactionPolicyOut, RedactionsOut
from api.redaction_bodies import RedactionIn
from domain.redaction_kinds import KINDS
from domain.redaction_policy import Operator, RedactionPolicy
from governance.redaction import RedactionPolicies
from governance.redaction_profiles import policy_of
from governance.workspaces import WorkspaceStore
from ingest.calls import CallStore
from redaction.patterns import OwnPatterns
from redaction.store import RedactionStore
from storage.mongo import Document
from storage.versions import version_of

router = APIRouter(tags=["redaction"])
PolicyVersion = Annotated[int | None, Query(ge=0, description="An earlier version; left out, the one in force.")]


def _policy(policy: RedactionPolicy) -> RedactionPolicyOut:
    kinds = sorted({*KINDS, *(one.kind for one in policy.patterns)})
    told = {kind: (policy.operator_for(kind) or "disabled") for kind in kinds}
    return RedactionPolicyOut.model_validate({**policy.to_document(), "version": policy.version, "kinds": told})


@router.get(
    "/v1/workspaces/{workspace_id}/redaction", summary="Look at the redaction policy", responses=errors("not-found")
)
async def get_redaction_policy(
    workspace_id: str, caller: Admin, stores: Stores, version: PolicyVersion = None
) -> RedactionPolicyOut:
    """Return what is hidden and how: the policy in force, or the version that a call names."""
    workspace = await WorkspaceStore(stores).get(administered(caller, workspace_id))
    policies = RedactionPolicies(stores, workspace.workspace_id)
    return _policy(await (policies.in_force() if version is None else policies.version(version)))


@router.put(
    "/v1/workspaces/{workspace_id}/redaction",
    summary="Say how personal data is hidden",
    responses=errors("not-found", "conflict", "too-large"),
)
async def set_redaction_policy(
    workspace_id: str, body: RedactionIn, caller: Admin, stores: Stores
) -> RedactionPolicyOut:
    """Set the policy for calls that are redacted from now on: a new version, unless nothing changes.

    The whole is replaced. Earlier calls keep the words and the sound that they have; one of them is done again by
    `POST /v1/calls/{id}/transcriptions`. Payment data and credentials are hidden under every policy.
    """
    now = utc_now()
    workspace = await WorkspaceStore(stores).get(administered(caller, workspace_id))
    wanted = body.model_dump(exclude_none=True)
    OwnPatterns(policy_of(wanted).patterns)
    policy = await RedactionPolicies(stores, workspace.workspace_id).put(wanted, now=now)
    detail: dict[str, str | int] = {
        "version": policy.version,
        "profile": policy.profile,
        "disabled": len(policy.disabled),
        "kept": sum(policy.operator_for(kind) is Operator.KEEP for kind in KINDS),
        "patterns": len(policy.patterns),
    }
    await stores.audit.append(
        workspace.workspace_id, "workspace:redaction:set", actor=caller.key_id, now=now, detail=detail
    )
    return _policy(policy)


@router.get(
    "/v1/calls/{call_id}/redactions",
    summary="List what was found in a call",
    responses=errors("not-found", "gone"),
)
async def list_redactions(
    call_id: str, caller: InventoryReader, stores: Stores, version: AskedVersion = None
) -> RedactionsOut:
    """Return kinds, counts and places of the personal data in a call, and under which policy it was hidden.

    No value is told. Of a call that was heard again, the version that is served, or another by `?version=`.
    """
    workspace_id = workspace_of(caller)
    call = await CallStore(stores, workspace_id).get(call_id, now=utc_now())
    document = await RedactionStore(stores, workspace_id).of_call(call_id, version=version or version_of(call))
    return RedactionsOut(
        call_id=call_id,
        version=version_of(document),
        redacted_at=document["created_at"],
        policy=PolicyNamed.model_validate(document["policy"]) if document.get("policy") else None,
        finder=FinderOut(finder=document["finder"], model_id=document["model_id"], version=document["finder_version"]),
        found=document["inventory"],
        redactions=[_redaction(span) for span in document["spans"]],
    )


def _redaction(span: Document) -> RedactionOut:
    shown: dict[str, Any] = {name: span.get(name) for name in RedactionOut.model_fields if name != "kind"}
    return RedactionOut(**shown | {"kind": span["entity_type"], "reason": span.get("reason", "")})
