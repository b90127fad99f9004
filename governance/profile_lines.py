"""Reading YAML so that a mistake can be told with its line, and so that no file can be a bomb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from domain.policy_faults import Path

MOST_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class LineFault:
    """A mistake in a file: its line, counted from 1, and a sentence that says what to do."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}"


class BadFile(ValueError):
    """A file that cannot be read as one policy, with everything that is wrong with it."""

    def __init__(self, faults: tuple[LineFault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class Lines:
    """A document with the line of each of its parts."""

    def __init__(self, text: str) -> None:
        """Read one YAML document. Raises BadFile for what is no YAML, too large, or says a name twice."""
        if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
            raise BadFile((LineFault(1, f"more than {MOST_BYTES:,} bytes are no policy"),))
        try:
            self._refuse_aliases(text)
            self._root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
            twice = tuple(_twice(self._root))
            if twice:
                raise BadFile(twice)
            self.document: Any = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            where = _line(error.problem_mark or error.context_mark)
            raise BadFile((LineFault(where, f"not YAML: {error.problem or 'unreadable'}"),)) from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            if isinstance(error, BadFile):
                raise
            raise BadFile((LineFault(1, "not YAML that can be read: a value in it has no meaning"),)) from None

    @staticmethod
    def _refuse_aliases(text: str) -> None:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise BadFile((LineFault(_line(event.start_mark), "an alias (*name): write the value out"),))

    def line(self, path: Path) -> int:
        """Return the line of a place in the document, or of the nearest part around it that is there."""
        node, line = self._root, 1
        if node is not None:
            line = node.start_mark.line + 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line


def _line(mark: Any) -> int:
    return 1 if mark is None else int(mark.line) + 1


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            if step == place:
                return value.start_mark.line + 1, value
    return None


def _twice(node: yaml.Node | None) -> Iterator[LineFault]:
    """Yield a fault for each name that a mapping has twice: YAML would keep the last and lose the first."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.SequenceNode):
            waiting.extend(one.value)
        elif isinstance(one, yaml.MappingNode):
            names: set[str] = set()
            for key, value in one.value:
                if isinstance(key.value, str) and key.value in names:
                    yield LineFault(key.start_mark.line + 1, f"the field {key.value!r} stands here a second time")
                names.add(str(key.value))
                waiting.append(value)
