"""Decoding of untrusted recordings, in a child process with limits.

What must never happen here: a customer's file takes the worker with it, keeps it busy without end, fills its memory or
disk, or reaches anything beyond itself. The child gets the file as an open descriptor, an empty environment, and gives
back samples and a short report; whatever else it does ends in `DecodingStopped`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np

from transcription.errors import BY_REASON, DecodingStopped, EmptyRecording, RecordingError
from transcription.recording import Facts, Pcm, Recording, recording_of

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


def decode_guarded(
    source: Path | str | BinaryIO,
    *,
    max_duration_s: float,
    limits: DecodeLimits | None = None,
    scratch: Path | None = None,
) -> Recording:
    """Decode a file (a path, or a binary file object read from its beginning) and return its recording.

    The samples lie in an unlinked file under `scratch` (default: the system's temporary folder) and are mapped from
    there, so memory stays flat; the space is free again when the recording is dropped. Raises NotAudio, EmptyRecording,
    TooLong or DecodingStopped.
    """
    with ExitStack() as stack:
        file = stack.enter_context(_on_disk(source, scratch))
        sink = stack.enter_context(tempfile.TemporaryFile(dir=scratch))
        report = _run_child(file, sink, max_duration_s, limits or DecodeLimits())
        if "facts" not in report:
            raise BY_REASON.get(report.get("reason", ""), DecodingStopped)(report.get("sentence"))
        return recording_of(*_checked(report["facts"], sink))


def _on_disk(source: Path | str | BinaryIO, scratch: Path | None) -> IO[bytes]:
    """Return a new handle on a real file at position 0."""
    if isinstance(source, (Path, str)):
        return Path(source).open("rb")
    copy = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - the caller's stack closes it
    source.seek(0)
    shutil.copyfileobj(source, copy)
    copy.seek(0)
    return copy


def _run_child(file: IO[bytes], sink: IO[bytes], max_duration_s: float, limits: DecodeLimits) -> dict[str, Any]:
    asked = {
        "max_duration_s": max_duration_s,
        "memory_bytes": limits.memory_bytes,
        "cpu_s": limits.cpu_s,
        "output_bytes": limits.output_bytes,
        "open_files": limits.open_files,
    }
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as report:
        try:
            finished = subprocess.run(  # noqa: S603 - our own interpreter and module, nothing from outside
                [sys.executable, "-m", "transcription.decode_child", str(writer), json.dumps(asked)],
                stdin=file,
                stdout=sink,
                stderr=subprocess.DEVNULL,
                pass_fds=(writer,),
                env={"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=limits.wall_s,
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


def _checked(document: dict[str, Any], sink: IO[bytes]) -> tuple[Facts, Pcm]:
    """Return the facts and the mapped samples; what the child says must fit what it wrote."""
    try:
        facts = Facts(**document)
        shape = (facts.samples, facts.channels)
        size = sink.seek(0, os.SEEK_END)
    except TypeError as error:
        raise DecodingStopped from error
    if size == 0:
        raise EmptyRecording
    if facts.sample_rate <= 0 or size != facts.samples * facts.channels * np.dtype(np.int16).itemsize:
        raise RecordingError
    return facts, np.memmap(sink, np.int16, "r", shape=shape)
