"""A signed vCon is read only when a certificate that the source names has signed exactly these bytes."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import jwt
import pytest
from conftest import SHARED
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import Rejection, Row
from ingest.formats.vcon import read
from ingest.sources import Source, SourceConfig

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
IETF = SHARED / "samples/telephony/vcon_ietf"
PAYLOAD = {
    "uuid": "01928e10-193e-8231-b9a2-279e0d16bc46",
    "parties": [{"tel": "+14155550132"}, {"tel": "+442079460018"}],
    "dialog": [{"type": "incomplete", "start": "2026-11-20T10:00:00Z", "parties": [0, 1], "disposition": "busy"}],
}


class Signer:
    """A key with a certificate of its own."""

    def __init__(self, key: Any, algorithm: str) -> None:
        self.key, self.algorithm = key, algorithm
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer.example.com")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(7)
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
        )
        plain = isinstance(key, ed25519.Ed25519PrivateKey)
        self.certificate = builder.sign(key, None if plain else hashes.SHA256())

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def x5c(self) -> list[str]:
        return [base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()]

    def sign(self, payload: Any = PAYLOAD, *, in_header: bool = True, **protected: Any) -> dict[str, Any]:
        """Return a JWS in general JSON serialisation."""
        header = ({} if in_header else {"x5c": self.x5c}) | protected
        token = jwt.PyJWS().encode(json.dumps(payload).encode(), self.key, self.algorithm, headers=header)
        head, body, signature = token.split(".")
        one: dict[str, Any] = {"protected": head, "signature": signature}
        if in_header:
            one["header"] = {"x5c": self.x5c}
        return {"payload": body, "signatures": [one]}


@cache
def rsa_signer(number: int = 0) -> Signer:
    del number
    return Signer(rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256")


@cache
def curve_signer() -> Signer:
    return Signer(ec.generate_private_key(ec.SECP256R1()), "ES256")


def trusting(*signers: Signer, now: datetime = NOW) -> ParseOptions:
    return ParseOptions(now=now, certificates=frozenset(one.fingerprint for one in signers))


def outcome(document: dict[str, Any], options: ParseOptions) -> str:
    """Return `landed`, or the reason why not."""
    (found,) = read(Input(BytesIO(json.dumps(document).encode())), options)
    return found.reason if isinstance(found, Rejection) else "landed"


@pytest.mark.parametrize("signer", [rsa_signer, curve_signer])
@pytest.mark.parametrize("in_header", [True, False])
def test_a_vcon_signed_by_a_trusted_certificate_lands(signer: Any, *, in_header: bool) -> None:
    assert outcome(signer().sign(in_header=in_header), trusting(signer())) == "landed"


def test_without_a_trusted_certificate_nothing_of_it_is_read() -> None:
    signed = rsa_signer().sign()
    assert outcome(signed, ParseOptions(now=NOW)) == "signature"
    assert outcome(signed, trusting(rsa_signer(1))) == "signature"


def test_one_changed_byte_of_the_payload_is_found() -> None:
    signed = rsa_signer().sign()
    other = rsa_signer().sign(PAYLOAD | {"subject": "x"})
    assert outcome(signed | {"payload": other["payload"]}, trusting(rsa_signer())) == "signature"


def test_a_trusted_certificate_beside_anothers_signature_is_refused() -> None:
    signed = rsa_signer(1).sign()
    signed["signatures"][0]["header"]["x5c"] = rsa_signer().x5c
    assert outcome(signed, trusting(rsa_signer())) == "signature"


def test_one_trusted_signature_among_several_is_enough() -> None:
    signed = rsa_signer(1).sign()
    signed["signatures"] += rsa_signer().sign()["signatures"]
    assert outcome(signed, trusting(rsa_signer())) == "landed"


@pytest.mark.parametrize(("after", "expected"), [(-1, "landed"), (0, "landed"), (1, "signature")])
def test_a_certificate_is_good_up_to_its_last_second(after: int, expected: str) -> None:
    now = rsa_signer().certificate.not_valid_after_utc + timedelta(seconds=after)
    assert outcome(rsa_signer().sign(), trusting(rsa_signer(), now=now)) == expected


def test_a_signature_without_algorithm_or_with_a_shared_secret_is_refused() -> None:
    signed = rsa_signer().sign()
    for head in ({"alg": "none"}, {"alg": "HS256"}, {"typ": "JWT"}):
        protected = base64.urlsafe_b64encode(json.dumps(head).encode()).decode().rstrip("=")
        forged = [{**signed["signatures"][0], "protected": protected, "signature": ""}]
        assert outcome(signed | {"signatures": forged}, trusting(rsa_signer())) == "signature"


def test_a_critical_header_that_nobody_knows_is_refused() -> None:
    signed = rsa_signer().sign(crit=["x-unheard-of"], **{"x-unheard-of": 1})
    assert outcome(signed, trusting(rsa_signer())) == "signature"


def test_a_key_that_signs_no_vcons_is_refused() -> None:
    signer = Signer(ed25519.Ed25519PrivateKey.generate(), "EdDSA")
    assert outcome(signer.sign(), trusting(signer)) == "signature"


@pytest.mark.parametrize("chain", [[], ["AAAA"], ["@@@"], ["é"]])
def test_a_certificate_that_is_none_is_refused(chain: list[str]) -> None:
    signed = rsa_signer().sign()
    signed["signatures"][0]["header"] = {"x5c": chain}
    assert outcome(signed, trusting(rsa_signer())) == "signature"


@pytest.mark.parametrize("payload", [[1], "text", None])
def test_what_is_signed_must_be_a_vcon(payload: Any) -> None:
    assert outcome(rsa_signer().sign(payload), trusting(rsa_signer())) == "json"


def test_an_envelope_within_the_envelope_is_not_opened() -> None:
    assert outcome(rsa_signer().sign(rsa_signer().sign()), trusting(rsa_signer())) == "signature"


def test_an_unknown_critical_extension_is_refused_in_a_signed_vcon_too() -> None:
    assert outcome(rsa_signer().sign(PAYLOAD | {"critical": ["x"]}), trusting(rsa_signer())) == "critical"


def test_a_source_names_its_certificates_by_fingerprint_however_they_are_written() -> None:
    fingerprint = rsa_signer().fingerprint
    written = ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)).upper()
    config = SourceConfig(settings={"vcon_certificates": f"{written}\n{'0' * 64}"})
    source = Source("src_1", "ws_1", "recorder", "hook", config, ())
    assert source.options(now=NOW).certificates == {fingerprint, "0" * 64}
    assert outcome(rsa_signer().sign(), source.options(now=NOW)) == "landed"


@pytest.mark.skipif(not IETF.exists(), reason="the shared samples are not here")
def test_the_drafts_own_signed_vcon_is_verified() -> None:
    content = (IETF / "ab_call_ext_rec_signed.vcon").read_bytes()
    chain = json.loads(content)["signatures"][0]["header"]["x5c"]
    certificate = x509.load_der_x509_certificate(base64.b64decode(chain[0]))
    options = ParseOptions(now=NOW, certificates=frozenset({certificate.fingerprint(hashes.SHA256()).hex()}))
    (row,) = read(Input(BytesIO(content)), options)
    assert isinstance(row, Row)
    assert row.caller.e164 == "+12345678901"
    changed = content.replace(b'"payload": "ey', b'"payload": "fy')
    assert changed != content
    (refused,) = read(Input(BytesIO(changed)), options)
    assert isinstance(refused, Rejection)
    assert refused.reason == "signature"
