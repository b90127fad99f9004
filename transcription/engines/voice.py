"""Where a voice is: Silero's voice activity detection, which faster-whisper ships, run over the sound in pieces.

The network carries its state from piece to piece, so the pieces leave no seam: the frames are those of one run over the
whole channel, and memory stays the same however long it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from transcription.engines.decoding import Decoding
from transcription.engines.packing import Stretch, stretches_of
from transcription.sound import SAMPLE_RATE, Samples, Sound

FRAME: Final = 512
"""Samples that one probability of Silero is about (32 ms)."""
CONTEXT: Final = 64
PIECE_FRAMES: Final = 625
"""Frames read at once: 20 seconds."""
STEP: Final = 160
"""Samples that one level is about (10 ms)."""
QUIETER: Final = 0.2
HISS: Final = 0.001
"""Silero hears the sound at this share of its level, over hiss of this RMS (-60 dB).

Digital silence between single words misleads it, and so does a loud voice: of 1,151 words of
dictated digits it missed 62 as they were and 6 so, and where nobody speaks it said no more to be voice.
"""
HYSTERESIS: Final = 0.15
FAINTEST: Final = 0.01

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Profile:
    """A channel in figures: speech probability per FRAME, shape (frames,), and level (RMS) per STEP, shape (steps,)."""

    probabilities: Floats
    levels: Floats

    def sure(self, start: int, end: int) -> float:
        """Return the highest speech probability between two samples."""
        found = self.probabilities[start // FRAME : max(start // FRAME + 1, -(-end // FRAME))]
        return float(found.max(initial=0.0))

    def mean(self, start: int, end: int) -> float:
        """Return the mean speech probability between two samples."""
        found = self.probabilities[start // FRAME : max(start // FRAME + 1, -(-end // FRAME))]
        return float(found.mean()) if len(found) else 0.0


def profile(sound: Sound) -> Profile:
    """Return the channel's profile; digital silence costs its reading and nothing else."""
    pieces = list(_pieces(sound))
    if not pieces:
        return Profile(np.zeros(0, np.float32), np.zeros(0, np.float32))
    return Profile(np.concatenate([one for one, _ in pieces]), np.concatenate([one for _, one in pieces]))


def without(found: Profile, ranges_s: Iterable[tuple[float, float]]) -> Profile:
    """Return the profile with no speech in these ranges (seconds): only frames wholly inside lose theirs."""
    probabilities = found.probabilities.copy()
    for start, end in ranges_s:
        probabilities[-(-round(start * SAMPLE_RATE) // FRAME) : round(end * SAMPLE_RATE) // FRAME] = 0
    return replace(found, probabilities=probabilities)


def _pieces(sound: Sound) -> Iterator[tuple[Floats, Floats]]:
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415 - heavy, only when used

    session = get_vad_model().session
    state, before = _nothing(), np.zeros(CONTEXT, np.float32)
    for at in range(0, len(sound), PIECE_FRAMES * FRAME):
        piece = sound.read(at, at + PIECE_FRAMES * FRAME)
        levels = _levels(piece)
        if not piece.any():
            state, before = _nothing(), np.zeros(CONTEXT, np.float32)
            yield np.zeros(-(-len(piece) // FRAME), np.float32), levels
            continue
        frames = np.pad(piece, (0, -len(piece) % FRAME)).reshape(-1, FRAME)
        frames = QUIETER * frames + hiss()[: len(frames)]
        contexts = np.vstack([before, frames[:-1, -CONTEXT:]])
        before = frames[-1, -CONTEXT:]
        found, *state = session.run(None, _inputs(np.concatenate([contexts, frames], axis=1), state))
        yield np.asarray(found, np.float32).reshape(-1), levels


@cache
def hiss() -> Floats:
    """Return the hiss of one piece, shape (PIECE_FRAMES, FRAME): always the same, so that words are."""
    made = np.random.default_rng(0).normal(scale=HISS, size=(PIECE_FRAMES, FRAME))
    return made.astype(np.float32)


def _nothing() -> list[Any]:
    return [np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)]


def _inputs(frames: Floats, state: list[Any]) -> dict[str, Any]:
    return {"input": np.ascontiguousarray(frames, np.float32), "h": state[0], "c": state[1]}


def _levels(piece: Samples) -> Floats:
    steps = np.pad(piece, (0, -len(piece) % STEP)).reshape(-1, STEP)
    levels: Floats = np.sqrt(np.einsum("ij,ij->i", steps, steps) / STEP).astype(np.float32)
    return levels


def speech_stretches(found: Profile, how: Decoding, length: int) -> list[Stretch]:
    """Return where a channel of `length` samples holds speech. One that never pauses is cut at `longest_s`."""
    inside = ((start, min(end, length)) for start, end in voiced_ranges(found.probabilities, how) if start < length)
    joined = stretches_of(inside, pad=how.vad_pad_ms * SAMPLE_RATE // 1_000, length=length)
    longest = round(how.longest_s * SAMPLE_RATE)
    return [part for one in joined for part in _parts(one, found, longest)]


def voiced_ranges(probabilities: Floats, how: Decoding) -> Iterator[tuple[int, int]]:
    """Yield ranges of samples, opened above the threshold and closed when it stays well below for the silence."""
    silence = how.vad_min_silence_ms * SAMPLE_RATE // 1_000
    shortest = how.vad_min_speech_ms * SAMPLE_RATE // 1_000
    opens = probabilities >= how.vad_threshold
    start = end = -1
    for number in np.flatnonzero(probabilities >= max(how.vad_threshold - HYSTERESIS, FAINTEST)):
        at = int(number) * FRAME
        if start >= 0 and opens[number] and at - end >= silence:
            if end - start > shortest:
                yield start, end
            start = -1
        if opens[number]:
            start, end = (at if start < 0 else start), at + FRAME
        elif at == end:
            end = at + FRAME
    if start >= 0 and end - start > shortest:
        yield start, end


def _parts(one: Stretch, found: Profile, longest: int) -> Iterator[Stretch]:
    """Yield the stretch in parts of at most `longest` samples, cut in their second half where the voice is faintest."""
    while one.end - one.start > longest:
        first, last = (one.start + longest // 2) // FRAME, (one.start + longest) // FRAME
        smooth = np.convolve(found.probabilities[first:last], np.ones(5) / 5, mode="same")
        at = (first + int(smooth.argmin())) * FRAME
        yield Stretch(one.start, at, min(one.voice, at), at)
        one = Stretch(at, one.end, at, max(one.hush, at))
    yield one
