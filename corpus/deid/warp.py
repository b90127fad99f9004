"""Times that no call log knows: how long an item lasts is drawn, and its pauses are not the call's.

How long a call lasted, to the second, finds it again in a call log; so would that times any factor of moderate size. So
an item's duration is *drawn* inside the band that is published of it (log-uniform, whatever the call's was), its clock
runs up to 25 % faster or slower from one two seconds to the next, and silences of over three seconds become ones of one
and a half to three. The bent clock never runs backwards: what was said before, after or over something else still
is. What is left of the call's times is their order, and, within the band, nothing of its length beyond what the number
of its words tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.deid.draws import Draws
from corpus.deid.source import Keyed
from domain.corpus import ABSENT, CorpusItem, CorpusTurn, CorpusWord
from domain.speech import Transcript

BANDS: Final = {"0-1": (10.0, 60.0), "1-3": (60.0, 180.0), "3-10": (180.0, 600.0), "10+": (600.0, 1800.0)}
"""Length of a call in minutes → from how many to how many seconds an item of it may last."""
COARSER: Final = {"0-3": (10.0, 180.0), "3+": (180.0, 1800.0), ABSENT: (10.0, 1800.0)}
WOBBLE: Final = 0.25
STRETCH_S: Final = 2.0
LONGEST_PAUSE_S: Final = 3.0
GRAIN: Final = 100
"""Told times a second."""
_Array = NDArray[np.float64]


class Times(NamedTuple):
    """When the words of one segment begin and end in the item, in seconds."""

    starts: list[float]
    ends: list[float]


def band_of(seconds: float) -> str:
    """Return the band of a length in seconds; a limit belongs to the longer band."""
    return next((name for name, (_, end) in BANDS.items() if seconds < end), "10+")


def bent(draws: Draws, band: str, transcript: Transcript) -> list[Times]:
    """Return the times of each segment's words in the item, from 0 to a duration drawn for its band.

    Args:
        draws: of the call.
        band: what is published of its length.
        transcript: its words; a time that is not finite becomes 0.
    """
    words = [word for segment in transcript.segments for word in segment.words]
    spoken = np.array([(word.start, word.end) for word in words], dtype=np.float64).reshape(-1, 2)
    spoken[~np.isfinite(spoken)] = 0.0
    knots, moved = _without_long_pauses(draws, spoken)
    squeezed = np.interp(spoken, knots, moved)
    edges, begins = _bends(draws, float(moved[-1]))
    whole = float(np.interp(moved[-1], edges, begins))
    factor = drawn_duration(draws, band) / whole if whole > 1 / GRAIN else 1.0
    told = np.round(np.interp(squeezed, edges, begins) * factor * GRAIN) / GRAIN
    starts, ends = told[:, 0].tolist(), told[:, 1].tolist()
    found, at = [], 0
    for segment in transcript.segments:
        found.append(Times(starts[at : at + len(segment.words)], ends[at : at + len(segment.words)]))
        at += len(segment.words)
    return found


def drawn_duration(draws: Draws, band: str) -> float:
    """Return a duration for a band: each of its proportions as likely. Raises KeyError for a band that is none."""
    low, high = {**BANDS, **COARSER}[band]
    return float(low * (high / low) ** draws.share(f"duration:{band}"))


def retimed(item: CorpusItem, keyed: Keyed) -> CorpusItem:
    """Return the item with a duration drawn for the band that is now published of it.

    Called when the band was made coarser: a duration inside the finer one would tell what was just taken away.
    """
    if item.duration_s <= 0:
        return item
    factor = drawn_duration(Draws(keyed, f"item:{item.item_id}"), item.facts.length) / item.duration_s
    turns = tuple(replace(turn, words=tuple(_scaled(word, factor) for word in turn.words)) for turn in item.turns)
    return replace(item, turns=turns, duration_s=duration_of(turns))


def duration_of(turns: Iterable[CorpusTurn]) -> float:
    """Return when the last word of all ends, in seconds."""
    return max((word.end for turn in turns for word in turn.words), default=0.0)


def _scaled(word: CorpusWord, factor: float) -> CorpusWord:
    start, end = (round(at * factor * GRAIN) / GRAIN for at in (word.start, word.end))
    return CorpusWord(start, end, word.text, word.kind)


def _without_long_pauses(draws: Draws, spoken: _Array) -> tuple[_Array, _Array]:
    """Return instants of the call, and where they are when its long pauses have become short ones."""
    if not len(spoken):
        return np.zeros(1), np.zeros(1)
    said = spoken[np.argsort(spoken[:, 0], kind="stable")]
    until = np.maximum.accumulate(np.maximum(said[:, 1], said[:, 0]))
    pauses = np.flatnonzero(said[1:, 0] - until[:-1] > LONGEST_PAUSE_S)
    knots, moved = [float(said[0, 0])], [0.0]
    for number, at in enumerate(pauses.tolist()):
        short = LONGEST_PAUSE_S * (1 + draws.share(f"pause:{number}")) / 2
        stop, start = float(until[at]), float(said[at + 1, 0])
        moved += [moved[-1] + stop - knots[-1], moved[-1] + stop - knots[-1] + short]
        knots += [stop, start]
    moved.append(moved[-1] + float(until[-1]) - knots[-1])
    ends: _Array = np.array([*knots, float(until[-1])], dtype=np.float64)
    return ends, np.array(moved, dtype=np.float64)


def _bends(draws: Draws, last: float) -> tuple[_Array, _Array]:
    """Return the edges of stretches, and where a clock has them that runs faster or slower from one to the next."""
    count = max(1, int(last / STRETCH_S) + 1)
    wobble = np.frombuffer(draws.many("wobble", count), dtype=np.uint8).astype(np.float64)
    slopes = 1 + WOBBLE * (wobble / 127.5 - 1)
    edges: _Array = np.arange(count + 1, dtype=np.float64) * STRETCH_S
    begins: _Array = np.concatenate((np.zeros(1), np.cumsum(slopes * STRETCH_S)))
    return edges, begins
