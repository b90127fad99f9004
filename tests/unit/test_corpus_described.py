"""Card, Croissant metadata and manifest: true to the release, the same for the same release, readable by others."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import yaml

from corpus.described import described
from corpus.policy import CorpusPolicy
from corpus.shards import SCHEMA


def release(**changes: Any) -> dict[str, Any]:
    policy = CorpusPolicy()
    shard = {"size": 10, "sha256": "9f" * 32, "media_type": "application/vnd.apache.parquet", "rows": 40}
    shard |= {"state": "current", "revision": 1, "object_id": "obj_x"}
    names = ("train-00000.parquet", "test-00000.parquet")
    return {
        "number": 7,
        "revision": 2,
        "snapshot_at": datetime(2026, 11, 22, 10, tzinfo=UTC),
        "purpose": "tuning of\n# a heading that is none {k}",
        "policy": policy.to_document() | {"version": policy.digest},
        "counts": {
            "calls": 90, "items": 80, "turns": 800, "words": 9000, "languages": {"en": 80}, "basis": {"consent": 80},
            "excluded": {"held": 10},
        },
        "gates": [{"name": "canaries", "passed": True, "measured": 0, "threshold": 0, "why": "none came out"}],
        "files": [{"name": name, "split": name.partition("-")[0], **shard} for name in names],
        **changes,
    }  # fmt: skip


def test_the_manifest_has_the_checksum_of_every_other_file() -> None:
    told = described(release())
    manifest = json.loads(told["manifest.json"])
    files = {one["name"]: one for one in manifest["files"]}
    assert set(files) == {"README.md", "croissant.json", "train-00000.parquet", "test-00000.parquet"}
    for name in ("README.md", "croissant.json"):
        assert files[name]["sha256"] == hashlib.sha256(told[name]).hexdigest()
        assert files[name]["size"] == len(told[name])
    assert manifest["counts"]["excluded"] == {"held": 10}
    assert manifest["gates"][0]["name"] == "canaries"
    assert (manifest["release"], manifest["revision"]) == (7, 2)
    assert "object_id" not in told["manifest.json"].decode(), "where a file lies in the store is nobody's business"


def test_the_same_release_is_described_by_the_same_bytes() -> None:
    assert described(release()) == described(release())


def test_a_withdrawn_file_is_named_as_such_and_described_nowhere_else() -> None:
    whole = release()
    whole["files"][0]["state"] = "stale"
    told = described(whole)
    manifest = json.loads(told["manifest.json"])
    assert manifest["stale"] == ["train-00000.parquet"]
    assert "train-00000.parquet" not in {one["name"] for one in manifest["files"]}
    assert b"train-00000" not in told["croissant.json"]


def test_the_cards_head_names_the_files_of_each_split() -> None:
    head, _, body = described(release())["README.md"].decode().removeprefix("---\n").partition("\n---\n")
    assert yaml.safe_load(head)["configs"] == [
        {
            "config_name": "default",
            "data_files": [
                {"split": "train", "path": "train-*.parquet"},
                {"split": "test", "path": "test-*.parquet"},
            ],
        }
    ]
    assert "80 items" in body
    assert "\n# a heading" not in body, "what somebody wrote as a purpose is one line of text"
    assert "{" not in body.replace("{k}", "")


def test_croissant_names_every_column() -> None:
    told = json.loads(described(release())["croissant.json"])
    assert [field["name"] for field in told["recordSet"][0]["field"]] == SCHEMA.names


def test_mlcroissant_reads_the_metadata_without_an_error() -> None:
    """In a process of its own: the library warns of its own dependencies when it is imported."""
    program = (
        "import json, sys, mlcroissant\n"
        "issues = mlcroissant.Dataset(jsonld=json.load(sys.stdin)).metadata.ctx.issues\n"
        "print(json.dumps(sorted(issues.errors)))"
    )
    body = described(release())["croissant.json"].decode()
    told = subprocess.run([sys.executable, "-c", program], input=body, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout.splitlines()[-1]) == []
