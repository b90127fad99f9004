"""What a decoder is asked, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from domain.speech import Word
from transcription.engines.decoding import Decoding
from transcription.engines.packing import Window
from transcription.sound import SAMPLE_RATE, Sound

FULL_S: Final = 30
"""The length that Whisper was trained on."""
STEP_S: Final = 2
"""Windows are filled up to a multiple of this, so that some have the same length and fit into one batch."""

CROWD: Final = 4
INSTANT_S: Final = 0.03
"""Tokens in a row that take no longer than this were not said: a syllable takes 0.1 s, only punctuation takes none."""


class Kind(StrEnum):
    """How a window is searched."""

    PLAIN = "plain"
    PROBE = "probe"
    """Only the language; the encoder's work is kept for the answer that follows."""
    FULL = "full"
    """Filled up to thirty seconds."""
    STRICT = "strict"
    """The same, and no three tokens may come twice."""


@dataclass(frozen=True, slots=True)
class Question:
    """One window of a channel. `language` None: it is detected, and `otherwise` holds where that is not sure."""

    sound: Sound
    window: Window
    language: str | None = None
    otherwise: str | None = None
    prompt: tuple[int, ...] = ()
    """Tokens of the hot words, without the token that opens them."""
    kind: Kind = Kind.PLAIN
    encoded: Any = None

    def batch_key(self, how: Decoding) -> tuple[int, str, int, bool]:
        """Return what questions must have in common to be answered in one batch."""
        return self.seconds(how), self.kind.value, len(self.prompt), self.encoded is not None

    def seconds(self, how: Decoding) -> int:
        """Return how long the window is with the silence that fills it up."""
        if self.kind in {Kind.FULL, Kind.STRICT}:
            return FULL_S
        wanted = max(how.shortest_s, self.window.length / SAMPLE_RATE + how.tail_s)
        return min(FULL_S, STEP_S * math.ceil(wanted / STEP_S))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was heard in a window. Tokens are split at words, with leading white space and times within the window."""

    language: str
    languages: Mapping[str, float]
    """Probabilities of the languages; empty when the language was given."""
    tokens: tuple[Word, ...] = ()
    log_prob: float = 0.0
    """Mean log probability of the tokens."""
    no_speech: float = 0.0
    compression: float = 0.0
    """How often shorter the text gets by compression: loops reach 3 and more."""
    endless: bool = False
    """The end was not found within the tokens that so much sound can hold."""
    parts: tuple[Mapping[str, float], ...] = ()
    """Probabilities of the languages of each stretch of the window; empty for one that is too short to tell."""
    encoded: Any = None

    def looped(self, how: Decoding) -> bool:
        """Say whether the model repeated itself: endlessly, in its text, or in words that no sound is left for."""
        return self.endless or self.compression > how.compression_ratio_threshold or self.crowded

    @property
    def crowded(self) -> bool:
        """Whether CROWD tokens in a row share one instant: said twice, the second time after the sound had ended."""
        run = 0
        for one in self.tokens:
            run = run + 1 if one.end - one.start < INSTANT_S else 0
            if run >= CROWD:
                return True
        return False

    def good(self, how: Decoding) -> bool:
        """Say whether the answer needs no second try."""
        return not self.looped(how) and self.log_prob >= how.log_prob_threshold


def features_of(model: Any, question: Question, how: Decoding) -> Any:
    """Return the window's log-mel features, shape (mels, 100 frames a second), or the encoder's kept work."""
    if question.encoded is not None:
        return question.encoded
    samples = question.window.read(question.sound)
    length = question.seconds(how) * SAMPLE_RATE
    filled = np.pad(samples[:length], (0, max(0, length - len(samples))))
    return model.feature_extractor(filled, padding=0).astype(np.float32)
