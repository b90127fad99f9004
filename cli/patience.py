"""Trying again what may go better next time: bad networks, restarts, an upload link that ran out."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cli.client import ApiError

Result = TypeVar("Result")


class Passing(ApiError):
    """It went wrong and may go better next time."""


@dataclass(slots=True)
class Patience:
    """Tries again, each time after a longer pause with some chance in it, until `for_s` seconds brought no success."""

    for_s: float = 300.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 20.0
    told: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def run(self, step: Callable[[], Result]) -> Result:
        """Return what the step returns. Raises the step's last error once patience is over."""
        until, pause = self.clock() + self.for_s, self.first_pause_s
        while True:
            try:
                return step()
            except ApiError as error:
                if not (isinstance(error, Passing) or error.passing) or self.clock() >= until:
                    raise
                self.told(str(error))
            self.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries, protects nothing
            pause = min(self.longest_pause_s, pause * 2)
