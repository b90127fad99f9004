"""Our engine against plain faster-whisper: `python bench/bench_transcription.py [MODEL…]`.

Same model, same samples, same threads, one run. Plain is `WhisperModel.transcribe` per channel with word times and its
defaults otherwise (no voice activity detection). Prints real-time factors, word error rates against the scripts and
their ratios (plain / ours: above 1 is faster or fewer errors).
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from domain.speech import Party  # noqa: E402 - runs from a checkout without installation
from transcription.audio import decode, to_engine  # noqa: E402 - the same
from transcription.engines.faster_whisper import FasterWhisperEngine  # noqa: E402 - the same
from transcription.engines.models import resolve  # noqa: E402 - the same
from transcription.port import ChannelAudio, Samples  # noqa: E402 - the same

THREADS = 2
DIGITS = {
    name: str(at)
    for at, name in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
}
Hear = Callable[[Sequence[ChannelAudio]], dict[int, str]]


def normalised(text: str) -> list[str]:
    """Return comparable tokens: lower case, digits one by one, spelt digits as digits, no punctuation."""
    spaced = re.sub(r"(?<=\w)[.@](?=\w)", lambda found: " dot " if found[0] == "." else " at ", text.lower())
    words = re.findall(r"\d|[a-z']+", spaced)
    return [DIGITS.get(word, word) for word in words]


def errors(truth: list[str], heard: list[str]) -> int:
    """Return the edit distance in tokens."""
    row = list(range(len(heard) + 1))
    for at, wanted in enumerate(truth, 1):
        diagonal, row[0] = row[0], at
        for column, found in enumerate(heard, 1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (wanted != found))
            diagonal, row[column] = row[column], best
    return row[-1]


def ours(engine: FasterWhisperEngine) -> Hear:
    def hear(channels: Sequence[ChannelAudio]) -> dict[int, str]:
        spoken = engine.transcribe(channels)
        return {
            one.channel: " ".join(part.text for part in spoken.segments if part.channel == one.channel)
            for one in channels
        }

    return hear


def whole(channel: ChannelAudio) -> Samples:
    return channel.sound.read(0, len(channel.sound))


def plain(model: Any) -> Hear:
    def hear(channels: Sequence[ChannelAudio]) -> dict[int, str]:
        return {
            one.channel: "".join(
                part.text for part in model.transcribe(one.sound.read(0, len(one.sound)), word_timestamps=True)[0]
            )
            for one in channels
        }

    return hear


def measure(hear: Hear) -> tuple[float, float, float]:
    """Return (real-time factor, processor seconds per second of call, word error rate) over all samples."""
    wall = cpu = sound_s = 0.0
    wrong = total = 0
    for script in sorted((ROOT / "samples").glob("*.json")):
        truth = json.loads(script.read_text(encoding="utf-8"))
        with (ROOT / "samples" / truth["file"]).open("rb") as file:
            recording = decode(file, max_duration_s=3_600)
        channels = to_engine(recording, {0: Party.AGENT})
        before = time.perf_counter(), time.process_time()
        heard = hear(channels)
        wall, cpu = wall + time.perf_counter() - before[0], cpu + time.process_time() - before[1]
        sound_s += recording.duration_s
        for channel in heard:
            said = normalised(" ".join(turn["text"] for turn in truth["turns"] if turn["channel"] == channel))
            wrong, total = wrong + errors(said, normalised(heard[channel])), total + len(said)
    return wall / sound_s, cpu / sound_s, wrong / total


def main(names: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in names or ("tiny.en", "base"):
            engine = FasterWhisperEngine(name, cpu_threads=THREADS, cache_dir=Path(folder))
            engine.warm()
            place = str(resolve(name, cache_dir=Path(folder)))
            model = WhisperModel(place, device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True)
            report(name, measure(plain(model)), measure(ours(engine)))


def report(name: str, peer: tuple[float, float, float], own: tuple[float, float, float]) -> None:
    print(f"{name:8} {'':7} {'wall RTF':>9} {'CPU RTF':>9} {'WER':>7}")
    for who, (wall, cpu, wer) in (("plain", peer), ("ours", own)):
        print(f"{'':8} {who:7} {wall:9.3f} {cpu:9.3f} {wer:7.2%}")
    ratios = [f"{theirs / mine:9.2f}" if mine else f"{'-':>9}" for theirs, mine in zip(peer, own, strict=True)]
    print(f"{'':8} {'ratio':7} {ratios[0]} {ratios[1]} {ratios[2][2:]}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
