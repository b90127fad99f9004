"""The language model of names: spaCy with the pipes that names need, never downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import spacy
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from spacy.language import Language
from thinc.api import NumpyOps

from redaction.errors import ModelMissingError

UNUSED_PIPES = ("tagger", "parser", "attribute_ruler", "lemmatizer", "senter")
SHARED_PIPE, NAMES_PIPE = "tok2vec", "ner"
BATCH = 64


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
            loaded[model["lang_code"]] = _names_only(spacy.load(name, exclude=list(UNUSED_PIPES)))
        self.nlp = loaded

    def persons(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Return, per text, the character ranges that the model takes for people."""
        return [
            [(ent.start_char, ent.end_char) for ent in doc.ents if ent.label_ == "PERSON"]
            for doc in self.get_nlp("en").pipe(texts, batch_size=BATCH)
        ]


def _names_only(nlp: Language) -> Language:
    """Return the model without the vectors that its names pipe does not read, multiplying with NumPy's own BLAS.

    The names pipe of spaCy's small models has vectors of its own: the shared ones cost as much again for nothing. For
    the few words that are asked at a time NumPy's BLAS takes a third of the time of the one that comes with spaCy.
    """
    names: Any = nlp.get_pipe(NAMES_PIPE)
    shared: Any = nlp.get_pipe(SHARED_PIPE) if SHARED_PIPE in nlp.pipe_names else None
    if shared is not None and NAMES_PIPE not in shared.listening_components:
        nlp.remove_pipe(SHARED_PIPE)
    ops = NumpyOps(use_blis=False)
    for layer in names.model.walk():
        layer.ops = ops
    return nlp
