"""What the house promises of a collection: its writer, its indexes, its tags and the validator that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.records import TAG_FIELDS, Category, LegalBasis, Purpose, Role

_EARLIER_CATEGORIES = ("content", "traffic", "usage")
"""Names that migration 4 replaces: admitted until it ran everywhere, written by nothing."""


@dataclass(frozen=True, slots=True)
class Index:
    """One index: fields with direction, unique or not, an optional partial filter and time to live."""

    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    partial: dict[str, Any] | None = None
    expire_after_s: int | None = None

    @property
    def name(self) -> str:
        """A stable name made from the fields."""
        return "_".join(f"{name.replace('.', '-')}{'' if way > 0 else '-desc'}" for name, way in self.keys)


@dataclass(frozen=True, slots=True)
class CollectionSpec:
    """One collection and what the house promises of it."""

    name: str
    writer: str
    personal: bool
    tagged: bool = False
    tagged_parts: Sequence[str] = ()
    """Parts of a document that have tags, and a clock, of their own."""
    apart: bool = False
    """Kept beside the keys, in the database that is backed up apart: a restore of the records must not undo it."""
    indexes: Sequence[Index] = field(default_factory=tuple)

    def validator(self) -> dict[str, Any]:
        """Return the `$jsonSchema` that MongoDB enforces, empty when there is none."""
        if not self.tagged:
            return {}
        schema = _tags_schema()
        schema["properties"] |= {part: _tags_schema() for part in self.tagged_parts}
        return {"$jsonSchema": schema}


def _tags_schema() -> dict[str, Any]:
    return {
        "bsonType": "object",
        "required": list(TAG_FIELDS),
        "properties": {
            "workspace_id": {"bsonType": "string", "minLength": 1},
            "category": {"enum": [*(category.value for category in Category), *_EARLIER_CATEGORIES]},
            "role": {"enum": [role.value for role in Role]},
            "purposes": {
                "bsonType": "array",
                "minItems": 1,
                "items": {"enum": [purpose.value for purpose in Purpose]},
            },
            "legal_basis": {"enum": [basis.value for basis in LegalBasis]},
            "region": {"bsonType": "string", "minLength": 1},
            "retain_until": {"bsonType": "date"},
            "policy_id": {"bsonType": "string", "minLength": 1},
            "policy_version": {"bsonType": "int", "minimum": 1},
        },
    }


def up(*names: str) -> tuple[tuple[str, int], ...]:
    """Return the keys of an index that rises in each of these fields."""
    return tuple((name, 1) for name in names)
