"""FreeSWITCH's hangup causes as dispositions."""

from __future__ import annotations

import re
from typing import Final

from ingest.formats.record import Disposition

CAUSE: Final = re.compile(r"[A-Z][A-Z0-9_]{2,63}", re.ASCII)
_UNANSWERED: Final = {
    "USER_BUSY": Disposition.BUSY,
    "NO_ANSWER": Disposition.NO_ANSWER,
    "NO_USER_RESPONSE": Disposition.NO_ANSWER,
    "ALLOTTED_TIMEOUT": Disposition.NO_ANSWER,
    "RECOVERY_ON_TIMER_EXPIRE": Disposition.NO_ANSWER,
    "NORMAL_CLEARING": Disposition.NO_ANSWER,
    "NONE": Disposition.NO_ANSWER,
    "ORIGINATOR_CANCEL": Disposition.CANCELLED,
    "LOSE_RACE": Disposition.CANCELLED,
    "PICKED_OFF": Disposition.CANCELLED,
    "CALL_REJECTED": Disposition.REJECTED,
}


def disposition(cause: str, *, answered: bool) -> Disposition:
    """Return how the leg ended. The cause says why it was hung up, and nothing of an answered one's success."""
    return Disposition.ANSWERED if answered else _UNANSWERED.get(cause, Disposition.FAILED)
