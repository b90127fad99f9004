"""Each collection has one writer: nobody else calls a method that changes it, and no store hands its collection out."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest
from sources import Module, calls_of, modules

from storage.catalog import BY_NAME

READS = {"find", "find_one", "count", "grouped", "ids", "values", "workspaces", "reading"}
WRITES = {"insert", "insert_many", "insert_encoded", "update", "update_all", "find_and_update", "delete"}
CUSTODIANS = {
    ("ingest.custodian", "recordings"),
    ("ingest.cdr_ageing", "cdrs"),
    ("ingest.log_ageing", "call_logs"),
    *(("ingest.quarantine_ageing", name) for name in ("quarantine", "inbox", "imports")),
    ("governance.sweep_lanes", "purge_jobs"),
    *(("ingest.redating", name) for name in ("cdrs", "call_logs")),  # dates them anew when windows change
}
"""Who may erase from a collection that another module of the room writes: its custodian, and its clocks."""
NAMELESS = {"storage.custody"}
"""Where the collection is a variable: the common custodian, which counts and deletes what its room `covers`."""


@dataclass(frozen=True)
class Use:
    """A method called on a collection."""

    module: Module
    collection: str | None
    method: str
    node: ast.AST


def _target(node: ast.AST) -> str | None:
    """The name that a bound collection is known by: `x`, or `self._x`."""
    parent = getattr(node, "parent", None)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        return ast.unparse(parent.targets[0])
    return None


def _opened(module: Module) -> list[tuple[ast.Call, str | None]]:
    """Every place where the module asks for a collection, with its name where it is written there."""
    found: list[tuple[ast.Call, str | None]] = []
    for call, _ in calls_of(module.tree, "scoped", "whole"):
        first = call.args[0] if call.args else None
        found.append((call, first.value if isinstance(first, ast.Constant) else None))
    return found


def _uses(module: Module) -> list[Use]:
    """Every method called on a collection: at once, or through the name that it was bound to."""
    uses: list[Use] = []
    bound: dict[str, str | None] = {}
    for call, collection in _opened(module):
        parent = getattr(call, "parent", None)
        if isinstance(parent, ast.Attribute):
            uses.append(Use(module, collection, parent.attr, call))
        elif (name := _target(call)) is not None:
            bound[name] = collection
        else:
            uses.append(Use(module, collection, "(handed on)", call))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and ast.unparse(node) in bound:
            parent = getattr(node, "parent", None)
            method = parent.attr if isinstance(parent, ast.Attribute) else "(handed on)"
            uses.append(Use(module, bound[ast.unparse(node)], method, node))
    return uses


USES = [use for module in modules() if module.name != "storage.mongo" for use in _uses(module)]


def test_the_search_sees_the_stores() -> None:
    """If this fails, the rule below looks at nothing: the way to ask for a collection has changed."""
    assert {use.collection for use in USES if use.method in WRITES} - {None} == set(BY_NAME)


@pytest.mark.parametrize(
    "use", USES, ids=lambda use: f"{use.module.name}:{use.collection}:{use.method}:{use.node.lineno}"
)
def test_only_its_writer_changes_a_collection(use: Use) -> None:
    if use.module.name in NAMELESS:
        assert use.method in {"count", "delete"}, (
            f"{use.module.at(use.node)}: custodians count and delete, nothing else"
        )
        return
    assert use.collection is not None, f"{use.module.at(use.node)}: write the collection's name where it is opened"
    assert use.method in READS | WRITES, (
        f"{use.module.at(use.node)}: a collection is used where it is opened, not handed on"
    )
    writer = BY_NAME[use.collection].writer
    if use.method in WRITES and (use.module.name, use.collection) not in CUSTODIANS:
        assert use.module.name == writer, f"{use.module.at(use.node)}: ask {writer} to do it"


def test_every_writer_is_a_module_of_ours() -> None:
    names = {module.name for module in modules()}
    assert {spec.writer for spec in BY_NAME.values()} <= names
    assert {module for module, _ in CUSTODIANS} | NAMELESS <= names


def test_nobody_reaches_the_driver_behind_a_store() -> None:
    outside = [module for module in modules() if not module.name.startswith("storage")]
    reached = [module.at(call) for module in outside for call, on in calls_of(module.tree, "_raw", "_call")]
    private = [
        module.at(node)
        for module in outside
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"_raw", "_records", "_client"}
        and ast.unparse(node.value) != "self"
    ]
    assert reached + private == []


_CHANGING = ("legal_holds", "restrictions", "training_opt_outs", "consents", "objections", "minors", "calls")


def test_work_across_workspaces_is_the_platforms_own() -> None:
    """A store of a workspace must not ask for a collection across all of them."""
    whole = {
        (module.name, call.args[0].value)
        for module in modules()
        for call, _ in calls_of(module.tree, "whole")
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    assert whole == {
        ("api.keys", "api_keys"),  # a key is found before its workspace is known
        ("corpus.eligibility", "workspaces"),  # what counts for all calls of one
        *(("corpus.changes", name) for name in _CHANGING),  # the watch over what was released
        *(("corpus.watching", name) for name in ("workspaces", "corpus_releases")),
        ("corpus.items", "corpus_items"),  # releases lie over all workspaces
        ("corpus.marks", "corpus_marks"),
        *(("corpus.releases", "corpus_releases"), ("corpus.units", "corpus_units")),
        ("corpus.revocations", "revocations"),
        ("corpus.signing", "signing_keys"),
        *(("governance.overdue", name) for name in ("calls", "purge_jobs")),  # gauges name no workspace
        ("governance.incidents", "incidents"),  # gauges, as above
        ("governance.people_requests", "requests"),
        ("governance.officers", "officers"),  # the platform's own
        ("governance.purge_jobs", "purge_jobs"),  # the look for sweeps that died before their receipt
        ("governance.workspaces", "workspaces"),
        ("ingest.cdr_ageing", "cdrs"),  # the sweep's look for workspaces in which something is due
        ("ingest.log_ageing", "call_logs"),
        *(("ingest.quarantine_ageing", name) for name in ("quarantine", "inbox", "imports")),
        ("ingest.call_lists", "calls"),  # the sweep's look for due calls
        ("ingest.tombstones", "tombstones"),  # the look after a restore
        ("ingest.imports", "imports"),  # the look for imports whose process died
        ("ingest.sources", "sources"),  # a callback's address is found before its workspace is known
        ("storage.keys", "keys"),
        ("storage.key_reading", "keys"),
        ("storage.migrations", "schema_migrations"),
        ("storage.outbox", "outbox"),
        *(
            (f"workers.{module}", name)
            for module, name in (
                ("missing", "calls"),  # the walk through the store finds objects of all workspaces
                ("missing", "recordings"),
                ("orphans", "calls"),
                ("orphans", "keys"),
                ("orphans", "recordings"),
                ("orphans", "redactions"),
            )
        ),
        ("workers.audit_ageing", "workspaces"),  # every workspace's audit events grow old
        ("workers.corpus", "workspaces"),  # a release is built over all of them
        ("workers.sweep", "calls"),  # the sweep
    }
