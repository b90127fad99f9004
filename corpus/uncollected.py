"""Work that makes objects by the hundred thousand and no cycles: the collector would only walk through them again."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()
_inside = 0


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of cycles from running meanwhile, in the whole process; use it for one batch at a time."""
    global _inside  # noqa: PLW0603 - the collector is the process's, so is the count
    with _LOCK:
        _inside += 1
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            _inside -= 1
            if not _inside:
                gc.enable()
