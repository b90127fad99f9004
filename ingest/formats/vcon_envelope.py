"""Signed and encrypted vCons (JWS, JWE in JSON). Nothing of a signed one is read before its signature is verified.

The certificate must be one that the source's configuration names by its SHA-256 fingerprint: a chain to some root
says who somebody is, not that this workspace takes calls from them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import jwt
import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.vcon_content import from_base64url
from ingest.formats.vcon_model import shaped

_MOST_SIGNATURES: Final = 16
_WITH_RSA: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
_WITH_CURVE: Final = ["ES256", "ES384", "ES512"]
"""By kind of key, so that no key is used in a way it was not made for; `none` and HMAC are not among them."""


class Header(msgspec.Struct):
    """What of a JOSE header matters here."""

    x5c: list[str] = []


class Signature(msgspec.Struct):
    """One signature over the payload."""

    protected: str
    signature: str
    header: Header | None = None


class Signed(msgspec.Struct):
    """A JWS in general JSON serialisation (RFC 7515 section 7.2.1)."""

    payload: str
    signatures: list[Signature]


def is_encrypted(value: Mapping[str, Any]) -> bool:
    """Say whether this is a JWE."""
    return "ciphertext" in value


def is_signed(value: Mapping[str, Any]) -> bool:
    """Say whether this is a JWS."""
    return "payload" in value and "signatures" in value


def verified_payload(value: Any, options: ParseOptions) -> bytes:
    """Return the payload of a JWS that a trusted certificate signed. Raises RowError `signature`."""
    signed = shaped(value, Signed)
    if not options.certificates:
        raise RowError("signature", "the vCon is signed, and its source names no certificate that it trusts")
    for one in signed.signatures[:_MOST_SIGNATURES]:
        certificate = _trusted(one, options)
        if certificate is not None:
            return _checked(signed.payload, one, certificate)
    raise RowError("signature", "no signature is by a certificate that the source trusts and that is valid now")


def _trusted(signature: Signature, options: ParseOptions) -> x509.Certificate | None:
    """Return the signer's certificate (the first of x5c) if the source names it and it is in force."""
    chain = (signature.header.x5c if signature.header else []) or _protected(signature).x5c
    if not chain:
        return None
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(chain[0], validate=True))
    except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if certificate.fingerprint(hashes.SHA256()).hex() not in options.certificates:
        return None
    return certificate if _in_force(certificate, options.now) else None


def _in_force(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _protected(signature: Signature) -> Header:
    try:
        return msgspec.json.decode(from_base64url(signature.protected), type=Header)
    except msgspec.MsgspecError:
        raise RowError("signature", "the protected header of a signature cannot be read") from None


def _checked(payload: str, signature: Signature, certificate: x509.Certificate) -> bytes:
    key = certificate.public_key()
    if isinstance(key, RSAPublicKey):
        allowed = _WITH_RSA
    elif isinstance(key, EllipticCurvePublicKey):
        allowed = _WITH_CURVE
    else:
        raise RowError("signature", "the certificate's key is of a kind that signs no vCon")
    compact = f"{signature.protected}.{payload}.{signature.signature}"
    try:
        opened: bytes = jwt.PyJWS().decode(compact, key, algorithms=allowed)
    except (jwt.PyJWTError, ValueError, TypeError):
        raise RowError("signature", "the signature is wrong: the vCon was changed, or signed by another") from None
    return opened
