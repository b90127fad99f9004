"""Pulling a file of a release over the API beside a plain S3 GET of an object of the same size, in one run.

`python bench/bench_pull.py [MiB]` (default 128). Everything is on this machine: the store, the API in a process of its
own, and one reader that writes what comes to a file. They take turns. Ours checks key, purpose and state, writes the
audit event, opens what is sealed, and looks every 8 MiB whether the file is still served. `command` is what `callward
corpus pull` does with a file: the same, with the SHA-256 of what came. Told are the best and the middle of the rounds,
and processor time: of API, store and reader together.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from api.keys import KeyStore
from bench.bench_call_logs import free_port, serving
from bench.processes import cpu_s
from cli.client import ApiClient
from cli.patience import Patience
from cli.pulling.download import Downloads
from cli.stack.embedded import EmbeddedStack
from corpus.places import file_key
from corpus.policy import CorpusPolicy
from corpus.releases import ReleaseStore
from domain.ids import new_id
from domain.scopes import Scope
from storage.migrations import migrate
from storage.resources import Resources
from storage.sealing import ObjectSealer
from storage.settings import Settings

ROUNDS = 15
PIECE = 1024 * 1024
PLAIN = "bench/plain"


@dataclass(frozen=True)
class Shelf:
    """What there is to pull."""

    number: int
    file: dict[str, Any]
    key: str


async def put(settings: Settings, size: int) -> Shelf:
    """Store random bytes twice: sealed as a file of a published release, and as they are."""
    stores, now = Resources.open(settings), datetime.now(UTC)
    await migrate(stores.database, now=now)
    await stores.objects.create_bucket_if_missing()
    releases, body, object_id = ReleaseStore(stores), os.urandom(size), new_id("obj")
    made = await releases.create(purpose="bench", asked_by="bench", policy=CorpusPolicy(), workspaces=[], now=now)

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, size, PIECE):
            yield body[at : at + PIECE]

    sealer = ObjectSealer(await releases.key(made["_id"]), object_id)
    await stores.objects.put_sealed(file_key(made["_id"], object_id), pieces(), sealer)
    await stores.objects.call("put_object", Key=PLAIN, Body=body)
    file = {
        "name": "train-00000.parquet",
        "size": size,
        "sha256": hashlib.sha256(body).hexdigest(),
        "object_id": object_id,
        "media_type": "application/vnd.apache.parquet",
        "state": "current",
        "rows": 1,
        "split": "train",
    }
    published = {"$set": {"files": [file], "state": "published", "phase": None}}
    await stores.database.whole("corpus_releases").update({"_id": made["_id"]}, published)
    _, key = await KeyStore(stores).create(
        workspace_id=None, name="bench", scopes=[Scope.CORPUS_READ], expires_at=None, now=now
    )
    stores.close()
    return Shelf(made["number"], file, key)


@dataclass
class Way:
    """One way to get the bytes: its speeds in MB/s, and its processor time in seconds, by round."""

    name: str
    fetch: Callable[[], None]
    speeds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, size: int, others: list[int]) -> None:
        """Do one round."""
        before = time.process_time() + sum(map(cpu_s, others))
        began = time.perf_counter()
        self.fetch()
        self.speeds.append(size / (time.perf_counter() - began) / 1e6)
        self.cpu.append(time.process_time() + sum(map(cpu_s, others)) - before)


def plain_get(settings: Settings, out: Path) -> Callable[[], None]:
    """Return what reads the plain object with boto3."""
    client = Resources.open(settings).objects._client  # noqa: SLF001 - the peer is boto3 itself

    def fetch() -> None:
        body = client.get_object(Bucket=settings.s3_bucket, Key=PLAIN)["Body"]
        with out.open("wb") as opened:
            while piece := body.read(PIECE):
                opened.write(piece)

    return fetch


def route(client: ApiClient, shelf: Shelf, out: Path) -> Callable[[], None]:
    """Return what reads the file over the API."""
    path = f"/v1/corpus/releases/{shelf.number}/files/{shelf.file['name']}"

    def fetch() -> None:
        with client.streamed(path, params={"purpose": "bench"}) as answer, out.open("wb") as opened:
            for piece in answer.iter_raw():
                opened.write(piece)

    return fetch


def command(client: ApiClient, shelf: Shelf, folder: Path) -> Callable[[], None]:
    """Return what the command does with one file."""
    downloads = Downloads(client, shelf.number, "bench", patience=Patience(), came=lambda _: None)

    def fetch() -> None:
        downloads.fetch(shelf.file, folder)

    return fetch


def store_process(folder: Path) -> int:
    """Return the process of the S3 store that keeps its files in a folder."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in told and b"weed" in told:
                return int(entry.name)
    raise SystemExit("the store's process is not there")


def main(size: int) -> None:
    """Print speeds and ratios."""
    with tempfile.TemporaryDirectory() as kept, EmbeddedStack(Path(kept)) as stack:
        prefix, port = "CALLWARD_", free_port()
        own = {name: value for name, value in stack.env.items() if name.startswith(prefix)}
        settings = Settings(**{name.removeprefix(prefix).lower(): value for name, value in own.items()})  # type: ignore[arg-type]
        shelf, out = asyncio.run(put(settings, size)), Path(kept) / "out"
        with (
            serving(["-m", "api"], port, {**stack.env, "CALLWARD_API_PORT": str(port)}) as api,
            ApiClient(f"http://127.0.0.1:{port}", shelf.key) as client,
        ):
            ways = [
                Way("plain S3 GET", plain_get(settings, out)),
                Way("over the API", route(client, shelf, out)),
                Way("command", command(client, shelf, Path(kept))),
            ]
            others = [api, store_process(Path(kept))]
            for number in range(ROUNDS + 1):
                for way in ways:
                    way.take(size, others)
                    if not number:  # the first round warms up
                        way.speeds.clear()
                        way.cpu.clear()
        told(ways, size)


def told(ways: list[Way], size: int) -> None:
    """Print what came of it."""
    peer = ways[0]
    print(f"{size >> 20} MiB, {ROUNDS} rounds")
    for way in ways:
        best, middle = max(way.speeds), statistics.median(way.speeds)
        shares = f"{best / max(peer.speeds):4.2f} {middle / statistics.median(peer.speeds):4.2f}"
        cpu = statistics.median(way.cpu)
        print(
            f"{way.name:<14} best {best:5.0f} MB/s, middle {middle:5.0f} MB/s; of the peer {shares}; CPU {cpu:5.2f} s"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) * 1024 * 1024 if len(sys.argv) > 1 else 128 * 1024 * 1024)
