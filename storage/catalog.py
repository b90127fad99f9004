"""The list of collections: who writes each, whether it keeps personal data, its indexes and its validator.

One writer each (house.md); a test holds the source to this list. `tagged` collections carry the record tags of
`domain.records`, and MongoDB itself refuses a document without them.
"""

from __future__ import annotations

from typing import Any

from storage.catalog_consent import CONSENT
from storage.catalog_corpus import CORPUS
from storage.catalog_registers import REGISTERS
from storage.collection_spec import CollectionSpec, Index
from storage.collection_spec import up as _up

__all__ = ["BY_NAME", "COLLECTIONS", "INSTANT", "KEY_COLLECTION", "TEXT", "CollectionSpec", "Index"]


DONE_JOBS_KEPT_S = 30 * 24 * 3600
"""Finished jobs go after thirty days; dead letters stay until a person has looked at them."""

TEXT: dict[str, Any] = {"$type": "string"}
INSTANT: dict[str, Any] = {"$type": "date"}
NUMBER: dict[str, Any] = {"$type": "number"}
"""Filters of partial indexes. MongoDB uses such an index only for a query that repeats its filter, beside the value."""

_BY_CALL = (Index(_up("workspace_id", "call_id")),)

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("workspaces", "governance.workspaces", personal=False),
    CollectionSpec(
        "policies",
        "governance.workspaces",
        personal=False,
        indexes=(Index(_up("workspace_id", "version"), unique=True),),
    ),
    CollectionSpec(
        "redaction_policies",
        "governance.redaction",
        personal=False,
        indexes=(Index(_up("workspace_id", "version"), unique=True),),
    ),
    CollectionSpec(
        "legal_holds",
        "governance.holds",
        personal=False,
        indexes=(Index(_up("workspace_id", "released_at")), Index(_up("placed_at"))),
    ),
    CollectionSpec(
        "restrictions",
        "governance.restrictions",
        personal=False,
        indexes=(Index(_up("workspace_id", "lifted_at")), Index(_up("set_at"))),
    ),
    CollectionSpec(
        "retention_proposals",
        "governance.approvals",
        personal=False,
        indexes=(Index((("workspace_id", 1), ("asked_at", -1), ("_id", -1))),),
    ),
    CollectionSpec(
        "training_opt_outs",
        "governance.opt_outs",
        personal=False,
        indexes=(Index(_up("workspace_id", "withdrawn_at")), Index(_up("since"))),
    ),
    CollectionSpec("waivers", "governance.waivers", personal=False, indexes=(Index(_up("workspace_id", "rule")),)),
    CollectionSpec(
        "receipts",
        "governance.receipts",
        personal=False,
        apart=True,
        indexes=(*_BY_CALL, Index(_up("workspace_id", "sequence"), unique=True, partial={"sequence": NUMBER})),
    ),
    CollectionSpec(
        "purge_jobs",
        "governance.purge_jobs",
        personal=False,
        apart=True,
        indexes=(Index(_up("workspace_id", "kind")),),
    ),
    CollectionSpec("api_keys", "api.keys", personal=False, indexes=(Index(_up("workspace_id")),)),
    CollectionSpec(
        "calls",
        "ingest.calls",
        personal=True,
        tagged=True,
        indexes=(
            Index((("workspace_id", 1), ("created_at", -1), ("_id", -1))),
            Index(_up("workspace_id", "source", "origin_id"), unique=True, partial={"origin_id": {"$type": "string"}}),
            Index(_up("workspace_id", "content_hash"), partial={"content_hash": {"$type": "string"}}),
            Index(_up("workspace_id", "people"), partial={"people": TEXT}),
            Index(_up("state", "updated_at")),
            Index(_up("retain_until")),
            Index(_up("artifacts_due_at"), partial={"artifacts_due_at": INSTANT}),
            Index(_up("workspace_id", "policy_version")),
            Index(_up("match.next_try_at"), partial={"match.next_try_at": INSTANT}),
            Index(_up("workspace_id", "match.began"), partial={"match.began": INSTANT}),
            Index(_up("workspace_id", "match.stated"), partial={"match.stated": TEXT}),
            Index(_up("workspace_id", "match.log_id"), partial={"match.log_id": TEXT}),
            Index((("workspace_id", 1), ("match.state", 1), ("created_at", -1), ("_id", -1))),
            Index(
                (("workspace_id", 1), ("review.state", 1), ("created_at", -1), ("_id", -1)),
                partial={"review.state": TEXT},
            ),
        ),
    ),
    CollectionSpec(
        "recordings",
        "ingest.recordings",
        personal=True,
        tagged=True,
        indexes=(Index(_up("workspace_id", "call_id"), unique=True),),
    ),
    CollectionSpec(
        "call_logs",
        "ingest.call_logs",
        personal=True,
        tagged=True,
        tagged_parts=("identifiers",),
        indexes=(  # of pages of entries: ingest/log_pages.py
            Index(_up("workspace_id", "home", "number"), unique=True, partial={"home": {"$type": "binData"}}),
            Index(_up("by_id", "ids"), unique=True, partial={"by_id": NUMBER}),
            Index(_up("workspace_id", "calls"), unique=True, partial={"calls": TEXT}),
            Index((("workspace_id", 1), ("last_at", -1), ("_id", -1))),
            Index(_up("identifiers.index")),  # keyed hashes: no two workspaces have one in common
            Index(_up("workspace_id", "identifiers.device", "last_at"), partial={"source": "device"}),
            Index(_up("workspace_id", "identifiers.retain_until")),
            Index(_up("workspace_id", "retain_until")),
        ),
    ),
    CollectionSpec(
        "cdrs",
        "ingest.cdrs",
        personal=True,
        tagged=True,
        tagged_parts=("identifiers",),
        indexes=(
            Index((("workspace_id", 1), ("setup_time", -1), ("_id", -1))),
            # A month's identifiers come and go together: by month first, both touch a few pages of the index only.
            Index(_up("workspace_id", "identifiers.month", "identifiers.index"), partial={"identifiers.month": TEXT}),
            Index(
                # With the start the sweep finds its chunks here, and opens no document for that (ingest/cdr_spans.py).
                _up("workspace_id", "identifiers.retain_until", "identifiers.month", "setup_time"),
                partial={"identifiers.retain_until": INSTANT},
            ),
            Index(_up("workspace_id", "retain_until")),
        ),
    ),
    CollectionSpec(
        "imports",
        "ingest.imports",
        personal=False,
        indexes=(
            Index((("workspace_id", 1), ("started_at", -1), ("_id", -1))),
            Index(_up("workspace_id", "retain_until")),
            Index(_up("updated_at"), partial={"state": "running"}),
        ),
    ),
    CollectionSpec(
        "quarantine",
        "ingest.quarantine",
        personal=True,
        tagged=True,
        indexes=(
            Index(_up("workspace_id", "import_id", "_id")),
            Index(_up("workspace_id", "retain_until")),
        ),
    ),
    CollectionSpec(
        "inbox",
        "ingest.inbox",
        personal=True,
        tagged=True,
        indexes=(Index(_up("workspace_id")), Index(_up("workspace_id", "retain_until"))),
    ),
    CollectionSpec(
        "sources",
        "ingest.sources",
        personal=False,
        indexes=(Index(_up("workspace_id", "name"), unique=True), Index(_up("hook"), unique=True)),
    ),
    CollectionSpec(
        "idempotency_keys",
        "ingest.idempotency",
        personal=False,
        indexes=(
            Index(_up("workspace_id", "route", "key"), unique=True),
            Index(_up("workspace_id", "result_id"), partial={"result_id": {"$type": "string"}}),
            Index(_up("expires_at"), expire_after_s=0),
        ),
    ),
    CollectionSpec(
        "tombstones",
        "ingest.tombstones",
        personal=False,
        apart=True,
        indexes=(
            Index(_up("workspace_id", "mark")),
            Index(_up("workspace_id", "row", "_id"), partial={"row": {"$exists": True}}),
        ),
    ),
    CollectionSpec(
        "transcripts",
        "transcription.store",
        personal=True,
        tagged=True,
        indexes=(Index(_up("workspace_id", "call_id", "version", "kind"), unique=True),),
    ),
    CollectionSpec(
        "redactions",
        "redaction.store",
        personal=True,
        tagged=True,
        indexes=(Index(_up("workspace_id", "call_id", "version"), unique=True),),
    ),
    CollectionSpec(
        "outbox",
        "storage.outbox",
        personal=False,
        indexes=(
            Index(_up("state", "run_after")),
            Index(_up("state", "lease_until")),
            Index(_up("workspace_id", "call_id")),
            Index(_up("done_at"), expire_after_s=DONE_JOBS_KEPT_S),
        ),
    ),
    CollectionSpec(
        "audit_events",
        "storage.audit",
        personal=False,
        indexes=(Index(_up("workspace_id", "sequence"), unique=True), Index(_up("workspace_id", "call_id"))),
    ),
    CollectionSpec("audit_anchors", "storage.audit", personal=False),
    CollectionSpec("schema_migrations", "storage.migrations", personal=False),
    *CONSENT,
    *CORPUS,
    *REGISTERS,
)

KEY_COLLECTION = CollectionSpec(
    "keys",
    "storage.keys",
    personal=False,
    apart=True,
    indexes=(Index(_up("workspace_id", "kind")),),
)

BY_NAME = {spec.name: spec for spec in (*COLLECTIONS, KEY_COLLECTION)}
