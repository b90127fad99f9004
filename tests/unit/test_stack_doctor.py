"""`callward doctor` names what is broken and what to do about it."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from cli import doctor as room
from cli.doctor import Verdict, doctor, run_doctor
from cli.stack.binaries import Binary, Program
from cli.stack.layout import Layout, open_state
from cli.stack.lock import DataLock


@pytest.fixture(autouse=True)
def _programs_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "find", lambda program: Binary(Path("/opt") / program.name, "9.9"))
    monkeypatch.setattr(room, "busy", lambda _: [])


def write_status(layout: Layout, *parts: dict[str, object]) -> None:
    document = {"parts": [{"pid": 1, "restarts": 0, "detail": "", **part} for part in parts]}
    layout.status_file.write_text(json.dumps(document), encoding="utf-8")


def test_a_machine_with_everything_is_well_and_the_command_succeeds(tmp_path: Path) -> None:
    shown = io.StringIO()
    assert doctor(tmp_path, Console(file=shown, width=200)) == 0
    assert "Everything needed is in place" in shown.getvalue()
    assert "callward up" in shown.getvalue()


def test_a_missing_program_is_broken_with_advice_and_the_command_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(program: Program) -> Binary:
        raise program.missing()

    monkeypatch.setattr(room, "find", nowhere)
    shown = io.StringIO()
    assert doctor(tmp_path, Console(file=shown, width=300)) == 1
    assert "Broken: mongod, weed, redis-server." in shown.getvalue()
    assert "pip install" in shown.getvalue()


def test_a_missing_program_does_not_matter_when_its_service_is_named_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(program: Program) -> Binary:
        raise program.missing()

    monkeypatch.setattr(room, "find", nowhere)
    for name in ("CALLWARD_MONGO_URL", "CALLWARD_S3_ENDPOINT", "CALLWARD_BROKER_URL"):
        monkeypatch.setenv(name, "elsewhere")
    assert doctor(tmp_path, Console(file=io.StringIO())) == 0


def test_a_failing_part_of_a_running_stack_is_shown_with_the_end_of_its_log(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    open_state(layout)
    layout.log("speech").write_text("one\ncannot open the model\n", encoding="utf-8")
    write_status(
        layout,
        {"name": "mongo", "state": "healthy"},
        {"name": "speech", "state": "backing off", "restarts": 3, "detail": "its process exited with status 1"},
    )
    with DataLock(tmp_path):
        checks = {check.name: check for check in run_doctor(tmp_path)}
    assert str(os.getpid()) in checks["stack"].found
    assert checks["mongo"].verdict is Verdict.GOOD
    assert checks["speech"].verdict is Verdict.BROKEN
    assert "cannot open the model" in checks["speech"].found
    assert "3 times" in checks["speech"].found
    assert str(layout.log("speech")) in checks["speech"].advice


def test_too_little_disk_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LEAST_FREE_GB", 10.0**9)
    assert [check.name for check in run_doctor(tmp_path) if check.verdict is Verdict.BROKEN] == ["disk"]


def test_looking_at_a_folder_that_is_not_there_does_not_make_it(tmp_path: Path) -> None:
    run_doctor(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_speech_models_that_are_configured_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "large"
    there.mkdir()
    (there / "model.bin").write_bytes(b"weights")
    models = {"large": f"{there}@sha256:{'0' * 64}", "small": "tiny.en", "lost": "/gone"}
    configured = {name: {"model": model} for name, model in models.items()}
    monkeypatch.setenv("CALLWARD_SPEECH_MODELS", json.dumps(configured))
    found = {check.name: check.verdict for check in run_doctor(tmp_path) if check.name.startswith("speech model")}
    assert found == {
        "speech model large": Verdict.GOOD,
        "speech model small": Verdict.GOOD,
        "speech model lost": Verdict.BROKEN,
    }
    monkeypatch.setenv("CALLWARD_SPEECH_MODELS", "large")
    (wrong,) = [check for check in run_doctor(tmp_path) if check.name == "speech models"]
    assert (wrong.verdict, wrong.found) == (Verdict.BROKEN, "CALLWARD_SPEECH_MODELS cannot be read")
