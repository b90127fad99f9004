"""The fourth migration: categories by the names that they have now, in tags of records and in stored policies.

Validators still admit the earlier names (expand); nothing writes them any more. A stored policy of an earlier version
knew four categories and no limits beside its rules. It gets the other eight, its instruction, and the ceilings after an
account's end, as the default profile of the time of this migration had them; what it said of the four stays.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from storage.catalog import COLLECTIONS
from storage.mongo import Database, Document

RENAMED: Final = {"content": "communications_content", "traffic": "traffic_data", "usage": "usage_data"}
_INSTRUCTED: Final = ["transcription", "redaction", "serve_customer"]
_CEILINGS: Final = [
    {"add": "P1Y", "source": "promise RN7"},
    {"add": "P1M", "jurisdiction": "EU", "source": "promise RN8"},
]


def _rule(basis: str, purpose: str, add: str, source: str, **more: Any) -> dict[str, Any]:
    retention = {"add": add, "source": source, **more}
    return {"role": "controller", "legal_basis": basis, "purposes": [purpose], "retention": retention}


_ADDED: Final = {
    "behaviour_analytics": _rule("consent", "product_analytics", "P25M", "promise RK10"),
    "business_contact": _rule("consent", "marketing", "P0D", "promise RK15"),
    "supplier_contact": _rule("contract", "supplier_management", "P12M", "promise RK13"),
    "supplier_individual": _rule("contract", "supplier_management", "P7Y", "promise RK13"),
    "prospect": _rule("consent", "marketing", "P6M", "promise RK14"),
    "account": _rule("contract", "account_administration", "P1Y", "promise RN7"),
    "consent_evidence": _rule("legal_obligation", "legal_compliance", "P7Y", "consent evidence outlives the data"),
    "voice_sample": _rule("consent", "voice_identification", "P30D", "promise RU5"),
}


async def categories_renamed(database: Database) -> None:
    """Rename the categories in every tagged collection and in every stored policy. Safe to run twice."""
    for spec in COLLECTIONS:
        if spec.tagged:
            for old, new in RENAMED.items():
                await database.set_where(spec.name, {"category": old}, {"category": new})
    await database.rewrite("policies", {"body.categories.content": {"$exists": True}}, _policy)


def _policy(stored: Document) -> Document:
    body = dict(stored["body"])
    categories = {RENAMED.get(name, name): rule for name, rule in body["categories"].items()}
    body["categories"] = copy.deepcopy(_ADDED) | categories
    body.setdefault("instruction", {"version": 1, "purposes": _INSTRUCTED})
    body.setdefault("ceilings", copy.deepcopy(_CEILINGS))
    return {**stored, "body": body}
