"""Stored CDRs, imports and refused rows to answers."""

from __future__ import annotations

from typing import Any

from api import views
from api.cdr_answers import CdrDetail, CdrOut, ImportCounts, Imported, ImportOut, KeptRejection, RejectionOut
from ingest.formats.record import CallRecord, to_plain
from ingest.import_work import ImportResult
from ingest.imports import COUNTED
from storage.mongo import Document

_PARTY_REF = 8
_LEG = ("answer_time", "end_time", "duration_s", "talk_s", "disposition", "caller", "callee", "facts", "setup_time")


def _leg(document: Document) -> dict[str, Any]:
    cost = document.get("cost")
    shown = {name: document[name] for name in _LEG if name in document}
    return {**shown, "cost": {**cost, "amount": str(cost["amount"])} if cost else None}


def _cdr(document: Document) -> dict[str, Any]:
    identifiers = document.get("identifiers") or {}
    return {
        **_leg(document),
        "id": document["_id"],
        "source": document["source"],
        "format": document["format"],
        "direction": document.get("direction", "unknown"),
        "legs": [_leg(leg) for leg in document.get("legs", ())],
        "recordings": document.get("recordings", 0),
        "party_refs": [token[:_PARTY_REF] for token in identifiers.get("index", ())],
        "identifiers_until": identifiers.get("retain_until"),
        "record": views.tags(document),
    }


def cdr(document: Document) -> CdrOut:
    """Return a call's traffic data without identifiers."""
    return CdrOut.model_validate(_cdr(document))


def cdr_detail(document: Document, clear: CallRecord | None) -> CdrDetail:
    """Return a call's traffic data, with the clear copy where there is one."""
    return CdrDetail.model_validate({**_cdr(document), "clear": None if clear is None else to_plain(clear)})


def imported(result: ImportResult) -> Imported:
    """Return what became of a file."""
    return Imported(
        **{name: result.counts[name] for name in COUNTED},
        import_id=result.import_id,
        source=result.source,
        format=result.format_name,
        quarantined=result.quarantined,
        rejections=[
            RejectionOut(raw_line=one.raw_line, reason=one.reason, message=one.message) for one in result.rejections
        ],
    )


def import_of(document: Document) -> ImportOut:
    """Return an import."""
    shown = {name: document[name] for name in ImportOut.model_fields if name not in {"id", "counts"}}
    return ImportOut(id=document["_id"], counts=ImportCounts(**document["counts"]), **shown)


def rejection(document: Document, raw: str | None) -> KeptRejection:
    """Return a refused row, with what it said in the clear copy only."""
    return KeptRejection(
        id=document["_id"],
        raw_line=document["raw_line"],
        reason=document["reason"],
        message=document["message"],
        kept_until=document["retain_until"],
        raw=raw,
    )
