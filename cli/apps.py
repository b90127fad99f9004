"""Callward's own processes on one machine, as data for the embedded stack."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Mapping
from typing import Final

from cli.stack.apps import AppSpec

_BASE32: Final = "abcdefghijklmnopqrstuvwxyz234567"
READY: Final = r'"event": "process:ready"'


def make_api_key() -> str:
    """Return a fresh API key in the form that the API registers at its start."""
    body = "".join(secrets.choice(_BASE32) for _ in range(26))
    return f"cw_{body}_{secrets.token_urlsafe(32)}"


KEPT_SECRETS: Mapping[str, Callable[[], str]] = {"CALLWARD_BOOTSTRAP_KEY": make_api_key}


def app_specs() -> tuple[AppSpec, ...]:
    """Return API, relay and one worker per queue. Workers need the API's migrations, so they start after it."""
    python = sys.executable
    infrastructure = ("mongo", "s3", "broker")
    api = AppSpec("api", (python, "-m", "api"), http_path="/health/ready", needs=infrastructure)
    behind = [
        AppSpec(
            name,
            (python, "-m", "workers", name),
            ready_log=READY,
            needs=(*infrastructure, "api"),
            start_timeout_s=120.0,
            stop_grace_s=15.0,
        )
        for name in ("relay", "speech", "language", "ingest")
    ]
    return (api, *behind)
