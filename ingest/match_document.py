"""What a call's document says of its log: made here, read by `ingest.matches`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from domain.call_parts import sooner
from domain.calls import CallState
from domain.jobs import backoff
from domain.policy import Policy
from domain.settled_policy import clocks_of
from ingest.matching import FIXED, Ambiguous, Decision, How, Match
from storage.mongo import Document

GIVE_UP_AFTER: Final = timedelta(days=30)
"""A recording that has waited so long for its log looks no longer by itself; a log that comes still finds it."""
FIRST_PAUSE_S: Final = 30.0
LONGEST_PAUSE_S: Final = 6 * 3600.0
FIXED_WORDS: Final = sorted(how.value for how in FIXED)
_UNHEARD: Final = frozenset({CallState.AWAITING_UPLOAD, CallState.RECEIVED, CallState.PROCESSING, CallState.WAITING})
_CANDIDATES_SHOWN: Final = 20


def new_match(
    *, stated: str | None, began: datetime | None, device: str | None, given: str | None = None, now: datetime
) -> Document:
    """Return what a fresh call knows of its log.

    Args:
        stated: the log that the client names.
        began: when the recording began.
        device: keyed hash of the phone.
        given: the log that came with the call; then there is nothing to look for.
        now: this instant.
    """
    hopeful = given is None and (stated is not None or began is not None)
    return {
        "state": "matched" if given else "open" if hopeful else "none",
        "log_id": given,
        "how": How.GIVEN.value if given else None,
        "confidence": 1.0 if given else None,
        "candidates": [],
        "stated": stated,
        "began": began,
        "device": device,
        "gave_setup_time": False,
        "next_try_at": now if hopeful else None,
        "tries": 0,
        "revision": 1,
        "decided_at": now,
    }


def told(call: Document, decision: Decision, now: datetime) -> Document:
    """Return what is written of a decision, and when it is looked at again.

    A recording whose length is not known yet looks again: the length may tell candidates apart.
    """
    tries = call["match"]["tries"] + 1
    given_up = now - call["created_at"] >= GIVE_UP_AFTER
    unheard = call.get("duration_s") is None and CallState(call["state"]) in _UNHEARD
    pause = backoff(tries, base_s=FIRST_PAUSE_S, cap_s=LONGEST_PAUSE_S)
    chosen = decision if isinstance(decision, Match) else None
    change: Document = {
        "match.state": "none" if given_up else "open",
        "match.log_id": None,
        "match.how": None,
        "match.confidence": None,
        "match.candidates": [],
        "match.tries": tries,
        "match.decided_at": now,
    }
    certain = chosen is not None and chosen.how in FIXED
    again = not (certain or given_up) and (decision is None or unheard)
    change["match.next_try_at"] = now + pause if again else None
    if chosen is not None:
        change["match.state"] = "matched"
        change |= {f"match.{name}": value for name, value in _candidate(chosen).items()}
    elif isinstance(decision, Ambiguous):
        change["match.state"] = "review"
        change["match.candidates"] = [_candidate(one) for one in decision.candidates[:_CANDIDATES_SHOWN]]
    return change


def freed(call: Document, now: datetime) -> Document:
    """Return what is written of a recording whose inferred log is given to another: it looks anew."""
    nothing = {"match.log_id": None, "match.how": None, "match.confidence": None}
    return {"match.state": "open", **nothing, "match.next_try_at": now, **_without_start(call)}


def anchored(call: Document, log: Document | None, policy: Policy) -> Document:
    """Return the start time that a call takes from its log, or gives back, and the retention that follows.

    The retention is moved to an earlier day only: a log that was wrong must not keep a recording longer.
    """
    if log is None:
        return _without_start(call)
    if call["setup_time"] is not None and not call["match"]["gave_setup_time"]:
        return {}
    began = log["setup_time"]
    return {"setup_time": began, "match.gave_setup_time": True, **sooner(call, clocks_of(policy, began), began)}


def _without_start(call: Document) -> Document:
    return {"setup_time": None, "match.gave_setup_time": False} if call["match"]["gave_setup_time"] else {}


def logs_in(match: Document) -> frozenset[str]:
    """Return the logs that a recording was matched with, or had for candidates."""
    named = {candidate["log_id"] for candidate in match["candidates"]}
    return frozenset(named | ({match["log_id"]} if match["log_id"] else set()))


def _candidate(match: Match) -> Document:
    return {"log_id": match.log_id, "how": match.how.value, "confidence": match.confidence}
