"""Whose signatures are believed: the first key that was seen (or named), and whichever it vouched for in turn."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cli.pulling.errors import NotProven
from domain.proofs import KEY_HEADER, SIGNATURE_HEADER, Signed, fingerprint, signed_message, vouched_for


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature as it is kept beside what it is over."""

    key_id: str
    signature: str

    @classmethod
    def of_headers(cls, headers: Mapping[str, str]) -> Seal:
        """Read the signature of an answer. Raises NotProven when it has none."""
        try:
            return cls(headers[KEY_HEADER], headers[SIGNATURE_HEADER])
        except KeyError:
            raise NotProven("the answer is not signed: ask whoever runs Callward for its version") from None

    @classmethod
    def read(cls, text: str) -> Seal:
        """Read what `line` wrote. Raises NotProven."""
        try:
            told = json.loads(text)
            return cls(str(told["key_id"]), str(told["signature"]))
        except (ValueError, KeyError, TypeError):
            raise NotProven("a signature's file cannot be read; pull the release anew") from None

    def line(self) -> str:
        """Return the signature as a line of JSON."""
        return json.dumps({"key_id": self.key_id, "signature": self.signature}) + "\n"


class Trust:
    """The public keys that are believed, by id."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = keys

    @classmethod
    def of(cls, listed: Sequence[Mapping[str, Any]], root: str | None) -> tuple[Trust, str]:
        """Check the list of keys from the trusted one on; return what is believed, and the root's fingerprint.

        Args:
            listed: as GET /v1/corpus/signing-keys gives them, in their order.
            root: the fingerprint that is trusted; None: the first key's, for it is the first time.

        Raises:
            NotProven: the root is not among them, or a later key is not vouched for by the one before it.
        """
        publics = [_public(one) for one in listed]
        marks = [fingerprint(public) for public in publics]
        if not marks:
            return cls({}), root or ""
        root = root or marks[0]
        if root not in marks:
            raise NotProven(
                "the signing keys are not those that this folder trusts. Ask whoever runs Callward for the fingerprint "
                "by another way, and pull into a new folder with --trust FINGERPRINT"
            )
        first = marks.index(root)
        believed = {str(listed[first]["id"]): publics[first]}
        for at in range(first + 1, len(listed)):
            _check_voucher(listed[at], publics[at], publics[at - 1])
            believed[str(listed[at]["id"])] = publics[at]
        return cls(believed), root

    def check(self, what: Signed, body: bytes, seal: Seal) -> None:
        """Raise NotProven unless these very bytes were signed by a key that is believed."""
        public = self._keys.get(seal.key_id)
        if public is None:
            raise NotProven(f"{what.value} is signed by a key that nobody vouched for; do not use it")
        _check(public, base64.b64decode(seal.signature), signed_message(what, body), what.value)


def _public(listed: Mapping[str, Any]) -> bytes:
    return base64.b64decode(str(listed["public_key"]))


def _check_voucher(listed: Mapping[str, Any], public: bytes, before: bytes) -> None:
    voucher = base64.b64decode(str(listed["voucher"] or ""))
    _check(before, voucher, signed_message(Signed.KEY, vouched_for(int(listed["number"]), public)), "a signing key")


def _check(public: bytes, signature: bytes, message: bytes, what: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise NotProven(f"the signature of {what} does not hold: it was changed on its way or here") from None
