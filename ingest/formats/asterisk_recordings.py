"""The recordings that MixMonitor events tell of. Paused and resumed, one file is one recording."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from ingest.formats.record import RecordingRef, Row


def recordings(events: Sequence[Row], ends: Mapping[str | None, datetime | None]) -> list[RecordingRef]:
    """Return the recordings of a call, oldest first.

    Args:
        events: of the call, oldest first.
        ends: when each channel ended: a recording that was never stopped ends there; None when that is not known.
    """
    stops = [row for row in events if row.kind == "MIXMONITOR_STOP"]
    parts: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for row in events:
        if row.kind != "MIXMONITOR_START" or row.at is None:
            continue
        detail = _detail(row)
        stop = next((one for one in stops if _stops(one, row, detail)), None)
        if stop is not None:
            stops.remove(stop)
        name = detail.get("filename") or f"\0{row.key}"
        parts.setdefault(name, []).append((row.at, stop.at if stop is not None else ends.get(row.leg_id)))
    return [_recording(name, spans) for name, spans in parts.items()]


def _detail(row: Row) -> dict[str, str]:
    try:
        found = json.loads(row.extra.get("extra", "") or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _stops(stop: Row, start: Row, detail: Mapping[str, str]) -> bool:
    same = _detail(stop).get("mixmonitor_id") == detail.get("mixmonitor_id")
    return same and stop.leg_id == start.leg_id and stop.at is not None and start.at is not None and stop.at >= start.at


def _recording(name: str, spans: Sequence[tuple[datetime, datetime | None]]) -> RecordingRef:
    ends = [end for _, end in spans]
    known = [end for end in ends if end is not None]
    whole = len(known) == len(spans)
    return RecordingRef(
        name=None if name.startswith("\0") else name,
        start_time=spans[0][0],
        end_time=max(known) if whole else None,
        duration_s=sum((end - start).total_seconds() for start, end in spans if end is not None) if whole else None,
        status=None if not name.startswith("\0") else "unnamed",
    )
