"""More than two channels into one, so that whoever speaks is heard.

A plain mean buries one speaker among five silent or noisy channels. Here channels share the gain by their power of the
moment (an automatic mixer after D. Dugan, J. Audio Eng. Soc. 23(6), 1975): who speaks alone comes through whole. A
surround layout's dialogue centre goes before, its low-frequency channel stays out unless it is the only one (six lines
recorded into one file carry such a name by chance), and a channel that is another's inversion is turned round, so that
the two do not cancel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from transcription.resampling import Block

STEP_S = 0.02
_CENTRE = 4.0
_RUMBLE = 0.01
_PRIORITY = {"FC": _CENTRE, "LFE": _RUMBLE, "LFE2": _RUMBLE}
_BEHIND = frozenset({"BL", "BR", "BC", "SL", "SR", "TBL", "TBR", "TBC"})
_BEHIND_PRIORITY = 0.5
_RISE, _FALL = 0.6, 0.1
"""How fast the smoothed power follows, per step, up and down."""
_INVERTED = -0.5
_MIN_POWER = 1e-9


@dataclass
class Mixer:
    """Mixes blocks of shape (channels, n) at `rate` hertz to shape (1, n); `names` are the layout's channels."""

    names: Sequence[str]
    rate: int
    _powers: npt.NDArray[np.float64] = field(init=False)
    _gains: npt.NDArray[np.float64] = field(init=False)
    _priority: npt.NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        surround = {"FL", "FR"} <= set(self.names)
        self._priority = np.array([_priority(name) if surround else 1.0 for name in self.names])
        self._powers = np.full(len(self.names), _MIN_POWER)
        self._gains = self._priority / self._priority.sum()

    def mix(self, block: Block) -> Block:
        """Return the mix; gains glide from step to step."""
        step = max(1, int(STEP_S * self.rate))
        signs = _signs(block, self._priority)
        out = np.empty((1, block.shape[1]), np.float32)
        for at in range(0, block.shape[1], step):
            piece = block[:, at : at + step].astype(np.float64)
            gains = self._next_gains(np.mean(np.square(piece), axis=1)) * signs
            glide = np.linspace(0.0, 1.0, piece.shape[1], endpoint=False)
            weights = self._gains[:, None] + (gains - self._gains)[:, None] * glide
            out[0, at : at + step] = np.sum(weights * piece, axis=0)
            self._gains = gains
        return out

    def _next_gains(self, powers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        self._powers += np.where(powers > self._powers, _RISE, _FALL) * (powers - self._powers)
        shares = self._priority * (self._powers + _MIN_POWER)
        gains: npt.NDArray[np.float64] = shares / shares.sum()
        return gains


def _priority(name: str) -> float:
    return _BEHIND_PRIORITY if name in _BEHIND else _PRIORITY.get(name, 1.0)


def _signs(block: Block, priority: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return -1 for each channel that runs against the loudest one in this block, else 1."""
    products = block.astype(np.float64) @ block.T.astype(np.float64)
    energies = np.diag(products)
    loudest = int(np.argmax(energies * priority))
    alike = products[loudest] / np.sqrt(np.maximum(energies * energies[loudest], 1e-18))
    return np.where(alike < _INVERTED, -1.0, 1.0)
