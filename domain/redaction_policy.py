"""What a workspace wants done with each kind of personal data that is found in its calls.

What must never happen here: payment data or a credential left readable because of a policy. These kinds can be neither
disabled nor kept, and no threshold reaches them.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from domain.errors import Invalid
from domain.redaction_kinds import ALWAYS_HIDDEN, KINDS, REFERENCES
from domain.sound import Replacement
from domain.spans import Span

MOST_PATTERNS: Final = 20
LONGEST_PATTERN: Final = 200
PATTERN_SCORE: Final = 0.85
_KIND: Final = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_FIELDS: Final = frozenset(
    {"version", "threshold", "operator", "operators", "disabled", "keep_references", "patterns", "sound"}
)


class Operator(StrEnum):
    """What stands where personal data was. Named as in presidio-anonymizer, where it has the same."""

    REPLACE = "replace"
    """`[PERSON]`."""
    REDACT = "redact"
    """`[REDACTED]`: not even the kind is told."""
    MASK = "mask"
    """Asterisks, always as many: a length is a hint too."""
    HASH = "hash"
    """`[PERSON:3f9a…]`, under a key of the workspace: the same value gives the same hash in all its calls."""
    TOKEN = "token"  # noqa: S105 - an operator's name
    """`[PERSON_1]`: the same person or number has the same token within a call."""
    SURROGATE = "surrogate"
    """An invented value of the same shape that passes no checksum; the same within a call."""
    KEEP = "keep"
    """Stays readable and audible; the span says that it is there."""


_ALIASES: Final = {"label": Operator.REPLACE}


@dataclass(frozen=True, slots=True)
class OwnPattern:
    """A workspace's own recogniser: a regular expression in RE2's syntax, for text of one turn."""

    kind: str
    pattern: str


@dataclass(frozen=True, slots=True)
class RedactionPolicy:
    """What is hidden, and how. `version` is the workspace's, 0 for a profile as it ships."""

    profile: str
    threshold: float
    operator: Operator
    operators: Mapping[str, Operator]
    disabled: frozenset[str]
    keep_references: bool = False
    patterns: tuple[OwnPattern, ...] = ()
    version: int = 0
    sound: Replacement = Replacement.TONE
    """What stands in the sound where words are hidden."""

    def operator_for(self, kind: str) -> Operator | None:
        """Return the operator for a kind, None when disabled. A kind that is named goes before `keep_references`."""
        if kind in self.disabled:
            return None
        if kind in self.operators:
            return self.operators[kind]
        if self.keep_references and kind in REFERENCES:
            return Operator.KEEP
        return self.operator

    def decided(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        """Return the spans that stand under this policy, each with its operator.

        A span that several kinds share (`Span.also`) is hidden as soon as one of them is to be hidden.
        """
        return tuple(decided for span in spans if (decided := self._decided(span)) is not None)

    def _decided(self, span: Span) -> Span | None:
        kinds = (span.entity_type, *span.also)
        wanted = {kind: self.operator_for(kind) for kind in kinds if self._reaches(kind, span.score)}
        hiding = [kind for kind, operator in wanted.items() if operator not in {None, Operator.KEEP}]
        chosen = next(iter(hiding or [kind for kind, operator in wanted.items() if operator is not None]), None)
        if chosen is None:
            return None
        rest = tuple(kind for kind in kinds if kind != chosen)
        return replace(span, entity_type=chosen, also=rest, operator=str(wanted[chosen]))

    def _reaches(self, kind: str, score: float) -> bool:
        return kind in ALWAYS_HIDDEN or score >= self.threshold

    def to_document(self) -> dict[str, Any]:
        """Return the data form, complete: everything that decides."""
        return {
            "profile": self.profile,
            "threshold": self.threshold,
            "operator": self.operator.value,
            "operators": {kind: operator.value for kind, operator in sorted(self.operators.items())},
            "disabled": sorted(self.disabled),
            "keep_references": self.keep_references,
            "patterns": [{"kind": one.kind, "pattern": one.pattern} for one in self.patterns],
            "sound": self.sound.value,
        }

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that tell two policies apart, whatever they are called."""
        told = json.dumps(self.to_document(), sort_keys=True)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def policy_from_document(
    document: Mapping[str, Any], *, profile: str, base: RedactionPolicy | None = None, version: int = 0
) -> RedactionPolicy:
    """Return the policy of a data form. Raises Invalid with the field and what is wrong; no value is repeated.

    What is left out is as in `base`; `operators` are added to those of `base`, all else is replaced. A kind that
    `disabled` or `operators` name here is no longer what `base` said of it.
    """
    _only_known_fields(document)
    patterns = _patterns(document["patterns"]) if "patterns" in document else (base.patterns if base else ())
    named = frozenset(KINDS) | {one.kind for one in patterns}
    own = _operators(document.get("operators", {}), named)
    told = _disabled(document.get("disabled", ()), named)
    disabled = told if "disabled" in document else (base.disabled if base else frozenset())
    both = sorted(told & set(own))
    if both:
        raise Invalid(f"a kind is disabled and has an operator: {', '.join(both)}", field="disabled")
    disabled -= set(own)
    inherited = dict(base.operators) if base else {}
    policy = RedactionPolicy(
        profile=profile,
        threshold=_threshold(document.get("threshold", base.threshold if base else 0.5)),
        operator=_operator(document.get("operator", base.operator if base else Operator.REPLACE), "operator"),
        operators=MappingProxyType({kind: one for kind, one in (inherited | own).items() if kind not in disabled}),
        disabled=disabled,
        keep_references=_flag(document.get("keep_references", base.keep_references if base else False)),
        patterns=patterns,
        version=version,
        sound=_sound(document.get("sound", base.sound if base else Replacement.TONE)),
    )
    _hides_what_must_be(policy)
    return policy


def _only_known_fields(document: Mapping[str, Any]) -> None:
    if not isinstance(document, Mapping):
        raise Invalid("a redaction policy is a mapping of fields", field="policy")
    unknown = [str(name) for name in document if name not in _FIELDS | {"profile"}]
    if unknown:
        known = ", ".join(sorted(_FIELDS - {"version"} | {"profile"}))
        raise Invalid(f"a redaction policy has the fields {known}, and no others", field="policy")


def _hides_what_must_be(policy: RedactionPolicy) -> None:
    for field, kinds in (
        ("disabled", policy.disabled),
        ("operators", {kind for kind, one in policy.operators.items() if one is Operator.KEEP}),
        ("operator", ALWAYS_HIDDEN if policy.operator is Operator.KEEP else ()),
    ):
        wrong = sorted(ALWAYS_HIDDEN.intersection(kinds))
        if wrong:
            raise Invalid(f"payment data and credentials are always hidden: {', '.join(wrong)}", field=field)


def _operators(given: Any, named: frozenset[str]) -> dict[str, Operator]:
    if not isinstance(given, Mapping):
        raise Invalid("operators are a mapping of kind to operator", field="operators")
    return {_kind(kind, named, "operators"): _operator(one, "operators") for kind, one in given.items()}


def _disabled(given: Any, named: frozenset[str]) -> frozenset[str]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise Invalid("disabled is a list of kinds", field="disabled")
    return frozenset(_kind(kind, named, "disabled") for kind in given)


def _kind(kind: Any, named: frozenset[str], field: str) -> str:
    if not isinstance(kind, str) or kind not in named:
        raise Invalid(f"unknown kind; there are: {', '.join(sorted(named))}", field=field)
    return kind


def _operator(given: Any, field: str) -> Operator:
    try:
        return _ALIASES[given] if given in _ALIASES else Operator(given)
    except (ValueError, TypeError):
        raise Invalid(f"unknown operator; there are: {', '.join(Operator)}", field=field) from None


def _sound(given: Any) -> Replacement:
    try:
        return Replacement(given)
    except (ValueError, TypeError):
        raise Invalid(f"unknown sound; there are: {', '.join(Replacement)}", field="sound") from None


def _threshold(given: Any) -> float:
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if not number or not math.isfinite(given) or not 0 <= given <= 1:
        raise Invalid("the threshold lies between 0 and 1", field="threshold")
    return float(given)


def _flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise Invalid("keep_references is true or false", field="keep_references")
    return given


def _patterns(given: Any) -> tuple[OwnPattern, ...]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise Invalid("patterns are a list", field="patterns")
    if len(given) > MOST_PATTERNS:
        raise Invalid(f"name at most {MOST_PATTERNS} patterns", field="patterns")
    return tuple(_pattern(one) for one in given)


def _pattern(given: Any) -> OwnPattern:
    if not isinstance(given, Mapping) or set(given) != {"kind", "pattern"}:
        raise Invalid("a pattern has a kind and a pattern", field="patterns")
    kind, pattern = given["kind"], given["pattern"]
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise Invalid("a pattern's kind is written in capitals, such as EMPLOYEE_ID", field="patterns")
    if not isinstance(pattern, str) or not 0 < len(pattern) <= LONGEST_PATTERN:
        raise Invalid(f"a pattern has 1 to {LONGEST_PATTERN} characters", field="patterns")
    return OwnPattern(kind, pattern)
