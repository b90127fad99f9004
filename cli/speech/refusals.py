"""What a file, or the whole command, is refused for: a constant reason and a sentence that says what to do."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path


class Refused(Exception):
    """One file has no result; the others go on. The sentence never quotes what was said."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class CannotGoOn(Exception):
    """The command cannot work at all: no model, no room to write. Its text is one sentence for a person."""


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM)."""


def as_text(path: Path) -> str:
    """Return a path as text that UTF-8 can hold; bytes that are no text show as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def printable(path: Path) -> str:
    """Return a path for a terminal: what could move the cursor or turn the line is shown as an escape."""
    return "".join(
        one.encode("unicode_escape").decode() if unicodedata.category(one)[0] == "C" else one for one in as_text(path)
    )


def why(error: OSError) -> str:
    """Return the system's words for an error, without the path."""
    return error.strerror or type(error).__name__
