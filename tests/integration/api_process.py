"""A real API process on the session's stack, and a call in it that is ready to be served, without a model."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from cli.apps import make_api_key
from cli.roles import FirstWorkspace, make_workspace
from domain.calls import STAGES, CallState, StageState
from domain.sound import SoundState
from domain.spans import redact_transcript
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from ingest.calls import CallStore
from redaction.doubles import PlainFinder
from redaction.store import RedactionStore
from storage.resources import Resources
from storage.settings import Settings
from transcription.store import TranscriptKind, TranscriptStore

ROOT = Path(__file__).resolve().parent.parent.parent
MakeSettings = Callable[..., Settings]


@dataclass(frozen=True, slots=True)
class ApiProcess:
    """A running `python -m api` with a workspace and a key per role."""

    url: str
    platform_key: str
    workspace: FirstWorkspace
    log_file: Path
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        """Return all that the process has written."""
        return self.log_file.read_text("utf-8", errors="replace")

    def client(self, key: str | None) -> httpx.Client:
        """Return a client with this key, or with none."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30.0, trust_env=False)

    def role(self, name: str) -> httpx.Client:
        """Return a client with a role's key."""
        return self.client(self.workspace.keys[name])


@contextmanager
def api_process(stack_env: Mapping[str, str], folder: Path) -> Iterator[ApiProcess]:
    """Run the API as `callward up` does, on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, platform_key, log_file = f"http://127.0.0.1:{port}", make_api_key(), folder / "api.log"
    own = {"CALLWARD_API_PORT": str(port), "CALLWARD_PUBLIC_URL": url, "CALLWARD_BOOTSTRAP_KEY": platform_key}
    outer = {name: value for name, value in os.environ.items() if not name.startswith("CALLWARD_")}
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api"], cwd=ROOT, env={**outer, **stack_env, **own}, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(url, process, log_file)
        yield ApiProcess(url, platform_key, make_workspace(url, platform_key, "Test"), log_file, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log_file: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready", trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the API did not start:\n{log_file.read_text('utf-8')[-3000:]}")


def wav(seconds: float = 1.0, *, seed: int = 0) -> bytes:
    """A µ-law WAV of pseudo-noise, different for each seed."""
    samples = hashlib.shake_128(f"api-user {seed}".encode()).digest(int(8000 * seconds))
    fmt = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def register(client: httpx.Client, content: bytes) -> str:
    """Register a call and return its id."""
    body = {
        "recording": {"media_type": "audio/wav", "size": len(content)},
        "call_log": {"setup_time": datetime.now(UTC).isoformat(), "caller": "+14155550132", "callee": "+442079460018"},
    }
    answer = client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return str(answer.json()["call"]["id"])


def receive(client: httpx.Client, *, seed: int) -> str:
    """Register a call and send its recording; no worker runs, so it stays `received`."""
    content = wav(seed=seed)
    call_id = register(client, content)
    answer = client.put(f"/v1/calls/{call_id}/recording", content=content)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return call_id


def make_ready(settings: Settings, workspace_id: str, call_id: str) -> None:
    """Write down what the stages would have: transcripts, spans and redacted sound of an invented talk."""
    asyncio.run(_make_ready(settings, workspace_id, call_id))


def spoken(*texts: str) -> Transcript:
    """An invented transcript: one turn a text, half a second a word."""
    segments = []
    at = 0.0
    for text in texts:
        words = tuple(Word(at + 0.5 * n, at + 0.5 * n + 0.4, word, 0.9) for n, word in enumerate(text.split()))
        segments.append(Segment(0, Party.UNKNOWN, at, words[-1].end, words))
        at = words[-1].end + 0.5
    stamp = EngineStamp("scripted", "script", "none", {"scripted": "1"}, {"beam_size": 1})
    return Transcript("en", 1.0, at, 1, tuple(segments), stamp, {"mean_probability": 0.9})


async def _make_ready(settings: Settings, workspace_id: str, call_id: str) -> None:
    resources = Resources.open(settings)
    now = datetime.now(UTC)
    try:
        calls, transcripts = CallStore(resources, workspace_id), TranscriptStore(resources, workspace_id)
        redactions, finder = RedactionStore(resources, workspace_id), PlainFinder()
        call = await calls.raw(call_id)
        assert call is not None
        clear = spoken("thank you for calling", "write to ravi@example.com please")
        spans = finder.find(clear)
        for kind, text in ((TranscriptKind.CLEAR, clear), (TranscriptKind.REDACTED, redact_transcript(clear, spans))):
            await transcripts.save(await transcripts.seal(call, kind, text, now=now))
        await redactions.save_spans(call, spans, finder.stamp, now=now)
        audio = await redactions.put_audio(call_id, _pieces(b"fLaC" + bytes(range(256)) * 400), media_type="audio/flac")
        await redactions.save_audio(call_id, audio, version=1, state=SoundState.VERIFIED)
        for stage in STAGES:
            await calls.set_stage(
                call_id, stage, StageState.DONE, version=1, call_state=CallState.READY, now=now, facts={"ready_at": now}
            )
    finally:
        resources.close()


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content
