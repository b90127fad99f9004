"""Who inside a workspace may see what of a call: roles, what each sees, and the scopes that this needs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.scopes import Scope


class WorkspaceRole(StrEnum):
    """What the person or program behind an API key does in the workspace."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Sight(StrEnum):
    """What can be seen of a call."""

    REDACTED_TRANSCRIPT = "redacted_transcript"
    REDACTED_SOUND = "redacted_sound"
    CLEAR_COPY = "clear_copy"
    """Words and sound as spoken."""
    NUMBERS = "numbers"
    """Numbers, names and addresses of call logs and CDRs."""


NEEDS: Final[Mapping[Sight, Scope]] = MappingProxyType(
    {
        Sight.REDACTED_TRANSCRIPT: Scope.TRANSCRIPTS_READ,
        Sight.REDACTED_SOUND: Scope.TRANSCRIPTS_READ,
        Sight.CLEAR_COPY: Scope.TRANSCRIPTS_CLEAR,
        Sight.NUMBERS: Scope.TRANSCRIPTS_CLEAR,
    }
)
"""The scope that a key needs for each, whatever its role: a role takes away and never gives."""

Access = Mapping[WorkspaceRole, frozenset[Sight]]
_REDACTED: Final = frozenset({Sight.REDACTED_TRANSCRIPT, Sight.REDACTED_SOUND})
DEFAULT_ACCESS: Final[Access] = MappingProxyType(
    {
        WorkspaceRole.AGENT: _REDACTED,
        WorkspaceRole.SUPERVISOR: _REDACTED | {Sight.NUMBERS},
        WorkspaceRole.ADMIN: frozenset(Sight),
    }
)


def may_see(access: Access, role: WorkspaceRole | None, sight: Sight) -> bool:
    """Say whether a key of this role may see it, scopes aside. A key without a role has its scopes alone."""
    return role is None or sight in access.get(role, frozenset())
