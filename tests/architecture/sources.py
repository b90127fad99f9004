"""The product's sources as syntax trees, for the tests that hold them to the house rules."""

from __future__ import annotations

import ast
import functools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "domain",
    "storage",
    "governance",
    "ingest",
    "transcription",
    "redaction",
    "corpus",
    "api",
    "workers",
    "cli",
    "profiles",
)


@dataclass(frozen=True)
class Module:
    """One file of ours."""

    path: Path

    @property
    def name(self) -> str:
        """The dotted name."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The syntax tree, each node knowing its parent as `parent`."""
        tree = ast.parse(self.path.read_text("utf-8"))
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                child.parent = node  # type: ignore[attr-defined]
        return tree

    def at(self, node: ast.AST) -> str:
        """The place of a node as `file:line`."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


@functools.cache
def modules() -> tuple[Module, ...]:
    """Every module of the product's rooms."""
    return tuple(Module(path) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))


@functools.cache
def pyproject() -> dict[str, Any]:
    """The project's own description."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def calls_of(tree: ast.AST, *methods: str) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    """Yield every call of a method with one of these names, with what it is called on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
            yield node, node.func


def enclosing(node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
    """The nearest node around this one that is of one of these kinds."""
    at: ast.AST | None = getattr(node, "parent", None)
    while at is not None and not isinstance(at, kinds):
        at = getattr(at, "parent", None)
    return at
