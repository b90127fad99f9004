"""The manifest of a release: its files with their SHA-256, what was kept out and why, what the gates said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from storage.mongo import Document

NAME: Final = "manifest.json"
FORMAT: Final = "callward-corpus-manifest/1"


def manifest_of(release: Document, files: Sequence[Mapping[str, Any]], *, stale: Sequence[str] = ()) -> bytes:
    """Return the manifest as UTF-8 JSON with sorted keys: the same bytes for the same release.

    Args:
        release: its document, with counts and gates.
        files: every other file of it (name, size, sha256, media_type; rows and split of a shard).
        stale: names of files with rows of people who left, until they are written anew.
    """
    told = {
        "format": FORMAT,
        "release": release["number"],
        "revision": release["revision"],
        "snapshot_at": release["snapshot_at"].isoformat(),
        "purpose": release["purpose"],
        "policy": release["policy"],
        "counts": release["counts"],
        "gates": release["gates"],
        "files": [_file(one) for one in sorted(files, key=lambda one: one["name"])],
        "stale": list(stale),
    }
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False, default=str).encode() + b"\n"


def _file(one: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("name", "size", "sha256", "media_type", "rows", "split")
    return {name: one[name] for name in shown if one.get(name) is not None}
