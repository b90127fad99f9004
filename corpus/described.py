"""What tells of a release beside its shards: card, Croissant metadata, manifest. Functions of its document alone.

They are made when they are read, so that a file that was rewritten or withdrawn is told of without another write.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from corpus import card, croissant, manifest
from storage.mongo import Document

MEDIA_TYPES: Final = {
    card.NAME: "text/markdown; charset=utf-8",
    croissant.NAME: "application/ld+json",
    manifest.NAME: "application/json",
}
CURRENT: Final = "current"
STALE: Final = "stale"


def described(release: Document) -> dict[str, bytes]:
    """Return README.md, croissant.json and manifest.json of a release; the last has the checksums of all others."""
    shards = [one for one in release["files"] if one["state"] == CURRENT]
    told = {card.NAME: card.card_of(release, shards), croissant.NAME: croissant.croissant_of(release, shards)}
    files = [*shards, *(_entry(name, body) for name, body in told.items())]
    stale = sorted(one["name"] for one in release["files"] if one["state"] == STALE)
    return {**told, manifest.NAME: manifest.manifest_of(release, files, stale=stale)}


def _entry(name: str, body: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(body).hexdigest()
    return {"name": name, "size": len(body), "sha256": digest, "media_type": MEDIA_TYPES[name]}
