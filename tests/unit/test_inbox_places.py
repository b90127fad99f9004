"""Whose file a dropped file is: the one under whose folder it literally lies, and no name leads elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import new_id
from ingest.inbox import Place, folder_of, is_marker, place_of
from storage.s3 import Listed

MINE, THEIRS = "ws_" + "a" * 26, "ws_" + "b" * 26


@pytest.mark.parametrize(
    ("rest", "source", "refused"),
    [
        ("a.wav", None, None),
        ("pbx/a.wav", "pbx", None),
        ("pbx/2026/11/a.wav", "pbx", None),
        ("pbx/..a.wav", "pbx", None),
        (f"../{THEIRS}/a.wav", None, "bad_name"),
        (f"pbx/../../{THEIRS}/a.wav", None, "bad_name"),
        ("./a.wav", None, "bad_name"),
        ("pbx//a.wav", None, "bad_name"),
        ("pbx/", None, "bad_name"),
        ("", None, "bad_name"),
        ("PBX/a.wav", None, "unknown_source"),
        ("pbx\\a/a.wav", None, "unknown_source"),
        (f"{'p' * 64}/a.wav", "p" * 64, None),
        (f"{'p' * 65}/a.wav", None, "unknown_source"),
    ],
)
def test_a_file_belongs_to_the_workspace_and_source_of_its_folder(
    rest: str, source: str | None, refused: str | None
) -> None:
    assert place_of(folder_of(MINE) + rest) == Place(MINE, source, refused)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "inbox",
        "inbox/",
        "inbox/a.wav",
        f"Inbox/{MINE}/a.wav",
        f"u/{MINE}/a.wav",
        f"x/inbox/{MINE}/a.wav",
        f"inbox//{MINE}/a.wav",
        f"inbox/{MINE[:-1]}/a.wav",
        f"inbox/{MINE} /a.wav",
        f"inbox/{MINE.upper()}/a.wav",
        "inbox/call_" + "a" * 26 + "/a.wav",
    ],
)
def test_what_lies_in_no_workspaces_folder_is_nobodys(key: str) -> None:
    assert place_of(key) is None


@given(st.text(max_size=80))
def test_no_name_leads_out_of_its_workspaces_folder(rest: str) -> None:
    place = place_of(folder_of(MINE) + rest)
    assert place is not None
    assert place.workspace_id == MINE
    steps = rest.split("/")
    assert (place.refused == "bad_name") == any(step in {"", ".", ".."} for step in steps)
    assert place.source in {None, steps[0]}


@given(st.text(max_size=80))
def test_any_key_has_an_answer(key: str) -> None:
    place = place_of(key)
    assert place is None or key.startswith(folder_of(place.workspace_id))


def test_a_folder_marker_is_nothing_under_a_name_with_a_slash() -> None:
    def listed(key: str, size: int) -> Listed:
        return Listed(folder_of(new_id("ws")) + key, size, datetime(2026, 11, 22, tzinfo=UTC))

    assert is_marker(listed("pbx/", 0))
    assert not is_marker(listed("pbx/", 1))
    assert not is_marker(listed("pbx/a.wav", 0))
