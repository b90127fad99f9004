"""Calls as Presidio sees them: our rules in its registry, over the whole call, one pass per look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from presidio_analyzer import (
    AnalysisExplanation,
    AnalyzerEngine,
    ContextAwareEnhancer,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts
from spacy.tokens import Doc

from redaction.context import CallContext
from redaction.engines.call_text import Found, TextMap, may_match, shown
from redaction.engines.names_model import OfflineSpacyEngine
from redaction.hits import Hit
from redaction.rules import FLAGS, GUESSING, Rule
from redaction.view import CallView, Token


class CallArtifacts(NlpArtifacts):
    """Presidio's artifacts, carrying the whole call for the rules that look beyond one text."""

    def __init__(self, context: CallContext, texts: TextMap, engine: OfflineSpacyEngine) -> None:
        super().__init__([], Doc(engine.get_nlp("en").vocab), [], [], engine, "en", [])
        self.context = context
        self.texts = texts


class RuleRecognizer(EntityRecognizer):
    """One of our rules in Presidio's registry: an EntityRecognizer over the call that the artifacts carry."""

    name: str

    def __init__(self, name: str, rule: Rule, kinds: Sequence[str]) -> None:
        self._rule = rule
        self.flags = name in FLAGS
        super().__init__(supported_entities=list(kinds), name=name, supported_language="en")

    def load(self) -> None:
        """Nothing to load: the word lists come with the first use."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
        """Return the rule's hits as results over the text of the call, one for each unbroken stretch of tokens."""
        if not isinstance(nlp_artifacts, CallArtifacts):
            return []
        results: list[RecognizerResult] = []
        for number, hit in enumerate(self._rule(nlp_artifacts.context), 1):
            pieces = stretches(hit.tokens)
            group = number if len(pieces) > 1 else 0
            results.extend(self._result(hit, nlp_artifacts.texts, piece, group) for piece in pieces)
        return results

    def _result(self, hit: Hit, texts: TextMap, piece: tuple[Token, Token], group: int) -> RecognizerResult:
        first, last = piece
        name: str = self.name
        return RecognizerResult(
            entity_type=hit.kind,
            start=texts.starts[first.at],
            end=texts.starts[last.at] + len(shown(last)),
            score=hit.score,
            analysis_explanation=AnalysisExplanation(
                recognizer=name, original_score=hit.score, textual_explanation=hit.reason
            ),
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                "group": group,
            },
        )


def stretches(tokens: Sequence[Token]) -> list[tuple[Token, Token]]:
    """Return first and last token of each segment's share; what stands between goes too (fillers inside a number)."""
    shares: dict[int, tuple[Token, Token]] = {}
    for token in sorted(tokens, key=lambda one: one.at):
        first, _ = shares.get(token.segment, (token, token))
        shares[token.segment] = (first, token)
    return list(shares.values())


class CuesAlreadyWeighed(ContextAwareEnhancer):
    """Presidio's step for context words: our rules weighed their cues over the whole dialogue, nothing is added."""

    def __init__(self) -> None:
        super().__init__(
            context_similarity_factor=0.35,
            min_score_with_context_similarity=0.4,
            context_prefix_count=5,
            context_suffix_count=0,
        )

    def enhance_using_context(
        self,
        text: str,  # noqa: ARG002
        raw_results: list[RecognizerResult],
        nlp_artifacts: Any,  # noqa: ARG002
        recognizers: list[EntityRecognizer],  # noqa: ARG002
        context: list[str] | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """Return the results as they are."""
        return raw_results


class CallAnalyzer(AnalyzerEngine):
    """Presidio's analyzer over calls: its registry, recognizers, results and explanations.

    Its own `analyze` compares every result with every other one (quadratic: a long call has thousands). Overlapping
    results become one span here anyway (`domain.spans.merge_spans`), so `look` leaves that step out.
    """

    def __init__(self, registry: RecognizerRegistry, engine: OfflineSpacyEngine) -> None:
        super().__init__(registry=registry, nlp_engine=engine, context_aware_enhancer=CuesAlreadyWeighed())
        self._engine = engine

    def guesses(self) -> Guesses:
        """Return what the language model will be asked for one call."""
        return Guesses(self._engine)

    def look(
        self, context: CallContext, threshold: float, *, flags: bool = False
    ) -> Iterator[tuple[Found, RecognizerResult]]:
        """Yield every result of the rules and patterns, or of those that only flag, with the tokens it stands on."""
        if not context.view.tokens:
            return
        texts = TextMap.of(context.view.tokens)
        artifacts = CallArtifacts(context, texts, self._engine)
        for recognizer in self.registry.recognizers:
            if (isinstance(recognizer, RuleRecognizer) and recognizer.flags) is not flags:
                continue
            if not may_match(type(recognizer).__name__, texts.text):
                continue
            for result in recognizer.analyze(texts.text, recognizer.supported_entities, artifacts) or ():
                if result.score >= threshold:
                    yield texts.found(result), result

    def guess(
        self, context: CallContext, guesses: Guesses, threshold: float
    ) -> Iterator[tuple[Found, RecognizerResult]]:
        """Yield what the rules that ask the language model find with its help."""
        if not context.view.tokens:
            return
        texts = TextMap.of(context.view.tokens)
        artifacts = CallArtifacts(replace(context, guess=guesses.people), texts, self._engine)
        for recognizer in self.registry.recognizers:
            if isinstance(recognizer, RuleRecognizer) and recognizer.name in GUESSING:
                for result in recognizer.analyze(texts.text, recognizer.supported_entities, artifacts):
                    if result.score >= threshold:
                        yield texts.found(result), result


class Guesses:
    """The model's guesses at people in the segments of one call, a segment's text asked once."""

    def __init__(self, engine: OfflineSpacyEngine) -> None:
        self._engine = engine
        self._known: dict[str, list[tuple[int, int]]] = {}

    def people(self, view: CallView, segments: AbstractSet[int]) -> tuple[tuple[Token, ...], ...]:
        """Return the people that the model sees in some segments of a call, all new texts in one batch."""
        lines: dict[int, list[Token]] = {number: [] for number in segments}
        for token in view.tokens:
            if token.segment in lines:
                lines[token.segment].append(token)
        maps = {number: TextMap.of(tokens) for number, tokens in lines.items()}
        new = sorted({one.text for one in maps.values() if one.text not in self._known})
        self._known.update(zip(new, self._engine.persons(new), strict=True))
        return tuple(
            tuple(
                token
                for token, start in zip(lines[number], one.starts, strict=True)
                if start < end and start + len(shown(token)) > first
            )
            for number, one in maps.items()
            for first, end in self._known[one.text]
        )
