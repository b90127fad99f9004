"""What Presidio's operators make of an item. Ours that it does not have are its `custom` operator with our function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from domain.redaction_policy import Operator
from redaction.errors import UnsupportedOperatorError

MASK: Final = "*****"
"""Always as long: a length is a hint too."""
REDACTED: Final = "[REDACTED]"


@cache
def _presidio() -> Mapping[str, Any]:
    from presidio_anonymizer.operators import Custom, Keep, Replace  # noqa: PLC0415 - heavy, loaded on use

    return {"custom": Custom(), "keep": Keep(), "replace": Replace()}


def operated(operator: str, text: str, *, kind: str, made: Mapping[str, Callable[[str], str]]) -> str:
    """Return what stands for a text. Raises UnsupportedOperatorError: nothing is passed on by default.

    `made` holds the functions of the operators that depend on the item: hash, token, surrogate.
    """
    known = _presidio()
    constant = {Operator.REPLACE: f"[{kind}]", Operator.REDACT: REDACTED, Operator.MASK: MASK}
    if operator in constant:
        return str(known["replace"].operate(text, {"new_value": constant[Operator(operator)]}))
    if operator == Operator.KEEP:
        return str(known["keep"].operate(text, {}))
    if operator not in made:
        raise UnsupportedOperatorError(f"this operator is not supported; there are: {', '.join(Operator)}")
    return str(known["custom"].operate(text, {"lambda": made[operator]}))
