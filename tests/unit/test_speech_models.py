"""Speech models by name: pinned weights are checked, and no other model takes the place of one that is not there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from cli.apps import app_specs, further_models
from domain.jobs import speech_queue
from storage.settings import Settings, SpeechModel
from transcription.errors import ModelMissing
from transcription.pins import pinned, split_pin
from workers.__main__ import main
from workers.app import make_celery, queue_names
from workers.engines import Engines, speech_model

SUM = hashlib.sha256(b"weights").hexdigest()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "model.bin").write_bytes(b"weights")
    return tmp_path


def settings(broker: str = "redis://nowhere", **models: SpeechModel) -> Settings:
    return Settings(mongo_url=SecretStr("mongodb://nowhere"), broker_url=SecretStr(broker), speech_models=models)


def test_weights_with_the_pinned_checksum_are_taken(model: Path) -> None:
    assert pinned(f"{model}@sha256:{SUM}") == str(model)
    assert pinned(f"{model}@sha256:{SUM.upper()}") == str(model)
    assert pinned(str(model)) == str(model)
    assert split_pin("base") == ("base", None)


def test_weights_with_another_checksum_are_refused_without_naming_the_folder(model: Path) -> None:
    (model / "model.bin").write_bytes(b"other weights")
    with pytest.raises(ModelMissing, match="do not have the SHA-256") as refused:
        pinned(f"{model}@sha256:{SUM}")
    assert str(model) not in str(refused.value)


@pytest.mark.parametrize("pin", ["", "abc", "g" * 64, SUM[:-1]])
def test_a_pin_that_is_no_checksum_is_refused(model: Path, pin: str) -> None:
    with pytest.raises(ModelMissing):
        pinned(f"{model}@sha256:{pin}")


def test_the_worker_refuses_weights_that_are_others_than_pinned(model: Path) -> None:
    named = settings(small=SpeechModel(model=f"{model}@sha256:{'0' * 64}"))
    with pytest.raises(ModelMissing):
        _ = Engines(named, speech_name="small").speech


def test_a_name_that_is_not_configured_is_no_model() -> None:
    with pytest.raises(ModelMissing):
        speech_model(settings(), "small")
    assert speech_model(settings(), "default").model == "base"


@pytest.mark.parametrize("name", ["default", "Large", "a.b", "", "x" * 41, "-x"])
def test_a_model_cannot_have_a_name_that_is_taken_or_no_queue_can_have(name: str) -> None:
    with pytest.raises(ValidationError):
        settings(**{name: SpeechModel(model="base")})


def test_each_model_has_a_queue_and_on_rabbitmq_a_durable_one() -> None:
    known = settings("amqp://guest@localhost//", large=SpeechModel(model="/models/large"))
    assert queue_names(known) == ["speech", "language", "ingest", "speech.large"]
    queues = {queue.name: queue.queue_arguments for queue in make_celery(known).conf["task_queues"]}
    assert queues["speech.large"] == {"x-queue-type": "quorum"}
    assert speech_queue("default") == "speech"


@pytest.mark.parametrize(
    "arguments", [[], ["speech", "--model"], ["language", "--model", "large"], ["speech", "large"], ["x"]]
)
def test_a_worker_that_is_started_wrongly_says_how_it_is_done(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "speech [--model NAME]" in capsys.readouterr().err


def test_a_worker_of_a_model_that_nobody_configured_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("workers.__main__.load_settings", lambda: settings(large=SpeechModel(model="base")))
    monkeypatch.setattr("workers.__main__.configure_logs", lambda: None)
    assert main(["speech", "--model", "small"]) == 2
    assert "known: default, large" in capsys.readouterr().err


def test_the_stack_starts_a_worker_for_each_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWARD_SPEECH_MODELS", '{"large": {"model": "/models/large"}}')
    specs = {spec.name: tuple(spec.argv)[2:] for spec in app_specs()}
    assert specs["speech"] == ("workers", "speech")
    assert specs["speech-large"] == ("workers", "speech", "--model", "large")
    assert further_models({"CALLWARD_SPEECH_MODELS": "large"}) == []
    assert further_models({}) == []
