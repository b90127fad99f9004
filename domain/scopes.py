"""What an API key may do."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One right. Every route states exactly one; a test fails for a route that states none."""

    CALLS_WRITE = "calls:write"
    CALLS_READ = "calls:read"
    TRANSCRIPTS_READ = "transcripts:read"
    TRANSCRIPTS_CLEAR = "transcripts:clear"
    CORPUS_READ = "corpus:read"
    CORPUS_MANAGE = "corpus:manage"
    """Builds, reviews and publishes releases of the training corpus: keys of the platform only."""
    WORKSPACE_ADMIN = "workspace:admin"
    PRIVACY_MANAGE = "privacy:manage"
