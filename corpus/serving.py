"""Reading a published release: what is served of it now, and what is closed.

What must never happen here: a byte of a release that is not published, or of a file with a row of somebody who left.
A file is looked at when it is asked for, and again every few MiB while it goes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from corpus.described import MEDIA_TYPES, described
from corpus.manifest import NAME as MANIFEST
from corpus.places import file_key
from corpus.release_files import FileState, descended
from corpus.releases import ReleaseState, ReleaseStore
from domain.errors import CallwardError, NotFound
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ObjectSealer

LOOKED_AGAIN_BYTES: Final = 8 * 1024 * 1024
"""So much of a file goes out at most after it was closed."""


class NotPublished(CallwardError):
    """The release is built, waits for a decision, or was given up: nothing of it is served."""

    code = "not-published"


class Withdrawn(CallwardError):
    """The file has rows of items that left. `successor` is what took its place, if that is there by now."""

    code = "withdrawn"


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file that may be pulled now. `body` is what is made when it is read; None for a shard."""

    name: str
    size: int
    sha256: str
    media_type: str
    release: Document
    body: bytes | None = None
    object_id: str | None = None

    @property
    def number(self) -> int:
        """The release's number."""
        return int(self.release["number"])


class ReleaseReader:
    """Serves one published release."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._releases = ReleaseStore(resources)

    async def release(self, number: int) -> Document:
        """Return a release that is published.

        Raises:
            NotFound: no such release.
            NotPublished: it is in another state.
        """
        release = await self._releases.numbered(number)
        if release["state"] != ReleaseState.PUBLISHED:
            raise NotPublished("the release is not published", release=number, state=release["state"])
        return release

    async def manifest(self, number: int) -> ServedFile:
        """Return manifest.json as it is now. Raises NotFound and NotPublished."""
        return _made(await self.release(number), MANIFEST)

    async def file(self, number: int, name: str) -> ServedFile:
        """Return a file by its name.

        Raises:
            NotFound: no such release, or no such file in it.
            NotPublished: see `release`.
            Withdrawn: rows of people who left are in it.
        """
        release = await self.release(number)
        if name in MEDIA_TYPES:
            return _made(release, name)
        file = _current(release, name)
        told = (file["size"], file["sha256"], file["media_type"], release)
        return ServedFile(name, *told, object_id=file["object_id"])

    async def pieces(self, file: ServedFile, *, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield bytes [start, end) of a file. Raises Withdrawn or NotFound when it is closed meanwhile."""
        if file.body is not None:
            yield file.body[start:end]
            return
        key, object_id = await self._releases.key(file.release["_id"]), str(file.object_id)
        place, sealer = file_key(file.release["_id"], object_id), ObjectSealer(key, object_id)
        unlooked = 0
        async for piece in self._resources.objects.read_sealed(
            place, sealer, plain_size=file.size, start=start, end=end
        ):
            unlooked += len(piece)
            if unlooked > LOOKED_AGAIN_BYTES:
                _current(await self.release(file.number), file.name)
                unlooked = len(piece)
            yield piece


def _made(release: Document, name: str) -> ServedFile:
    body = described(release)[name]
    digest = hashlib.sha256(body).hexdigest()
    return ServedFile(name, len(body), digest, MEDIA_TYPES[name], release, body=body)


def _current(release: Document, name: str) -> Document:
    file = descended(release["files"], name)
    if file is None:
        raise NotFound("the release has no such file", release=release["number"])
    if file["name"] == name and file["state"] == FileState.CURRENT:
        return file
    served = file["state"] == FileState.CURRENT
    raise Withdrawn(
        "people left whose rows it holds" if served or file["state"] == FileState.STALE else "all its rows left",
        release=release["number"],
        revision=release["revision"],
        successor=file["name"] if served else None,
    )
