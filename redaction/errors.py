"""What redaction refuses. Messages state the fact and never quote what was said."""

from __future__ import annotations

from typing import ClassVar

from domain.errors import CallwardError


class RedactionError(CallwardError):
    """The call could not be redacted; the stage fails closed."""

    code: ClassVar[str] = "redaction-failed"


class UnsupportedLanguageError(RedactionError):
    """The transcript's language has no recognizers here."""

    code: ClassVar[str] = "unsupported-language"


class ModelMissingError(RedactionError):
    """The language model is not installed; it is never downloaded."""

    code: ClassVar[str] = "model-missing"


class UnsupportedOperatorError(RedactionError):
    """The operator is not one that this version can apply."""

    code: ClassVar[str] = "unsupported-operator"


class SilenceError(RedactionError):
    """A range of sound cannot be silenced as asked."""

    code: ClassVar[str] = "silence-failed"
