"""What comes in about how personal data is hidden."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.bodies import Body
from domain.redaction_policy import LONGEST_PATTERN, MOST_PATTERNS

Kind = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,39}$"), Field(examples=["PERSON"])]
OperatorName = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}$"), Field(examples=["token"])]
_MOST_KINDS = 100


class OwnPatternIn(Body):
    """A pattern of the workspace's own."""

    kind: Kind = Field(examples=["EMPLOYEE_ID"], description="A kind that there is, or a new one.")
    pattern: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_PATTERN)] = Field(
        examples=[r"\bEMP-\d{6}\b"],
        description="A regular expression in RE2's syntax, matched in the words of one turn joined by spaces.",
    )


class RedactionIn(Body):
    """What is hidden, and how, in calls that are redacted from now on. What is left out is as the profile says."""

    profile: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] = Field(
        default="balanced", examples=["balanced"], description="`balanced` or `maximum_recall`."
    )
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        strict=True,
        examples=[0.5],
        description="What is found with a lower score stays readable; never payment data or a credential.",
    )
    operator: OperatorName | None = Field(
        default=None, examples=["replace"], description="For all kinds but those below."
    )
    operators: dict[Kind, OperatorName] | None = Field(
        default=None,
        max_length=_MOST_KINDS,
        examples=[{"PERSON": "token"}],
        description="`replace` (the label), `redact`, `mask`, `hash`, `token`, `surrogate` or `keep` for a kind.",
    )
    disabled: list[Kind] | None = Field(
        default=None, max_length=_MOST_KINDS, examples=[["LOCATION"]], description="Kinds that are not looked at."
    )
    keep_references: bool | None = Field(
        default=None,
        strict=True,
        examples=[False],
        description="Customer, employee, policy, booking, order and other reference numbers stay readable.",
    )
    patterns: list[OwnPatternIn] | None = Field(default=None, max_length=MOST_PATTERNS)
    sound: Literal["tone", "silence"] | None = Field(
        default=None, examples=["tone"], description="What stands in the sound where words are hidden."
    )
