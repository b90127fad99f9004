"""The commands as a newcomer types them: demo, up, doctor, and what they say when something is wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROLE_AND_KEY = r"^(platform admin|mobile app|customer|ML team|admin|privacy officer)\s+(cw_\S+)"
pytestmark = pytest.mark.xdist_group("e2e")


def start(*arguments: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", "CALLWARD_SPEECH_MODEL": "tiny.en", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of processes that mention a folder in their arguments or environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told:
            found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def test_the_demo_leaves_redacted_results_and_no_process(tmp_path: Path) -> None:
    output = tmp_path / "demo-output"
    demo = start("demo", "--data", str(tmp_path / "data"), "--output", str(output))
    told, _ = demo.communicate(timeout=240)
    assert demo.returncode == 0, told
    for part in ("Found and removed", "CREDIT_CARD", "processor", "controller", "Timings"):
        assert part in told
    kinds = {"card_payment": (".wav", b"RIFF"), "mobile_callback": (".m4a", b""), "support_long": (".opus", b"OggS")}
    for stem, (kind, begins) in kinds.items():
        transcript = json.loads((output / f"{stem}.json").read_text("utf-8"))
        assert transcript["redacted"] is True
        assert (output / f"{stem}.vtt").read_text("utf-8").startswith("WEBVTT")
        assert (output / f"{stem}.redacted{kind}").read_bytes().startswith(begins)
    everything = told + "".join(file.read_text("utf-8") for file in output.glob("*.vtt"))
    assert "8282" not in everything
    assert processes_of(tmp_path / "data") == []


def test_up_prints_address_docs_and_keys_serves_and_ends_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    up = start("up", "--data", str(tmp_path / "data"))
    assert up.stdout is not None
    told = ""
    until = time.monotonic() + 120
    while "Ctrl-C stops everything" not in told:
        line = up.stdout.readline()
        assert line, told
        assert time.monotonic() < until, told
        told += line
    found = re.search(r"API (http://127\.0\.0\.1:\d+)", told)
    assert found, told
    url = found[1]
    assert f"{url}/docs" in told
    keys = dict(re.findall(ROLE_AND_KEY, told, re.MULTILINE))
    assert len(keys) == 6, told
    with httpx.Client(base_url=url, trust_env=False) as plain:
        assert plain.get("/docs").status_code == 200
        listing = plain.get("/v1/calls", headers={"Authorization": f"Bearer {keys['customer']}"})
        assert (listing.status_code, listing.json()["calls"]) == (200, [])
    second = start("up", "--data", str(tmp_path / "data"))
    refused, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert str(up.pid) in refused
    doctor = start("doctor", "--data", str(tmp_path / "data"))
    healthy, _ = doctor.communicate(timeout=60)
    assert doctor.returncode == 0, healthy
    os.killpg(up.pid, signal.SIGINT)
    rest, _ = up.communicate(timeout=60)
    assert up.returncode in {0, 130}, rest
    assert "Traceback" not in rest
    assert processes_of(tmp_path / "data") == []


def test_an_unknown_setting_stops_the_start_and_is_named(tmp_path: Path) -> None:
    up = start("up", "--data", str(tmp_path / "data"), CALLWARD_SPEACH_MODEL="base")
    told, _ = up.communicate(timeout=120)
    assert up.returncode == 1
    assert "CALLWARD_SPEACH_MODEL" in told, told
    assert processes_of(tmp_path / "data") == []


def test_written_text_is_redacted_without_a_stack(tmp_path: Path) -> None:
    said = tmp_path / "notes.txt"
    said.write_text("My card number is 4111 1111 1111 1111, thank you.\n", "utf-8")
    redact = start("redact", str(said), "--explain")
    told, _ = redact.communicate(timeout=120)
    assert redact.returncode == 0, told
    assert "[CREDIT_CARD]" in told
    assert "1111" not in told
    refused, _ = (command := start("redact", str(ROOT / "samples" / "card_payment.wav"))).communicate(timeout=60)
    assert command.returncode == 2
    assert "callward transcribe" in refused


def test_recordings_become_redacted_files_without_a_stack(tmp_path: Path) -> None:
    """The model of every day on the demo's calls; the small things are in tests/unit/test_cli_transcribe*.py."""
    out = tmp_path / "out"
    names = ("card_payment.wav", "mobile_callback.m4a", "support_long.ogg")
    command = start("transcribe", *(str(ROOT / "samples" / name) for name in names), "--out", str(out), "--redact")
    told, _ = command.communicate(timeout=400)
    assert command.returncode == 0, told
    for name in names:
        stem, truth = Path(name).stem, json.loads((ROOT / "samples" / name).with_suffix(".json").read_text("utf-8"))
        document = json.loads((out / f"{stem}.json").read_text("utf-8"))
        assert abs(document["duration_s"] - truth["duration_s"]) < 0.1
        assert (document["language"], document["redacted"]) == ("en", True)
        assert document["redactions"]
        assert (out / f"{stem}.vtt").read_text("utf-8").startswith("WEBVTT")
        assert (out / f"{stem}.redacted.{'wav' if name.endswith('.wav') else 'opus'}").is_file()
    written = "".join(path.read_text("utf-8") for path in out.iterdir() if path.suffix in {".json", ".vtt"})
    for secret in ("8282", "example.com"):
        assert secret not in written
    assert not (out / "errors.jsonl").exists()
