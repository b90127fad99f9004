"""What two sides of a benchmark cost: their speed in each round, and processor time, mongod's apart."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Side:
    """One of two ways to do the same: units a second, and microseconds of processor time a unit, in each round."""

    name: str
    pid: int = 0
    mongod: int = 0
    speeds: list[float] = field(default_factory=list)
    cpu_us: list[tuple[float, float]] = field(default_factory=list)

    def take(self, count: int, work: Callable[[], float]) -> float:
        """Do one round: `work` does so many units and returns its seconds. Returns units a second."""
        before = cpu_s(self.pid), cpu_s(self.mongod)
        self.speeds.append(count / work())
        spent = cpu_s(self.pid) - before[0], cpu_s(self.mongod) - before[1]
        self.cpu_us.append((spent[0] / count * 1e6, spent[1] / count * 1e6))
        return self.speeds[-1]

    def told(self, units: str, unit: str) -> str:
        """Return the medians of the rounds, with the units' name in the plural and in the singular."""
        own, mongod = (statistics.median(of) for of in zip(*self.cpu_us, strict=True))
        speed = statistics.median(self.speeds)
        return f"{self.name} {speed:>9,.0f} {units}/s, CPU per {unit} {own:4.0f} µs + mongod {mongod:4.0f} µs"
