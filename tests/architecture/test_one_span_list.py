"""One span list, everywhere: what leaves the house in words is built from the redacted transcript and nothing else.

Each module that touches words has its place in a table below. One that is new fails here until somebody has said what
it does with them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from sources import Module, calls_of, enclosing, modules

WORDS = {"Transcript", "Segment", "Word", "transcript_to_dict", "transcript_from_dict"}
HEARS = "sound → words, inside the speech room"
FINDS = "words → spans or sound, inside the redaction room: it is given the clear words and gives back none"
HIDES = "clear words and spans → words that may be read"
RENDERS = "words → a representation; what it is given is checked below"
SEALS = "sealed under the call's key, under the kind that its caller names"
RULES = "pure rules over words: it gives back places, counts or redacted words"
TOUCHES = {
    "api.routers.content": RENDERS,
    "cli.redacting.transcripts": RENDERS,
    "cli.speech.hearing": HIDES,
    "domain.inventory": RULES,
    "domain.review": RULES,
    "domain.spans": RULES,
    "domain.versions": RULES,
    "ingest.vcon_out": RENDERS,
    "redaction.applying": HIDES,
    "redaction.operators": HIDES,
    "redaction.streaming": HIDES,
    "redaction.text": HIDES,
    "transcription.cues": RENDERS,
    "transcription.render": RENDERS,
    "transcription.store": SEALS,
    "workers.hearing": "asks for the language only",
    "workers.sounding": "clear words → windows of sound that are heard again; what is heard is compared and dropped",
}
MAKES = "clear words and the one list of spans → items that are nobody's, inside the corpus's de-identification"
ROOMS_OF_WORDS = {"transcription": HEARS, "redaction": FINDS, "corpus": MAKES}
"""In these rooms a module that the table does not name does what the room does."""

MAY_BE_RENDERED = {
    ("api.routers.content", "transcript_to_dict"): {"transcript"},
    ("api.routers.content", "render"): {"transcript"},
    ("api.routers.vcons", "Told"): {"transcript"},
    ("cli.speech.results", "file_document"): {"heard.readable"},
    ("cli.speech.results", "FORMATS[]"): {"heard.readable"},
    ("cli.redacting.transcripts", "file_document"): {"done.readable"},
    ("cli.redacting.transcripts", "to_document"): {"done.readable"},
    ("transcription.render", "transcript_to_dict"): {"transcript"},
    ("transcription.render", "to_document"): {"transcript"},
    ("transcription.store", "transcript_to_dict"): {"transcript"},
}
"""(module, what makes a representation) → what it may be made of. In the API `transcript` is what the store gave for
the kind that was asked for; `test_shape` holds the clear one to scope, reason and audit event."""
MAKERS = {
    "transcript_to_dict",
    "to_document",
    "to_json",
    "file_document",
    "to_vtt",
    "to_srt",
    "to_text",
    "render",
}
SILENT = {"storage.audit", "storage.outbox", "ingest.call_lists", "ingest.numbers", "ingest.file_names", "api.views"}
"""Search, titles, file names, listings, messages and the audit log: they know no words at all."""


def _named_words(module: Module) -> set[str]:
    return {
        alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "domain.speech"
        for alias in node.names
    } & WORDS


def test_every_module_that_touches_words_has_its_place_in_the_table() -> None:
    touching = {module.name for module in modules() if _named_words(module)}
    known = {name for name in touching if name.split(".")[0] in ROOMS_OF_WORDS} | set(TOUCHES) | {"domain.speech"}
    assert touching - known == set(), "say in TOUCHES what it does with the words, and hold it to the redacted ones"
    assert set(TOUCHES) - touching == set(), "these touch no words any more: strike them from the table"


def _made(module: Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield every representation that is made: by what, and of what."""
    imported = {
        alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"domain.speech", "transcription.render"}
        for alias in node.names
    }
    makers = MAKERS if module.name == "transcription.render" else MAKERS & {*imported, "render"}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        named = [one.value for one in node.keywords if one.arg == "transcript"]
        if called in makers or (called == "Told" and named):
            yield called, (named or node.args)[0]
        elif ast.unparse(node.func).startswith("FORMATS["):
            yield "FORMATS[]", node.args[0]


def test_every_representation_is_made_of_what_may_be_read() -> None:
    seen = set()
    for module in modules():
        for maker, given in _made(module):
            key = (module.name, maker)
            assert key in MAY_BE_RENDERED, f"{module.at(given)}: a new representation; say in MAY_BE_RENDERED of what"
            assert ast.unparse(given) in MAY_BE_RENDERED[key], f"{module.at(given)}: made of something else"
            seen.add(key)
    assert seen == set(MAY_BE_RENDERED), "these are made nowhere any more"


@pytest.mark.parametrize("name", [name for name, role in sorted(TOUCHES.items()) if role == RENDERS])
def test_what_renders_cannot_reach_the_clear_words_by_itself(name: str) -> None:
    """A renderer takes a transcript; it opens no store, but for the API's route behind its guard."""
    (module,) = [one for one in modules() if one.name == name]
    stores = {
        alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.endswith("Store")
    }
    assert stores <= ({"RecordingStore", "RedactionStore", "TranscriptStore"} if name.startswith("api.") else set())


def test_what_is_stored_as_redacted_is_what_the_policy_made() -> None:
    kinds: dict[str, set[str]] = {}
    for module in modules():
        for call, _ in calls_of(module.tree, "seal"):
            if len(call.args) > 2 and "TranscriptKind" in ast.unparse(call.args[1]):
                kinds.setdefault(ast.unparse(call.args[1]), set()).add(f"{module.name}: {ast.unparse(call.args[2])}")
    assert kinds == {
        "TranscriptKind.CLEAR": {"workers.pipeline: transcript"},
        "TranscriptKind.REDACTED": {"workers.pipeline: done.readable"},
    }
    (pipeline,) = [module for module in modules() if module.name == "workers.pipeline"]
    made = [
        node
        for node in ast.walk(pipeline.tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "done"
    ]
    assert len(made) == 1
    assert "redact_by_policy, transcript, finder, policy, hider" in ast.unparse(made[0].value)


def test_clear_words_are_loaded_for_redaction_and_comparing_only() -> None:
    loading = {
        (module.name, getattr(enclosing(call, ast.AsyncFunctionDef, ast.FunctionDef), "name", ""))
        for module in modules()
        if not module.name.startswith("api.")
        for call, _ in calls_of(module.tree, "load")
        if "TranscriptKind.CLEAR" in ast.unparse(call)
    }
    assert loading == {
        ("workers.comparing", "earlier_hearings"),
        ("workers.pipeline", "redact_text"),
        ("workers.pipeline", "redact_audio"),
    }


def test_sound_and_versions_are_given_the_spans_of_the_one_list() -> None:
    """The text's stage writes the list; the sound's stage and the comparing read it back, and nobody makes another."""
    makers = {
        module.name
        for module in modules()
        for call, on in calls_of(module.tree, "find")
        if ast.unparse(on.value) in {"finder", "self.finder", "self._finder", "engines.finder"}
    }
    invented = {"workers.corpus_canaries"}  # calls that nobody made: their lists are stored nowhere
    assert makers - invented == {"cli.speech.hearing", "redaction.applying", "redaction.streaming"}
    readers = {
        module.name
        for module in modules()
        for reading in ("spans", "all_spans", "all_spans_of")
        for _, on in calls_of(module.tree, reading)
        if "redactions" in ast.unparse(on.value)
    }
    assert readers == {"workers.comparing", "workers.corpus_reading", "workers.pipeline"}


@pytest.mark.parametrize("name", sorted(SILENT))
def test_search_titles_names_and_the_audit_log_know_no_words(name: str) -> None:
    (module,) = [one for one in modules() if one.name == name]
    imported = {node.module or "" for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom)} | {
        alias.name for node in ast.walk(module.tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert not {one for one in imported if one.split(".")[0] == "transcription" or one == "domain.speech"}
