"""The collections of the registers that a privacy officer keeps; see `storage.catalog`."""

from __future__ import annotations

from storage.collection_spec import CollectionSpec, Index
from storage.collection_spec import up as _up

REGISTERS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "incidents",
        "governance.incidents",
        personal=False,
        indexes=(Index((("workspace_id", 1), ("opened_at", -1), ("_id", -1))),),
    ),
    CollectionSpec(
        "disclosures",
        "governance.disclosures",
        personal=False,
        indexes=(
            Index((("workspace_id", 1), ("disclosed_at", -1), ("_id", -1))),
            Index(_up("workspace_id", "_id"), partial={"direct_marketing": True}),
        ),
    ),
    CollectionSpec(
        "requests",
        "governance.people_requests",
        personal=False,
        indexes=(
            Index((("workspace_id", 1), ("received_at", -1), ("_id", -1))),
            Index(_up("workspace_id", "people")),
            Index(_up("answered", "workspace_id")),
        ),
    ),
    CollectionSpec("officers", "governance.officers", personal=False),
)
"""Of people they keep keyed hashes at most; the officer's own name is there to be published."""
