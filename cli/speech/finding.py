"""Which files a command line means: files as named, folders with the recordings inside."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from cli.outgoing import files_of
from cli.speech.refusals import Refused, why
from domain.media import HEAD_BYTES, sniff

NAMED_SO: Final = frozenset({
    ".wav", ".w64", ".flac", ".ogg", ".oga", ".opus", ".webm", ".mka", ".m4a", ".mp4", ".3gp", ".3ga", ".mp3", ".aac",
    ".amr", ".awb", ".caf", ".aif", ".aiff", ".au", ".snd", ".gsm",
})  # fmt: skip
"""Names of recordings: a file of such a name in a folder is not passed over, whatever is in it."""
OURS: Final = (".redacted.wav", ".redacted.opus")
"""How redacted sound is called: a folder's own results are not its recordings."""


def recordings_of(paths: Iterable[Path], *, out: Path | None) -> list[Path]:
    """Return each file once, in the order named.

    Of a folder: what begins like a recording or is named like one, folders inside too, without hidden files and without
    `out`. A folder without any stands for itself, so that it can be refused by name.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        inside = list(_inside(path, out)) if _is_folder(path) else [path]
        for file in inside or [path]:
            found.setdefault(_real(file), file)
    return list(found.values())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()


def _inside(folder: Path, out: Path | None) -> Iterator[Path]:
    results = _real(out) if out is not None else None
    for file in files_of([folder]):
        if file.name.endswith(OURS) or (
            results is not None and results != _real(folder) and results in _real(file).parents
        ):
            continue
        if file.suffix.lower() in NAMED_SO or _begins_like_one(file):
            yield file


def _begins_like_one(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return sniff(opened.read(HEAD_BYTES)) is not None
    except OSError:
        return True  # it is refused by name later


def hash_of(path: Path) -> tuple[str, int]:
    """Return SHA-256 (hexadecimal) and size of a file. Raises Refused when it is no file or cannot be read."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise Refused("no_recording", "The folder holds no recording.")
        if not stat.S_ISREG(kind):
            raise Refused("not_a_file", "It is no regular file.")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return digest.hexdigest(), file.tell()
    except FileNotFoundError:
        raise Refused("not_found", "There is no such file.") from None
    except (OSError, ValueError) as error:
        told = why(error) if isinstance(error, OSError) else "its name is no name"
        raise Refused("unreadable", f"The file cannot be read: {told}.") from None
