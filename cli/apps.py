"""Callward's own processes on one machine, as data for the embedded stack."""

from __future__ import annotations

import json
import os
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


def further_models(env: Mapping[str, str]) -> list[str]:
    """Return the names in CALLWARD_SPEECH_MODELS; none when it is not what it should be: the processes tell of that."""
    try:
        return list(json.loads(env.get("CALLWARD_SPEECH_MODELS", "{}")))
    except (ValueError, TypeError):
        return []


def app_specs() -> tuple[AppSpec, ...]:
    """Return API, relay and one worker per queue. Workers need the API's migrations, so they start after it."""
    python = sys.executable
    infrastructure = ("mongo", "s3", "broker")
    api = AppSpec("api", (python, "-m", "api"), http_path="/health/ready", needs=infrastructure)
    behind = [
        AppSpec(
            "-".join(("speech", *role[2:])) if role[1:] else role[0],
            (python, "-m", "workers", *role),
            ready_log=READY,
            needs=(*infrastructure, "api"),
            start_timeout_s=120.0,
            stop_grace_s=15.0,
        )
        for role in (
            *(("relay",), ("speech",), ("language",), ("ingest",)),
            *(("speech", "--model", name) for name in further_models(os.environ)),
        )
    ]
    return (api, *behind)
