"""Call-log batches: our route beside a bare FastAPI route that validates the same body and does one `insert_many`.

`python bench/bench_call_logs.py [batches]` (default 300 a round). Both run in a process of their own on one MongoDB
(majority and journal), take turns in one run, and get the same fresh entries: 100 a batch over kept connections, first
one, then four; numbers out of 20,000. Ours also checks the key, tells duplicates, encrypts numbers, keeps its indexes.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.processes import Side
from cli.apps import make_api_key
from cli.roles import make_workspace
from cli.stack.embedded import EmbeddedStack

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = 100
NUMBERS = 20_000
CLIENTS = (1, 4)
"""Connections: one waits for each answer, so that time on the way counts; four keep both cores busy."""
ROUNDS = 5
WARM_UP = 500
"""Batches before the first round: after them most of the numbers have been seen once, as in a service that runs."""
PATH = "/v1/call-logs:batch"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(argv: list[str], port: int, env: dict[str, str]) -> Iterator[int]:
    """Run a server until the block ends; its process id is what the block gets."""
    process = subprocess.Popen(
        [sys.executable, *argv],
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while not answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{argv} did not start")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


class Phones:
    """Makes batches of entries that nobody has sent before."""

    def __init__(self) -> None:
        self._random = random.Random(1)  # noqa: S311 - the same numbers in every run
        self._numbers = [f"0{self._random.randrange(7_000_000_000, 9_999_999_999)}" for _ in range(NUMBERS)]
        self._at = int(time.time() * 1000) - 3600_000

    def batches(self, count: int) -> list[bytes]:
        """Return bodies."""
        return [self._batch() for _ in range(count)]

    def _batch(self) -> bytes:
        entries = []
        for _ in range(ENTRIES):
            self._at -= 1
            entries.append(
                {
                    "number": self._random.choice(self._numbers),
                    "date": self._at,
                    "duration_s": self._random.randrange(600),
                    "type": self._random.choice((1, 2, 3)),
                    "presentation": 1,
                    "sim_slot": 0,
                }
            )
        body = {"device_id": str(uuid.uuid4()), "zone": "Asia/Kolkata", "region": "IN", "entries": entries}
        return json.dumps(body).encode()


def send(port: int, key: str, bodies: list[bytes], clients: int) -> float:
    """Send the bodies over a few kept connections; return the seconds it took."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    failures: list[int] = []

    def client(share: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for body in share:
            connection.request("POST", PATH, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                failures.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=client, args=(bodies[n::clients],)) for n in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if failures:
        raise SystemExit(f"refused: {sorted(set(failures))}")
    return took


def compare(sides: dict[int, Side], key: str, phones: Phones, *, clients: int, count: int) -> None:
    """Print the rounds with so many connections, their medians and the ratio; sides are ours and the peer, by port."""
    ratios = []
    for _ in range(ROUNDS):
        bodies = phones.batches(count)
        ours, peer = (
            side.take(count * ENTRIES, partial(send, port, key, bodies, clients)) for port, side in sides.items()
        )
        ratios.append(ours / peer)
    print(f"{clients} connection{'s' * (clients > 1)}, {ROUNDS} rounds of {count} batches of {ENTRIES}, medians:")
    for side in sides.values():
        print(f"  {side.told('entries', 'entry')}")
    print(f"  ratio {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")


def main() -> None:
    """Print entries a second, CPU time and the ratio, with one connection and with four."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    phones = Phones()
    with tempfile.TemporaryDirectory() as folder, EmbeddedStack(Path(folder)) as stack:
        platform_key, ours_at, peer_at = make_api_key(), free_port(), free_port()
        url = f"http://127.0.0.1:{ours_at}"
        own = {"CALLWARD_API_PORT": str(ours_at), "CALLWARD_PUBLIC_URL": url, "CALLWARD_BOOTSTRAP_KEY": platform_key}
        with (
            serving(["-m", "api"], ours_at, {**stack.env, **own}) as ours_pid,
            serving(["bench/call_logs_peer.py", str(peer_at)], peer_at, dict(stack.env)) as peer_pid,
        ):
            key = make_workspace(url, platform_key, "Bench").keys["mobile app"]
            mongod = stack.pid("mongo")
            for port in (ours_at, peer_at):
                send(port, key, phones.batches(WARM_UP), max(CLIENTS))
            for clients in CLIENTS:
                sides = {ours_at: Side("ours      ", ours_pid, mongod), peer_at: Side("bare route", peer_pid, mongod)}
                compare(sides, key, phones, clients=clients, count=count)


if __name__ == "__main__":
    main()
