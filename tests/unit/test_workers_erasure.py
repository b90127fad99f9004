"""What is remembered of an erased call, and where an error happened, without a word of what it said."""

from __future__ import annotations

from domain.logs import where
from workers.erasure import REMEMBERED


def test_a_duplicate_and_an_abandoned_upload_may_come_again() -> None:
    assert frozenset({"request", "retention_over", "minor"}) == REMEMBERED


def test_an_error_is_told_by_kind_and_place_and_never_by_its_words() -> None:
    def fall() -> None:
        raise RuntimeError("she said 4111 1111")

    try:
        fall()
    except RuntimeError as error:
        told = where(error)
    assert told["error"] == "RuntimeError"
    assert "unit/test_workers_erasure.py" in told["at"][-1]
    assert "4111" not in str(told)
