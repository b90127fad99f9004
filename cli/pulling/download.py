"""One file of a release, fetched on from where it was cut, checked, and put in its place whole."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Final, Self

from cli.client import ApiClient, ApiError
from cli.patience import Patience
from cli.pulling.errors import Mismatch, PullError

_PARTIAL: Final = 206
_PIECE: Final = 1024 * 1024
_TRIES: Final = 2
_BEHIND: Final = 4
Came = Callable[[int], None]
"""Told of each piece, in bytes; of what is thrown away, with a minus."""


class FileGone(PullError):
    """People left whose rows were in the file; the manifest tells what took its place."""


class Downloads:
    """Fetches files of one release."""

    def __init__(self, client: ApiClient, number: int, purpose: str, *, patience: Patience, came: Came) -> None:
        self._client = client
        self._path = f"/v1/corpus/releases/{number}/files"
        self._purpose = purpose
        self._patience = patience
        self._came = came

    def fetch(self, file: Mapping[str, Any], into: Path) -> None:
        """Fetch a file that the manifest names, into a folder.

        What came stays when it is cut, and is gone on from the next time.

        Raises:
            FileGone: it is closed, before or while it came.
            Mismatch: its bytes are not those that the manifest promises, and were not the second time.
            PullError: the disk is full.
            ApiError: the API refused, or did not answer for as long as patience lasts.
        """
        part = into / f".{file['name']}.part"
        for _ in range(_TRIES):
            digest = self._patience.run(lambda: self._go_on(file, part))
            if digest == file["sha256"]:
                part.replace(into / file["name"])
                return
            self._came(-part.stat().st_size)
            part.unlink()
        raise Mismatch(
            f"{file['name']} does not have the SHA-256 that the signed manifest names; nothing of it was kept. "
            "Pull again; if it stays so, tell whoever runs Callward"
        )

    def _go_on(self, file: Mapping[str, Any], part: Path) -> str:
        """Fetch what is missing; return the checksum of the whole."""
        digest = hashlib.sha256()
        try:
            with part.open("ab+") as out:
                at = _hashed(out, digest, most=file["size"])
                out.truncate(at)
                if at < file["size"]:
                    self._append(file, out, digest, at)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise _full(part.parent, file["size"]) from None
            raise
        return digest.hexdigest()

    def _append(self, file: Mapping[str, Any], out: IO[bytes], digest: Any, at: int) -> None:
        headers = {"Range": f"bytes={at}-", "If-Range": f'"{file["sha256"]}"'} if at else {}
        address, params = f"{self._path}/{file['name']}", {"purpose": self._purpose}
        try:
            with self._client.streamed(address, headers=headers, params=params) as answer:
                if at and answer.status_code != _PARTIAL:
                    self._came(-at)
                    out.truncate(0)
                    raise Mismatch(f"{file['name']} is another one by now; pull again")
                with Keeper(out, digest) as keeper:
                    for piece in answer.iter_raw():
                        keeper.take(piece)
                        self._came(len(piece))
        except ApiError as error:
            if error.code == "withdrawn":
                raise FileGone(str(error), code=error.code) from None
            raise


class Keeper:
    """Writes and hashes what came, in a thread of its own, while more comes; a few MiB behind at most."""

    def __init__(self, out: IO[bytes], digest: Any) -> None:
        self._out, self._digest = out, digest
        self._thread = ThreadPoolExecutor(1)
        self._kept: deque[Future[None]] = deque()
        self._ready: list[bytes] = []
        self._size = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def take(self, piece: bytes) -> None:
        """Take the next piece. Raises OSError when an earlier one could not be written."""
        self._ready.append(piece)
        self._size += len(piece)
        if self._size >= _PIECE:
            self._hand_on()
            if len(self._kept) > _BEHIND:
                self._kept.popleft().result()

    def _hand_on(self) -> None:
        self._kept.append(self._thread.submit(self._keep, b"".join(self._ready)))
        self._ready, self._size = [], 0

    def _keep(self, piece: bytes) -> None:
        self._out.write(piece)
        self._digest.update(piece)

    def __exit__(self, *_: object) -> None:
        """Write what came to its end, also when the rest will not come. Raises OSError when it cannot be."""
        self._hand_on()
        self._thread.shutdown(wait=True)
        for one in self._kept:
            one.result()


def _hashed(out: IO[bytes], digest: Any, *, most: int) -> int:
    """Take what is there into the checksum; return how much that is. More than there should be is not counted."""
    out.seek(0)
    at = 0
    while piece := out.read(min(_PIECE, most - at)):
        digest.update(piece)
        at += len(piece)
    return at


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def check_space(folder: Path, needed: int) -> None:
    """Raise PullError when the disk has less free than is needed."""
    if shutil.disk_usage(folder).free < needed:
        raise _full(folder, needed)


def _full(folder: Path, needed: int) -> PullError:
    mib = -(-needed // 2**20)
    return PullError(
        f"the disk of {folder} is full, and {mib} MiB are to come: make room, or choose another --out. "
        "What came is kept; pull again and it goes on from there"
    )
