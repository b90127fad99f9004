"""Redaction profiles that ship with the product, and what a workspace says beside one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from domain.errors import Invalid
from domain.redaction_policy import RedactionPolicy, policy_from_document

DEFAULT: Final = "balanced"


def redaction_profiles() -> list[str]:
    """Return the names of the redaction profiles that ship."""
    found = files("profiles").joinpath("redaction").iterdir()
    return sorted(entry.name.removesuffix(".yaml") for entry in found if entry.name.endswith(".yaml"))


@cache
def profile_policy(name: str = DEFAULT) -> RedactionPolicy:
    """Return a profile as a policy. Raises Invalid, naming the profiles there are."""
    if name not in redaction_profiles():
        raise Invalid(f"unknown profile; there are: {', '.join(redaction_profiles())}", field="profile")
    text = files("profiles").joinpath("redaction", f"{name}.yaml").read_text("utf-8")
    return policy_from_document(yaml.safe_load(text), profile=name)


def policy_of(body: Mapping[str, Any], *, version: int = 0) -> RedactionPolicy:
    """Return the policy of what somebody wrote: a profile, and what is to be different. Raises Invalid."""
    if not isinstance(body, Mapping):
        raise Invalid("a redaction policy is a mapping of fields", field="policy")
    named = body.get("profile", DEFAULT)
    if not isinstance(named, str):
        raise Invalid("a profile is named by its name", field="profile")
    return policy_from_document(body, profile=named, base=profile_policy(named), version=version)
