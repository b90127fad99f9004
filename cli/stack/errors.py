"""What can go wrong with the embedded stack, said as a fact and what to do about it."""

from __future__ import annotations


class StackError(Exception):
    """The embedded stack cannot do what was asked. The message names the cause and the next step."""


class BinaryMissingError(StackError):
    """A part's program is nowhere to be found on this machine."""


class StackLockedError(StackError):
    """Another stack holds the data folder."""

    def __init__(self, message: str, *, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


class PartFailedError(StackError):
    """A part did not become healthy. Carries the part's name and the end of its log."""

    def __init__(self, part: str, reason: str, *, log_tail: str = "", hint: str = "") -> None:
        self.part = part
        self.reason = reason
        self.log_tail = log_tail
        lines = [f"The {part} part did not start: {reason}"]
        if log_tail:
            lines += ["Last lines of its log:", *(f"    {line}" for line in log_tail.splitlines())]
        if hint:
            lines.append(hint)
        lines.append("Run `callward doctor` to see the state of every part.")
        super().__init__("\n".join(lines))
