"""How many records a chunk has: no more than are done in two seconds, on whatever machine, however busy it is.

Who places a hold waits for the chunks under way, and MongoDB ends one that takes too long (`governance.sweep_lanes`).
So the first is small, and each that follows is made by how long the one before it took. Smaller than the first is none:
what a chunk costs beside its records would be most of it then.
"""

from __future__ import annotations

from typing import Final

TARGET_S: Final = 2.0
LEAST: Final = 500


class Pace:
    """The size of the next chunk."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._least = min(LEAST, most)
        self.size = self._least

    def note(self, records: int, took_s: float) -> None:
        """Learn from a chunk of so many records: after a slow one fewer follow, after a quick one twice as many."""
        if took_s > TARGET_S:
            self.size = max(self._least, min(self.size, int(records * TARGET_S / took_s)))
        elif took_s < TARGET_S / 2:
            self.size = min(self._most, 2 * self.size)
