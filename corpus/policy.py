"""What a release asks of its items: how coarse, how many alike, how split, which redaction, which gates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from corpus.deid.rare import MOST_TAGS
from corpus.deid.source import SurrogateScope
from domain.errors import Invalid

MIB: Final = 1024 * 1024
LARGEST_SHARD: Final = 256 * MIB


@dataclass(frozen=True, slots=True)
class Splits:
    """The shares of the splits. They sum to 1; how near a release comes depends on who is in how many calls."""

    train: float = 0.9
    validation: float = 0.05
    test: float = 0.05


@dataclass(frozen=True, slots=True)
class CorpusPolicy:
    """One release's policy; it is written into the manifest, with `digest` as its version."""

    k: int = 5
    """So many items at least have the same quasi-identifiers (issue 7 point 2)."""
    l: int = 2  # noqa: E741 - l-diversity is its name
    """So many different labels at least in each such group, where there are labels."""
    rare_k: int = 3
    """A word that fewer workspaces say than this is generalised."""
    splits: Splits = Splits()
    sample_size: int = 50
    """How many items a person looks at before approving."""
    minimum_redaction: int = 5
    """The oldest version of the redaction's rules that is good enough."""
    surrogates: SurrogateScope = SurrogateScope.CALL
    max_shard_bytes: int = LARGEST_SHARD
    row_group_rows: int = 2000
    canaries: int = 12
    """How many invented calls are sent through the same way, to come out nowhere."""
    residual_items: int = 0
    """In how many items the second detector may find something in what was written."""
    drill_sample: int = 2000
    """With how many items, at most, the re-identification drill is tried."""
    drill_confidence: float = 0.999
    """How sure it must be that linking did better than chance before the release is refused."""

    @property
    def digest(self) -> str:
        """The version of the policy: the first 16 hexadecimal digits of the SHA-256 of its values."""
        told = json.dumps(self.to_document(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def to_document(self) -> dict[str, Any]:
        """Return the stored form."""
        return asdict(self) | {"surrogates": self.surrogates.value}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> CorpusPolicy:
        """Read a policy; what is left out is as by default.

        Raises:
            Invalid: naming the field and what it takes.
        """
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(document) - known):
            raise Invalid(f"no such field of a corpus policy; it has {', '.join(sorted(known))}", field=unknown[0])
        told = dict(document)
        if "splits" in told:
            told["splits"] = _splits(told["splits"])
        if "surrogates" in told:
            told["surrogates"] = _scope(told["surrogates"])
        made = cls(**told)
        _check(made)
        return made


_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "k": (2, 100_000),
    "l": (1, 1000),
    "rare_k": (1, MOST_TAGS),
    "sample_size": (0, 1000),
    "minimum_redaction": (1, 1_000_000),
    "max_shard_bytes": (64 * 1024, LARGEST_SHARD),
    "row_group_rows": (1, 100_000),
    "canaries": (1, 1000),
    "residual_items": (0, 1_000_000),
    "drill_sample": (1, 2000),
}


def _check(policy: CorpusPolicy) -> None:
    for name, (least, most) in _BOUNDS.items():
        value = getattr(policy, name)
        if type(value) is not int or not least <= value <= most:
            raise Invalid(f"{name} takes a whole number from {least} to {most}", field=name)
    confidence = policy.drill_confidence
    if type(confidence) not in {int, float} or not 0.5 <= confidence < 1:  # noqa: PLR2004 - half and certainty
        raise Invalid("drill_confidence takes a number from 0.5 to below 1", field="drill_confidence")


def _splits(told: Any) -> Splits:
    if isinstance(told, Splits):
        return told
    names = [one.name for one in fields(Splits)]
    whole = isinstance(told, Mapping) and set(told) == set(names)
    shares = [told[name] for name in names] if whole else []
    if not all(type(share) in {int, float} and 0 <= share <= 1 for share in shares) or abs(sum(shares) - 1) > 1e-9:  # noqa: PLR2004 - rounding
        raise Invalid("splits takes train, validation and test, each from 0 to 1, that sum to 1", field="splits")
    return Splits(*map(float, shares))


def _scope(told: Any) -> SurrogateScope:
    try:
        return SurrogateScope(told)
    except ValueError:
        raise Invalid("surrogates takes call or release", field="surrogates") from None
