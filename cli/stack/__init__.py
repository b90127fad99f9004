"""The embedded stack: MongoDB, an S3 store and a broker as child processes, with Callward's own on top."""

from __future__ import annotations

from cli.stack.apps import AppSpec
from cli.stack.embedded import EmbeddedStack
from cli.stack.errors import BinaryMissingError, PartFailedError, StackError, StackLockedError
from cli.stack.managed import PartStatus, State
from cli.stack.ports import Ports
from cli.stack.signals import graceful_signals
from cli.stack.supervisor import StackEvent

__all__ = [
    "AppSpec",
    "BinaryMissingError",
    "EmbeddedStack",
    "PartFailedError",
    "PartStatus",
    "Ports",
    "StackError",
    "StackEvent",
    "StackLockedError",
    "State",
    "graceful_signals",
]
