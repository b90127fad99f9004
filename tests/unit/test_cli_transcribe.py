"""`callward transcribe` as it is typed, with the smallest model: what it writes, prints, and says when it cannot."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import pytest
from strict_vtt import read_strictly
from typer.testing import CliRunner

from cli.main import app

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
VALID = jsonschema_rs.validator_for(json.loads((ROOT / "docs" / "transcript.schema.json").read_text("utf-8")))
COMMAND = [sys.executable, "-m", "cli.main", "transcribe", "--model", "tiny.en"]
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}


def run(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=cwd, env=ENV, capture_output=True, text=True, timeout=240, check=False
    )


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, env=ENV, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def read(path: Path) -> dict[str, Any]:
    """Return a result file that keeps to the schema."""
    found: dict[str, Any] = json.loads(path.read_bytes())
    VALID.validate(found)
    return found


def beginning(path: Path, seconds: float = 4.0) -> Path:
    """Write the beginning of a sample (8 kHz, two channels, a byte each): a recording that was cut short."""
    path.write_bytes((SAMPLES / "card_payment.wav").read_bytes()[: 58 + int(seconds * 16_000)])
    return path


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 120
    while not path.exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.05)


def test_files_become_redacted_results_and_bad_ones_are_named(tmp_path: Path) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    shutil.copy(SAMPLES / "card_payment.wav", inputs / "card.bin")
    shutil.copy(SAMPLES / "mobile_callback.m4a", inputs)
    beginning(inputs / "-x.wav")
    beginning(inputs / 'new\nline "q" \u202egnp.wav', 5.0)
    (inputs / "text.wav").write_text("no recording at all")
    done = run("--out", out, "--redact", "--jobs", "2", "--parties", "agent,contact", inputs, "missing.mp3")
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1] == f"6 files: 4 done, 2 failed; why: {out / 'errors.jsonl'}"
    assert "\u202e" not in done.stderr
    failed = [json.loads(line) for line in (out / "errors.jsonl").read_text().splitlines()]
    assert {(Path(one["file"]).name, one["reason"]) for one in failed} == {
        ("text.wav", "not_audio"),
        ("missing.mp3", "not_found"),
    }
    stems = ["-x", "card", "mobile_callback", 'new\nline "q" \u202egnp']
    kinds = {"mobile_callback": "opus"}
    expected = [f"{stem}{end}" for stem in stems for end in (".json", f".redacted.{kinds.get(stem, 'wav')}", ".vtt")]
    assert names(out) == sorted([*expected, "errors.jsonl"])

    card = read(out / "card.json")
    assert card["channels"] == [{"channel": 0, "party": "agent"}, {"channel": 1, "party": "contact"}]
    assert "CREDIT_CARD" in {one["type"] for one in card["redactions"]}
    cues = read_strictly((out / "card.vtt").read_text("utf-8"))
    assert {cue.voice for cue in cues} == {"Agent", "Contact"}
    for stem in stems:
        assert "8282" not in (out / f"{stem}.json").read_text("utf-8") + (out / f"{stem}.vtt").read_text("utf-8")
    with wave.open(str(out / "card.redacted.wav")) as sound:
        assert abs(sound.getnframes() - card["duration_s"] * 8_000) <= 4, "the JSON's length is rounded to milliseconds"
        heard = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2)
    for one in card["redactions"]:
        assert np.abs(heard[int(one["start"] * 8_000) : int(one["end"] * 8_000)]).max() < 2_000
    assert read(out / "-x.json")["source"]["partial"] is True

    again = run("--out", out, "--redact", "--parties", "agent,contact", "--", inputs / "card.bin", inputs / "-x.wav")
    assert again.returncode == 0
    assert again.stderr.splitlines()[-1] == "2 files: 0 done, 2 done before, 0 failed"
    assert not (out / "errors.jsonl").exists()


def test_one_recording_is_printed_when_no_folder_is_named(tmp_path: Path) -> None:
    short = beginning(tmp_path / "-short.wav", 6.0)
    told = run("--format", "json", "--", short.name, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    VALID.validate(document)
    assert document["file"] == "-short.wav"
    assert "Northwind Energy" in document["segments"][0]["text"]
    assert run(short).stdout.startswith("[00:0")
    assert names(tmp_path) == ["-short.wav"]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (
            ["x.wav", "--model", "huge"],
            1,
            "There is no speech model 'huge': use base, tiny.en, or the path of a folder",
        ),
        (["x.wav", "--model", "."], 1, "The folder named as speech model holds no model.bin."),
        (["x.wav", "--language", "de"], 1, "The speech model knows English only."),
        (["x.wav", "--language", "English"], 2, "ISO 639"),
        (["x.wav", "--jobs", "0", "--out", "o"], 2, "--jobs"),
        (["x.wav", "--parties", "bob"], 2, "agent"),
        (["x.wav", "--policy", "balanced"], 2, "--redact"),
        (["x.wav", "--redact", "--policy", "nobody.yaml"], 2, "maximum_recall"),
        (["x.wav", "--format", "docx"], 2, "no such format"),
        (["x.wav", "y.wav"], 2, "--out"),
        (["x.wav"], 3, "The file is not a sound recording of an accepted kind."),
        (["missing.wav"], 3, "There is no such file."),
        ([], 2, "Missing argument"),
        (["x.wav", "--out", "x.wav"], 2, "file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_was_asked_wrongly_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, sentence: str
) -> None:
    (tmp_path / "x.wav").write_text("no recording at all")
    monkeypatch.chdir(tmp_path)
    model = [] if "--model" in arguments else ["--model", "tiny.en"]
    told = CliRunner().invoke(app, ["transcribe", *model, *arguments])
    said = " ".join(told.output.replace("│", " ").split())
    assert (told.exit_code, sentence in said) == (status, True), told.output
    assert names(tmp_path) == ["x.wav"], "and nothing is begun"


def test_a_folder_that_cannot_be_written_is_said_before_any_work() -> None:
    told = run("--out", "/proc/nothing", SAMPLES / "support_long.ogg")
    assert told.returncode == 1
    assert told.stderr == "The output folder cannot be written: No such file or directory.\n"


def test_ctrl_c_keeps_what_is_done_and_leaves_nothing_half(tmp_path: Path) -> None:
    first, out = beginning(tmp_path / "first.wav"), tmp_path / "out"
    rest = [SAMPLES / name for name in ("support_long.ogg", "mobile_callback.m4a", "card_payment.wav")]
    process = start("--out", out, "--jobs", "1", first, *rest)
    wait_for(out / "first.json", process)
    os.killpg(process.pid, signal.SIGINT)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 130, told
    assert re.fullmatch(r"stopped: \d done, 0 failed. The same command goes on from here.", told.splitlines()[-1])
    assert "Traceback" not in told
    whole = {path.stem for path in out.glob("*.json")}
    assert {"first"} <= whole < {"first", *(path.stem for path in rest)}, "the last of them had no time"
    assert names(out) == sorted(f"{stem}{end}" for stem in whole for end in (".json", ".vtt"))


def test_a_killed_run_leaves_whole_files_and_the_next_goes_on(tmp_path: Path) -> None:
    first, out = beginning(tmp_path / "first.wav"), tmp_path / "out"
    second = beginning(tmp_path / "second.wav", 20.0)
    process = start("--out", out, "--jobs", "1", first, second)
    wait_for(out / "first.json", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    read(out / "first.json")
    assert any(name.startswith(".callward-run-") for name in names(out))
    went_on = run("--out", out, first, second)
    assert went_on.returncode == 0, went_on.stderr
    assert "first.wav: done before" in went_on.stderr
    assert names(out) == ["first.json", "first.vtt", "second.json", "second.vtt"]


def test_a_terminal_shows_bars_and_ends_with_the_count(tmp_path: Path) -> None:
    short, out = beginning(tmp_path / "[red]short.wav"), tmp_path / "out"
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*COMMAND, "--out", out, short], cwd=ROOT, env={**ENV, "TERM": "xterm"}, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux's way to say that the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(60) == 0
    told = shown.decode()
    assert "0 of 1 files" in told
    assert "1/1 " in told
    assert "[red]short.wav: done" in told, "a name is no markup"
    assert told.rstrip().endswith("1 file: 1 done, 0 failed")
