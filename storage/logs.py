"""Structured logs of a process: constant events with ids and counts, one JSON line each on standard error."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs() -> None:
    """Send our events as JSON, and of the libraries warnings only, without their text: it may quote what was sent."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s %(module)s:%(lineno)d", stream=sys.stderr, force=True
    )
