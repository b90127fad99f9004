"""The proof: every file is what was signed, the feed is whole, and nobody who left is in any file of the folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.client import ApiClient
from cli.pulling.download import sha256_of
from cli.pulling.errors import NotProven
from cli.pulling.feed import Feed
from cli.pulling.folder import MANIFEST, SEAL, Folder
from cli.pulling.trust import Seal, Trust
from domain.proofs import Signed


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at, and what is wrong; proven when nothing is."""

    releases: int
    files: int
    rows: int
    revocations: int
    as_of: str
    flaws: tuple[str, ...]


def verify(folder: Folder, client: ApiClient | None) -> Proof:
    """Check a folder; with a client, against the feed and the keys as they are now.

    Raises:
        NotProven: keys or feed do not hold, so that nothing can be proven with them.
        ApiError: the API refused, or does not answer.
    """
    memory = folder.remembered()
    if memory.root is None:
        raise NotProven(f"nothing was pulled into {folder.path}; run `callward corpus pull --out` with it")
    keys = memory.keys if client is None else client.get("/v1/corpus/signing-keys")
    trust, _ = Trust.of(keys, memory.root)
    feed = Feed(folder)
    if client is not None:
        with folder.locked():
            feed.follow(client, trust)
    as_of = feed.check(trust)
    flaws: list[str] = []
    files = 0
    for number in folder.releases():
        found, wrong = _release(folder.release(number), number, trust)
        files += found
        flaws += wrong
    rows, wrong = _rows(folder, feed.revoked)
    return Proof(len(folder.releases()), files, rows, feed.head[0], as_of, (*flaws, *wrong))


def _release(into: Path, number: int, trust: Trust) -> tuple[int, list[str]]:
    """Return how many files were checked of a release, and what is wrong with it."""
    try:
        body, seal = (into / MANIFEST).read_bytes(), Seal.read((into / SEAL).read_text("utf-8"))
        trust.check(Signed.MANIFEST, body, seal)
    except FileNotFoundError:
        return 0, [f"{into.name}: there is no signed manifest; pull again"]
    except NotProven as error:
        return 0, [f"{into.name}: {error}"]
    manifest = json.loads(body)
    if manifest["release"] != number:
        return 0, [f"{into.name}: the manifest is that of another release; delete the folder and pull again"]
    named = {one["name"]: one for one in manifest["files"]}
    flaws = [f"{into.name}: {name} waits to be written anew; pull again" for name in manifest["stale"]]
    for name, file in named.items():
        if not (into / name).is_file():
            flaws.append(f"{into.name}/{name} is not here; pull again")
        elif sha256_of(into / name) != file["sha256"]:
            flaws.append(f"{into.name}/{name} is not what was signed; delete it and pull again")
    others = {path.name for path in into.iterdir()} - {*named, MANIFEST, SEAL}
    flaws += [f"{into.name}/{name} is no file of this release; pull again, or delete it" for name in sorted(others)]
    return len(named), flaws


def _rows(folder: Folder, revoked: Mapping[str, str]) -> tuple[int, list[str]]:
    """Return how many rows there are in all Parquet files of the folder, and which files hold somebody who left."""
    flaws, rows = [], 0
    for path in sorted(folder.path.rglob("*.parquet*")):
        if not path.is_file():
            continue
        place = path.relative_to(folder.path)
        if path.name.endswith(".part"):
            flaws.append(f"{place} came in part only, and may hold rows of people who left; pull again, or delete it")
            continue
        try:
            left = 0
            for ids in _item_ids(path):
                rows += len(ids)
                left += sum(one in revoked for one in ids)
        except (OSError, ValueError, KeyError):
            flaws.append(f"{place} cannot be read as Parquet with item ids; delete it and pull again")
            continue
        if left:
            flaws.append(f"{place} holds {left} rows of people who left; pull again, or delete it")
    return rows, flaws


def _item_ids(path: Path) -> Iterator[list[str]]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - takes a second to load, and only this command needs it

    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number, columns=["item_id"])["item_id"].to_pylist()
