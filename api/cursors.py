"""Opaque signed cursors: a reader cannot make one up, nor use another workspace's."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

from domain.errors import Invalid
from storage.resources import Resources

_TAG = 32


async def make_cursor(resources: Resources, workspace_id: str, created_at: datetime, call_id: str) -> str:
    """Return the cursor that points behind this call."""
    place = f"{created_at.isoformat()}|{call_id}"
    tag = await resources.keyring.blind_index(workspace_id, f"cursor:{place}")
    return base64.urlsafe_b64encode(f"{tag}{place}".encode()).decode("ascii").rstrip("=")


async def read_cursor(resources: Resources, workspace_id: str, cursor: str) -> tuple[datetime, str]:
    """Return what a cursor points to. Raises Invalid."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("utf-8")
        tag, place = text[:_TAG], text[_TAG:]
        expected = await resources.keyring.blind_index(workspace_id, f"cursor:{place}")
        if not hmac.compare_digest(tag.encode(), expected.encode()):
            raise ValueError("the tag differs")
        moment, call_id = place.split("|", 1)
        return datetime.fromisoformat(moment), call_id
    except ValueError:
        raise Invalid("the cursor is not one of ours; start again without it", field="cursor") from None
