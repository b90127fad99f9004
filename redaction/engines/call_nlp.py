"""The language model as Presidio sees it: spaCy with the pipes that names need, never downloaded, one pass per call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import spacy
from presidio_analyzer import AnalysisExplanation, ContextAwareEnhancer, EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from spacy.language import Language
from spacy.tokens import Doc

from redaction.context import CallContext
from redaction.errors import ModelMissingError
from redaction.hits import Hit
from redaction.rules import Rule
from redaction.view import Token

UNUSED_PIPES = ("tagger", "parser", "attribute_ruler", "lemmatizer", "senter")
BATCH = 64
PLACEHOLDER = "it"


class OfflineSpacyEngine(SpacyNlpEngine):
    """Presidio's spaCy engine, loading only an installed model and only the pipes that find names."""

    nlp: Any

    def load(self) -> None:
        """Load the model; raise ModelMissingError when it is not installed (Presidio would pip-install it)."""
        loaded: dict[str, Language] = {}
        for model in self.models:
            name = model["model_name"]
            if not spacy.util.is_package(name):
                raise ModelMissingError(
                    f"the spaCy model {name} is not installed; install its wheel, it is not downloaded"
                )
            loaded[model["lang_code"]] = spacy.load(name, exclude=list(UNUSED_PIPES))
        self.nlp = loaded

    def persons(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Return, per text, the character ranges that the model takes for people."""
        return [
            [(ent.start_char, ent.end_char) for ent in doc.ents if ent.label_ == "PERSON"]
            for doc in self.get_nlp("en").pipe(texts, batch_size=BATCH)
        ]


@dataclass(frozen=True, slots=True)
class TextMap:
    """The call as one text, and where each token stands in it."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> TextMap:
        """Return the text of the tokens, a line per segment."""
        starts: list[int] = []
        pieces: list[str] = []
        for at, token in enumerate(tokens):
            if at:
                pieces.append(" " if token.segment == tokens[at - 1].segment else "\n")
                starts.append(starts[-1] + len(pieces[-2]) + 1)
            else:
                starts.append(0)
            pieces.append(shown(token))
        return cls("".join(pieces), tuple(starts))


def shown(token: Token) -> str:
    """Return how a token stands in the text: placeholders as a pronoun, so that they are no names and no capitals."""
    return PLACEHOLDER if token.placeholder else "".join(token.raw.split()) or "-"


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


def with_persons(
    context: CallContext, engine: OfflineSpacyEngine, cache: dict[str, list[tuple[int, int]]]
) -> CallContext:
    """Return the context with the model's guesses at people, looked up per segment in `cache` first."""
    lines: dict[int, list[Token]] = {}
    for token in context.view.tokens:
        lines.setdefault(token.segment, []).append(token)
    maps = {number: TextMap.of(tokens) for number, tokens in lines.items()}
    new = sorted({one.text for one in maps.values() if one.text not in cache})
    cache.update(zip(new, engine.persons(new), strict=True))
    persons = tuple(
        tuple(
            token
            for token, start in zip(lines[number], one.starts, strict=True)
            if start < end and start + len(shown(token)) > first
        )
        for number, one in maps.items()
        for first, end in cache[one.text]
    )
    return replace(context, persons=persons)
