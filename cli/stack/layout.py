"""Where a stack keeps things in its data folder, and what it remembers between starts."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.stack.errors import StackError
from cli.stack.files import private_folder, write_private

FORMAT = 1
_SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit is 108, the name of the socket file included


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths inside one data folder."""

    root: Path

    @property
    def state_file(self) -> Path:
        """Ports and secrets, kept between starts."""
        return self.root / "stack.json"

    @property
    def status_file(self) -> Path:
        """How the parts of a running stack are, for `callward doctor`."""
        return self.root / "run" / "status.json"

    @property
    def root_key_file(self) -> Path:
        """32 random bytes in base64 that wrap the workspace keys."""
        return self.root / "keys" / "root.key"

    @property
    def mongo_key_file(self) -> Path:
        """The replica set's key file, without which mongod does not ask for passwords."""
        return self.root / "keys" / "mongo.key"

    def folder(self, name: str) -> Path:
        """A part's own folder, made if need be."""
        return private_folder(self.root / name)

    def log(self, part: str) -> Path:
        """A part's log file."""
        return self.root / "logs" / f"{part}.log"

    def socket_folder(self) -> Path:
        """Where Unix sockets go: the run folder, or a private temporary one when that path is too long for a socket."""
        run = self.folder("run")
        if len(str(run / "filer.sock").encode()) < _SOCKET_PATH_LIMIT:
            return run
        mark = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return private_folder(Path(tempfile.gettempdir()) / f"callward-{os.getuid()}-{mark}")


@dataclass(slots=True)
class StackState:
    """What a stack remembers: its block of ports and its secrets. Saved in a file of mode 0600."""

    file: Path
    block: int | None
    secrets: dict[str, str]

    def secret(self, name: str, make: Callable[[], str] | None = None) -> str:
        """The secret of that name, made at its first use and kept from then on."""
        if name not in self.secrets:
            self.secrets[name] = (make or (lambda: secrets.token_hex(24)))()
            self.save()
        return self.secrets[name]

    def save(self) -> None:
        """Write the state, whole and to disk."""
        document = {"format": FORMAT, "block": self.block, "secrets": self.secrets}
        write_private(self.file, json.dumps(document, indent=2) + "\n")


def open_state(layout: Layout) -> StackState:
    """Read the folder's state, or begin one with fresh keys. Call it with the folder's lock held.

    Raises:
        StackError: when the state is unreadable or from a newer version, or the root key of a used folder is gone.
    """
    private_folder(layout.root)
    for name in ("keys", "logs", "run"):
        layout.folder(name)
    if layout.state_file.exists():
        if not layout.root_key_file.exists():
            raise StackError(
                f"{layout.root_key_file} is missing: what is stored in {layout.root} is sealed with it. "
                "Put it back from your backup, or choose another data folder."
            )
        return _read(layout.state_file)
    for key_file, size in ((layout.root_key_file, 32), (layout.mongo_key_file, 96)):
        if not key_file.exists():  # a first start that was cut short may have left it, with data behind it
            write_private(key_file, base64.b64encode(secrets.token_bytes(size)).decode() + "\n")
    state = StackState(layout.state_file, None, {})
    state.save()
    return state


def _read(file: Path) -> StackState:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        version, block, kept = document["format"], document["block"], document["secrets"]
    except (ValueError, KeyError, TypeError) as error:
        raise StackError(f"{file} is not readable as a stack's state ({type(error).__name__}); restore it") from None
    if version != FORMAT:
        raise StackError(f"{file} has format {version}, this Callward knows {FORMAT}; use the version that wrote it")
    return StackState(file, block, _texts(kept))


def _texts(kept: Mapping[str, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in kept.items()}
