"""Root keys: what wraps the workspace keys. A file on one machine, or AWS KMS."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from domain.errors import Unavailable
from storage.sealing import KEY_BYTES, CannotOpen, seal, unseal

_NOT_OURS = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


class RootKey(Protocol):
    """What wraps the workspace keys."""

    @property
    def root_id(self) -> str:
        """Which root key this is; stored beside what it wrapped."""
        ...

    def wrap(self, key: bytes, *, place: str) -> bytes:
        """Return the key encrypted, bound to its place."""
        ...

    def unwrap(self, wrapped: bytes, *, place: str) -> bytes:
        """Return the key. Raises CannotOpen when it was wrapped elsewhere."""
        ...


class FileRootKey:
    """A root key in a file of one machine: 32 random bytes in base64, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._key = base64.b64decode(path.read_text("ascii").strip(), validate=True)
        if len(self._key) != KEY_BYTES:
            raise ValueError("the root key file must hold 32 bytes in base64")

    @property
    def root_id(self) -> str:
        """A fingerprint of the key."""
        return "file:" + hashlib.sha256(b"callward root key" + self._key).hexdigest()[:16]

    def wrap(self, key: bytes, *, place: str) -> bytes:
        """Seal the key."""
        return seal(self._key, key, place=place)

    def unwrap(self, wrapped: bytes, *, place: str) -> bytes:
        """Open the key."""
        return unseal(self._key, wrapped, place=place)


class KmsRootKey:
    """A root key that never leaves AWS KMS; the place is the encryption context."""

    def __init__(self, client: Any, key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    @property
    def root_id(self) -> str:
        """The KMS key's id."""
        return f"kms:{self._key_id}"

    def wrap(self, key: bytes, *, place: str) -> bytes:
        """Encrypt by KMS."""
        answer = self._ask("encrypt", Plaintext=key, EncryptionContext={"place": place})
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, *, place: str) -> bytes:
        """Decrypt by KMS."""
        answer = self._ask("decrypt", CiphertextBlob=wrapped, EncryptionContext={"place": place})
        return bytes(answer["Plaintext"])

    def _ask(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, operation)(KeyId=self._key_id, **arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _NOT_OURS:
                raise CannotOpen("KMS does not open the key at this place") from None
            raise Unavailable("KMS refused", operation=f"kms:{operation}", code=code) from None
        except BotoCoreError as error:
            raise Unavailable("KMS does not answer", operation=f"kms:{operation}", code=type(error).__name__) from None
