"""A double of SpanFinder for tests: plain digits and at signs, no model, the same promises."""

from __future__ import annotations

from collections.abc import Sequence

from domain.spans import Span, merge_spans
from domain.speech import Transcript
from redaction.errors import UnsupportedLanguageError
from redaction.port import FinderStamp, KnownParty
from redaction.residual import residual_kinds

DIGITS = 3


class PlainFinder:
    """Takes every word with three digits or an at sign, and every word of a known name or address."""

    @property
    def stamp(self) -> FinderStamp:
        """The double says that it is one."""
        return FinderStamp("plain-double", "none", "1")

    def find(self, transcript: Transcript, *, known: KnownParty | None = None) -> tuple[Span, ...]:
        """Return one span per telling word."""
        if transcript.language != "en":
            raise UnsupportedLanguageError("only English transcripts can be redacted by this finder")
        names = {part.lower() for text in ((*known.names, *known.emails) if known else ()) for part in text.split()}
        return merge_spans(
            Span(segment, position, position + 1, kind, 1.0, "plain_double")
            for segment, position, word in transcript.words()
            if not word.entity_type and (kind := _kind(word.text, names))
        )

    def residual(self, redacted: Transcript) -> Sequence[str]:
        """Look with the same plain patterns as the real finder does."""
        return residual_kinds(redacted)


def _kind(text: str, names: set[str]) -> str:
    if "@" in text:
        return "EMAIL_ADDRESS"
    if sum(char.isdigit() for char in text) >= DIGITS:
        return "NUMBER_SEQUENCE"
    return "PERSON" if text.strip(".,?!").lower() in names else ""
