"""How long to wait before a part that died is started again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubling waits, in seconds: `first_s`, twice that, and so on, never more than `cap_s`.

    A part that stayed up for `stable_s` seconds starts again from `first_s`.
    """

    first_s: float = 0.25
    cap_s: float = 15.0
    stable_s: float = 30.0

    def delay_s(self, failures_in_a_row: int) -> float:
        """Seconds to wait after the nth failure in a row (the first failure is 1)."""
        doublings = max(0, failures_in_a_row - 1)
        if doublings > 32:  # noqa: PLR2004 - 2**32 is past any cap; avoids a float overflow on a part that never comes up
            return self.cap_s
        return min(self.cap_s, self.first_s * 2.0**doublings)

    def failures_after(self, failures_in_a_row: int, *, uptime_s: float) -> int:
        """The count of failures in a row once a part that ran for `uptime_s` seconds has died."""
        return 1 if uptime_s >= self.stable_s else failures_in_a_row + 1
