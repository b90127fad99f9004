"""One contract for both root keys: the file of one machine, and AWS KMS.

No KMS is reachable where these tests run. botocore's Stubber stands in for the service: it checks each request against
AWS's own model of the API (operation, names and types of parameters) and refuses one that was not foreseen, and the
answers are what `_KmsDouble` would give, a KMS in memory that binds the encryption context as AWS documents it.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from domain.errors import Unavailable
from storage.root_keys import FileRootKey, KmsRootKey, RootKey
from storage.sealing import KEY_BYTES, CannotOpen, seal, unseal

KEY_ID = "arn:aws:kms:ap-south-1:111122223333:key/test"
KEY = bytes(range(KEY_BYTES))


def kms_client() -> Any:
    return boto3.client("kms", region_name="ap-south-1", aws_access_key_id="none", aws_secret_access_key="none")


@dataclass
class _KmsDouble:
    """Takes the calls that KmsRootKey makes, sends each through a stubbed real client, answers as KMS would."""

    key: bytes = field(default_factory=lambda: os.urandom(KEY_BYTES))
    client: Any = field(default_factory=kms_client)

    def encrypt(self, **request: Any) -> Any:
        sealed = seal(self.key, request["Plaintext"], place=self._context(request))
        return self._through("encrypt", {"CiphertextBlob": sealed, "KeyId": KEY_ID}, request)

    def decrypt(self, **request: Any) -> Any:
        try:
            plain = unseal(self.key, request["CiphertextBlob"], place=self._context(request))
        except CannotOpen:
            return self._through("decrypt", None, request)
        return self._through("decrypt", {"Plaintext": plain, "KeyId": KEY_ID}, request)

    @staticmethod
    def _context(request: dict[str, Any]) -> str:
        assert request["KeyId"] == KEY_ID
        return json.dumps(request["EncryptionContext"], sort_keys=True)

    def _through(self, operation: str, answer: dict[str, Any] | None, request: dict[str, Any]) -> Any:
        with Stubber(self.client) as stub:
            if answer is None:
                stub.add_client_error(operation, "InvalidCiphertextException", http_status_code=400)
            else:
                stub.add_response(operation, answer, request)
            return getattr(self.client, operation)(**request)


def key_file(folder: Path, content: bytes) -> Path:
    path = folder / "root.key"
    path.write_text(base64.b64encode(content).decode() + "\n", "ascii")
    return path


@pytest.fixture(params=["file", "kms"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RootKey]:
    if request.param == "file":
        yield FileRootKey(key_file(tmp_path, os.urandom(KEY_BYTES)))
        return
    double = _KmsDouble()
    yield KmsRootKey(double, KEY_ID)
    double.client.close()


@pytest.fixture
def another_root(root: RootKey, tmp_path: Path) -> Iterator[RootKey]:
    """A root key of the same kind that wrapped nothing of the first one's."""
    if isinstance(root, FileRootKey):
        yield FileRootKey(key_file(tmp_path, os.urandom(KEY_BYTES)))
        return
    double = _KmsDouble()
    yield KmsRootKey(double, KEY_ID)
    double.client.close()


def test_a_wrapped_key_comes_back_and_does_not_show(root: RootKey) -> None:
    wrapped = root.wrap(KEY, place="keys/ws_1")
    assert root.unwrap(wrapped, place="keys/ws_1") == KEY
    assert KEY not in wrapped


def test_a_wrapped_key_does_not_open_at_another_place(root: RootKey) -> None:
    with pytest.raises(CannotOpen):
        root.unwrap(root.wrap(KEY, place="keys/ws_1"), place="keys/ws_2")


def test_a_changed_or_cut_wrapped_key_does_not_open(root: RootKey) -> None:
    wrapped = bytearray(root.wrap(KEY, place="keys/ws_1"))
    wrapped[-1] ^= 1
    for broken in (bytes(wrapped), bytes(wrapped[:-1]), b"x"):
        with pytest.raises(CannotOpen):
            root.unwrap(broken, place="keys/ws_1")


def test_what_another_root_key_wrapped_does_not_open(root: RootKey, another_root: RootKey) -> None:
    with pytest.raises(CannotOpen):
        another_root.unwrap(root.wrap(KEY, place="keys/ws_1"), place="keys/ws_1")


def test_the_root_id_names_the_key_and_holds_no_part_of_it(root: RootKey) -> None:
    kind, _, name = root.root_id.partition(":")
    assert kind in {"file", "kms"}
    assert name
    assert root.root_id == root.root_id.strip()


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_key_file_of_the_wrong_size_is_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes in base64"):
        FileRootKey(key_file(tmp_path, bytes(size)))


def test_a_key_file_that_is_no_base64_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root.key").write_text("not base64 at all!", "ascii")
    with pytest.raises(ValueError, match="base64"):
        FileRootKey(tmp_path / "root.key")


def test_the_file_keys_fingerprint_differs_for_each_key_and_gives_nothing_away(tmp_path: Path) -> None:
    one = FileRootKey(key_file(tmp_path, KEY)).root_id
    other = FileRootKey(key_file(tmp_path, bytes(KEY_BYTES))).root_id
    assert one != other
    assert KEY.hex()[:8] not in one


def test_kms_is_asked_with_the_key_and_the_place_as_encryption_context() -> None:
    client = kms_client()
    context = {"place": "keys/ws_1"}
    with Stubber(client) as stub:
        stub.add_response(
            "encrypt", {"CiphertextBlob": b"wrapped"}, {"KeyId": KEY_ID, "Plaintext": KEY, "EncryptionContext": context}
        )
        stub.add_response(
            "decrypt", {"Plaintext": KEY}, {"KeyId": KEY_ID, "CiphertextBlob": b"wrapped", "EncryptionContext": context}
        )
        root = KmsRootKey(client, KEY_ID)
        assert root.wrap(KEY, place="keys/ws_1") == b"wrapped"
        assert root.unwrap(b"wrapped", place="keys/ws_1") == KEY
        stub.assert_no_pending_responses()
    client.close()


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "KMSInternalException", "ThrottlingException", "DisabledException"]
)
def test_a_kms_that_refuses_is_a_part_that_does_not_answer_and_not_a_broken_key(code: str) -> None:
    client = kms_client()
    for operation, ask in (
        ("encrypt", lambda root: root.wrap(KEY, place="keys/ws_1")),
        ("decrypt", lambda root: root.unwrap(b"wrapped", place="keys/ws_1")),
    ):
        with Stubber(client) as stub:
            stub.add_client_error(operation, code, service_message="arn:aws:iam::111122223333:user/somebody may not")
            with pytest.raises(Unavailable) as refusal:
                ask(KmsRootKey(client, KEY_ID))
            assert refusal.value.fields == {"operation": f"kms:{operation}", "code": code}
            assert "somebody" not in str(refusal.value)
            assert not isinstance(refusal.value.__cause__, ClientError)
    client.close()
