"""Decoding of untrusted recordings, in a child process with limits.

What must never happen here: a customer's file takes the worker with it, keeps it busy without end, fills its memory or
disk, or reaches anything beyond itself. The child gets the file as an open descriptor, an empty environment, and gives
back samples and a short report; whatever else it does ends in `DecodingStopped`.
"""

from __future__ import annotations

import base64
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np

from transcription.errors import BY_REASON, DecodingStopped, EmptyRecording, RecordingError
from transcription.recording import CallSound, Facts, Recording, recording_of
from transcription.scratch import FileSound, Scratch, new_key
from transcription.sound import SAMPLE_RATE

_ROOT = Path(__file__).resolve().parent.parent
_REPORT_MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What one decoding may use: address space, processor seconds, wall-clock seconds, bytes of samples, open files."""

    memory_bytes: int = 2 << 30
    cpu_s: int = 300
    wall_s: float = 600.0
    output_bytes: int = 6 << 30
    open_files: int = 64


def hear_guarded(
    source: Path | str | BinaryIO,
    *,
    max_duration_s: float,
    limits: DecodeLimits | None = None,
    scratch: Path | None = None,
) -> CallSound:
    """Decode a file (a path, or a binary file object read from its beginning) for the speech engine.

    The samples lie enciphered in an unlinked file under `scratch` (default: the system's temporary folder) and are read
    from there piece by piece, so memory stays flat; the space is free again when the sounds are dropped. Raises
    NotAudio, EmptyRecording, TooLong or DecodingStopped.
    """
    sink, key = tempfile.TemporaryFile(dir=scratch), new_key()  # noqa: SIM115 - the sounds keep it open
    try:
        facts = _decoded(source, sink, max_duration_s, limits, scratch, rate=SAMPLE_RATE, key=key)
        if len(facts.gains) != facts.channels or not all(math.isfinite(gain) and gain > 0 for gain in facts.gains):
            raise DecodingStopped
    except BaseException:
        sink.close()
        raise
    held = Scratch(sink, key, facts.channels, facts.samples)
    return CallSound(facts, tuple(FileSound(held, at, facts.gains[at]) for at in facts.kept))


def decode_guarded(
    source: Path | str | BinaryIO,
    *,
    max_duration_s: float,
    limits: DecodeLimits | None = None,
    scratch: Path | None = None,
) -> Recording:
    """Decode a file (a path, or a binary file object read from its beginning) at its own rate, for redaction.

    The samples lie in an unlinked file under `scratch` (default: the system's temporary folder) and are mapped from
    there, so memory stays flat; the space is free again when the recording is dropped. Raises NotAudio, EmptyRecording,
    TooLong or DecodingStopped.
    """
    with tempfile.TemporaryFile(dir=scratch) as sink:
        facts = _decoded(source, sink, max_duration_s, limits, scratch)
        return recording_of(facts, np.memmap(sink, np.int16, "r", shape=(facts.samples, facts.channels)))


def _decoded(
    source: Path | str | BinaryIO,
    sink: IO[bytes],
    max_duration_s: float,
    limits: DecodeLimits | None,
    scratch: Path | None,
    *,
    rate: int | None = None,
    key: bytes = b"",
) -> Facts:
    asked = {
        **asdict(limits or DecodeLimits()),
        "max_duration_s": max_duration_s,
        "rate": rate,
        "key": base64.b64encode(key).decode(),
        "parent": os.getpid(),
    }
    with _on_disk(source, scratch) as file:
        report = _run_child(file, sink, asked)
    if "facts" not in report:
        raise BY_REASON.get(report.get("reason", ""), DecodingStopped)(report.get("sentence"))
    return _checked(report["facts"], sink)


def _on_disk(source: Path | str | BinaryIO, scratch: Path | None) -> IO[bytes]:
    """Return a new handle on a real file at position 0."""
    if isinstance(source, (Path, str)):
        return Path(source).open("rb")
    copy = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - the caller's stack closes it
    source.seek(0)
    shutil.copyfileobj(source, copy)
    copy.seek(0)
    return copy


def _run_child(file: IO[bytes], sink: IO[bytes], asked: dict[str, Any]) -> dict[str, Any]:
    reader, writer = os.pipe()
    asked_from, asking = os.pipe()
    with os.fdopen(reader, "rb") as report, os.fdopen(asked_from, "rb") as given:
        with os.fdopen(asking, "wb") as ask:
            ask.write(json.dumps(asked).encode())
        try:
            finished = subprocess.run(  # noqa: S603 - our own interpreter and module, nothing from outside
                [sys.executable, "-m", "transcription.decode_child", str(writer), str(given.fileno())],
                stdin=file,
                stdout=sink,
                stderr=subprocess.DEVNULL,
                pass_fds=(writer, given.fileno()),
                env={"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=asked["wall_s"],
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise DecodingStopped from error
        finally:
            os.close(writer)
        return _read_report(report.read(_REPORT_MAX_BYTES), finished.returncode)


def _read_report(content: bytes, status: int) -> dict[str, Any]:
    try:
        report = json.loads(content)
    except ValueError as error:
        raise DecodingStopped from error
    if not isinstance(report, dict) or (status == 0) != ("facts" in report):
        raise DecodingStopped
    return report


def _checked(document: dict[str, Any], sink: IO[bytes]) -> Facts:
    """Return the facts; what the child says must fit what it wrote."""
    try:
        facts = Facts(**{**document, "gains": tuple(document.get("gains", ()))})
        size = sink.seek(0, os.SEEK_END)
    except (TypeError, AttributeError) as error:
        raise DecodingStopped from error
    if size == 0:
        raise EmptyRecording
    if facts.sample_rate <= 0 or size != facts.samples * facts.channels * np.dtype(np.int16).itemsize:
        raise RecordingError
    if facts.keep not in range(facts.channels):
        raise RecordingError
    return facts
