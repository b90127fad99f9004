"""The policy that `callward redact` and `callward transcribe --redact` work under: a profile by name, or a file."""

from __future__ import annotations

import os
from pathlib import Path

import typer
import yaml

from domain.errors import Invalid
from domain.redaction_policy import RedactionPolicy
from governance.redaction_profiles import policy_of, profile_policy, redaction_profiles
from redaction.operators import Hider
from redaction.patterns import OwnPatterns
from storage.blind_index import BlindIndexer


def policy_from(named: str | None) -> RedactionPolicy:
    """Return a profile by its name or the policy in a file (YAML or JSON). Raises typer.BadParameter."""
    if named is None:
        return profile_policy()
    if named in redaction_profiles():
        return profile_policy(named)
    try:
        body = yaml.safe_load(Path(named).read_text("utf-8"))
    except (OSError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise typer.BadParameter("the policy file is not UTF-8", param_hint="--policy") from None
        known = ", ".join(redaction_profiles())
        raise typer.BadParameter(
            f"no such file, nor a profile of that name; there are: {known}", param_hint="--policy"
        ) from None
    except yaml.YAMLError:
        raise typer.BadParameter("the policy file is neither YAML nor JSON", param_hint="--policy") from None
    try:
        policy = policy_of(body if body is not None else {})
        OwnPatterns(policy.patterns)
    except Invalid as error:
        told = f"{error.fields.get('field')}: {error.message}"
        raise typer.BadParameter(told, param_hint="--policy") from None
    return policy


def hiding() -> BlindIndexer:
    """Return keyed hashes under a key of this run: here is no workspace whose key there could be."""
    return BlindIndexer(os.urandom(32))


def hider_for(keyed: BlindIndexer, number: int) -> Hider:
    """Return what hides the items of one text or call of this run."""
    return Hider(keyed.token, str(number))
