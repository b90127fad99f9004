"""The driver's errors told as our own."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from pymongo.errors import ConnectionFailure, DuplicateKeyError, PyMongoError

from domain.errors import Duplicate, Unavailable

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")


def told(method: Callable[Parameters, Awaitable[Result]]) -> Callable[Parameters, Awaitable[Result]]:
    """Tell of a taken value as `Duplicate`, and of a server that does not answer as `Unavailable`.

    Inside a transaction the driver must see the latter itself: it decides whether to try again.
    """

    @functools.wraps(method)
    async def wrapped(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        try:
            return await method(*arguments, **named)
        except DuplicateKeyError as error:
            taken = sorted((error.details or {}).get("keyPattern", {}))
            raise Duplicate("a unique value is taken already", index=",".join(taken)) from None
        except PyMongoError as error:
            if named.get("tx") is not None or not (error.timeout or isinstance(error, ConnectionFailure)):
                raise
            raise Unavailable("the database does not answer", kind=type(error).__name__) from None

    return wrapped
