"""How sound is searched, and where in it a voice is: Silero's voice activity detection, which faster-whisper ships."""

from __future__ import annotations

from dataclasses import dataclass

from transcription.engines.packing import Stretch, stretches_of
from transcription.port import SAMPLE_RATE, Samples


@dataclass(frozen=True, slots=True)
class Decoding:
    """How sound is searched for words. The defaults are what `bench/bench_transcription.py` measured as best.

    `vad_threshold`: above this probability Silero's frame is speech; the usual 0.5 loses single spoken digits.
    """

    beam_size: int = 5
    temperatures: tuple[float, ...] = (0.0, 0.4)
    vad_threshold: float = 0.2
    vad_min_silence_ms: int = 500
    vad_min_speech_ms: int = 100
    vad_pad_ms: int = 300
    no_speech_threshold: float = 0.6
    log_prob_threshold: float = -1.0
    compression_ratio_threshold: float = 2.4


def speech_stretches(samples: Samples, how: Decoding) -> list[Stretch]:
    """Return where a channel (float32, 16 kHz) holds speech, by Silero's voice activity detection."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415 - heavy, only when used

    if not samples.any():
        return []
    options = VadOptions(
        threshold=how.vad_threshold,
        min_silence_duration_ms=how.vad_min_silence_ms,
        min_speech_duration_ms=how.vad_min_speech_ms,
        speech_pad_ms=0,
    )
    found = get_speech_timestamps(samples, options)
    voiced = ((int(one["start"]), min(int(one["end"]), len(samples))) for one in found)
    return stretches_of(voiced, pad=how.vad_pad_ms * SAMPLE_RATE // 1_000, length=len(samples))
