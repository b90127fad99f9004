"""A vCon as another system would send it, and how it is sent."""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from domain.scopes import Scope

ALL = (Scope.CALLS_WRITE, Scope.CALLS_READ, Scope.TRANSCRIPTS_READ)
MAYA, LEO = "+14155550132", "+442079460018"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def vcon(content: bytes | None, *, began: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """A call with its recording inside, a message, a transcript and an attachment."""
    start = began or datetime.now(UTC) - timedelta(hours=1)
    recording: dict[str, Any] = {
        "type": "recording",
        "start": start.isoformat(),
        "duration": 1.0,
        "parties": [0, 1],
        "mediatype": "audio/wav",
        "filename": "maya-call.wav",
    }
    if content is None:
        recording |= {"url": "https://example.com/r/1.wav", "content_hash": "sha512-" + encoded(bytes(64))}
    else:
        recording |= {
            "body": encoded(content),
            "encoding": "base64url",
            "content_hash": "sha512-" + encoded(hashlib.sha512(content).digest()),
        }
    return {
        "uuid": str(uuid.uuid4()),
        "created_at": start.isoformat(),
        "parties": [
            {"tel": MAYA, "name": "Maya Test", "role": "customer"},
            {"tel": LEO, "mailto": "maya@example.com", "role": "agent"},
        ],
        "dialog": [
            recording,
            {
                "type": "text",
                "start": start.isoformat(),
                "parties": [0, 1],
                "body": "my secret words",
                "encoding": "none",
            },
        ],
        "analysis": [{"type": "transcript", "vendor": "x", "body": "my secret words", "encoding": "none"}],
        "attachments": [{"body": "my secret words", "start": start.isoformat(), "party": 0, "dialog": 0}],
    } | changes


async def send(client: httpx.AsyncClient, document: Any, **named: Any) -> httpx.Response:
    return await client.post("/v1/vcons", json=document, **named)


async def taken(client: httpx.AsyncClient, document: Any, **named: Any) -> dict[str, Any]:
    answer = await send(client, document, **named)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
