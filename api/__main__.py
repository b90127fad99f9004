"""`python -m api`: serve the API with the settings of the environment."""

from __future__ import annotations

import uvicorn

from api.app import create_app
from storage.logs import configure_logs
from storage.settings import load_settings


def main() -> None:
    """Run until SIGTERM; requests under way are finished."""
    configure_logs()
    settings = load_settings()
    uvicorn.run(
        create_app(settings),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
