"""Everything a process needs of the stores, opened once from the settings and closed at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boto3

from storage.audit import AuditLog
from storage.keys import Keyring
from storage.mongo import Database
from storage.objects import ObjectStore
from storage.outbox import Outbox
from storage.root_keys import FileRootKey, KmsRootKey, RootKey
from storage.settings import Settings


@dataclass(frozen=True, slots=True)
class Resources:
    """The stores of one process. Its MongoDB client belongs to the event loop that uses it first."""

    settings: Settings
    database: Database
    objects: ObjectStore
    keyring: Keyring
    outbox: Outbox
    audit: AuditLog

    @classmethod
    def open(cls, settings: Settings) -> Resources:
        """Build the clients; nothing is sent yet. Raises ValueError when no root key is configured."""
        database = Database.connect(settings.mongo_url.get_secret_value(), settings.mongo_database)
        objects = ObjectStore.connect(
            bucket=settings.s3_bucket,
            region=settings.s3_region,
            endpoint=settings.s3_endpoint,
            public_endpoint=settings.s3_public_endpoint,
            access_key=_secret(settings.s3_access_key),
            secret_key=_secret(settings.s3_secret_key),
        )
        return cls(
            settings=settings,
            database=database,
            objects=objects,
            keyring=Keyring(database, _root_key(settings)),
            outbox=Outbox(database, lease_s=settings.lease_s, max_attempts=settings.max_attempts),
            audit=AuditLog(database),
        )

    def close(self) -> None:
        """Close all clients."""
        self.database.close()
        self.objects.close()


def _secret(value: Any) -> str | None:
    return None if value is None else str(value.get_secret_value())


def _root_key(settings: Settings) -> RootKey:
    if settings.kms_key_id:
        return KmsRootKey(boto3.client("kms", region_name=settings.s3_region), settings.kms_key_id)
    if settings.root_key_file is None:
        raise ValueError("set CALLWARD_ROOT_KEY_FILE (32 random bytes in base64) or CALLWARD_KMS_KEY_ID")
    return FileRootKey(settings.root_key_file)
