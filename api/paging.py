"""Pages: one more document than asked for tells whether there is another page, and where it begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Response

from api.cursors import make_cursor, read_cursor
from storage.mongo import Document
from storage.resources import Resources

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]


async def start_of(stores: Resources, workspace_id: str, cursor: str | None) -> tuple[datetime, str] | None:
    """Return where a page begins, None for the first one. Raises Invalid."""
    return None if cursor is None else await read_cursor(stores, workspace_id, cursor)


async def cut(
    stores: Resources,
    workspace_id: str,
    found: list[Document],
    response: Response,
    *,
    limit: int,
    ordered_by: str,
    path: str,
    query: Mapping[str, Any] | None = None,
) -> tuple[list[Document], str | None]:
    """Return a page of documents, of which one more than `limit` was asked for, and the cursor of the next.

    The cursor also goes into the Link header, with the rest of the query.
    """
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    following = await make_cursor(stores, workspace_id, last[ordered_by], last["_id"])
    told = {name: value for name, value in (query or {}).items() if value is not None}
    response.headers["Link"] = f'<{path}?{urlencode({"limit": limit, "cursor": following, **told})}>; rel="next"'
    return found[:limit], following
