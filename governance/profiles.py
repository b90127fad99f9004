"""Reading the profiles that ship with the product."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

from domain.errors import Invalid
from domain.policy import Policy, policy_from_document

DEFAULT_PROFILE = "strict"


def profile_names() -> list[str]:
    """Return the names of the profiles that ship."""
    return sorted(
        entry.name.removesuffix(".yaml") for entry in files("profiles").iterdir() if entry.name.endswith(".yaml")
    )


def load_profile(name: str) -> dict[str, Any]:
    """Return a profile's data. Raises Invalid, naming the profiles there are."""
    if name not in profile_names():
        raise Invalid(f"unknown profile; there are: {', '.join(profile_names())}", field="profile")
    document: dict[str, Any] = yaml.safe_load(files("profiles").joinpath(f"{name}.yaml").read_text("utf-8"))
    return document


def build_policy(document: dict[str, Any]) -> Policy:
    """Return the policy that the data describes. Raises Invalid with the sentence that says what is wrong."""
    try:
        return policy_from_document(document)
    except ValueError as error:
        raise Invalid(str(error), field="policy") from None
