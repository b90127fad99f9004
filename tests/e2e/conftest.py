"""One running Callward for all end-to-end tests: every process, the speech model that production uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import RunningCallward, running_callward


@pytest.fixture(scope="session")
def callward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCallward]:
    """A whole stack with API, relay and workers."""
    yield from running_callward(tmp_path_factory.mktemp("e2e"))
