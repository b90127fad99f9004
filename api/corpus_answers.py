"""What goes out of releases of the training corpus: how far they are, what is in them, what the gates said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from api.answers import Answer
from corpus.releases import Phase, ReleaseState
from storage.mongo import Document


class ProgressOut(Answer):
    """How many pieces of work there are, and how many are done."""

    done: int
    total: int


class CountsOut(Answer):
    """What was looked at, what is in, and why the rest is not."""

    calls: int = Field(description="Calls that were looked at so far.")
    items: int
    turns: int
    words: int
    languages: dict[str, int]
    basis: dict[str, int]
    excluded: dict[str, int] = Field(description="Calls that were left out, by reason.")


class ReleaseOut(Answer):
    """A release."""

    number: int
    state: ReleaseState
    phase: Phase | None = Field(description="How far the build is; null when it is through.")
    revision: int = Field(description="Rises when items leave and files are written anew.")
    purpose: str
    asked_by: str
    snapshot_at: datetime = Field(description="Calls that came later, and consents, are not in it.")
    created_at: datetime
    policy: dict[str, Any]
    workspaces: list[str] | None
    reading: ProgressOut = Field(description="Days of workspaces that are read.")
    writing: ProgressOut = Field(description="Groups of items that are written.")
    counts: CountsOut
    anonymity: dict[str, Any] | None = Field(description="How coarse the facts are told, and what was withheld.")
    gates: list[dict[str, Any]] = Field(description="What each gate measured, its threshold, and which items failed.")
    files: int = Field(description="How many Parquet files there are; the manifest lists them.")
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None
    published_at: datetime | None


class ReleasePage(Answer):
    """Releases, newest first."""

    releases: list[ReleaseOut]
    next: int | None = Field(description="Ask again with `below` of this for older ones; null: these were the last.")


def release_out(release: Document) -> ReleaseOut:
    """Return a release as it is told."""
    same = ("number", "state", "phase", "revision", "purpose", "asked_by", "snapshot_at", "created_at", "policy")
    more = ("workspaces", "counts", "gates", "decided_at", "published_at")
    return ReleaseOut.model_validate(
        {
            **{name: release[name] for name in (*same, *more)},
            "reading": release["units"],
            "writing": release["shards"],
            "anonymity": release.get("anonymity"),
            "files": len(release["files"]),
            "decided_by": release.get("decided_by"),
            "decision_reason": release.get("decision_reason"),
        }
    )
