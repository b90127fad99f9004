"""Croissant metadata (MLCommons, version 1.0): the release's files and columns as JSON-LD, for tools that read it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.corpus import Split
from storage.mongo import Document

NAME: Final = "croissant.json"
_CONFORMS: Final = "http://mlcommons.org/croissant/1.0"
_PARQUET: Final = "application/x-parquet"
_RECORDS: Final = "items"
_PREFIXED: Final = (
    *("citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format"),
    *("includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{name: f"cr:{name}" for name in _PREFIXED},
}
_COLUMNS: Final = (
    ("item_id", "sc:Text", "Random id of the item."),
    ("split", "sc:Text", "train, validation or test; no workspace and no speaker is in two of them."),
    ("language", "sc:Text", "Language of the conversation, ISO 639-1."),
    ("duration_s", "sc:Float", "Seconds, bent: not the duration of the call."),
    ("turns", "sc:Text", "Who said what, with the time of each word and the kind of each surrogate."),
    ("surrogates", "sc:Text", "How many surrogates of each kind stand in the words."),
    ("facts", "sc:Text", "Coarse circumstances, k-anonymous."),
    ("labels", "sc:Text", "Outcome and intent, where the customer has them made."),
    ("basis", "sc:Text", "On what ground the call may be trained on."),
)


def croissant_of(release: Document, shards: Sequence[Mapping[str, Any]]) -> bytes:
    """Return croissant.json of a release with these shards (name, size, sha256, split)."""
    splits = [split.value for split in Split if any(one["split"] == split.value for one in shards)]
    told = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS,
        "name": f"callward-corpus-{release['number']}",
        "description": "De-identified telephone conversations: turns, words with times, kinds of surrogates.",
        "version": f"{release['number']}.{release['revision']}.0",
        "datePublished": release["snapshot_at"].date().isoformat(),
        "license": "vendor-internal",
        "url": f"urn:callward:corpus:{release['number']}",
        "isLiveDataset": False,
        "distribution": [*(_file(one) for one in _ordered(shards)), *(_file_set(split, shards) for split in splits)],
        "recordSet": [_record_set(split) for split in splits],
    }
    return json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n"


def _ordered(shards: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(shards, key=lambda one: str(one["name"]))


def _file(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": one["name"],
        "name": one["name"],
        "contentUrl": one["name"],
        "contentSize": f"{one['size']} B",
        "encodingFormat": _PARQUET,
        "sha256": one["sha256"],
    }


def _file_set(split: str, shards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{split}-files",
        "name": f"{split}-files",
        "containedIn": [{"@id": one["name"]} for one in _ordered(shards) if one["split"] == split],
        "encodingFormat": _PARQUET,
        "includes": f"{split}-*.parquet",
    }


def _record_set(split: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": f"{_RECORDS}-{split}",
        "name": f"{_RECORDS}-{split}",
        "description": f"One call a row; split {split}.",
        "key": {"@id": f"{_RECORDS}-{split}/item_id"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{_RECORDS}-{split}/{name}",
                "name": name,
                "description": told,
                "dataType": kind,
                "source": {"fileSet": {"@id": f"{split}-files"}, "extract": {"column": name}},
            }
            for name, kind, told in _COLUMNS
        ],
    }
