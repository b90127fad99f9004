"""`callward parse` as its user meets it: what it prints where, and how it ends."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from typer.testing import CliRunner

from cli.main import app

MASTER = (
    '"acc","+442079460018","1001","from-trunk","""Asha"" <+442079460018>","PJSIP/trunk-00000001","PJSIP/1001-00000002",'
    '"Dial","PJSIP/1001","2026-11-20 10:00:00","2026-11-20 10:00:05","2026-11-20 10:01:05","65","60","ANSWERED",'
    '"DOCUMENTATION","1795150800.1",""\n'
)
BAD = MASTER.replace('"65","60"', '"-65","60"').replace(".1", ".2")
FIELDS = {
    "source",
    "origin_id",
    "idempotency_key",
    "direction",
    "caller",
    "callee",
    "setup_time",
    "answer_time",
    "end_time",
    "duration_s",
    "disposition",
    "legs",
    "recording",
    "cost",
    "raw_line",
}


def parse(tmp_path: Path, content: bytes | str, *options: str) -> tuple[int, list[Any], list[Any]]:
    file = tmp_path / "calls"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = CliRunner().invoke(app, ["parse", str(file), *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.exit_code, lines, done.stderr.splitlines()


def told(lines: list[str]) -> list[Any]:
    return [json.loads(line) for line in lines]


def test_a_call_is_printed_with_every_field_that_is_promised(tmp_path: Path) -> None:
    code, calls, refused = parse(tmp_path, MASTER, "--zone", "Asia/Kolkata", "--region", "IN")
    assert (code, refused) == (0, [])
    (call,) = calls
    assert set(call) >= FIELDS
    assert call["setup_time"] == "2026-11-20T04:30:00Z"
    assert call["answer_time"] == "2026-11-20T04:30:05Z"
    assert call["caller"] | {"kind": ""} == {
        "raw": "+442079460018",
        "e164": "+442079460018",
        "presentation": "allowed",
        "kind": "",
    }
    assert call["callee"]["e164"] is None
    assert (call["duration_s"], call["talk_s"], call["disposition"], call["raw_line"]) == (65.0, 60.0, "answered", 1)
    assert len(call["legs"]) == 1


def test_refused_rows_are_told_by_line_and_reason_and_the_rest_lands(tmp_path: Path) -> None:
    code, calls, refused = parse(tmp_path, MASTER + BAD, "--zone", "UTC")
    assert code == 3
    assert len(calls) == 1
    (row,) = told(refused)
    assert (row["raw_line"], row["reason"]) == (2, "negative_duration")
    assert row["message"]


@pytest.mark.parametrize(
    "content",
    ["nothing of the kind\nat all\n", "", "\0\0\0", "\x89PNG\r\n\x1a\n", '{"hello": "world"}', "<html></html>"],
    ids=["prose", "empty", "zeros", "png", "json", "html"],
)
def test_what_is_none_of_the_formats_ends_with_two(tmp_path: Path, content: str) -> None:
    code, calls, refused = parse(tmp_path, content)
    assert (code, calls) == (2, [])
    (line,) = told(refused)
    assert line["reason"] == "unknown-format"


def test_a_zone_that_is_not_in_the_data_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    code, calls, refused = parse(tmp_path, MASTER)
    assert (code, calls) == (2, [])
    (line,) = told(refused)
    assert line["reason"] == "zone-needed"
    assert "--zone" in line["message"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_compressed_files_are_known_by_their_bytes(tmp_path: Path, pack: Any) -> None:
    code, calls, _ = parse(tmp_path, pack(MASTER.encode()), "--zone", "UTC")
    assert (code, len(calls)) == (0, 1)


def test_a_truncated_archive_does_not_end_as_if_all_had_landed(tmp_path: Path) -> None:
    many = "".join(MASTER.replace(".1", f".{number}") for number in range(30_000))
    code, _, refused = parse(tmp_path, gzip.compress(many.encode())[:-200], "--zone", "UTC")
    assert code in {2, 3}
    assert told(refused)[-1]["reason"] == "truncated"


def test_the_standard_input_is_a_file_too() -> None:
    done = CliRunner().invoke(app, ["parse", "-", "--zone", "UTC"], input=MASTER)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["source"] == "asterisk_csv"


def test_nothing_of_a_file_with_wrong_control_totals_is_printed(tmp_path: Path) -> None:
    shared = Path(__file__).resolve().parents[3] / "shared/samples/telephony/fixed_width/carrier_fwv.txt"
    if not shared.exists():
        pytest.skip("the shared samples are not here")
    lines = shared.read_text("latin-1").splitlines(keepends=True)
    whole = parse(tmp_path, "".join(lines), "--zone", "Europe/Amsterdam", "--region", "NL")
    assert (whole[0], len(whole[1])) == (0, 33)
    code, calls, refused = parse(tmp_path, "".join(lines[:5] + lines[6:]), "--zone", "Europe/Amsterdam")
    assert (code, calls) == (3, [])
    assert told(refused)[-1]["reason"] == "control_totals"


@pytest.mark.parametrize(
    "options",
    [("--zone", "Mars/Olympus"), ("--format", "morse"), ("--region", "India"), ("--mapping", "missing.yaml")],
    ids=["zone", "format", "region", "mapping"],
)
def test_a_wrong_option_is_refused_before_the_file_is_read(tmp_path: Path, options: tuple[str, str]) -> None:
    file = tmp_path / "calls"
    file.write_text(MASTER)
    done = CliRunner().invoke(app, ["parse", str(file), *options])
    assert done.exit_code == 2
    assert "Invalid value" in done.stderr
    assert done.stdout == ""


def test_the_rows_of_the_file_are_all_in_one_of_the_two_streams(tmp_path: Path) -> None:
    rows = [MASTER.replace(".1", f".{number}") if number % 3 else BAD for number in range(1, 100)]
    code, calls, refused = parse(tmp_path, "".join(rows), "--zone", "UTC")
    assert code == 3
    assert sum(call["rows"] for call in calls) + sum(line.get("rows", 1) for line in told(refused)) == 99
