"""`callward redact` as its user starts it: the real finder, in a process of its own, without a network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = "import socket\n\ndef _no(*_, **__):\n    raise OSError('no network here')\n\nsocket.socket.connect = _no\n"
CALL = [
    {"channel": 0, "text": "Thank you for calling, who am I speaking to?"},
    {"channel": 1, "text": "This is Priya Raman. I want to change my card."},
    {"channel": 0, "text": "Sure Priya, the long number please?"},
    {"channel": 1, "text": "It's four one double one, one one one one,"},
    {"channel": 0, "text": "okay"},
    {"channel": 1, "text": "1111 1111. You can mail me at priya.raman@example.com!"},
    {"channel": 0, "text": "That costs 450 rupees and takes three to five days."},
]


def run(tmp_path: Path, *arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    (tmp_path / "sitecustomize.py").write_text(OFFLINE, "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "redact", *arguments],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)},
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    lines = [{"id": "call", "segments": CALL}, {"id": "text", "text": "Ask Priya Raman, +91 98450 12345."}]
    given = "".join(json.dumps(one) + "\n" for one in lines).encode() + b"{broken 4111 1111 1111 1111\n"
    done = run(tmp_path_factory.mktemp("offline"), given=given)
    assert done.returncode == 3, done.stderr
    (refused,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert (refused["line"], refused["reason"]) == (3, "not_json")
    assert b"4111" not in done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_call_comes_back_without_what_tells_who_it_was(told: list[dict[str, object]]) -> None:
    call = told[0]
    text = str(call["redacted"])
    assert call["id"] == "call"
    for word in ("Priya", "Raman", "four one", "1111", "priya.raman"):
        assert word not in text
    assert text.splitlines()[0] == CALL[0]["text"]
    assert text.splitlines()[6] == CALL[6]["text"]
    assert text.splitlines()[5].endswith("mail me at [EMAIL_ADDRESS]!")


def test_offsets_are_of_the_given_segments(told: list[dict[str, object]]) -> None:
    spans = told[0]["spans"]
    assert isinstance(spans, list)
    covered = {(one["segment"], str(CALL[one["segment"]]["text"])[one["start"] : one["end"]]) for one in spans}
    assert (5, "priya.raman@example.com") in covered
    assert any(segment == 1 and "Priya Raman" in item for segment, item in covered)


def test_a_text_keeps_its_marks(told: list[dict[str, object]]) -> None:
    assert told[1]["redacted"] == "Ask [PERSON], [PHONE_NUMBER]."
