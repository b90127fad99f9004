"""The head of an audit chain as the line that an officer keeps, signed under a key of the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from domain.chains import Head, Verdict, read_head
from domain.errors import Invalid
from storage.audit import AuditLog
from storage.keys import Keyring

KIND: Final = "audit"


class AuditHeads:
    """Makes heads, reads them again, and checks a chain beside one."""

    def __init__(self, audit: AuditLog, keyring: Keyring) -> None:
        self._audit = audit
        self._keyring = keyring

    async def _key(self, workspace_id: str) -> bytes:
        return await self._keyring.purpose_key(workspace_id, "audit-head")

    async def current(self, workspace_id: str, *, now: datetime) -> tuple[Head, str]:
        """Return the chain's head now, and as a signed line."""
        head = await self._audit.head(workspace_id, now=now)
        return head, head.line(KIND, await self._key(workspace_id))

    async def verify(self, workspace_id: str, *, line: str | None = None) -> Verdict:
        """Check the whole chain, beside a kept head when its line is given.

        Raises Invalid for a line that is no head, or another workspace's, or not one that was signed here.
        """
        kept = None
        if line is not None:
            try:
                kept = read_head(line, KIND, await self._key(workspace_id))
            except ValueError as error:
                raise Invalid(str(error), field="head") from None
            if kept.chain != workspace_id:
                raise Invalid("the head was not signed by this workspace", field="head")
        return await self._audit.verify(workspace_id, kept=kept)
