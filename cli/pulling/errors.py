"""What can go wrong while a release is pulled or checked; the message says what to do."""

from __future__ import annotations

from cli.client import ApiError


class PullError(ApiError):
    """It did not come, or not all of it."""


class NotProven(PullError):
    """What came is not what was signed: nothing of it may be used."""


class Mismatch(NotProven):
    """A file is not the one that the manifest names: it was changed on its way, or the release is at a new revision."""
