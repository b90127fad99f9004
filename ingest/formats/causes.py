"""Why a call that was not answered ended: release causes of ITU-T Q.850 and final responses of SIP (RFC 3261)."""

from __future__ import annotations

from typing import Final

from ingest.formats.record import Disposition

_Q850: Final = {
    16: Disposition.NO_ANSWER,  # cleared in the usual way, before anybody answered
    17: Disposition.BUSY,
    18: Disposition.NO_ANSWER,
    19: Disposition.NO_ANSWER,
    20: Disposition.NO_ANSWER,
    21: Disposition.REJECTED,
}
_SIP: Final = {
    408: Disposition.NO_ANSWER,
    480: Disposition.NO_ANSWER,
    486: Disposition.BUSY,
    487: Disposition.CANCELLED,
    600: Disposition.BUSY,
    603: Disposition.REJECTED,
    607: Disposition.REJECTED,  # Unwanted, RFC 8197
    608: Disposition.REJECTED,  # RFC 8688
}
_LAST_Q850: Final = 127
_FIRST_SIP: Final = 200
_FIRST_SIP_FAILURE: Final = 300
_LAST_SIP: Final = 699


def unanswered(code: str) -> Disposition | None:
    """Return how a call ended that nobody answered, None when the code tells nothing of it.

    Codes up to 127 are Q.850 (`016`), from 200 SIP (`486`).
    """
    if not code.isascii() or not code.isdigit() or len(code) > 3:  # noqa: PLR2004 - neither family has longer ones
        return None
    number = int(code)
    if 0 < number <= _LAST_Q850:
        return _Q850.get(number, Disposition.FAILED)
    if _FIRST_SIP_FAILURE <= number <= _LAST_SIP:
        return _SIP.get(number, Disposition.FAILED)
    return None


def is_success(code: str) -> bool:
    """Say whether a SIP code accepts (2xx)."""
    return code.isascii() and code.isdigit() and _FIRST_SIP <= int(code) < _FIRST_SIP_FAILURE
