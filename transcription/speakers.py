"""Telling apart two voices on one channel, or saying that it cannot be done. Which voice, never who it is.

Words are grouped to short turns at their pauses, each turn's sound becomes vectors of its voice, and the vectors of the
whole call are split in two groups. Are the groups no further apart than the halves of one voice, nothing is told: a
wrong name on a line is worse than none. Otherwise each word goes to the nearer group, where changing costs the more the
shorter the pause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from domain.speech import Segment, Word
from transcription.engines.voices import FRAME_HZ, WINDOW, Vectors, installed, mel_frames, voice_encoder
from transcription.sound import SAMPLE_RATE, Sound

_Numbers = npt.NDArray[np.float64]
PAUSE_S: Final = 0.12
"""A longer pause between words ends a turn."""
LONGEST_S: Final = 2.4
"""A longer turn is cut where its words lie furthest apart."""
STEP: Final = 100
"""Frames from one vector of a long turn to the next."""
LEAST_S: Final = 0.4
"""A shorter turn has no vector of its own: it goes with those around it."""
APART: Final = 0.8
"""Centres of groups that are more alike than this are taken for one voice."""
LEAST_SHARE: Final = 0.04
"""What each voice must have of the call's speech."""
LEAST_VECTORS: Final = 3
BETWEEN: Final = 0.1
"""A vector whose likeness to both centres differs by less lies between them."""
MOST_BETWEEN: Final = 0.15
"""When more of them lie between, turns are too short and mixed to be told."""
CHANGE: Final = 0.25
"""What a change of voice costs where there is no pause, in likeness."""
FREE_PAUSE_S: Final = 0.6
"""After this long a pause a change costs a tenth of that."""


class SpeakerTurns(Protocol):
    """Tells voices of one channel apart."""

    def label(self, sound: Sound, segments: Sequence[Segment]) -> tuple[Segment, ...] | None:
        """Return the channel's segments, split where the voice changes, with `speaker` "A" or "B" (A speaks first).

        None: it cannot tell. Words, their order and times stay as they are.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Turn:
    """Words [first, last] of the channel that one voice is taken to say, from `start` to `end` seconds."""

    first: int
    last: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class VoiceTurns:
    """A `SpeakerTurns` for calls of two parties, by the voice vectors of `transcription.engines.voices`."""

    def label(self, sound: Sound, segments: Sequence[Segment]) -> tuple[Segment, ...] | None:
        """Return the segments with speakers, or None. Raises ModelMissing when the weights are not those pinned."""
        words = [word for segment in segments for word in segment.words]
        turns = _turns(words)
        vectors, of_turn = _vectors(sound, turns)
        centres = _two_voices(vectors)
        if centres is None:
            return None
        likeness = vectors @ centres.T
        leaning = np.array(
            [
                float((likeness[of_turn == at, 0] - likeness[of_turn == at, 1]).sum()) if (of_turn == at).any() else 0.0
                for at in range(len(turns))
            ]
        )
        voices = _path(leaning, [two.start - one.end for one, two in pairwise(turns)])
        of_word = [voice for turn, voice in zip(turns, voices, strict=True) for _ in range(turn.first, turn.last + 1)]
        return _split(segments, of_word)


def installed_turns() -> SpeakerTurns | None:
    """Return what tells voices apart here, or None when no voice model is installed."""
    return VoiceTurns() if installed() else None


def _turns(words: Sequence[Word]) -> list[_Turn]:
    """Return the turns of words in order: runs without a pause, the long ones cut at their widest gaps."""
    turns: list[_Turn] = []
    first = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or words[at].start - words[at - 1].end > PAUSE_S:
            turns.extend(_cut(words, first, at - 1))
            first = at
    return turns


def _cut(words: Sequence[Word], first: int, last: int) -> list[_Turn]:
    """Return the turn, or pieces of at most LONGEST_S of it, cut where words lie furthest apart."""
    start, end = words[first].start, words[last].end
    if end - start <= LONGEST_S or first == last:
        return [_Turn(first, last, start, end)]
    middle, half = (start + end) / 2, (end - start) / 2
    cut = max(
        range(first + 1, last + 1),
        key=lambda at: words[at].start - words[at - 1].end - 0.1 * abs(words[at].start - middle) / half,
    )
    return [*_cut(words, first, cut - 1), *_cut(words, cut, last)]


def _vectors(sound: Sound, turns: Sequence[_Turn]) -> tuple[Vectors, npt.NDArray[np.int64]]:
    """Return the voice vectors of all turns and the number of each one's turn."""
    windows, of_turn = [np.zeros((0, WINDOW, 40), np.float32)], []
    for number, turn in enumerate(turns):
        if turn.end - turn.start < LEAST_S:
            continue
        frames = mel_frames(sound.read(round(turn.start * SAMPLE_RATE), round(turn.end * SAMPLE_RATE)))
        if len(frames) < LEAST_S * FRAME_HZ:
            continue
        for at in range(0, max(1, len(frames) - STEP), STEP):
            piece = frames[at : at + WINDOW]
            windows.append(np.resize(piece, (1, WINDOW, frames.shape[1])))
            of_turn.append(number)
    return voice_encoder().vectors(np.concatenate(windows)), np.array(of_turn, np.int64)


def _two_voices(vectors: Vectors) -> Vectors | None:
    """Return the centres of two voices, shape (2, 256), or None when there is but one, or no telling."""
    if len(vectors) < 2 * LEAST_VECTORS:
        return None
    best = max((_grouped(vectors, start) for start in _starts(vectors)), key=lambda one: one[1])
    centres, _, nearer = best
    likeness = vectors @ centres.T
    between = float((np.abs(likeness[:, 0] - likeness[:, 1]) < BETWEEN).mean())
    smaller = min(int((nearer == 0).sum()), int((nearer == 1).sum()))
    if smaller < max(LEAST_VECTORS, LEAST_SHARE * len(vectors)) or float(centres[0] @ centres[1]) > APART:
        return None
    if between > MOST_BETWEEN:
        return None
    return centres


def _starts(vectors: Vectors) -> list[Vectors]:
    """Return pairs of vectors to begin with: those furthest from the mean, each with the one furthest from it."""
    mean = vectors.mean(axis=0)
    far = np.argsort(vectors @ mean)[:8]
    return [np.stack([vectors[one], vectors[int(np.argmin(vectors @ vectors[one]))]]) for one in far]


def _grouped(vectors: Vectors, centres: Vectors) -> tuple[Vectors, float, npt.NDArray[np.int64]]:
    """Return the centres that two-means on the sphere arrives at, how well they fit, and the nearer one of each."""
    nearer = np.zeros(len(vectors), np.int64)
    for _ in range(20):
        nearer = (vectors @ centres.T).argmax(axis=1)
        if len(set(nearer.tolist())) == 1:
            break
        sums = np.stack([vectors[nearer == one].sum(axis=0) for one in (0, 1)])
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return centres, float((vectors @ centres.T).max(axis=1).mean()), nearer


def _path(leaning: _Numbers, pauses: Sequence[float]) -> list[int]:
    """Return the voice (0 or 1) of each turn: the best sum of likeness less what changes cost (Viterbi)."""
    gains = np.stack([leaning, -leaning], axis=1) / 2
    best, back = gains[0].copy(), []
    for gain, pause in zip(gains[1:], pauses, strict=True):
        cost = CHANGE * max(0.1, 1 - max(0.0, pause) / FREE_PAUSE_S)
        changed = best[::-1] - cost
        back.append(np.where(changed > best, np.array([1, 0]), np.array([0, 1])))
        best = np.maximum(best, changed) + gain
    path = [int(best.argmax())]
    for one in reversed(back):
        path.append(int(one[path[-1]]))
    return path[::-1]


def _split(segments: Sequence[Segment], voices: Sequence[int]) -> tuple[Segment, ...] | None:
    """Return the segments cut where the voice changes; None when all words went to one voice."""
    if len(set(voices)) == 1:
        return None
    names = {voices[0]: "A", 1 - voices[0]: "B"}
    named: list[Segment] = []
    at = 0
    for segment in segments:
        own = voices[at : at + len(segment.words)]
        at += len(segment.words)
        cuts = [0, *(place for place in range(1, len(own)) if own[place] != own[place - 1]), len(own)]
        for first, last in pairwise(cuts):
            words = segment.words[first:last]
            start = segment.start if first == 0 else words[0].start
            end = segment.end if last == len(own) else words[-1].end
            named.append(replace(segment, words=words, start=start, end=end, speaker=names[own[first]]))
    return tuple(named)
