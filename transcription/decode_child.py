"""The program that decodes one untrusted file: `python -m transcription.decode_child` (started by `decode_guard`).

The file is standard input (seekable), the samples go to standard output, the facts or the reason of a refusal as one
JSON document to the descriptor named in the first argument. The limits, and the key that the samples are enciphered
with, come as JSON from the descriptor named in the second. No file's name and no setting of ours reaches this process.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import os
import struct
import sys
from typing import Any

from transcription.confine import end_with_parent, limit, shut_in
from transcription.errors import DecodingStopped, RecordingError


def main(arguments: list[str]) -> int:
    """Decode within the limits that were handed over; 0 when done, 2 when refused."""
    report_to, asked_from = (int(one) for one in arguments)
    with os.fdopen(asked_from, "rb") as given:
        asked = json.load(given)
    end_with_parent(asked["parent"])
    limit(asked)
    report: dict[str, Any]
    try:
        report, status = {"facts": _decode(asked)}, 0
    except RecordingError as refusal:
        report, status = {"reason": refusal.reason, "sentence": str(refusal)}, 2
    except (MemoryError, OSError):
        report, status = {"reason": DecodingStopped.reason, "sentence": DecodingStopped.sentence}, 2
    with os.fdopen(report_to, "w", encoding="utf-8") as out:
        json.dump(report, out)
    return status


def _decode(asked: dict[str, Any]) -> dict[str, Any]:
    # Imported under the limits: the media library is what they are for.
    from transcription.audio import decode_to  # noqa: PLC0415
    from transcription.scratch import SealedSink  # noqa: PLC0415

    _load_all(decode_to)
    shut_in()
    with os.fdopen(0, "rb", closefd=False) as file, os.fdopen(1, "wb", closefd=False) as out:
        sink = SealedSink(out, base64.b64decode(asked["key"])) if asked["key"] else out
        return decode_to(file, sink, max_duration_s=asked["max_duration_s"], rate=asked["rate"]).to_dict()


def _load_all(decode_to: Any) -> None:
    """Load what the libraries load only when it is needed: the kinds of stream, and what decoding stereo takes."""
    for kind in ("audio", "video", "subtitles", "data"):
        with contextlib.suppress(ImportError):
            importlib.import_module(f"av.{kind}.stream")
    pattern = [(at * at * 7_919) % 20_011 - 10_000 for at in range(8_000)]
    second = b"".join(struct.pack("<hh", one, pattern[at - 9] // 2) for at, one in enumerate(pattern))
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 2, 8_000, 32_000, 4, 16, b"data", 0)
    decode_to(io.BytesIO(header + second), io.BytesIO(), max_duration_s=60.0, rate=16_000)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
