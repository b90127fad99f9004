"""The API is killed with -9 in the middle of a large CDR file; the file is sent again, and every call is there once."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_process import ApiProcess, MakeSettings, api_process
from support import wait_for

from cli.stack.embedded import EmbeddedStack
from storage.resources import Resources

ROWS = 13_000
SENT_BEFORE_THE_KILL = 11_000
"""More than the reader holds back to join legs, so that some have landed when it is killed."""


def row(number: int) -> bytes:
    unique = f"1795168800.{number}"
    return (
        f'"","+4420794{number % 90_000 + 10_000:05}","1001","in","""Asha"" <1>","PJSIP/t-{number:08x}","PJSIP/1001-1",'
        f'"Dial","x","2026-11-20 10:00:00","2026-11-20 10:00:05","2026-11-20 10:01:05","65","60","ANSWERED",'
        f'"DOCUMENTATION","{unique}",""\n'
    ).encode()


def content(rows: int, *, then: threading.Event | None = None) -> Iterator[bytes]:
    """The file in blocks; with `then` it pauses for good after its rows, as a sender on a slow line does."""
    for start in range(0, rows, 500):
        yield b"".join(row(number) for number in range(start, min(rows, start + 500)))
    if then is not None:
        then.wait(90)


def stored(settings: MakeSettings, workspace_id: str) -> int:
    async def count() -> int:
        resources = Resources.open(settings())
        try:
            return await resources.database.scoped("cdrs", workspace_id).count({})
        finally:
            resources.close()

    return asyncio.run(count())


def send(api: ApiProcess, key: str, body: Iterator[bytes]) -> httpx.Response:
    with httpx.Client(base_url=api.url, timeout=120, trust_env=False) as client:
        headers = {"Authorization": f"Bearer {key}"}
        return client.post("/v1/cdrs", params={"zone": "UTC", "format": "asterisk_csv"}, content=body, headers=headers)


@pytest.mark.xdist_group("faults")
def test_a_file_that_was_being_read_when_the_api_was_killed_lands_once_when_it_is_sent_again(
    stack: EmbeddedStack, stack_settings: MakeSettings, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    with api_process(stack.env, tmp_path / "first") as api:
        key, workspace_id = api.workspace.keys["mobile app"], api.workspace.workspace_id
        killed = threading.Event()

        def kill_when_some_landed() -> None:
            wait_for("some have landed", lambda: stored(stack_settings, workspace_id) > 0, timeout_s=60)
            os.kill(api.process.pid, signal.SIGKILL)
            killed.set()

        killer = threading.Thread(target=kill_when_some_landed)
        killer.start()
        with pytest.raises(httpx.HTTPError):
            send(api, key, content(SENT_BEFORE_THE_KILL, then=killed))
        killer.join()
    before = stored(stack_settings, workspace_id)
    assert 0 < before <= SENT_BEFORE_THE_KILL
    with api_process(stack.env, tmp_path / "second") as api:
        answer = send(api, key, content(ROWS))
        assert answer.status_code == httpx.codes.OK, answer.text
        told = answer.json()
    assert (told["rows"], told["rejected"]) == (ROWS, 0)
    assert (told["landed"], told["duplicates"]) == (ROWS - before, before)
    assert stored(stack_settings, workspace_id) == ROWS
