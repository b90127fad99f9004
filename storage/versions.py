"""The version in a document. One that was written before there were versions has none and is of the first."""

from __future__ import annotations

from typing import Any

from storage.mongo import Document


def version_of(document: Document) -> int:
    """Return a document's version."""
    return int(document.get("version", 1))


def of_version(version: int) -> Any:
    """Return the filter for a version."""
    return {"$in": [1, None]} if version == 1 else version
