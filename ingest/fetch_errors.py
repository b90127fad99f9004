"""Why a recording was not fetched: never, or not now. No address stands in them."""

from __future__ import annotations

from typing import ClassVar

from domain.errors import CallwardError


class FetchRefused(CallwardError):
    """The address may not be asked, or what it gave may not be kept; `reason` is constant. Trying again cannot help."""

    code: ClassVar[str] = "fetch-refused"
    permanent: ClassVar[bool] = True

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, reason=reason)
        self.reason = reason


class FetchFailed(CallwardError):
    """The provider did not answer, or has not got it yet; `reason` is constant. It is tried again, minutes apart."""

    code: ClassVar[str] = "fetch-failed"
    pause_base_s: ClassVar[float] = 60.0

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, reason=reason)
        self.reason = reason
