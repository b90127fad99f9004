"""The head of an audit chain, and its beginning: lines that are signed under a key of the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from domain.chains import Flaw, Head, Verdict, read_head
from domain.errors import Invalid
from storage.audit import AuditLog
from storage.keys import Keyring
from storage.mongo import Document, Session

KIND: Final = "audit"
ANCHOR_KIND: Final = "anchor"


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
        if not await self._anchored(workspace_id):
            return Verdict(0, "", Flaw.CHANGED, 0)
        return await self._audit.verify(workspace_id, kept=kept)

    async def _anchored(self, workspace_id: str) -> bool:
        """Say whether the chain begins where it may: at its first event, or behind an anchor that we signed."""
        anchor = await self._audit.anchor(workspace_id)
        if anchor is None:
            return True
        try:
            signed = read_head(anchor["line"], ANCHOR_KIND, await self._key(workspace_id))
        except ValueError:
            return False
        return (signed.chain, signed.sequence, signed.hash) == (workspace_id, anchor["sequence"], anchor["hash"])

    async def anchor(self, workspace_id: str, last: Document, *, now: datetime, tx: Session = None) -> None:
        """Decide that the events up to this one are gone, and sign that."""
        anchor = Head(workspace_id, last["sequence"], last["hash"], now)
        line = anchor.line(ANCHOR_KIND, await self._key(workspace_id))
        await self._audit.set_anchor(workspace_id, last, line, now=now, tx=tx)
