"""Helpers of the tests that run whole processes: samples, uploads, and what a person would look for on a disk."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.apps import KEPT_SECRETS, app_specs
from cli.client import ApiClient
from cli.roles import FirstWorkspace, make_workspace
from cli.stack.embedded import EmbeddedStack

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
MEDIA_TYPES = {".wav": "audio/wav", ".m4a": "audio/mp4", ".ogg": "audio/ogg"}


def sample(name: str) -> dict[str, Any]:
    """Return a sample's script."""
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return found


def spoken_items(script: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    """Return the script's personal data of these kinds, with the times at which they are audible."""
    return [
        item | {"channel": turn["channel"]}
        for turn in script["turns"]
        for item in turn["pii"]
        if item["entity_type"] in kinds
    ]


@dataclass
class RunningCallward:
    """A whole stack with its processes, and clients for its people."""

    stack: EmbeddedStack
    workspace: FirstWorkspace

    def client(self, role: str) -> ApiClient:
        """Return a client with a role's key."""
        return ApiClient(self.stack.api_url, self.workspace.keys[role])

    def logs(self) -> str:
        """Return all that any part has logged."""
        return "\n".join(file.read_text("utf-8", errors="replace") for file in (self.stack.data_dir / "logs").iterdir())


def running_callward(folder: Path, *, without: Collection[str] = (), **env: str) -> Iterator[RunningCallward]:
    """Run a whole stack in a folder, without the processes of these names."""
    apps = [app for app in app_specs() if app.name not in without]
    with EmbeddedStack(folder, apps=apps, kept_secrets=KEPT_SECRETS, env=env) as stack:
        workspace = make_workspace(stack.api_url, stack.env["CALLWARD_BOOTSTRAP_KEY"], "Test")
        yield RunningCallward(stack, workspace)


def wait_for(what: str, condition: Callable[[], bool], *, timeout_s: float = 120.0, every_s: float = 0.2) -> None:
    """Wait until the condition holds; fail with its name."""
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until, f"timed out: {what}"
        time.sleep(every_s)
