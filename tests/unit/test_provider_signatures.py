"""Who may send a callback: the public vectors of the providers, and every way in which a check must refuse."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from conftest import SHARED
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.providers import connect
from ingest.providers.errors import CallbackRefused, CallbackUnreadable
from ingest.providers.payload import FORM, form_pairs
from ingest.providers.registry import NAMES, load_provider
from ingest.providers.request import CallbackRequest, Credentials
from ingest.providers.signatures import (
    both_ports,
    check_basic,
    check_plivo,
    check_telnyx,
    check_twilio,
    check_unsigned,
    check_vonage,
    plivo_signature,
    twilio_signature,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
PARAMS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
TWILIO = Credentials(secrets={"auth_token": "12345"})
JSON_BODY = b'{"property": "value", "boolean": true}'
TWICE = (
    b"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234",
    b"Digits=1234&Sid=CA123&Digits=5678&SidAccount=AC123",
)
FORM_BODY = b"CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309"


def request(body: bytes = b"", url: str = URL, method: str = "POST", **headers: str) -> CallbackRequest:
    sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return CallbackRequest(method, url, url.partition("?")[2], sent, body)


def refused(check: Any, sent: CallbackRequest, credentials: Credentials, now: datetime = NOW) -> None:
    with pytest.raises(CallbackRefused) as caught:
        check(sent, credentials, now)
    told = str(caught.value.message) + str(caught.value.fields)
    for secret in credentials.secrets.values():
        assert not secret or f"{secret}'" not in told


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace(".com", ".com:1234"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace(".com", ".com:1234").replace("https", "http"), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (URL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL.replace("https", "http"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
    ids=["as sent", "port taken off https", "port kept on http", "port added to https", "port added to http"],
)
def test_the_public_vectors_of_twilio_are_accepted(url: str, signature: str) -> None:
    check_twilio(request(FORM_BODY, url, content_type=FORM, x_twilio_signature=signature), TWILIO, NOW)


def test_twilios_vector_with_a_repeated_name_is_accepted_whatever_their_order() -> None:
    for body in (
        b"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234",
        b"Digits=1234&Sid=CA123&Digits=5678&SidAccount=AC123",
    ):
        sent = request(body, content_type=FORM, x_twilio_signature="IK+Dwps556ElfBT0I3Rgjkr1wJU=")
        check_twilio(sent, TWILIO, NOW)
    last_only = request(
        b"Sid=CA123&SidAccount=AC123&Digits=1234", content_type=FORM, x_twilio_signature="IK+Dwps556ElfBT0I3Rgjkr1wJU="
    )
    refused(check_twilio, last_only, TWILIO)


def test_twilios_vector_of_a_json_body_is_accepted_and_one_changed_byte_refused() -> None:
    url = f"{URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    sent = request(JSON_BODY, url, content_type="application/json", x_twilio_signature="a9nBmqA0ju/hNViExpshrM61xv4=")
    check_twilio(sent, TWILIO, NOW)
    for at in range(len(JSON_BODY)):
        changed = JSON_BODY[:at] + bytes([JSON_BODY[at] ^ 1]) + JSON_BODY[at + 1 :]
        refused(check_twilio, replace(sent, body=changed), TWILIO)


def test_a_json_body_without_its_hash_in_the_address_is_refused_though_the_address_is_signed() -> None:
    sent = request(JSON_BODY, content_type="application/json", x_twilio_signature=twilio_signature("12345", URL, []))
    refused(check_twilio, sent, TWILIO)
    refused(check_twilio, replace(sent, headers=[h for h in sent.headers if h[0] != "content-type"]), TWILIO)


@pytest.mark.skipif(not (SHARED / "samples/telephony/twilio").exists(), reason="the shared samples are not here")
def test_the_shared_vectors_of_twilio_are_accepted() -> None:
    shared = json.loads((SHARED / "samples/telephony/twilio/signature_vectors.json").read_text("utf-8"))
    assert len(shared["vectors"]) >= 3
    for vector in shared["vectors"]:
        made = [
            twilio_signature(shared["auth_token"], url, vector["params"].items()) for url in both_ports(vector["uri"])
        ]
        assert vector["signature"] in made, vector["name"]


@given(at=st.integers(0, len(FORM_BODY) - 1), bit=st.integers(0, 7))
def test_any_changed_bit_that_changes_what_a_form_says_is_refused(at: int, bit: int) -> None:
    changed = FORM_BODY[:at] + bytes([FORM_BODY[at] ^ (1 << bit)]) + FORM_BODY[at + 1 :]
    with contextlib.suppress(CallbackUnreadable):
        assume(form_pairs(changed) != form_pairs(FORM_BODY))  # %2b says the same as %2B
    sent = request(changed, content_type=FORM, x_twilio_signature="RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    with pytest.raises((CallbackRefused, CallbackUnreadable)):
        check_twilio(sent, TWILIO, NOW)


def test_twilio_is_refused_without_header_with_two_of_them_under_another_address_and_without_a_token() -> None:
    good = request(FORM_BODY, content_type=FORM, x_twilio_signature="RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    refused(check_twilio, replace(good, headers=[("content-type", FORM)]), TWILIO)
    refused(check_twilio, replace(good, headers=[*good.headers, good.headers[1]]), TWILIO)
    refused(check_twilio, replace(good, url=URL.replace("mycompany", "mycompany2")), TWILIO)
    refused(check_twilio, good, Credentials())
    refused(check_twilio, good, Credentials(secrets={"auth_token": ""}))
    refused(check_twilio, good, Credentials(secrets={"auth_token": "123456"}))


def plivo(sent: CallbackRequest, *signatures: str) -> CallbackRequest:
    headers = [
        ("x-plivo-signature-v3", ",".join(signatures)),
        ("x-plivo-signature-v3-nonce", "12345"),
        ("content-type", FORM),
    ]
    return replace(sent, headers=headers)


PLIVO = Credentials(secrets={"auth_token": "my_auth_token"})


def test_plivo_signs_address_query_fields_and_nonce_as_its_own_library_writes_them() -> None:
    def signed(text: str) -> str:
        return base64.b64encode(hmac.new(b"my_auth_token", text.encode(), hashlib.sha256).digest()).decode()

    base = "https://callward.example.com/v1/callbacks/plivo/hook"
    for method, query, body, text in [
        ("POST", "", b"To=%2B15550100&From=15550101", f"{base}?From15550101To+15550100.12345"),
        ("POST", "b=2&a=1", b"To=1&To=0", f"{base}?a=1&b=2.To0To1.12345"),
        ("POST", "a=1", b"", f"{base}?a=1.12345"),
        ("POST", "", b"", f"{base}.12345"),
        ("GET", "To=15550100&From=15550101", b"", f"{base}?From=15550101&To=15550100.12345"),
    ]:
        url = f"{base}?{query}" if query else base
        sent = request(body, url, method)
        check_plivo(plivo(sent, signed(text)), PLIVO, NOW)
        check_plivo(plivo(sent, "b2xkIHRva2Vu", signed(text)), PLIVO, NOW)
        refused(check_plivo, plivo(sent, signed(text)[:-2] + "A="), PLIVO)
        refused(check_plivo, plivo(sent, ""), PLIVO)
        refused(check_plivo, plivo(sent, signed(text)), Credentials())
        refused(
            check_plivo, replace(plivo(sent, signed(text)), headers=[("x-plivo-signature-v3", signed(text))]), PLIVO
        )


def test_plivo_refuses_a_body_that_its_signature_does_not_cover() -> None:
    url = "https://callward.example.com/hook"
    sent = plivo(request(b'{"CallUUID": "x"}', url), plivo_signature("my_auth_token", "POST", url, [], "12345"))
    headers = [(name, "application/json" if name == "content-type" else value) for name, value in sent.headers]
    refused(check_plivo, replace(sent, headers=headers), PLIVO)


VONAGE_SECRET = "fictional signature secret, long enough for HS512 too: 64 characters"
VONAGE = Credentials(secrets={"signature_secret": VONAGE_SECRET})


def vonage(
    body: bytes = JSON_BODY, secret: str = VONAGE_SECRET, algorithm: str = "HS256", **claims: Any
) -> CallbackRequest:
    signed = {"iat": int(NOW.timestamp()), "payload_hash": hashlib.sha256(body).hexdigest(), **claims}
    said = {name: value for name, value in signed.items() if value is not None}
    return request(body, authorization=f"Bearer {jwt.encode(said, secret, algorithm=algorithm)}")


def test_vonage_is_accepted_with_a_token_for_these_bytes_and_this_time() -> None:
    check_vonage(vonage(), VONAGE, NOW)
    check_vonage(vonage(payload_hash=hashlib.sha256(JSON_BODY).hexdigest().upper()), VONAGE, NOW)
    check_vonage(vonage(exp=int(NOW.timestamp()) + 1), VONAGE, NOW)
    bound = Credentials(settings={"application_id": "app-1"}, secrets=VONAGE.secrets)
    check_vonage(vonage(application_id="app-1"), bound, NOW)
    refused(check_vonage, vonage(application_id="app-2"), bound)
    refused(check_vonage, vonage(), bound)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_vonages_token_is_refused_when_it_was_signed_more_than_five_minutes_away(seconds: int) -> None:
    refused(check_vonage, vonage(), VONAGE, NOW + timedelta(seconds=seconds))
    check_vonage(vonage(), VONAGE, NOW + timedelta(seconds=seconds - (1 if seconds > 0 else -1)))


def test_vonage_is_refused_with_any_other_token() -> None:
    good = vonage()
    refused(check_vonage, replace(good, body=JSON_BODY + b" "), VONAGE)
    refused(check_vonage, vonage(payload_hash=None), VONAGE)
    refused(check_vonage, vonage(iat=None), VONAGE)
    refused(check_vonage, vonage(iat=str(int(NOW.timestamp()))), VONAGE)
    refused(check_vonage, vonage(exp=int(NOW.timestamp())), VONAGE)
    refused(check_vonage, vonage(secret=VONAGE_SECRET[::-1]), VONAGE)
    refused(check_vonage, vonage(algorithm="HS512"), VONAGE)
    refused(check_vonage, vonage(secret="", algorithm="none"), VONAGE)
    refused(check_vonage, good, Credentials())
    refused(check_vonage, request(JSON_BODY), VONAGE)
    refused(check_vonage, request(JSON_BODY, authorization="Basic eDp5"), VONAGE)
    refused(check_vonage, replace(good, headers=[*good.headers, *good.headers]), VONAGE)


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
TELNYX = Credentials(settings={"public_key": PUBLIC})


def telnyx(body: bytes = JSON_BODY, at: datetime = NOW, stamp: str | None = None) -> CallbackRequest:
    stamp = str(int(at.timestamp())) if stamp is None else stamp
    signature = base64.b64encode(KEY.sign(stamp.encode() + b"|" + body)).decode()
    return request(body, telnyx_timestamp=stamp, telnyx_signature_ed25519=signature)


def test_telnyx_is_accepted_within_five_minutes_on_either_side_and_refused_beyond() -> None:
    for seconds in (-300, 0, 300):
        check_telnyx(telnyx(at=NOW + timedelta(seconds=seconds)), TELNYX, NOW)
    for seconds in (-301, 301):
        refused(check_telnyx, telnyx(at=NOW + timedelta(seconds=seconds)), TELNYX)


def test_telnyx_is_refused_with_another_body_time_key_or_none() -> None:
    good = telnyx()
    refused(check_telnyx, replace(good, body=JSON_BODY.replace(b"true", b"True")), TELNYX)
    later = [(name, str(int(NOW.timestamp()) + 1) if "timestamp" in name else value) for name, value in good.headers]
    refused(check_telnyx, replace(good, headers=later), TELNYX)
    refused(check_telnyx, good, Credentials())
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    for key in (base64.b64encode(other).decode(), PUBLIC[:-4], "not base64!", base64.b64encode(b"short").decode()):
        refused(check_telnyx, good, Credentials(settings={"public_key": key}))
    for stamp in ("", "-1", "1e9", "٣", "9" * 40):
        refused(check_telnyx, telnyx(stamp=stamp), TELNYX)
    refused(check_telnyx, replace(good, headers=good.headers[:1]), TELNYX)
    refused(check_telnyx, replace(good, headers=good.headers[1:]), TELNYX)


BASIC = Credentials(secrets={"username": "provider", "password": "pass:word"})


def basic(pair: str) -> CallbackRequest:
    return request(authorization="Basic " + base64.b64encode(pair.encode()).decode())


def test_basic_takes_the_configured_pair_and_no_other() -> None:
    check_basic(basic("provider:pass:word"), BASIC, NOW)
    for pair in ("provider:pass", "provider:", ":pass:word", "Provider:pass:word", "provider:pass:word ", ""):
        refused(check_basic, basic(pair), BASIC)
    refused(check_basic, request(authorization="Basic %%%"), BASIC)
    refused(check_basic, request(authorization="Basic /w=="), BASIC)
    refused(check_basic, request(), BASIC)
    refused(check_basic, basic("provider:"), Credentials(secrets={"username": "provider"}))
    refused(check_basic, basic(":"), Credentials(secrets={"username": "", "password": ""}))


def test_an_unsigned_provider_needs_a_password_a_shared_secret_or_the_word_that_its_address_is_the_secret() -> None:
    refused(check_unsigned, request(), Credentials())
    refused(check_unsigned, request(), Credentials(settings={"vouched_by": "nothing"}))
    check_unsigned(request(), Credentials(settings={"vouched_by": "address"}), NOW)
    shared = Credentials(
        settings={"secret_header": "x-token", "vouched_by": "address"}, secrets={"shared_secret": "s3"}
    )
    check_unsigned(request(x_token="s3"), shared, NOW)
    refused(check_unsigned, request(x_token="s4"), shared)
    refused(check_unsigned, request(), shared)
    both = Credentials(settings={"vouched_by": "address"}, secrets={**BASIC.secrets, "shared_secret": "s3"})
    refused(check_unsigned, request(x_callward_secret="s3"), both)
    check_unsigned(basic("provider:pass:word"), both, NOW)


def test_amazon_connect_takes_the_secret_in_firehoses_header_or_ours() -> None:
    secret = Credentials(secrets={"shared_secret": "s3"})
    connect.check(request(x_amz_firehose_access_key="s3"), secret, NOW)
    connect.check(request(x_callward_secret="s3"), secret, NOW)
    refused(connect.check, request(x_amz_firehose_access_key="no", x_callward_secret="s3"), secret)
    refused(connect.check, request(), secret)
    refused(connect.check, request(x_callward_secret=""), Credentials())


@pytest.mark.parametrize("name", NAMES)
def test_a_source_without_any_secret_refuses_every_provider(name: str) -> None:
    """A public adapter answered "accept" when its validator was not configured (formats.md A4)."""
    everything = {"authorization": "Basic Og==", "x_twilio_signature": "", "x_callward_secret": ""}
    for headers in ({}, everything):
        refused(load_provider(name).check, request(FORM_BODY, **headers), Credentials())
