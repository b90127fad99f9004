"""`callward push` as a simulated phone uses it: a real API process behind a network that cuts connections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from api_process import ApiProcess, api_process, wav
from conftest import now
from flaky_proxy import flaky
from typer.testing import CliRunner

from cli.main import app
from cli.stack.embedded import EmbeddedStack

MASTER = (
    '"","+442079460018","1001","in","""Asha"" <+442079460018>","PJSIP/t-{n:08x}","PJSIP/1001-{n:08x}","Dial","x",'
    '"2026-11-20 10:00:00","2026-11-20 10:00:05","2026-11-20 10:01:05","{duration}","60","ANSWERED","DOCUMENTATION",'
    '"1795168800.{n}",""\n'
)


@pytest.fixture(scope="module")
def api(stack: EmbeddedStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiProcess]:
    """An API whose upload links lead through a bad network."""
    store = urlsplit(stack.env["CALLWARD_S3_ENDPOINT"]).port
    assert store is not None
    with flaky(store, seed=11, cut_chance=0.4, cut_after=(0, 6_000_000)) as network:  # type: ignore[arg-type]
        env = {**stack.env, "CALLWARD_S3_PUBLIC_ENDPOINT": f"http://127.0.0.1:{network.port}"}
        with api_process(env, tmp_path_factory.mktemp("push")) as running:
            yield running


def push(api: ApiProcess, url: str, folder: Path, *arguments: str) -> tuple[int, str]:
    key = api.workspace.keys["mobile app"]
    state = ["--state", str(folder / "pushed.json"), "--patience", "60"]
    done = CliRunner().invoke(app, ["push", *arguments, "--url", url, "--key", key, *state])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stderr


def calls(api: ApiProcess) -> list[dict[str, Any]]:
    with api.role("customer") as customer:
        found: list[dict[str, Any]] = customer.get("/v1/calls", params={"limit": 200}).json()["calls"]
    return found


def batch(entries: int) -> str:
    start = int(now().timestamp() * 1000) - 86_400_000
    told = [
        {"number": f"+1415555{1000 + n % 9000}", "date": start + n * 1000, "duration_s": n % 90, "type": 1}
        for n in range(entries)
    ]
    return json.dumps({"device_id": "phone-of-the-test", "zone": "Asia/Kolkata", "region": "IN", "entries": told})


def test_a_phone_on_a_bad_network_delivers_every_recording_once(api: ApiProcess, tmp_path: Path) -> None:
    folder = tmp_path / "Recordings"
    folder.mkdir()
    for number in range(6):
        (folder / f"call {number}.wav").write_bytes(wav(seconds=0.5, seed=9_000 + number))
    (folder / "long.wav").write_bytes(wav(seconds=4_400, seed=9_100))  # 35 MB: five parts
    before = len(calls(api))
    port = urlsplit(api.url).port
    assert port is not None
    with flaky(port, seed=5, cut_chance=0.9, cut_after=(0, 4_000)) as network:  # type: ignore[arg-type]
        code, told = push(api, f"http://127.0.0.1:{network.port}", tmp_path, str(folder))
        assert code == 0, told
        assert network.cuts > 0, "the network was not bad at all"
    assert len(calls(api)) == before + 7
    assert {call["state"] for call in calls(api)} == {"received"}


def test_what_was_delivered_is_not_sent_again_and_losing_the_journal_makes_no_double(
    api: ApiProcess, tmp_path: Path
) -> None:
    file = tmp_path / "one.wav"
    file.write_bytes(wav(seconds=0.5, seed=9_200))
    assert push(api, api.url, tmp_path, str(file))[0] == 0
    count = len(calls(api))
    code, told = push(api, api.url, tmp_path, str(file))
    assert (code, "1 sent before" in told) == (0, True)
    (tmp_path / "pushed.json").unlink()
    code, told = push(api, api.url, tmp_path, str(file))
    assert (code, "1 known" in told) == (0, True)
    code, told = push(api, api.url, tmp_path, str(file), "--device-id", "phone-nine", "--zone", "Asia/Kolkata")
    assert (code, "1 known" in told) == (0, True), f"what was forgotten at first may be said later: {told}"
    assert len(calls(api)) == count


def test_a_call_log_of_any_length_goes_in_batches(api: ApiProcess, tmp_path: Path) -> None:
    file = tmp_path / "log.json"
    file.write_text(batch(2_500), "utf-8")
    code, told = push(api, api.url, tmp_path, str(file))
    assert (code, "2500 created" in told) == (0, True), told
    (tmp_path / "pushed.json").unlink()
    code, told = push(api, api.url, tmp_path, str(file))
    assert (code, "2500 duplicate" in told) == (0, True), told


def test_a_backup_apps_file_needs_to_know_its_phone(api: ApiProcess, tmp_path: Path) -> None:
    at = int(now().timestamp() * 1000) - 3_600_000
    file = tmp_path / "calls.xml"
    file.write_text(
        f'<?xml version="1.0"?><calls count="1"><call number="+14155550171" duration="12" date="{at}" type="2" '
        'presentation="1" contact_name="Maya Lindqvist" /></calls>',
        "utf-8",
    )
    code, told = push(api, api.url, tmp_path, str(file))
    assert (code, "--device-id" in told) == (1, True)
    code, told = push(api, api.url, tmp_path, str(file), "--device-id", "phone-two", "--zone", "Asia/Kolkata")
    assert (code, "1 created" in told) == (0, True), told


def test_refused_rows_of_a_cdr_file_show_in_the_exit_status(api: ApiProcess, tmp_path: Path) -> None:
    with api.role("admin") as admin:
        made = admin.put("/v1/sources/pbx-push", json={"format": "asterisk_csv", "zone": "UTC"})
        assert made.is_success, made.text
    file = tmp_path / "Master.csv"
    rows = [MASTER.format(n=n, duration=-1 if n == 3 else 65) for n in range(1, 50)]
    file.write_text("".join(rows), "utf-8")
    code, told = push(api, api.url, tmp_path, str(file), "--source", "pbx-push")
    assert code == 3, told
    assert "48 landed" in told
    assert "1 rejected" in told


def test_what_the_api_refuses_is_told_with_what_to_do(api: ApiProcess, tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(MASTER.format(n=1, duration=65), "utf-8")
    code, told = push(api, api.url, tmp_path, str(file))
    assert code == 1
    assert "zone" in told
    assert "run the same command again" in told
