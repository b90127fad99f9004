"""How long what is asked of MongoDB may take, where that is not the client's own limit (`Database.connect`)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Final

import pymongo

BUILD_S: Final = 12 * 3600.0
"""How long an index may be built. One that MongoDB had to end is begun anew at the next start, and never done."""


def within_s(seconds: float) -> AbstractContextManager[Any]:
    """Let everything that is asked of MongoDB inside end within so many seconds; what does not raises Unavailable.

    The limit goes with each command, and MongoDB itself ends what is over it: no statement goes on for longer.
    """
    return pymongo.timeout(seconds)
