"""CDR files through the API beside raw `insert_many` of the same documents, and the API's memory under a big file.

`python bench/bench_cdrs.py [rows] [rows of the big file]` (default 100,000 and 0: none). The files are Asterisk's csv,
their numbers of a pool of 20,000 subscribers, others in each round. The peer writes the very documents that ours left,
a thousand at a time, acknowledged by majority and journal, into a collection with the same indexes beside ours. Each
round has a database of its own, for inserting costs more where more is. Printed are each side's speed, its processor
time apart from mongod's, and the rounds' ratios.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx
from pymongo import MongoClient, WriteConcern

from bench.processes import Side
from cli.apps import make_api_key
from cli.roles import make_workspace
from cli.stack.embedded import EmbeddedStack
from storage.catalog import BY_NAME

ROOT = Path(__file__).resolve().parent.parent
BATCH = 1_000
PIECE = 1024 * 1024
ROUNDS = 3
TARGET, MEMORY_MIB = 0.50, 300.0
_START = datetime(2026, 11, 1, tzinfo=UTC)


def rows(count: int, *, seed: int) -> Iterator[bytes]:
    """Yield that many rows as Asterisk's cdr_csv writes them, in pieces."""
    made = random.Random(seed)  # noqa: S311 - invented calls
    pool = [f"+4479{made.randrange(10**8):08}" for _ in range(20_000)]
    piece: list[str] = []
    for number in range(count):
        begun = _START + timedelta(seconds=number * 18 % (20 * 86_400))
        caller, callee, talk = made.choice(pool), made.choice(pool), made.randrange(600)
        answered, ended = begun + timedelta(seconds=5), begun + timedelta(seconds=5 + talk)
        piece.append(
            f'"acme","{caller}","{callee}","from-internal","""Desk {number % 300}"" <{caller}>",'
            f'"PJSIP/{number % 300}-{number:08x}","PJSIP/trunk-{number:08x}","Dial","PJSIP/{callee}@trunk",'
            f'"{begun:%F %T}","{answered:%F %T}","{ended:%F %T}",{talk + 5},{talk},"ANSWERED","DOCUMENTATION",'
            f'"{begun.timestamp():.0f}.{seed}{number:08}",""\n'
        )
        if len(piece) == 5_000:
            yield "".join(piece).encode()
            piece.clear()
    yield "".join(piece).encode()


class Api:
    """The API as its own process on a stack."""

    def __init__(self, stack: EmbeddedStack) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        key = make_api_key()
        own = {"CALLWARD_API_PORT": str(port), "CALLWARD_PUBLIC_URL": self.url, "CALLWARD_BOOTSTRAP_KEY": key}
        outer = {name: value for name, value in os.environ.items() if not name.startswith("CALLWARD_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api"],
            cwd=ROOT,
            env={**outer, **stack.env, **own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        self.workspace = make_workspace(self.url, key, "bench")

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready", trust_env=False).is_success:
                    return
            time.sleep(0.1)
        raise SystemExit("the API did not start")

    def send(self, content: Iterator[bytes]) -> tuple[dict[str, Any], float]:
        """Send a file; return the answer and the seconds."""
        headers = {"Authorization": f"Bearer {self.workspace.keys['mobile app']}"}
        began = time.monotonic()
        with httpx.Client(base_url=self.url, headers=headers, timeout=None, trust_env=False) as client:  # noqa: S113 - as long as it takes
            answer = client.post("/v1/cdrs?format=asterisk_csv&zone=UTC", content=content)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told, time.monotonic() - began

    def peak_mib(self) -> float:
        """Return the most memory that the process has had."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    def stop(self) -> None:
        """Stop the process."""
        self.process.terminate()
        self.process.wait()


def pieces(file: Path) -> Iterator[bytes]:
    """Yield a file in pieces."""
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def peer_of(database: Any) -> Any:
    """Return a new collection with the indexes of ours."""
    peer = database.get_collection("bench_raw", write_concern=WriteConcern("majority", j=True))
    for index in BY_NAME["cdrs"].indexes:
        peer.create_index(list(index.keys), name=index.name)
    return peer


def raw_insert(peer: Any, documents: list[dict[str, Any]]) -> float:
    """Return how many seconds `insert_many` takes for the documents."""
    began = time.monotonic()
    for start in range(0, len(documents), BATCH):
        peer.insert_many(documents[start : start + BATCH], ordered=False)
    return time.monotonic() - began


def big_file(api: Api, count: int) -> None:
    """Stream a file that is never whole anywhere, and print the API's memory."""
    before = api.peak_mib()
    told, seconds = api.send(rows(count, seed=9))
    peak = api.peak_mib()
    print(
        f"{told['landed']:,} rows streamed in {seconds:.0f} s ({told['landed'] / seconds:,.0f} rows/s, sender included)"
    )
    print(f"peak memory of the API: {before:.0f} MiB before, {peak:.0f} MiB after (mark: {MEMORY_MIB:.0f} MiB)")


def one_round(ours: Side, peer: Side, number: int, count: int, big: int) -> str:
    """Take a file in on a fresh stack, then let the peer write what it left; return what the documents are like."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedStack(Path(folder)) as stack:
        api, file = Api(stack), Path(folder) / "cdr.csv"
        ours.pid, ours.mongod, peer.mongod = api.process.pid, stack.pid("mongo"), stack.pid("mongo")
        try:
            api.send(rows(count // 10, seed=1))  # warms caches and connections
            with file.open("wb") as opened:
                opened.writelines(rows(count, seed=2 + number))
            ours.take(count, lambda: api.send(pieces(file))[1])
            client: MongoClient[dict[str, Any]] = MongoClient(stack.env["CALLWARD_MONGO_URL"])
            database = client[stack.env["CALLWARD_MONGO_DATABASE"]]
            documents = list(database["cdrs"].find().sort("created_at", -1).limit(count))
            raw = peer_of(database)
            peer.take(count, lambda: raw_insert(raw, documents))
            size = database.command("collStats", "cdrs")["avgObjSize"]
            client.close()
            if big:
                big_file(api, big)
        finally:
            api.stop()
    return f"documents of {size} bytes on average"


def main() -> None:
    """Run ours and the peer in turn, and print the rounds' medians and ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    big = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    ours, peer = Side("file through the API"), Side("raw insert_many     ", pid=os.getpid())
    for number in range(ROUNDS):
        last = number == ROUNDS - 1
        told = one_round(ours, peer, number, count, big if last else 0)
    ratios = [one / other for one, other in zip(ours.speeds, peer.speeds, strict=True)]
    middle = statistics.median(ratios)
    print(f"{ROUNDS} rounds of {count:,} rows; {told}; load {os.getloadavg()[0]:.1f}")
    print(ours.told("rows", "row"))
    print(peer.told("rows", "row"))
    print(f"ratio {middle:.2f} (from {min(ratios):.2f} to {max(ratios):.2f}; mark: {TARGET:.2f})")


if __name__ == "__main__":
    main()
