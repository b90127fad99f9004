"""Sending a recording: registered once, parts in parallel, gone on with after any interruption.

The Idempotency-Key is made from the bytes and the name, so that a second run, after a crash or on another day, finds
the same call and sends only what has not arrived.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from cli.client import ApiClient, ApiError
from cli.patience import Passing, Patience
from ingest.uploading import CLIENT_PART_BYTES, SINGLE_PUT_BYTES

BLOCK_BYTES: Final = 1024 * 1024
PARALLEL: Final = 4
OVER: Final = frozenset({"erased"})

_OUTCOMES: Final = {"erased": "erased", "existing": "known"}

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a file ended: `received`, `known` (it was there before) or `erased` (it was erased there and stays so)."""

    outcome: str
    call_id: str | None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file's size and SHA-256, and the SHA-256 of each of its parts."""

    size: int
    sha256: str
    parts: tuple[str, ...] = ()


def fingerprint(file: Path) -> Fingerprint:
    """Read a file once, in blocks."""
    digest, part, size, parts = hashlib.sha256(), hashlib.sha256(), 0, []
    with file.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            digest.update(block)
            part.update(block)
            size += len(block)
            if size % CLIENT_PART_BYTES == 0:
                parts.append(part.hexdigest())
                part = hashlib.sha256()
    if size % CLIENT_PART_BYTES:
        parts.append(part.hexdigest())
    return Fingerprint(size, digest.hexdigest(), tuple(parts))


def idempotency_key(print_: Fingerprint, name: str, registration: Mapping[str, Any]) -> str:
    """Return the same key for the same bytes under the same name, registered in the same words.

    Said in other words (another source, a device that was forgotten) it is another request; the API knows the bytes.
    """
    told = json.dumps(registration, sort_keys=True)
    return hashlib.sha256(f"{print_.sha256}\0{name}\0{told}".encode()).hexdigest()


class RecordingSender:
    """Sends recordings to one API; every step is tried again while patience lasts."""

    def __init__(self, client: ApiClient, patience: Patience, *, parallel: int = PARALLEL) -> None:
        self._client = client
        self._patience = patience
        self._parallel = parallel

    def send(self, file: Path, registration: dict[str, Any], *, key: str | None = None, sent: Progress) -> Delivered:
        """Send one recording.

        Args:
            file: the recording; it must not change meanwhile.
            registration: the body of POST /v1/calls without size and hash.
            key: the Idempotency-Key; None makes it from the bytes and the name.
            sent: is told how many bytes have arrived since it was last told.

        Raises:
            ApiError: the API refused, or patience is over.
        """
        print_ = fingerprint(file)
        recording = {**registration["recording"], "size": print_.size, "sha256": print_.sha256}
        if print_.size > SINGLE_PUT_BYTES:
            recording["part_sha256"] = list(print_.parts)
        body = {**registration, "recording": recording}
        headers = {"Idempotency-Key": key or idempotency_key(print_, file.name, body)}
        answer = self._patience.run(lambda: self._client.post("/v1/calls", body, headers=headers))
        if answer.get("outcome") in OVER:
            sent(print_.size)
            return Delivered("erased", None)
        call_id = str(answer["call"]["id"])
        if answer["upload"] is None:
            sent(print_.size)
            return Delivered("known", call_id)
        self._put(file, call_id, answer["upload"], print_.size, sent)
        done = self._patience.run(lambda: self._client.post(f"/v1/calls/{call_id}/complete", {"sha256": print_.sha256}))
        return Delivered(_OUTCOMES.get(done.get("outcome", ""), "received"), call_id)

    def _put(self, file: Path, call_id: str, plan: dict[str, Any], size: int, sent: Progress) -> None:
        """Send what has not arrived; after an interruption ask anew what that is, and for fresh links."""
        arrived = 0

        def tell(total: int) -> None:
            nonlocal arrived
            sent(total - arrived)
            arrived = total

        def attempt() -> None:
            nonlocal plan
            while plan["single"] is not None or plan["parts"]:
                before = len(plan["parts"])
                try:
                    self._send_plan(file, plan, size, tell)
                except Passing:
                    plan = self._client.post(f"/v1/calls/{call_id}/upload")
                    if len(plan["parts"]) >= before:  # nothing arrived this time: pause before the next try
                        raise
                else:
                    return

        self._patience.run(attempt)
        tell(size)

    def _send_plan(self, file: Path, plan: dict[str, Any], size: int, tell: Progress) -> None:
        if plan["mode"] == "single":
            _put_piece(plan["single"], _piece(file, 0, size))
            tell(size)
            return
        part_bytes = plan["part_bytes"]
        there = size - sum(min(part_bytes, size - (part["number"] - 1) * part_bytes) for part in plan["parts"])
        tell(there)

        def send(part: dict[str, Any]) -> int:
            piece = _piece(file, (part["number"] - 1) * part_bytes, part_bytes)
            _put_piece(part, piece)
            return len(piece)

        with ThreadPoolExecutor(self._parallel) as pool:
            for length in pool.map(send, plan["parts"]):
                there += length
                tell(there)


def _piece(file: Path, start: int, length: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(start)
        return opened.read(length)


def _put_piece(link: dict[str, Any], piece: bytes) -> None:
    """PUT bytes to a link. Raises Passing for whatever may go better next time, with a fresh link if need be."""
    try:
        with httpx.Client(timeout=120.0, trust_env=False) as plain:
            answer = plain.put(link["url"], content=piece, headers=link["headers"])
    except httpx.HTTPError as error:
        raise Passing(f"the object store does not answer ({type(error).__name__})") from None
    if answer.is_success:
        return
    told = f"the object store answered {answer.status_code} to an upload; run `callward doctor`"
    raise Passing(told) if answer.status_code in {400, 403, 404, 408, 429} or answer.is_server_error else ApiError(told)


def upload(client: ApiClient, file: Path, registration: dict[str, Any]) -> str:
    """Send a recording as a call of its own, however often it was sent before; return the call's id.

    Raises:
        ApiError: the API refused, or it knows the call as erased.
    """
    sender = RecordingSender(client, Patience(for_s=0.0))
    done = sender.send(file, registration, key=uuid.uuid4().hex, sent=lambda _: None)
    if done.call_id is None:
        raise ApiError("this call was erased; it is not taken in again")
    return done.call_id
