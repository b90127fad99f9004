"""The program that decodes one untrusted file: `python -m transcription.decode_child` (started by `decode_guard`).

The file is standard input (seekable), the samples go to standard output, the facts or the reason of a refusal as one
JSON document to the descriptor named in the first argument. No name, key or setting of ours reaches this process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

from transcription.errors import DecodingStopped, RecordingError


def main(arguments: list[str]) -> int:
    """Decode within the limits given as JSON in the second argument; 0 when done, 2 when refused."""
    report_to, limits = int(arguments[0]), json.loads(arguments[1])
    _limit(limits)
    report: dict[str, Any]
    try:
        report, status = {"facts": _decode(limits["max_duration_s"])}, 0
    except RecordingError as refusal:
        report, status = {"reason": refusal.reason, "sentence": str(refusal)}, 2
    except (MemoryError, OSError):
        report, status = {"reason": DecodingStopped.reason, "sentence": DecodingStopped.sentence}, 2
    with os.fdopen(report_to, "w", encoding="utf-8") as out:
        json.dump(report, out)
    return status


def _limit(limits: dict[str, float]) -> None:
    for kind, wanted in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_s"]),
        (resource.RLIMIT_FSIZE, limits["output_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        value = int(wanted) if hard == resource.RLIM_INFINITY else min(int(wanted), hard)
        resource.setrlimit(kind, (value, value))


def _decode(max_duration_s: float) -> dict[str, Any]:
    # Imported under the limits: the media library is what they are for.
    from transcription.audio import decode_to  # noqa: PLC0415

    with os.fdopen(0, "rb", closefd=False) as file, os.fdopen(1, "wb", closefd=False) as sink:
        return decode_to(file, sink, max_duration_s=max_duration_s).to_dict()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
