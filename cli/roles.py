"""A first workspace on one machine, with a key for each of the people who use Callward."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from cli.client import ApiClient

ROLES: dict[str, tuple[str, ...]] = {
    "mobile app": ("calls:write", "calls:read"),
    "customer": ("calls:read", "transcripts:read"),
    "ML team": ("corpus:read",),
    "admin": ("workspace:admin",),
    "privacy officer": ("privacy:manage", "calls:read", "transcripts:clear"),
}


@dataclass(frozen=True, slots=True)
class FirstWorkspace:
    """A workspace's id and its keys by role."""

    workspace_id: str
    keys: dict[str, str]


def make_workspace(url: str, platform_key: str, name: str) -> FirstWorkspace:
    """Create a workspace and a key for each role."""
    with ApiClient(url, platform_key) as platform:
        workspace_id = str(platform.post("/v1/workspaces", {"name": name})["id"])
        keys = {
            role: str(platform.post(f"/v1/workspaces/{workspace_id}/keys", {"name": role, "scopes": scopes})["key"])
            for role, scopes in ROLES.items()
        }
    return FirstWorkspace(workspace_id, keys)


def first_workspace(url: str, platform_key: str, file: Path) -> FirstWorkspace:
    """Return the machine's own workspace; made at the first start, its keys kept in a file of mode 0600.

    The API keeps only hashes. This file is what lets `callward up` print the keys again on one's own machine.
    """
    if file.exists():
        kept = json.loads(file.read_text("utf-8"))
        return FirstWorkspace(kept["workspace_id"], kept["keys"])
    made = make_workspace(url, platform_key, "First workspace")
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump({"workspace_id": made.workspace_id, "keys": made.keys}, opened, indent=2)
    return made
