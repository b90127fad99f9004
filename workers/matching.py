"""Bringing recordings and their call logs together: a step of the sweep."""

from __future__ import annotations

import structlog

from domain.jobs import backoff
from domain.logs import where
from domain.policy import Policy
from governance.workspaces import WorkspaceStore
from ingest.call_lists import calls_to_match
from ingest.calls import CallStore
from ingest.match_document import FIRST_PAUSE_S, LONGEST_PAUSE_S
from ingest.matches import Matches
from storage.mongo import Document
from storage.resources import Resources
from workers.runner import utc_now

log = structlog.get_logger()

AT_ONCE = 100
"""How many recordings one round of the sweep looks at."""


async def match_recordings(resources: Resources, *, limit: int = AT_ONCE) -> int:
    """Let the recordings that are due look for their logs; return how many did. Running it twice changes nothing."""
    found = await calls_to_match(resources, now=utc_now(), limit=limit)
    policies: dict[str, Policy] = {}
    states: dict[str, int] = {}
    for call in found:
        workspace_id = call["workspace_id"]
        try:
            if workspace_id not in policies:
                policies[workspace_id] = (await WorkspaceStore(resources).get(workspace_id)).policy
            state = await Matches(resources, workspace_id, policies[workspace_id]).look(call, now=utc_now())
            states[state] = states.get(state, 0) + 1
        except Exception as error:  # one recording must not keep the others from their logs  # noqa: BLE001
            log.warning("call:match:failed", call_id=call["_id"], **where(error))
            await _put_off(resources, call)
    if found:
        log.info("calls:matched", looked=len(found), matched=states.get("matched", 0), review=states.get("review", 0))
    return len(found)


async def _put_off(resources: Resources, call: Document) -> None:
    tries = call["match"]["tries"] + 1
    later = utc_now() + backoff(tries, base_s=FIRST_PAUSE_S, cap_s=LONGEST_PAUSE_S)
    calls = CallStore(resources, call["workspace_id"])
    await calls.change_match(call["_id"], call["match"]["revision"], {"match.next_try_at": later, "match.tries": tries})
