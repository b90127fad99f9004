"""The catalogue of collections: what it promises can be kept."""

from __future__ import annotations

from domain.records import TAG_FIELDS
from storage.catalog import BY_NAME, COLLECTIONS


def test_every_record_made_from_a_call_is_born_with_tags() -> None:
    tagged = {spec.name for spec in COLLECTIONS if spec.tagged}
    of_calls = {"calls", "recordings", "call_logs", "cdrs", "transcripts", "redactions", "corpus_items"}
    assert tagged == of_calls | {"quarantine", "inbox"}
    assert {spec.name for spec in COLLECTIONS if spec.personal} == tagged


def test_the_validator_asks_for_every_tag() -> None:
    schema = BY_NAME["calls"].validator()["$jsonSchema"]
    assert set(schema["required"]) == set(TAG_FIELDS) == set(schema["properties"])
    assert BY_NAME["workspaces"].validator() == {}


def test_no_two_indexes_of_a_collection_have_one_name() -> None:
    for spec in BY_NAME.values():
        names = [index.name for index in spec.indexes]
        assert len(set(names)) == len(names), spec.name
        assert all(len(name) < 120 and "." not in name for name in names), spec.name


def test_nothing_that_must_be_erased_or_proven_expires_by_itself() -> None:
    """A time-to-live index erases without asking for a hold and leaves no receipt."""
    expiring = {spec.name for spec in BY_NAME.values() for index in spec.indexes if index.expire_after_s is not None}
    assert expiring <= {"idempotency_keys", "outbox"}
    assert not any(BY_NAME[name].personal or BY_NAME[name].tagged for name in expiring)
