"""A call heard again, beside its earlier versions: what must no longer be served, and what a person should look at.

What must never happen here: a version served on while it is known to let personal data through.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.versions import Hearing
from ingest.call_runs import FOUND_MORE, closed_because, ready_versions
from redaction.store import RedactionStore
from storage.mongo import Document
from storage.resources import Resources
from storage.versions import version_of
from transcription.store import TranscriptKind, TranscriptStore


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison came to."""

    leaking: tuple[int, ...] = ()
    """Earlier versions in which something is audible or readable that the new one hides."""
    found_less: bool = False
    """The new version shows something that an earlier one hides."""


async def earlier_hearings(resources: Resources, call: Document) -> dict[int, Hearing]:
    """Return the versions that could still be served, but for the one that the call's run makes."""
    transcripts = TranscriptStore(resources, call["workspace_id"])
    redactions = RedactionStore(resources, call["workspace_id"])
    found: dict[int, Hearing] = {}
    for version in ready_versions(call):
        if version == version_of(call) or closed_because(call, version) == FOUND_MORE:
            continue
        found[version] = Hearing(
            await transcripts.load(call["_id"], TranscriptKind.CLEAR, version=version),
            await transcripts.load(call["_id"], TranscriptKind.REDACTED, version=version),
            await redactions.spans(call["_id"], version=version),
        )
    return found


def compared(new: Hearing, earlier: dict[int, Hearing]) -> Compared:
    """Compare a new version with each earlier one, both ways."""
    return Compared(
        leaking=tuple(version for version, old in earlier.items() if old.lets_through(new)),
        found_less=any(new.lets_through(old) for old in earlier.values()),
    )
