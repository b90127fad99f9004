"""MongoDB stands still: requests are told so in time, and go on when it moves again."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from support import RunningCallward, running_callward

from cli.client import ApiError

pytestmark = pytest.mark.xdist_group("faults")


def test_a_database_that_stands_still_is_a_problem_document_in_time_and_passes(tmp_path: Path) -> None:
    stack = running_callward(tmp_path / "outage", CALLWARD_SPEECH_MODEL="tiny.en")
    running: RunningCallward = next(stack)
    with running.client("customer") as customer:
        assert customer.get("/v1/calls")["calls"] == []
        running.stack.kill("mongo", signal.SIGSTOP)
        try:
            with pytest.raises(ApiError, match="does not answer now"):
                customer.get("/v1/calls")
        finally:
            running.stack.kill("mongo", signal.SIGCONT)
        assert customer.get("/v1/calls")["calls"] == []
    next(stack, None)
