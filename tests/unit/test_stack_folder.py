"""The stack's data folder: one holder, private files, secrets that are made once, logs that do not grow for ever."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest

from cli.stack import logs
from cli.stack.errors import StackError, StackLockedError
from cli.stack.layout import Layout, open_state
from cli.stack.lock import DataLock, holder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_second_stack_on_the_same_folder_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with DataLock(tmp_path):
        with pytest.raises(StackLockedError) as refused, DataLock(tmp_path):
            pass
        assert refused.value.pid == os.getpid()
        assert f"`kill {os.getpid()}`" in str(refused.value)
        assert "choose another data folder" in str(refused.value)
        assert holder(tmp_path) == os.getpid()
    assert holder(tmp_path) is None
    with DataLock(tmp_path):
        pass


def test_what_the_stack_remembers_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "data")
    open_state(layout).secret("mongo_password")
    for file in (layout.state_file, layout.root_key_file, layout.mongo_key_file):
        assert mode(file) == 0o600, file
    for folder in (layout.root, layout.root / "keys", layout.root / "logs", layout.root / "run"):
        assert mode(folder) == 0o700, folder


def test_the_root_key_is_32_random_bytes_and_differs_between_folders(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        layout = Layout(tmp_path / name)
        open_state(layout)
        found.append(base64.b64decode(layout.root_key_file.read_text(encoding="ascii"), validate=False))
    assert [len(key) for key in found] == [32, 32]
    assert found[0] != found[1]


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    made = open_state(layout).secret("broker_password")
    again = open_state(layout)
    assert again.secret("broker_password") == made
    assert again.secret("other") != made
    assert again.secret("named", lambda: "cw_1") == "cw_1"
    assert again.secret("named", lambda: "cw_2") == "cw_1"


def test_a_used_folder_without_its_root_key_is_refused_rather_than_given_a_new_one(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    open_state(layout)
    layout.root_key_file.unlink()
    with pytest.raises(StackError, match="from your backup"):
        open_state(layout)
    assert not layout.root_key_file.exists()


@pytest.mark.parametrize("text", ["", "{}", '{"format": 99, "block": 1, "secrets": {}}'])
def test_a_state_that_cannot_be_read_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    layout = Layout(tmp_path)
    open_state(layout)
    layout.state_file.write_text(text, encoding="utf-8")
    with pytest.raises(StackError, match=r"stack\.json"):
        open_state(layout)
    assert layout.state_file.read_text(encoding="utf-8") == text


def test_sockets_go_to_a_short_path_when_the_folder_is_deep(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ("d" * 120))
    folder = layout.socket_folder()
    assert len(str(folder)) < 100
    assert mode(folder) == 0o700
    folder.rmdir()


def test_a_log_over_the_limit_is_moved_aside_and_three_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "s3.log"
    for number in range(6):
        log.write_text(f"{number}" * 11, encoding="utf-8")
        logs.rotate(log, max_bytes=10)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s3.log.1", "s3.log.2", "s3.log.3"]
    assert (tmp_path / "s3.log.1").read_text(encoding="utf-8").startswith("5")


def test_a_log_at_the_limit_stays(tmp_path: Path) -> None:
    log = tmp_path / "s3.log"
    log.write_text("0123456789", encoding="utf-8")
    logs.rotate(log, max_bytes=10)
    assert log.exists()


def test_the_tail_looks_only_at_what_the_last_start_wrote(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("old\n", encoding="utf-8")
    offset = log.stat().st_size
    with log.open("a", encoding="utf-8") as file:
        file.write("new 1\nnew 2\n")
    assert logs.tail(log, since_byte=offset) == "new 1\nnew 2"
    assert logs.tail(log, 1) == "new 2"
    assert not logs.tail(tmp_path / "none.log")
