"""Settings: unknown variables are refused, secrets do not show."""

from __future__ import annotations

import os

import pytest
from pydantic import ValidationError

from storage.settings import PREFIX, Settings, load_settings

SECRET = "mongodb://u:correct-horse@db/"


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CALLWARD_MONGO_URL", SECRET)
    monkeypatch.setenv("CALLWARD_BROKER_URL", "redis://localhost")


def test_a_misspelt_variable_is_named_and_its_value_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWARD_LEASE", "secret-value")
    with pytest.raises(ValueError, match="unknown settings: CALLWARD_LEASE") as refusal:
        load_settings()
    assert "secret-value" not in str(refusal.value)


def test_a_missing_store_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLWARD_MONGO_URL")
    with pytest.raises(ValidationError, match="mongo_url"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAX_ATTEMPTS", "0"), ("LEASE_S", "0.5"), ("MAX_RECORDING_BYTES", "-1"), ("UPLOAD_EXPIRES_S", "604801")],
)
def test_values_that_could_not_work_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(ValidationError, match=name.lower()):
        load_settings()


def test_secrets_do_not_show_in_the_settings_text() -> None:
    settings = load_settings()
    assert settings.mongo_url.get_secret_value() == SECRET
    assert "correct-horse" not in repr(settings)
    assert "correct-horse" not in str(settings)


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
