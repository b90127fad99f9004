"""What is stored of an error: a constant word of ours, never what a driver or a system calls it."""

from __future__ import annotations

import pytest
from pymongo.errors import OperationFailure

from domain.errors import NotFound
from transcription.errors import NotAudio
from workers.outcome import StageRefused, code_of


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OperationFailure("no keys found for HMAC", code=211), "internal"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "whatever the codec says"), "internal"),
        (SystemExit(2), "internal"),
        (NotAudio("said"), "not_audio"),
        (NotFound("said"), "not-found"),
        (StageRefused("held"), "held"),
    ],
    ids=str,
)
def test_only_words_of_ours_are_kept(error: BaseException, word: str) -> None:
    assert code_of(error) == word
