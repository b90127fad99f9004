"""What administrators say of a workspace's windows, of people who opted out, and of the end of an account."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from api.bodies import Body, Moment, Number
from domain.due_facts import Artifact
from domain.durations import Duration
from domain.errors import Invalid
from domain.jurisdictions import jurisdiction
from domain.records import LegalBasis
from domain.retention import Action
from domain.sights import DEFAULT_ACCESS, Sight, WorkspaceRole
from domain.workspace_settings import WorkspaceSettings
from governance.endings import Residual, ResidualReason

Why = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=200),
    Field(examples=["customer's instruction of 2026-11-20"], description="Kept for good: name no person in it."),
]
Place = Annotated[str, StringConstraints(max_length=8), AfterValidator(lambda code: jurisdiction(code).code)]
Window = Annotated[str, StringConstraints(max_length=40), Field(examples=["P90D"])]


class SettingsIn(Body):
    """What is set; what is left out is the profile's own, or off."""

    windows: dict[Artifact, Window] = Field(
        default={},
        examples=[{"recording": "once_processed", "transcript": "P90D", "cdr_identifiers": "P6M"}],
        description="ISO 8601 durations (P90D, P6M, PT4H), or `once_processed` for recordings.",
    )
    actions: dict[Artifact, Action] = Field(
        default={},
        examples=[{"recording": "erase"}],
        description="At the end; refused where it cannot be.",
    )
    training: bool = Field(default=False, strict=True, description="May the workspace's calls be trained on at all.")
    training_basis: dict[Place, LegalBasis] = Field(
        default={},
        examples=[{"US": "legitimate_interest"}],
        description="The ground, other than each party's consent, on which calls may be trained on, by jurisdiction.",
    )
    insights: bool = Field(default=False, strict=True, description="May anything be derived from calls (RU8).")
    access: dict[WorkspaceRole, list[Sight]] | None = Field(
        default=None, description="What keys of each role may see, within their scopes; left out, the default."
    )

    def settings(self) -> WorkspaceSettings:
        """Return the settings. Raises Invalid for a window that is none."""
        windows = {}
        for artifact, text in self.windows.items():
            try:
                windows[artifact] = Duration.parse(text)
            except ValueError:
                told = f"{artifact}: write an ISO 8601 duration such as P90D, P6M or PT4H, or once_processed"
                raise Invalid(told, field=f"windows.{artifact}") from None
        access = DEFAULT_ACCESS if self.access is None else {role: frozenset(one) for role, one in self.access.items()}
        basis = dict(self.training_basis)
        return WorkspaceSettings(windows, dict(self.actions), self.training, self.insights, access, basis)


class RetentionIn(SettingsIn):
    """A change of the settings, as a whole."""

    reason: Why
    based_on: int | None = Field(
        default=None, ge=1, description="The version that is changed; instead of the header If-Match."
    )


class PreviewIn(SettingsIn):
    """Settings to be looked at, not to be set."""

    by: Moment | None = Field(default=None, description="Count what would be gone by this instant; left out, now.")


class DecisionIn(Body):
    """What a second administrator decides."""

    decision: Literal["approved", "rejected"]


class PersonIn(Body):
    """Somebody, by number."""

    number: Number = Field(examples=["+91 98765 43210"])
    region: str | None = Field(
        default=None, pattern="^[A-Z]{2}$", examples=["IN"], description="Of a number without its country's code."
    )


class EndingIn(Body):
    """The end of an account."""

    reason: Why
    keep: dict[Residual, ResidualReason] = Field(
        default={},
        examples=[{"traffic_data": "legal"}],
        description="What may stay longer than a month, a year at most, and the coded reason (RN9).",
    )


class ReopeningIn(Body):
    """The end of an account taken back."""

    reason: Why
