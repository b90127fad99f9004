"""A control: what keeps one promise of a profile, or who must, and where that can be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.policy_part import Part


class ControlKind(StrEnum):
    """How a promise is kept."""

    ENFORCED = "enforced"
    """Code keeps it, and the named test shows it."""
    EVIDENCED = "evidenced"
    """The software keeps a record from which somebody can see that it is kept."""
    ORGANISATIONAL = "organisational"
    """People keep it; the software cannot."""


@dataclass(frozen=True, slots=True)
class Control:
    """One promise, in our own words, and what stands behind it."""

    control_id: str
    text: str
    kind: ControlKind
    by: str
    """The module that keeps it, or the record that tells of it."""
    test: str | None
    """`path::name` of the test that shows it; never missing on an enforced one."""
    open: str | None
    """What is missing still; None when nothing is."""


def read_controls(part: Part) -> tuple[Control, ...]:
    """Read the controls of a profile, with a fault for each that says too little or comes twice."""
    found: dict[str, Control] = {}
    for each in part.parts("controls"):
        control = _control(each)
        if control is not None and control.control_id in found:
            each.fault(f"the control {control.control_id} is there already; keep one", "id")
        elif control is not None:
            found[control.control_id] = control
    return tuple(found.values())


def _control(part: Part) -> Control | None:
    part.only("id", "text", "kind", "by", "test", "open")
    name, text, by = part.text("id"), part.text("text"), part.text("by")
    kind = part.word("kind", ControlKind)
    test, missing = part.fields.get("test"), part.fields.get("open")
    if kind is ControlKind.ENFORCED and not test:
        part.fault("an enforced control names the test that shows it: test: tests/…/test_x.py::test_name")
    if kind is ControlKind.ENFORCED and missing:
        part.fault("what is still open is not enforced: write evidenced or organisational", "open")
    if kind is None:
        return None
    return Control(name, text, kind, by, None if test is None else str(test), None if missing is None else str(missing))
