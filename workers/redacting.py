"""By which policy, and under which key, a call's personal data is hidden."""

from __future__ import annotations

from domain.redaction_policy import RedactionPolicy
from domain.sound import Replacement
from governance.redaction import RedactionPolicies
from redaction.operators import Hider
from storage.blind_index import BlindIndexer
from storage.mongo import Document
from storage.resources import Resources

PURPOSE = "redaction-operators"


async def redaction_policy(resources: Resources, call: Document) -> RedactionPolicy:
    """Return the policy of the call's workspace, as it is now."""
    return await RedactionPolicies(resources, call["workspace_id"]).in_force()


async def replacement_of(resources: Resources, call: Document, redaction: Document) -> Replacement:
    """Return what stands in the sound, by the policy under which the words were hidden."""
    named = redaction.get("policy")
    if named is None:
        return Replacement.TONE
    return (await RedactionPolicies(resources, call["workspace_id"]).version(named["version"])).sound


async def hider_of(resources: Resources, call: Document) -> Hider:
    """Return what hides a call's items, under a key of its workspace that serves nothing else."""
    key = await resources.keyring.purpose_key(call["workspace_id"], PURPOSE)
    return Hider(BlindIndexer(key).token, call["_id"])
