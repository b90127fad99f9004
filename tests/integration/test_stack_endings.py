"""How a stack ends: data stay, no process stays, and a part that cannot start says why."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.stack import AppSpec, EmbeddedStack, PartFailedError
from storage.local import Bucket, mongo_client, s3_client

ROOT = Path(__file__).parents[2]
PROGRAM = textwrap.dedent("""
    import json, sys
    from pathlib import Path
    from cli.stack import AppSpec, EmbeddedStack, graceful_signals

    argv = [sys.executable, "-c", sys.argv[3]]
    apps = [AppSpec("worker", argv, ready_log="up", stop_grace_s=float(sys.argv[2]))]
    with graceful_signals():
        with EmbeddedStack(Path(sys.argv[1]), apps=apps) as stack:
            print(json.dumps([part.pid for part in stack.status()]), flush=True)
            stack.run_forever()
        print("ended", flush=True)
""")


STUBBORN = textwrap.dedent("""
    import signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("up", flush=True)
    time.sleep(600)
""")


def runs(pid: int) -> bool:
    """Whether the process is there and more than a corpse that nobody collected."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(pids: list[int], seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if runs(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@contextmanager
def stack_in_a_process(folder: Path, grace_s: float) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A stack run by a process of its own, with the ids of its parts."""
    command = [sys.executable, "-c", PROGRAM, str(folder), str(grace_s), STUBBORN]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                pytest.fail(f"the stack did not start:\n{process.communicate()[1]}")
            yield process, json.loads(line)
        finally:
            if process.poll() is None:
                process.kill()


def test_ctrl_c_ends_cleanly_and_leaves_no_process(tmp_path: Path) -> None:
    with stack_in_a_process(tmp_path, grace_s=0.5) as (process, pids):
        assert len(pids) == 4
        time.sleep(0.3)  # until it sits in run_forever; before that it ends with 130
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
        assert (process.returncode, output.strip(), errors) == (0, "ended", "")
        assert wait_until_gone(pids, 0) == []
    assert not (tmp_path / "run" / "status.json").exists()


def test_a_second_ctrl_c_does_not_wait_for_a_part_that_will_not_stop(tmp_path: Path) -> None:
    with stack_in_a_process(tmp_path, grace_s=300) as (process, pids):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.7)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == -signal.SIGINT or "KeyboardInterrupt" in errors
        assert wait_until_gone(pids, 0) == []


def test_no_part_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    with stack_in_a_process(tmp_path, grace_s=300) as (process, pids):
        process.kill()
        process.wait(timeout=10)
        assert wait_until_gone(pids, 5) == []


def test_data_survive_a_restart_and_a_change_of_ports(tmp_path: Path) -> None:
    for start in range(2):
        with EmbeddedStack(tmp_path) as stack:
            env = stack.env
            bucket = Bucket(
                env["CALLWARD_S3_ENDPOINT"],
                env["CALLWARD_S3_BUCKET"],
                env["CALLWARD_S3_REGION"],
                env["CALLWARD_S3_ACCESS_KEY"],
                env["CALLWARD_S3_SECRET_KEY"],
            )
            with mongo_client(env["CALLWARD_MONGO_URL"]) as client, s3_client(bucket) as objects:
                if start == 0:
                    client.test.kept.insert_one({"_id": 1, "text": "still here"})
                    objects.put_object(Bucket=bucket.name, Key="kept", Body=b"still here")
                found = client.test.kept.find_one({"_id": 1})
                assert found is not None
                assert found["text"] == "still here"
                assert objects.get_object(Bucket=bucket.name, Key="kept")["Body"].read() == b"still here"
        state = json.loads((tmp_path / "stack.json").read_text(encoding="utf-8"))
        (tmp_path / "stack.json").write_text(json.dumps({**state, "block": None}), encoding="utf-8")


def test_an_app_that_cannot_start_is_named_with_its_last_lines_and_nothing_is_left(tmp_path: Path) -> None:
    broken = AppSpec("speech", [sys.executable, "-c", "raise SystemExit('the model is not there')"], needs=())
    stack = EmbeddedStack(tmp_path, apps=[broken])
    with pytest.raises(PartFailedError) as failed, stack:
        pytest.fail("the stack started")
    assert failed.value.part == "speech"
    for words in ("exited with status 1", "the model is not there", "callward doctor"):
        assert words in str(failed.value)
    assert [part.pid for part in stack.status()] == [None] * 4


def test_a_service_named_in_the_environment_is_used_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CALLWARD_MONGO_URL", "CALLWARD_S3_ENDPOINT"):
        monkeypatch.setenv(name, "elsewhere")
    with EmbeddedStack(tmp_path, kept_secrets={"CALLWARD_BOOTSTRAP_KEY": lambda: os.urandom(8).hex()}) as stack:
        assert [part.name for part in stack.status()] == ["broker"]
        assert stack.env["CALLWARD_MONGO_URL"] == "elsewhere"
        first = stack.env["CALLWARD_BOOTSTRAP_KEY"]
    with EmbeddedStack(tmp_path, kept_secrets={"CALLWARD_BOOTSTRAP_KEY": lambda: os.urandom(8).hex()}) as stack:
        assert stack.env["CALLWARD_BOOTSTRAP_KEY"] == first


def test_stacks_run_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CALLWARD_MONGO_URL", "CALLWARD_S3_ENDPOINT"):
        monkeypatch.setenv(name, "elsewhere")
    with EmbeddedStack(tmp_path / "one") as one, EmbeddedStack(tmp_path / "two") as two:
        assert one.ports.block != two.ports.block
        assert one.env["CALLWARD_BROKER_URL"] != two.env["CALLWARD_BROKER_URL"]
