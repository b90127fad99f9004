"""A pull: who left leaves first, then what is new comes, and both are asked for again until nothing changes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cli.client import ApiClient
from cli.patience import Patience
from cli.pulling.download import Came, Downloads, FileGone, check_space, sha256_of
from cli.pulling.errors import Mismatch, NotProven, PullError
from cli.pulling.feed import Feed
from cli.pulling.folder import MANIFEST, SEAL, Folder, Memory, write_whole
from cli.pulling.trust import Seal, Trust
from domain.proofs import Signed

_ROUNDS: Final = 5
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be pulled. `numbers`: releases beside those that are in the folder."""

    purpose: str
    numbers: frozenset[int]
    wait_s: float = 60.0
    root: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Who is told how far it is."""

    begin: Callable[[int, int], None]
    """A release's number, and how many bytes are to come."""
    came: Came
    say: Callable[[str], None]


class Pull:
    """One run of `callward corpus pull` in one folder."""

    def __init__(self, client: ApiClient, folder: Folder, wishes: Wishes, shown: Shown) -> None:
        self._client, self._folder, self._wishes, self._shown = client, folder, wishes, shown
        self._memory = Memory()
        self._sleep: Callable[[float], None] = time.sleep

    def run(self) -> None:
        """Bring the folder up to date.

        Raises:
            ApiError: the API refused, or does not answer.
            PullError: the disk is full, or another pull is at work.
            NotProven: something is not what was signed.
        """
        with self._folder.locked():
            self._memory = self._folder.remembered()
            trust, feed = self._trust(), Feed(self._folder)
            for _ in range(_ROUNDS):
                feed.follow(self._client, trust)
                for number in sorted(self._wishes.numbers | set(self._folder.releases())):
                    self._release(number, trust)
                if not feed.follow(self._client, trust):
                    return
            raise PullError("people leave faster than files come; pull again")

    def _trust(self) -> Trust:
        keys = self._client.get("/v1/corpus/signing-keys")
        if not keys:  # the first signature makes the first key
            self._client.get("/v1/corpus/revocations", params={"limit": 1})
            keys = self._client.get("/v1/corpus/signing-keys")
        root = self._memory.root or self._wishes.root
        if self._wishes.root not in {None, root}:
            raise NotProven("this folder trusts another key than --trust names; choose another --out")
        trust, root = Trust.of(keys, root)
        if self._memory.root is None:
            self._shown.say(f"trusting the signing key with the fingerprint {root} from now on")
        self._memory.root, self._memory.keys = root, keys
        self._folder.remember(self._memory)
        return trust

    def _release(self, number: int, trust: Trust) -> None:
        """Bring one release up to date: first goes what may not stay, then comes what is missing."""
        into, until = self._folder.release(number), time.monotonic() + self._wishes.wait_s
        while True:
            manifest = self._manifest(number, into, trust)
            self._drop_others(into, manifest["files"])
            try:
                self._fetch(number, into, manifest["files"])
            except FileGone:
                continue  # the next manifest does not name it
            except Mismatch:
                if self._manifest(number, into, trust)["revision"] == manifest["revision"]:
                    raise
                continue
            if not manifest["stale"]:
                return
            if time.monotonic() >= until:
                raise PullError(
                    f"of release {number} files are being written anew without rows of people who left "
                    f"({len(manifest['stale'])}); all others are here. Pull again in a minute"
                )
            self._sleep(2.0)

    def _manifest(self, number: int, into: Path, trust: Trust) -> dict[str, Any]:
        path, params = f"/v1/corpus/releases/{number}/manifest", {"purpose": self._wishes.purpose}
        answer = self._client.request("GET", path, params=params)
        seal = Seal.of_headers(answer.headers)
        trust.check(Signed.MANIFEST, answer.content, seal)
        manifest: dict[str, Any] = json.loads(answer.content)
        if manifest["release"] != number or not all(_NAME.fullmatch(one["name"]) for one in manifest["files"]):
            raise NotProven(f"the manifest is not that of release {number}, or names files that cannot be")
        before = into / MANIFEST
        if before.exists() and json.loads(before.read_bytes())["revision"] > manifest["revision"]:
            raise NotProven(
                f"the manifest of release {number} is older than the one that is here: ask who runs Callward"
            )
        into.mkdir(parents=True, exist_ok=True)
        write_whole(into / SEAL, seal.line().encode())
        write_whole(before, answer.content)
        return manifest

    def _drop_others(self, into: Path, files: Iterable[dict[str, Any]]) -> None:
        """Delete every file that the manifest does not name, whole or half: rows of people who left are in it."""
        named = {one["name"] for one in files}
        kept = {MANIFEST, SEAL, *named, *(f".{name}.part" for name in named)}
        for path in into.iterdir():
            if path.is_file() and path.name not in kept:
                path.unlink()
                self._memory.checked.pop(self._place(path), None)
                self._shown.say(f"{into.name}: {path.name.strip('.')} is deleted: rows in it belong to people who left")
        self._folder.remember(self._memory)

    def _fetch(self, number: int, into: Path, files: list[dict[str, Any]]) -> None:
        missing = [one for one in files if not self._is_here(into / one["name"], one)]
        size = sum(one["size"] for one in missing)
        here = sum(path.stat().st_size for path in into.glob(".*.part"))
        check_space(into, size - here)
        self._shown.begin(number, max(0, size - here))
        downloads = Downloads(
            self._client, number, self._wishes.purpose, patience=Patience(told=self._shown.say), came=self._shown.came
        )
        for one in missing:
            downloads.fetch(one, into)
            self._note(into / one["name"], one["sha256"])

    def _is_here(self, path: Path, file: dict[str, Any]) -> bool:
        """Say whether a file is here with these bytes; its checksum is taken unless nothing touched it since."""
        if not path.is_file() or path.stat().st_size != file["size"]:
            return False
        if self._memory.checked.get(self._place(path)) == (*_stamp(path), file["sha256"]):
            return True
        if sha256_of(path) != file["sha256"]:
            return False
        self._note(path, file["sha256"])
        return True

    def _note(self, path: Path, digest: str) -> None:
        self._memory.checked[self._place(path)] = (*_stamp(path), digest)
        self._folder.remember(self._memory)

    def _place(self, path: Path) -> str:
        return str(path.relative_to(self._folder.path))


def _stamp(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_size, told.st_mtime_ns


def wanted(client: ApiClient, *, since: int | None, release: int | None) -> frozenset[int]:
    """Return the releases that were asked for: one, all published ones after `since`, or else the newest.

    Raises ApiError.
    """
    if release is not None:
        return frozenset({release})
    numbers: set[int] = set()
    below: int | None = None
    while True:
        page = client.get("/v1/corpus/releases", params={"limit": 200, **({"below": below} if below else {})})
        published = [one["number"] for one in page["releases"] if one["state"] == "published"]
        if since is None and published:
            return frozenset({max(published)})
        numbers.update(number for number in published if since is not None and number > since)
        below = page["next"]
        if below is None or (since is not None and below <= since):
            return frozenset(numbers)
