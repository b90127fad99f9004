"""How an error may be told in a log: its kind and place, never its message, which may quote what was said."""

from __future__ import annotations

import traceback
from pathlib import PurePath


def where(error: BaseException) -> dict[str, str | list[str]]:
    """Return the error's class and its last places in the code."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = ["/".join(PurePath(frame.filename).parts[-2:]) + f":{frame.lineno}" for frame in frames]
    return {"error": type(error).__name__, "at": places}
