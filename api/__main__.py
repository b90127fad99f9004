"""`python -m api`: serve the API with the settings of the environment."""

from __future__ import annotations

import gc

import uvicorn

from api.app import create_app
from storage.logs import configure_logs
from storage.settings import load_settings

_NEW_OBJECTS = 20_000
"""After so many more objects made than gone the collector looks at the youngest."""


def main() -> None:
    """Run until SIGTERM; requests under way are finished."""
    configure_logs()
    settings = load_settings()
    app = create_app(settings)
    _collect_less()
    uvicorn.run(
        app,
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def _collect_less() -> None:
    """Look for garbage less often, and never again through what is there from the start.

    A batch makes thousands of objects that go by themselves; looking through the process for each costs a tenth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)


if __name__ == "__main__":
    main()
