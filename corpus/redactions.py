"""What is known of the redaction of calls: by which rules, when, and whether it passed its second look.

A call becomes `ready` in a version only after the second look at its redacted text found nothing (`workers.pipeline`
blocks it otherwise). What was found afterwards, by a later hearing or by a person, closes the version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calls import CallState
from domain.training import RedactionState
from storage.mongo import Document
from storage.resources import Resources
from storage.versions import version_of

_FIELDS = ("call_id", "version", "finder_version", "created_at")


@dataclass(frozen=True, slots=True)
class RedactionFacts:
    """The redaction of the version that a call serves."""

    made_at: datetime | None = None
    """None: there is none."""
    rules: int = 0
    """The version of the finder's rules; 0 when it is not a number."""
    passed: bool = False

    def state(self, minimum: int) -> RedactionState:
        """Return what the rule needs, where rules older than `minimum` are not good enough."""
        if self.made_at is None or not self.passed:
            return RedactionState.NOT_CHECKED
        return RedactionState.PASSED if self.rules >= minimum else RedactionState.TOO_OLD


async def redactions_of(
    resources: Resources, workspace_id: str, calls: Sequence[Document]
) -> dict[str, RedactionFacts]:
    """Return, for each stored call, what is known of the redaction of the version that it serves."""
    among = {"call_id": {"$in": sorted(call["_id"] for call in calls)}}
    found = await resources.database.scoped("redactions", workspace_id).find(among, fields=_FIELDS) if calls else []
    stored = {(one["call_id"], version_of(one)): one for one in found}
    return {call["_id"]: _facts(call, stored.get((call["_id"], version_of(call)))) for call in calls}


def _facts(call: Document, redaction: Document | None) -> RedactionFacts:
    if redaction is None:
        return RedactionFacts()
    told = str(redaction["finder_version"])
    rules = int(told) if told.isascii() and told.isdigit() else 0
    return RedactionFacts(redaction["created_at"], rules, passed=_passed(call))


def _passed(call: Document) -> bool:
    version = version_of(call)
    ready = call.get("ready_versions")
    through = call["state"] == CallState.READY.value if ready is None else version in ready
    return through and str(version) not in call.get("closed_versions", {})
