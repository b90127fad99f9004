"""The collections of the training corpus; `storage/catalog.py` lists them with all others."""

from __future__ import annotations

from typing import Final

from storage.collection_spec import CollectionSpec, Index
from storage.collection_spec import up as _up

CORPUS: Final = (
    CollectionSpec(
        "corpus_releases",
        "corpus.releases",
        personal=False,
        indexes=(Index(_up("number"), unique=True), Index(_up("state"))),
    ),
    CollectionSpec(
        "corpus_units",
        "corpus.units",
        personal=False,
        indexes=(Index(_up("release", "kind", "state")),),
    ),
    CollectionSpec(
        "corpus_items",
        "corpus.items",
        personal=True,
        tagged=True,
        indexes=(
            Index(_up("release", "state", "_id")),
            Index(_up("workspace_id", "call")),
            Index(_up("workspace_id", "people")),
            Index(_up("workspace_id", "release")),
            Index(_up("workspace_id", "state", "_id")),
            Index(_up("state", "lawful_until")),
            Index(_up("release", "file"), partial={"leaving": True}),
        ),
    ),
    CollectionSpec(
        "revocations",
        "corpus.revocations",
        personal=False,
        apart=True,
        indexes=(Index(_up("sequence"), unique=True),),
    ),
    CollectionSpec(
        "signing_keys",
        "corpus.signing",
        personal=False,
        apart=True,
        indexes=(Index(_up("number"), unique=True),),
    ),
    CollectionSpec("corpus_marks", "corpus.marks", personal=False),
)
