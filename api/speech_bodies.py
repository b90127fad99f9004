"""What comes in about how calls are heard: a workspace's wishes, a call to be heard again, a person's decision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.bodies import Body
from domain.listening import LONGEST_HOT_WORD, MOST_HOT_WORDS, MOST_LANGUAGES
from ingest.call_runs import MOST_VERSIONS

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$"), Field(examples=["en"])]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    Field(examples=["wrong language"], description="3 to 200 characters, kept in the audit log: name no person."),
]


class SpeechIn(Body):
    """How a workspace's calls are heard from now on. What is left out is unset."""

    language: Language | None = Field(default=None, description="Forced on calls that do not name their own.")
    allowed_languages: list[Language] = Field(
        default=[],
        max_length=MOST_LANGUAGES,
        examples=[["en"]],
        description="What may be detected; a call in another language is blocked. Empty: any that can be redacted.",
    )
    hot_words: list[Annotated[str, StringConstraints(max_length=LONGEST_HOT_WORD * 2)]] = Field(
        default=[],
        max_length=MOST_HOT_WORDS,
        examples=[["Callward", "Runo"]],
        description="Names of products and terms that may be said. No person's name, no number.",
    )
    review_below: float | None = Field(
        default=None,
        ge=0,
        le=1,
        strict=True,
        examples=[0.8],
        description="A call whose quality lies below goes to review; left out, none does for that.",
    )
    model: ModelName | None = Field(
        default=None, examples=["default"], description="A name that the operator configured; left out, the default."
    )


class HearAgainIn(Body):
    """A call to be heard again."""

    reason: Reason
    language: Language | None = Field(default=None, description="Forced; left out, as for a fresh call.")
    model: ModelName | None = Field(default=None, examples=["default"], description="Left out, the workspace's.")


class ReviewIn(Body):
    """What a person decided of the version that is served."""

    version: int = Field(
        ge=1, le=MOST_VERSIONS, strict=True, examples=[1], description="The version that the person looked at."
    )
    decision: Literal["accepted", "rejected"]
    reason: Reason
