"""One side of the comparison in a process of its own: `python -m bench.speech.side SIDE FOLDER RESULT [options]`.

Sides: `plain` is `WhisperModel.transcribe` with its defaults and word times on each channel, file by file; `plain_mix`
the same on the mono mix without word times; `ours` the product's way from the file to the transcript, several calls at
once as a worker has them. The result is JSON: words, wall-clock and processor seconds, peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

THREADS = 2
LONGEST_S = 12 * 3600.0
Words = list[tuple[str, float, float, int]]
"""(word, start, end, channel) in the transcript's order."""
Hear = Callable[[Path, int], Words]


def plain(model: str, *, mix: bool) -> Hear:
    """Return faster-whisper as its README calls it."""
    from faster_whisper import WhisperModel, decode_audio  # noqa: PLC0415 - this side's process only

    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True)

    def hear(path: Path, channels: int) -> Words:
        if mix or channels == 1:
            return list(_plain_words(whisper, str(path), 0, times=not mix))
        sides = decode_audio(str(path), split_stereo=True)
        return [word for at, side in enumerate(sides) for word in _plain_words(whisper, side, at, times=True)]

    return hear


def _plain_words(whisper: Any, sound: Any, channel: int, *, times: bool) -> Iterable[tuple[str, float, float, int]]:
    segments, _ = whisper.transcribe(sound, word_timestamps=times)
    for segment in segments:
        if not times:
            yield segment.text, segment.start, segment.end, channel
        for word in segment.words or ():
            yield word.word, word.start, word.end, channel


def ours(model: str) -> Hear:
    """Return the product's way, with one engine for all calls."""
    from domain.speech import Party  # noqa: PLC0415 - this side's process only
    from transcription.decode_guard import hear_guarded  # noqa: PLC0415 - the same
    from transcription.engines.faster_whisper import FasterWhisperEngine  # noqa: PLC0415 - the same
    from transcription.transcribe import transcribe_recording  # noqa: PLC0415 - the same

    engine = FasterWhisperEngine(model, cpu_threads=THREADS)
    engine.warm()

    def hear(path: Path, channels: int) -> Words:
        parties = {0: Party.AGENT, 1: Party.CONTACT} if channels > 1 else {}
        transcript = transcribe_recording(hear_guarded(path, max_duration_s=LONGEST_S), engine, parties=parties)
        return [(word.text, word.start, word.end, part.channel) for part in transcript.segments for word in part.words]

    return hear


def measure(hear: Hear, folder: Path, names: list[str], *, at_once: int) -> dict[str, Any]:
    """Hear the calls and say what it took. With one at a time, processor seconds are told per call as well."""
    truths = [json.loads((folder / name).read_text(encoding="utf-8")) for name in names]
    cpu, wall = processor_s(), time.perf_counter()
    if at_once == 1:
        calls = [_timed(hear, folder, truth) for truth in truths]
    else:
        with ThreadPoolExecutor(at_once) as pool:
            calls = list(pool.map(lambda truth: _timed(hear, folder, truth), truths))
    return {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": processor_s() - cpu,
        "sound_s": sum(truth["duration_s"] for truth in truths),
        "calls": dict(zip(names, calls, strict=True)),
    }


def _timed(hear: Hear, folder: Path, truth: dict[str, Any]) -> dict[str, Any]:
    cpu = processor_s()
    words = hear(folder / truth["file"], truth["channels"])
    return {"words": words, "cpu_s": processor_s() - cpu}


def processor_s() -> float:
    """Return user and system time of this process and its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak_bytes() -> int:
    """Return the highest resident memory of this process in bytes.

    Linux hands a process the peak of the one that started it as its own `ru_maxrss`; `VmHWM` counts this program only.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    (own,) = (line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
    return int(own.split()[1]) * 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speech.side", description=__doc__)
    parser.add_argument("side", choices=("plain", "plain_mix", "ours"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--model", required=True, help="folder of a CTranslate2 model")
    parser.add_argument("--truths", nargs="+", required=True, help="names of truth files in the folder")
    parser.add_argument("--at-once", type=int, default=1)
    asked = parser.parse_args()
    before = time.perf_counter()
    hear = ours(asked.model) if asked.side == "ours" else plain(asked.model, mix=asked.side == "plain_mix")
    loaded_s = time.perf_counter() - before
    result = measure(hear, asked.folder, asked.truths, at_once=asked.at_once)
    document = {"side": asked.side, "loaded_s": loaded_s, **result, "memory": peak_bytes()}
    asked.result.write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    main()
