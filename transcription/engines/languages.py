"""Which language a channel speaks, and where it speaks another.

Whisper turns whatever it hears into the language that it was told. A stretch that was silently translated cannot be
redacted: what was really said is still in the sound. So each stretch is asked for its language from the work that the
encoder has done on its window anyway, and one that clearly differs is searched in its own; its segments carry that
language, and what cannot be redacted then fails closed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

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
        return heard + math.log(_weight(one))

    best = max(sorted(every), key=fit)
    return best, sum(row.get(best, 0.0) for row in found) / len(found)


def foreign(found: Mapping[str, float], language: str, *, times: float) -> str | None:
    """Return the language that a stretch speaks if it clearly is not `language`, weighted, so many times likelier."""
    best = max(sorted(found), key=lambda one: found[one] * _weight(one), default=language)
    clear = found.get(best, 0.0) * _weight(best) >= times * found.get(language, 0.0) * _weight(language)
    return best if best != language and clear else None


def _weight(language: str) -> float:
    return WEIGHTS[0 if language == "en" else 1 if language in COMMON else 2]
