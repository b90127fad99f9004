"""The dataset card: README.md with the YAML head that Hugging Face `datasets` reads, and what a reader must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from domain.corpus import Split
from storage.mongo import Document

NAME: Final = "README.md"
LICENCE: Final = "other"
_SIZES: Final = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST: Final = "n>1M"

_BODY: Final = """# Callward training corpus, release {number}

De-identified telephone conversations, as text with the times of words, for {purpose}.
{items} items, {turns} turns, {words} words; {splits}. Languages: {languages}.

## What a row is

One call. `item_id` is random and leads nowhere outside the vendor. `turns` holds who spoke (`agent`, `contact`,
`unknown`, or a voice), the text, and each word with its time; a word with a `kind` stands in for personal data of that
kind. `surrogates` counts them. `facts` holds coarse circumstances, of which at least {k} rows share each combination;
an empty one was suppressed. `labels` is filled where the customer has outcomes or intents made. `basis` says on what
ground the call may be trained on.

## How it was made

Each call was transcribed, personal data in it found and replaced by invented data of the same kind and shape, the same
inside a call and different between calls. Dates are shifted, times bent, places coarsened; words that fewer than
{rare_k} customers use are generalised. Nobody's call is in it without a ground: {basis}.
Snapshot of {snapshot}, policy {policy}. `manifest.json` counts what was kept out by reason and holds the results of the
gates that the release passed: a second detector, planted invented people, k-anonymity, a re-identification drill, and
a person's look at a sample.

## Limits

* Text is as a speech recogniser heard it: it has its errors, and more of them for accents it knows less.
* Surrogates are invented. Do not learn facts about the world from names, numbers, places or dates.
* Times are bent: they keep order and rhythm, not the duration of the call.
* It is de-identified, not anonymous. Do not try to find anybody, do not join it with other records, do not pass it on.

## Terms

For the purpose above, inside the vendor, by those who hold a key with `corpus:read`. People may leave at any time: ask
the revocation feed, delete the items that it names and models' caches of them, and prove it with
`callward corpus verify`. Items that left are taken out of the files; the release's number stays, its revision rises.
"""


def card_of(release: Document, shards: Sequence[Mapping[str, Any]]) -> bytes:
    """Return README.md of a release with these shards (name, rows, split)."""
    counts, policy = release["counts"], release["policy"]
    by_split = {split: sum(one["rows"] for one in shards if one["split"] == split.value) for split in Split}
    body = _BODY.format(
        number=release["number"],
        purpose=_line(release["purpose"]),
        items=counts["items"],
        turns=counts["turns"],
        words=counts["words"],
        splits=", ".join(f"{split.value} {rows}" for split, rows in by_split.items()),
        languages=", ".join(sorted(counts["languages"])) or "none",
        k=policy["k"],
        rare_k=policy["rare_k"],
        basis=", ".join(f"{basis} ({count})" for basis, count in sorted(counts["basis"].items())) or "none",
        snapshot=release["snapshot_at"].isoformat(),
        policy=policy["version"],
    )
    head = yaml.safe_dump(_head(release, shards), sort_keys=False, allow_unicode=True)
    return f"---\n{head}---\n\n{body}".encode()


def _head(release: Document, shards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    items = release["counts"]["items"]
    with_rows = [split for split in Split if any(one["split"] == split.value for one in shards)]
    return {
        "pretty_name": f"Callward training corpus, release {release['number']}",
        "license": LICENCE,
        "license_name": "vendor-internal",
        "language": sorted(release["counts"]["languages"]),
        "task_categories": ["automatic-speech-recognition", "text-generation"],
        "size_categories": [next((name for limit, name in _SIZES if items < limit), _LARGEST)],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": one.value, "path": f"{one.value}-*.parquet"} for one in with_rows],
            }
        ],
    }


def _line(text: str) -> str:
    """Return text as one line: it must not become markup of its own."""
    return " ".join(text.split())
