"""What is wrong with a callback: nobody vouches for it, or it cannot be read."""

from __future__ import annotations

from typing import ClassVar

from domain.errors import CallwardError


class CallbackRefused(CallwardError):
    """The signature, password or secret is missing, wrong or too old, or none is configured for the source."""

    code: ClassVar[str] = "callback-refused"
    permanent: ClassVar[bool] = True


class CallbackUnreadable(CallwardError):
    """The body is not what the provider sends: no form, no JSON, too deep, or an event without its fields."""

    code: ClassVar[str] = "callback-unreadable"
    permanent: ClassVar[bool] = True
