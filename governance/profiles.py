"""Reading the profiles that ship with the product, and policies in files like them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from domain.controls import Control, read_controls
from domain.errors import Invalid
from domain.policy import Policy
from domain.policy_document import policy_from_document
from domain.policy_faults import PolicyFault, PolicyRefused
from domain.policy_part import Part
from governance.profile_lines import BadFile, LineFault, Lines

DEFAULT_PROFILE = "strict"
_NOT_POLICY = ("controls",)
"""What a profile says about itself that is no part of the policy of a workspace."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile: its policy, its title and date, and the controls behind its promises."""

    name: str
    title: str
    revised: date | None
    policy: Policy
    controls: tuple[Control, ...]


def profile_names() -> list[str]:
    """Return the names of the profiles that ship."""
    return sorted(
        entry.name.removesuffix(".yaml") for entry in files("profiles").iterdir() if entry.name.endswith(".yaml")
    )


def load_profile(name: str) -> dict[str, Any]:
    """Return a profile's policy as data, to be changed freely. Raises Invalid, naming the profiles there are."""
    document: dict[str, Any] = _storable({key: part for key, part in _shipped(name).items() if key not in _NOT_POLICY})
    return document


def _storable(part: Any) -> Any:
    """Return a copy whose dates are text: MongoDB knows no date without a time."""
    if isinstance(part, dict):
        return {key: _storable(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_storable(value) for value in part]
    return part.isoformat() if isinstance(part, date) else part


def profile(name: str) -> Profile:
    """Return a profile that ships. Raises Invalid, naming the profiles there are."""
    return parse_profile(_text(name))


def parse_profile(text: str) -> Profile:
    """Read a profile, or a policy without controls.

    Raises:
        BadFile: with the line of everything that is wrong, and what to do.
    """
    lines = Lines(text)
    faults: list[PolicyFault] = []
    controls = read_controls(Part(lines.document, (), faults)) if isinstance(lines.document, dict) else ()
    try:
        policy = policy_from_document(lines.document)
    except PolicyRefused as refused:
        faults.extend(refused.faults)
    if faults:
        placed = {LineFault(lines.line(fault.path), str(fault)) for fault in faults}
        raise BadFile(tuple(sorted(placed, key=lambda fault: (fault.line, fault.sentence))))
    revised = Part(lines.document, (), []).day("revised")
    title = str(lines.document.get("title", policy.policy_id))
    return Profile(policy.policy_id, title, revised, policy, controls)


def build_policy(document: dict[str, Any]) -> Policy:
    """Return the policy that the data describes. Raises Invalid with the sentence that says what is wrong."""
    try:
        return policy_from_document(document)
    except ValueError as error:
        raise Invalid(str(error), field="policy") from None


def stored_policy(document: dict[str, Any]) -> Policy:
    """Return a policy that was saved before, in conflicts too that this version would refuse to save.

    Raises Invalid for what cannot be read at all.
    """
    try:
        return policy_from_document(document, saved=True)
    except ValueError as error:
        raise Invalid(str(error), field="policy") from None


@lru_cache(maxsize=64)
def _shipped(name: str) -> dict[str, Any]:
    document: dict[str, Any] = Lines(_text(name)).document
    return document


def _text(name: str) -> str:
    if name not in profile_names():
        raise Invalid(f"unknown profile; there are: {', '.join(profile_names())}", field="profile")
    return files("profiles").joinpath(f"{name}.yaml").read_text("utf-8")
