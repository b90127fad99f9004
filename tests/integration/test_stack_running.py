"""The embedded stack on its real parts: it serves, heals, keeps to loopback, and refuses a second one on its folder."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.doctor import Verdict, run_doctor
from cli.stack import AppSpec, EmbeddedStack, StackError, StackEvent, StackLockedError, State
from storage.local import Bucket, LocalServiceError, mongo_client, ping_mongo, s3_client

WEB_SERVER = (
    "import http.server, os\n"
    "where = (os.environ['CALLWARD_API_HOST'], int(os.environ['CALLWARD_API_PORT']))\n"
    "http.server.ThreadingHTTPServer(where, http.server.SimpleHTTPRequestHandler).serve_forever()\n"
)
WORKER = "import time\nprint('worker ready', flush=True)\ntime.sleep(3600)\n"


def bucket_of(stack: EmbeddedStack) -> Bucket:
    env = stack.env
    return Bucket(
        endpoint=env["CALLWARD_S3_ENDPOINT"],
        name=env["CALLWARD_S3_BUCKET"],
        region=env["CALLWARD_S3_REGION"],
        access_key=env["CALLWARD_S3_ACCESS_KEY"],
        secret_key=env["CALLWARD_S3_SECRET_KEY"],
    )


def listening(pid: int) -> set[tuple[str, int]]:
    """The TCP addresses on which a process listens, as hexadecimal address and port, from /proc."""
    sockets = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = descriptor.readlink().name
        except OSError:
            continue
        if target.startswith("socket:["):
            sockets.add(target.removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and columns[9] in sockets:
                address, _, port = columns[1].partition(":")
                found.add((address, int(port, 16)))
    return found


@pytest.fixture(scope="module")
def events() -> list[StackEvent]:
    return []


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, events: list[StackEvent]) -> Iterator[EmbeddedStack]:
    apps = [
        AppSpec("api", [sys.executable, "-c", WEB_SERVER], http_path="/", cwd=tmp_path_factory.mktemp("served")),
        AppSpec("worker", [sys.executable, "-c", WORKER], ready_log="worker ready"),
    ]
    folder = tmp_path_factory.mktemp("stack")
    with EmbeddedStack(folder, apps=apps, on_event=events.append) as running:
        yield running


def test_every_part_is_healthy_and_the_apps_start_after_the_services(
    stack: EmbeddedStack, events: list[StackEvent]
) -> None:
    assert {part.name: part.state for part in stack.status()} == dict.fromkeys(
        ("mongo", "s3", "broker", "api", "worker"), State.HEALTHY
    )
    order = [(event.kind, event.part) for event in events]
    for service in ("mongo", "s3", "broker"):
        assert order.index(("healthy", service)) < order.index(("starting", "api"))


def test_nothing_listens_beyond_loopback(stack: EmbeddedStack) -> None:
    found = {address for part in stack.status() for address in listening(part.pid or 0)}
    assert {address for address, _ in found} == {"0100007F"}
    assert {port for _, port in found} == set(stack.ports.listening())


def test_mongodb_takes_transactions_and_refuses_strangers(stack: EmbeddedStack) -> None:
    url = stack.env["CALLWARD_MONGO_URL"]
    with mongo_client(url) as client, client.start_session() as session, session.start_transaction():
        client.test.transactions.insert_one({"_id": 1}, session=session)
    ping_mongo(url)
    with pytest.raises(LocalServiceError) as refused:
        ping_mongo(url.replace("callward:", "callward:wrong"))
    assert "wrong" not in str(refused.value)


def test_the_object_store_refuses_a_wrong_key(stack: EmbeddedStack) -> None:
    right = bucket_of(stack)
    wrong = Bucket(right.endpoint, right.name, right.region, right.access_key, "wrong")
    with s3_client(wrong) as client, pytest.raises(client.exceptions.ClientError, match="SignatureDoesNotMatch"):
        client.list_objects_v2(Bucket=wrong.name)


def test_deleted_bytes_go_back_to_the_disk(stack: EmbeddedStack) -> None:
    bucket, sound = bucket_of(stack), os.urandom(100_000)  # the store packs what can be packed
    volumes = stack.data_dir / "s3"

    def on_disk() -> bool:
        return any(sound[:64] in volume.read_bytes() for volume in volumes.glob("*.dat"))

    with s3_client(bucket) as client:
        client.put_object(Bucket=bucket.name, Key="to-be-erased", Body=sound)
        assert on_disk()
        client.delete_object(Bucket=bucket.name, Key="to-be-erased")
    deadline = time.monotonic() + 15
    while on_disk() and time.monotonic() < deadline:
        time.sleep(0.5)  # the store deletes in the background
        stack.reclaim()
    assert not on_disk()


@pytest.mark.parametrize("name", ["worker", "broker", "s3", "mongo"])
def test_a_killed_part_is_started_again(stack: EmbeddedStack, name: str) -> None:
    before = stack.pid(name)
    stack.kill(name)
    stack.wait_healthy(name, timeout_s=20)
    assert stack.pid(name) != before
    assert next(part.restarts for part in stack.status() if part.name == name) == 1


def test_a_clean_restart_does_not_count_as_a_death(stack: EmbeddedStack, events: list[StackEvent]) -> None:
    before = stack.pid("api")
    stack.restart("api")
    assert stack.pid("api") != before
    assert StackEvent("stopped", "api") in events
    assert not [event for event in events if event.kind == "died" and event.part == "api"]


def test_a_signal_that_does_not_kill_leaves_the_part_running(stack: EmbeddedStack) -> None:
    before = stack.pid("worker")
    stack.kill("worker", signal.SIGCONT)
    assert stack.pid("worker") == before


def test_a_second_stack_on_the_same_folder_is_refused(stack: EmbeddedStack) -> None:
    with (
        pytest.raises(StackLockedError, match=f"process {os.getpid()}"),
        EmbeddedStack(stack.data_dir),
    ):
        pytest.fail("the second stack started")
    stack.wait_healthy("mongo", timeout_s=1)


def test_an_unknown_part_is_named_with_the_known_ones(stack: EmbeddedStack) -> None:
    with pytest.raises(StackError, match=r"'web'.*mongo, s3, broker, api, worker"):
        stack.pid("web")


def test_the_doctor_finds_the_running_stack_well(stack: EmbeddedStack) -> None:
    checks = {check.name: check for check in run_doctor(stack.data_dir)}
    assert [name for name, check in checks.items() if check.verdict is Verdict.BROKEN] == []
    assert checks["worker"].found.startswith("healthy")
    assert str(os.getpid()) in checks["stack"].found
