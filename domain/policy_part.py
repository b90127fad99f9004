"""A cursor over a policy document: reads fields by kind, collects what is wrong instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.durations import Duration
from domain.jurisdictions import jurisdiction
from domain.policy_faults import Path, PolicyFault

_Word = TypeVar("_Word", bound=StrEnum)
_CAPITAL: Final = re.compile("[A-Z]")


class Part:
    """A mapping inside a policy document. Every reader answers None (or what it was given) where it found a fault."""

    def __init__(self, value: Any, path: Path, faults: list[PolicyFault]) -> None:
        self.path = path
        self.faults = faults
        if not isinstance(value, Mapping):
            self.fault("does not have the shape of one; see profiles/strict.yaml")
            value = {}
        self.fields: Mapping[str, Any] = value

    def fault(self, sentence: str, *steps: str | int) -> None:
        """Note a mistake here, or further down the path."""
        self.faults.append(PolicyFault((*self.path, *steps), sentence))

    def only(self, *names: str) -> None:
        """Refuse fields of any other name: a misspelt field would silently count for nothing."""
        for name in self.fields:
            if name not in names:
                self.fault(f"unknown field; there are: {', '.join(sorted(names))}", str(name))

    def needed(self, name: str) -> Any:
        """Return a field that must be there, or None with a fault."""
        if name not in self.fields:
            self.fault(f"lacks the field '{name}'")
        return self.fields.get(name)

    def part(self, name: str) -> Part:
        """Return the mapping in a field that must be there."""
        if name not in self.fields:
            self.fault(f"lacks the field '{name}'")
            return Part({}, (*self.path, name), [])
        return Part(self.fields[name], (*self.path, name), self.faults)

    def parts(self, name: str) -> Iterator[Part]:
        """Yield the mappings in a field that holds a list of them; nothing where the field is absent."""
        items = self.fields.get(name) or []
        if not isinstance(items, list):
            self.fault("must be a list", name)
            return
        for place, item in enumerate(items):
            yield Part(item, (*self.path, name, place), self.faults)

    def text(self, name: str) -> str:
        """Return a field that must be there and not empty, as text."""
        value = self.needed(name)
        if value is not None and not str(value).strip():
            self.fault("must not be empty", name)
        return str(value)

    def number(self, name: str, default: int | None = None, *, least: int = 0) -> int:
        """Return a whole number; without a default the field must be there."""
        value = self.needed(name) if default is None else self.fields.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            if value is not None or name in self.fields:
                self.fault(f"must be a whole number of at least {least}, not {value!r}", name)
            return least
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes or no."""
        value = self.fields.get(name, default)
        if not isinstance(value, bool):
            self.fault(f"must be true or false, not {value!r}", name)
            return default
        return value

    def word(self, name: str, words: type[_Word], default: _Word | None = None) -> _Word | None:
        """Return one of the words there are; without a default the field must be there."""
        value = self.fields.get(name, default) if default is not None else self.needed(name)
        return self.one_of(value, words, name) if value is not None else default

    def one_of(self, value: Any, words: type[_Word], *steps: str | int) -> _Word | None:
        """Return the word that the value is, or None with a fault that names the words there are."""
        try:
            return words(value)
        except ValueError:
            kind = _CAPITAL.sub(r" \g<0>", words.__name__).strip().lower()
            self.fault(f"unknown {kind} {value!r}; there are: {', '.join(words)}", *steps)
            return None

    def duration(self, name: str) -> Duration | None:
        """Return a duration where there is one."""
        value = self.fields.get(name)
        if value is None:
            return None
        try:
            return Duration.parse(str(value))
        except ValueError as error:
            self.fault(str(error), name)
            return None

    def place(self, name: str = "jurisdiction") -> str | None:
        """Return the code of a jurisdiction where there is one."""
        value = self.fields.get(name)
        if value is None:
            return None
        if value is False:
            self.fault("write 'NO' in quotes for Norway: YAML reads a bare NO as false", name)
            return None
        try:
            return jurisdiction(str(value)).code
        except ValueError as error:
            self.fault(str(error), name)
            return None

    def zone(self, name: str, default: str | None = None) -> str:
        """Return the name of a zone; without a default the field must be there."""
        value = self.needed(name) if default is None else self.fields.get(name, default)
        if value is None:
            return "UTC"
        try:
            ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fault(f"unknown zone {value!r}; write one of the IANA database such as Asia/Kolkata", name)
            return "UTC"
        return str(value)

    def day(self, name: str) -> date | None:
        """Return a date where there is one; YAML and stored documents have it as a date or as `2027-05-14`."""
        value = self.fields.get(name)
        if value is None or type(value) is date:
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fault(f"must be a date such as 2027-05-14, not {value!r}", name)
            return None
