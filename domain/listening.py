"""How a workspace wants its calls heard: language, hot words, model, and when a person should look at the result."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from domain.errors import Invalid

MOST_HOT_WORDS: Final = 100
LONGEST_HOT_WORD: Final = 60
MOST_DIGITS: Final = 4
"""A product may be called 2000; more digits are somebody's number."""
MOST_LANGUAGES: Final = 20
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_UNSPOKEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """A workspace's wishes. None: no wish; the operator's default, and the language as it is detected."""

    language: str | None = None
    """ISO 639-1, forced on every call that does not name its own."""
    allowed_languages: tuple[str, ...] = ()
    """What may be detected; a call in another language is blocked. Empty: any that can be redacted."""
    hot_words: tuple[str, ...] = ()
    review_below: float | None = None
    model: str | None = None
    """A name that the operator configured; None is the default model."""

    def checked(self) -> SpeechSettings:
        """Return the settings with hot words trimmed and without repetition. Raises Invalid naming the field."""
        for language in (*self.allowed_languages, *([self.language] if self.language else [])):
            if not _LANGUAGE.fullmatch(language):
                raise Invalid("write a language as its two or three small letters, such as en", field="language")
        if len(self.allowed_languages) > MOST_LANGUAGES:
            raise Invalid(f"name at most {MOST_LANGUAGES} languages", field="allowed_languages")
        if self.language and self.allowed_languages and self.language not in self.allowed_languages:
            raise Invalid("the forced language is not among the allowed ones", field="language")
        if self.review_below is not None and not 0 <= self.review_below <= 1:
            raise Invalid("the threshold lies between 0 and 1", field="review_below")
        return SpeechSettings(
            self.language,
            tuple(dict.fromkeys(self.allowed_languages)),
            checked_hot_words(self.hot_words),
            self.review_below,
            self.model,
        )

    def to_document(self) -> dict[str, Any]:
        """Return the stored form."""
        return asdict(self) | {"allowed_languages": list(self.allowed_languages), "hot_words": list(self.hot_words)}

    @staticmethod
    def from_document(document: Mapping[str, Any] | None) -> SpeechSettings:
        """Read back the stored form; None is a workspace without wishes."""
        if not document:
            return SpeechSettings()
        listed = {name: tuple(document[name]) for name in ("allowed_languages", "hot_words")}
        return SpeechSettings(**{**document, **listed})


def checked_hot_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words trimmed, each once whatever its case. Raises Invalid; the message repeats no word."""
    kept: dict[str, str] = {}
    for word in words:
        trimmed = " ".join(word.split())
        wrong = what_is_wrong(trimmed)
        if wrong is not None:
            raise Invalid(wrong, field="hot_words")
        kept.setdefault(trimmed.casefold(), trimmed)
    if len(kept) > MOST_HOT_WORDS:
        raise Invalid(f"name at most {MOST_HOT_WORDS} hot words", field="hot_words")
    return tuple(kept.values())


def usable_hot_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return those of a call's own names that can be hot words: nobody is told of the others, they are left out."""
    trimmed = (" ".join(word.split()) for word in words)
    return tuple(dict.fromkeys(word for word in trimmed if what_is_wrong(word) is None))


def what_is_wrong(word: str) -> str | None:
    """Return why a word cannot be a hot word, without repeating it; None when it can."""
    for wrong, why in (
        (not word, "a hot word is empty"),
        (len(word) > LONGEST_HOT_WORD, f"a hot word has more than {LONGEST_HOT_WORD} characters"),
        (any(unicodedata.category(one) in _UNSPOKEN for one in word), "a hot word holds what nobody can say"),
        (sum(one.isnumeric() for one in word) > MOST_DIGITS, f"a hot word holds more than {MOST_DIGITS} digits"),
        ("@" in word, "a hot word looks like an address"),
        (not any(one.isalpha() for one in word), "a hot word holds no letter"),
    ):
        if wrong:
            return why
    return None
