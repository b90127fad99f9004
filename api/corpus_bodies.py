"""What is asked of the training corpus: a release to be built, and what a person decided about it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from api.bodies import Body
from corpus.policy import CorpusPolicy
from domain.errors import Invalid

WorkspaceId = Annotated[str, StringConstraints(pattern=r"^ws_[a-z2-7]{26}$"), Field(examples=["ws_" + "a" * 26])]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


class ReleaseIn(Body):
    """A release to be built."""

    purpose: Said = Field(
        examples=["fine-tuning of the English speech model"],
        description="What it is for; written into its card and manifest, so name no person in it.",
    )
    policy: dict[str, Any] = Field(
        default={},
        examples=[{"k": 10, "rare_k": 3, "splits": {"train": 0.9, "validation": 0.05, "test": 0.05}}],
        description="What differs from the default policy (docs/corpus.md lists the fields).",
    )
    workspaces: list[WorkspaceId] | None = Field(
        default=None, min_length=1, max_length=10_000, description="Whose calls; left out, everybody's."
    )

    def corpus_policy(self) -> CorpusPolicy:
        """Return the policy. Raises Invalid, naming the field."""
        try:
            return CorpusPolicy.from_document(self.policy)
        except Invalid as error:
            raise Invalid(error.message, field=f"policy.{error.fields['field']}") from None


class DecisionIn(Body):
    """Why a release is approved or rejected."""

    reason: Said = Field(
        examples=["50 items read, none tells of anybody"], description="Kept with the release: name no person in it."
    )
