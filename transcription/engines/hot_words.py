"""Names and terms that may be said: they help the model to write them right, and are not believed without a witness.

Whisper takes them as what was said before, and may repeat them where it hears little. So a window in which one of them
comes up is searched once more without them, and the word stays only where that search heard something like it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from domain.speech import Word
from transcription.engines.asking import Answer
from transcription.engines.loading import tokenizer_for

NEAR_S: Final = 0.4
"""How far apart the two searches may hear the same word."""
LIKE: Final = 0.45
"""Share of letters that two ways to write the same sounds have in common ("Kallward", "call word": 0.75)."""


def prompt_of(model: Any, hot_words: Sequence[str], *, most: int) -> tuple[int, ...]:
    """Return the tokens of the hot words, whole words only, at most `most` tokens."""
    tokens = tokenizer_for(model, "en")
    prompt: list[int] = []
    for word in hot_words:
        added = tokens.encode(f"{',' if prompt else ''} {' '.join(word.split())}")
        if len(prompt) + len(added) > most:
            break
        prompt.extend(added)
    return tuple(prompt)


def named(answer: Answer, hot_words: Sequence[str]) -> bool:
    """Say whether one of the hot words stands in the answer."""
    return any(True for _ in _places(answer.tokens, hot_words))


def witnessed(prompted: Answer, bare: Answer, hot_words: Sequence[str]) -> bool:
    """Say whether every hot word of the prompted answer stands where the bare one heard something like it."""
    for hot, start, end in _places(prompted.tokens, hot_words):
        around = [one for one in bare.tokens if one.start < end + NEAR_S and one.end > start - NEAR_S]
        if _likeness(hot, around) < LIKE:
            return False
    return True


def _likeness(hot: str, around: Sequence[Word]) -> float:
    """Return how like a hot word the most similar run of words is, 0..1."""
    texts = [_letters(one.text) for one in around]
    runs = ("".join(texts[first:last]) for first in range(len(texts)) for last in range(first + 1, len(texts) + 1))
    return max((SequenceMatcher(None, hot, run, autojunk=False).ratio() for run in runs), default=0.0)


def _places(tokens: Sequence[Word], hot_words: Sequence[str]) -> Iterator[tuple[str, float, float]]:
    """Yield (hot word, start, end) for each hot word that stands in the tokens."""
    texts = [_letters(one.text) for one in tokens]
    for hot in dict.fromkeys(_letters(one) for one in hot_words):
        for first in range(len(texts) if hot else 0):
            joined = ""
            for last in range(first, len(texts)):
                joined += texts[last]
                if len(joined) >= len(hot):
                    break
            if joined == hot and texts[first]:
                yield hot, tokens[first].start, tokens[last].end


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())
