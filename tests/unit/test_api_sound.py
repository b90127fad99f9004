"""Redacted sound is served when it is verified, and unverified only where that is allowed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.reading import servable_sound
from domain.errors import NotFound, SoundUnverified
from redaction.store import sound_state
from storage.resources import Resources

AUDIO = {"object_id": "obj_1", "size": 10, "media_type": "audio/wav"}


def stores(*, allow: bool = False) -> Resources:
    return cast("Resources", SimpleNamespace(settings=SimpleNamespace(serve_unverified_sound=allow)))


def redaction(**fields: Any) -> dict[str, Any]:
    return {"call_id": "call_1", "audio": AUDIO, **fields}


def test_verified_sound_is_served() -> None:
    assert servable_sound(stores(), redaction(sound="verified")) == AUDIO


def test_sound_of_an_earlier_version_is_unverified_and_served_only_where_that_is_allowed() -> None:
    assert sound_state(redaction()) == "unverified"
    assert servable_sound(stores(allow=True), redaction()) == AUDIO
    with pytest.raises(SoundUnverified):
        servable_sound(stores(), redaction())


def test_blocked_sound_is_served_to_nobody() -> None:
    for allow in (False, True):
        with pytest.raises(SoundUnverified):
            servable_sound(stores(allow=allow), redaction(audio=None, sound="blocked"))


def test_no_sound_yet_is_not_found() -> None:
    assert sound_state(redaction(audio=None)) is None
    with pytest.raises(NotFound):
        servable_sound(stores(), redaction(audio=None))
