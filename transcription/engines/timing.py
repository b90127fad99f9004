"""When a word really begins and ends.

The times that come from the model's attention are some hundredths of a second early, and beside a pause they lie
somewhere in it. So they are moved by what was measured, and beside a pause to where the sound rises or falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from domain.speech import Word

STEPS_S: Final = 100
"""Levels a second."""
START_LATER_S: Final = 0.04
END_LATER_S: Final = 0.05
PAUSE_S: Final = 0.04
"""A gap from which a word's edge is looked for in the sound."""
BACK_S: Final = 0.1
FORTH_S: Final = 0.3
RISE: Final = 0.1
"""Share of the word's own level from which it is heard."""
OVER_HISS: Final = 2.0
SHORTEST_S: Final = 0.05

Levels = npt.NDArray[np.float32]


def refined(words: Sequence[Word], levels: Levels, *, duration_s: float) -> list[Word]:
    """Return the words (in order) with better times; still in order, none over another, none shorter than SHORTEST_S.

    `levels` is the channel's sound, one RMS per 10 ms. Only where the sound ends may a word be shorter.
    """
    sounding = levels[levels > 0]
    hiss = float(np.quantile(sounding, 0.1)) * OVER_HISS if len(sounding) else 0.0
    moved: list[Word] = []
    for number, word in enumerate(words):
        before = words[number - 1].end if number else -PAUSE_S
        after = words[number + 1].start if number + 1 < len(words) else duration_s + PAUSE_S
        moved.append(_moved(word, levels, hiss, alone=(word.start - before > PAUSE_S, after - word.end > PAUSE_S)))
    return _apart(moved, duration_s)


def _moved(word: Word, levels: Levels, hiss: float, *, alone: tuple[bool, bool]) -> Word:
    start, end = word.start + START_LATER_S, max(word.end + END_LATER_S, word.start + START_LATER_S + SHORTEST_S)
    own = levels[_step(start) : max(_step(start) + 1, _step(end))]
    heard = max(hiss, RISE * float(np.quantile(own, 0.9))) if len(own) else 0.0
    if alone[0]:
        start = _onset(levels, heard, start, latest=min(start + FORTH_S, end - SHORTEST_S))
    if alone[1]:
        end = _hush(levels, heard, end, earliest=max(start + SHORTEST_S, end - FORTH_S))
    return replace(word, start=start, end=end)


def _onset(levels: Levels, heard: float, start: float, *, latest: float) -> float:
    """Return where the sound rises: later if it is still quiet at `start`, else earlier by up to BACK_S."""
    at = _step(start)
    if at >= len(levels):
        return start
    if levels[at] < heard:
        loud = np.flatnonzero(levels[at : _step(latest)] >= heard)
        return (at + int(loud[0])) / STEPS_S if len(loud) else start
    first = max(0, _step(start - BACK_S))
    quiet = np.flatnonzero(levels[first:at] < heard)
    return (first + int(quiet[-1]) + 1) / STEPS_S if len(quiet) else max(0.0, start - BACK_S)


def _hush(levels: Levels, heard: float, end: float, *, earliest: float) -> float:
    """Return where the sound falls: earlier if it is quiet at `end` already, else later by up to FORTH_S."""
    at = _step(end)
    if at < len(levels) and levels[at] >= heard:
        quiet = np.flatnonzero(levels[at : _step(end + FORTH_S)] < heard)
        return (at + int(quiet[0])) / STEPS_S if len(quiet) else end
    loud = np.flatnonzero(levels[_step(earliest) : at] >= heard)
    return (_step(earliest) + int(loud[-1]) + 1) / STEPS_S if len(loud) else earliest


def _apart(words: Sequence[Word], duration_s: float) -> list[Word]:
    """Return the words with each ending where the next begins at the latest, and starting after the one before."""
    placed: list[Word] = []
    reached = 0.0
    for number, word in enumerate(words):
        start = min(max(word.start, reached), duration_s)
        following = words[number + 1].start if number + 1 < len(words) else duration_s
        end = min(max(start + SHORTEST_S, min(word.end, following)), duration_s)
        placed.append(replace(word, start=start, end=end))
        reached = end
    return placed


def _step(seconds: float) -> int:
    return max(0, int(seconds * STEPS_S))
