"""Which language a channel speaks, and where it speaks another.

Whisper turns whatever it hears into the language that it was told. A stretch that was silently translated cannot be
redacted: what was really said is still in the sound. So each window is asked for its language from the work that its
encoder has done anyway, and one that clearly differs is searched in its own; its segments carry that language, and
what cannot be redacted then fails closed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

DOUBTFUL: Final = 0.5
"""Below this probability of the channel's own language a window of several stretches is asked stretch by stretch."""
LEAST: Final = 1e-4
COMMON: Final = frozenset(
    {
        "es",
        "de",
        "fr",
        "hi",
        "pt",
        "it",
        "nl",
        "ru",
        "zh",
        "ja",
        "ko",
        "ar",
        "tr",
        "pl",
        "uk",
        "sv",
        "id",
        "vi",
        "ta",
        "ur",
    }
)
"""Languages of which Whisper heard much."""
WEIGHTS: Final = (1.0, 0.4, 0.05)
"""How likely English, a common language and any other are before anything is heard. Without them English in an accent
that Whisper does not know, or a few digits, became Latin, Welsh and Thai."""


def channel_language(found: Sequence[Mapping[str, float]]) -> tuple[str, float]:
    """Return the language that fits several windows of a channel best, and its mean probability."""
    every = {one for row in found for one in row}

    def fit(one: str) -> float:
        heard = sum(math.log(max(LEAST, row.get(one, 0.0))) for row in found) / len(found)
        return heard + math.log(WEIGHTS[0 if one == "en" else 1 if one in COMMON else 2])

    best = max(sorted(every), key=fit)
    return best, sum(row.get(best, 0.0) for row in found) / len(found)


def mixed(found: Mapping[str, float], language: str | None) -> bool:
    """Say whether a window may hold more than its channel's language."""
    return bool(found) and language is not None and found.get(language, 0.0) < DOUBTFUL
