"""What becomes of bad recordings: outcome, time and the child's peak memory, as a Markdown table.

    python -m bench.bench_bad_files

Each file goes through the same guard as a customer's. Times are those of this machine while it ran; the outcome is what
counts, and a row that ends otherwise than it may fails the run.
"""

from __future__ import annotations

import io
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.bad_files import BAD_FILES, BadFile  # noqa: E402 - runs from a checkout without installation
from transcription.decode_guard import hear_guarded  # noqa: E402 - the same
from transcription.errors import RecordingError  # noqa: E402 - the same


class ChildMemory(threading.Thread):
    """Looks at this process's children until it is stopped; `peak_mb` is the most that one of them ever held."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self.stopped = threading.Event()

    def run(self) -> None:
        """Look every few milliseconds."""
        while not self.stopped.wait(0.005):
            for task in Path("/proc/self/task").iterdir():
                for child in _read(task / "children").split():
                    self.peak_mb = max(self.peak_mb, _peak_mb(child))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""


def _peak_mb(process: str) -> float:
    lines = _read(Path(f"/proc/{process}/status")).splitlines()
    return next((int(line.split()[1]) / 1_024 for line in lines if line.startswith("VmHWM")), 0.0)


def measured(bad: BadFile) -> tuple[str, float, float, int]:
    """Return (outcome, wall seconds, child's peak in MB, bytes)."""
    content = bad.make()
    memory = ChildMemory()
    memory.start()
    before = time.perf_counter()
    try:
        facts = hear_guarded(io.BytesIO(content), max_duration_s=bad.max_duration_s).facts
    except RecordingError as refusal:
        outcome = refusal.reason
    else:
        outcome = "partial" if facts.truncated else "done"
    spent = time.perf_counter() - before
    memory.stopped.set()
    memory.join()
    return outcome, spent, memory.peak_mb, len(content)


def main() -> int:
    """Print the table; 1 when a file ended otherwise than it may."""
    print("| file | bytes | outcome | seconds | peak of the child, MB |\n|---|---|---|---|---|")
    wrong = 0
    for bad in BAD_FILES:
        outcome, spent, peak_mb, size = measured(bad)
        said = outcome if outcome in {"done", "partial"} else f"refused: `{outcome}`"
        wrong += outcome not in bad.ends
        print(f"| {bad.name} | {size:,} | {said} | {spent:.2f} | {peak_mb:.0f} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
