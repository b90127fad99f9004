"""Structured logs of a process: constant events with ids and counts, one JSON line each on standard error."""

from __future__ import annotations

import logging
import sys

import structlog

from domain.logs import where


class QuietFormatter(logging.Formatter):
    """Tells of a library's record its level, logger and place, and of an exception its kind and place: never a text."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(module)s:%(lineno)d")

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = self._fmt % vars(record) if self._fmt else record.levelname
        error = record.exc_info[1] if record.exc_info else None
        return line if error is None else f"{line} {where(error)}"


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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(QuietFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
