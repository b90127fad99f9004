"""Sending a phone's call log: cut into batches as the API takes them, each sent again until it is answered."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from cli.client import ApiClient, ApiError
from cli.patience import Patience
from cli.uploading import Progress
from domain.errors import CallwardError
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import Direction, Disposition, Rejection, Row
from ingest.formats.registry import load_format
from ingest.log_batches import MOST_ENTRIES

_TYPES: Final = {
    Disposition.MISSED: "missed",
    Disposition.VOICEMAIL: "voicemail",
    Disposition.REJECTED: "rejected",
    Disposition.BLOCKED: "blocked",
}


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """What a phone's files do not say of the phone."""

    device_id: str | None = None
    zone: str | None = None
    region: str | None = None

    def of_recording(self) -> dict[str, Any]:
        """Return what helps a recording to find its call log entry."""
        facts = {"device_id": self.device_id, "device_zone": self.zone}
        return {name: value for name, value in facts.items() if value is not None}


class LogSender:
    """Sends a file of a call log, in batches."""

    def __init__(self, client: ApiClient, patience: Patience, phone: PhoneFacts) -> None:
        self._client = client
        self._patience = patience
        self._phone = phone

    def send(self, file: Path, size: int, sent: Progress) -> Iterator[dict[str, Any]]:
        """Yield the server's counts for each batch.

        Raises:
            ApiError: the file is no call log, the API refused it, or patience is over. Batches before that have landed;
                sending the file again does nothing twice.
        """
        about, entries, refused = self._read(file)
        if refused:
            yield {"rejected": refused}
        done = 0
        for start in range(0, len(entries), MOST_ENTRIES):
            batch = {**about, "entries": entries[start : start + MOST_ENTRIES]}
            yield self._patience.run(partial(self._post, batch))
            now = size * min(start + MOST_ENTRIES, len(entries)) // len(entries)
            sent(now - done)
            done = now

    def _post(self, batch: dict[str, Any]) -> dict[str, Any]:
        body = gzip.compress(json.dumps(batch).encode(), compresslevel=5)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = self._client.request("POST", "/v1/call-logs:batch", content=body, headers=headers).json()
        counts: dict[str, Any] = answer["counts"]
        return counts

    def _read(self, file: Path) -> tuple[dict[str, Any], Sequence[Any], int]:
        head = file.read_bytes()[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
        return self._from_json(file) if head.startswith(b"{") else self._from_xml(file)

    def _from_json(self, file: Path) -> tuple[dict[str, Any], Sequence[Any], int]:
        try:
            batch = json.loads(file.read_text("utf-8-sig"))
            entries = batch.pop("entries")
        except (ValueError, KeyError, AttributeError, RecursionError):
            raise ApiError("the file is no batch of a call log; docs/call-logs.md shows one") from None
        about = {"device_id": self._phone.device_id, "zone": self._phone.zone, "region": self._phone.region}
        return {**batch, **{name: value for name, value in about.items() if value is not None}}, entries, 0

    def _from_xml(self, file: Path) -> tuple[dict[str, Any], Sequence[Any], int]:
        if not self._phone.device_id or not self._phone.zone:
            raise ApiError("a backup app's file does not say which phone it is: give --device-id and --zone")
        options = ParseOptions(region=self._phone.region)
        with file.open("rb") as raw:
            try:
                items = list(load_format("android_xml").read(Input(raw), options))
            except CallwardError as error:
                raise ApiError(f"the file cannot be read: {error.message}") from None
        entries = [_entry(item) for item in items if isinstance(item, Row)]
        about = {"device_id": self._phone.device_id, "zone": self._phone.zone}
        if self._phone.region:
            about["region"] = self._phone.region
        return about, entries, sum(item.rows for item in items if isinstance(item, Rejection))


def _entry(row: Row) -> dict[str, Any]:
    """Return a row as an entry of a batch: number, time, type and duration; no name of a contact."""
    other = row.callee if row.direction is Direction.OUTBOUND else row.caller
    kind = "outgoing" if row.direction is Direction.OUTBOUND else _TYPES.get(row.disposition or Disposition.ANSWERED)
    return {
        "number": other.raw or None,
        "type": kind or "incoming",
        "setup_time": row.setup_time.isoformat() if row.setup_time else None,
        "duration_s": row.duration_s,
        "presentation": other.presentation.value,
    }
