"""A dropped recording as a call: what its file's name tells, and when two files are one call."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ingest.documents import NewCall
from ingest.file_names import read_name
from ingest.formats.options import FUTURE_ALLOWED
from ingest.inbox import SOURCE, Waiting
from ingest.sources import Source
from storage.blind_index import BlindIndexer


def new_call(
    waiting: Waiting, source: Source | None, media_type: str, indexer: BlindIndexer, *, now: datetime
) -> NewCall:
    """Return the call as the file's name tells it: the name's number and time are kept, the name is not.

    The same bytes are one call, whatever their names, but for names that tell different times: what the same
    announcement says to two callers is two calls.
    """
    told = read_name(waiting.name)
    zone = source.config.zone if source else None
    began = told.began(ZoneInfo(zone) if zone else None)
    return NewCall(
        media_type=media_type,
        size=waiting.size,
        multipart=False,
        source=source.name if source else SOURCE,
        origin_id=(
            None
            if told.moment is None
            else indexer.token(f"inbox\0{told.moment.isoformat()}\0{told.number}\0{waiting.etag}")
        ),
        began=None if began is None or began > now + FUTURE_ALLOWED else began,
        other_number=told.number,
    )
