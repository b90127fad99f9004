"""What differs between two profiles, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from domain.durations import Duration
from governance.profiles import Profile

_MEMO = ("_terms", "memo")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs; None where a side has no such field."""

    field: str
    first: Any
    second: Any

    def __str__(self) -> str:
        first, second = ("nothing" if value is None else value for value in (self.first, self.second))
        return f"{self.field}: {first} → {second}"


def differences(first: Profile, second: Profile) -> list[Difference]:
    """Return what differs, by name of field. What is only said differently (P1Y, P12M) does not."""
    one, other = dict(_flat(first)), dict(_flat(second))
    return [
        Difference(name, one.get(name), other.get(name))
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]


def _flat(profile: Profile) -> Iterator[tuple[str, Any]]:
    yield from _walk(profile.policy, "")
    yield "title", profile.title
    for control in profile.controls:
        yield from _walk(control, f"controls.{control.control_id}")


def _walk(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    inner = _parts(value)
    if inner is None:
        yield name, _plain(value)
        return
    for key, part in inner:
        yield from _walk(part, f"{name}.{key}" if name else str(key))


def _parts(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, Duration):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in fields(value) if field.name not in _MEMO]
    if isinstance(value, Mapping):
        return [(_plain(key), part) for key, part in value.items()]
    if isinstance(value, tuple):
        return [(_key(part, place), part) for place, part in enumerate(value)]
    return None


def _key(part: Any, place: int) -> str:
    """Name a part of a list by its jurisdiction where it has one, so that an added rule does not shift the others."""
    return str(getattr(part, "jurisdiction", None) or ("everybody" if hasattr(part, "jurisdiction") else place))


def _plain(value: Any) -> Any:
    if isinstance(value, Duration):
        return value.to_text()
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
