"""The checks by which providers vouch for what they send. Each raises CallbackRefused and returns nothing.

Sources: formats.md A4; twilio-python `request_validator` and its test vectors; plivo-python `signature_v3`; Vonage
"Decoding signed webhooks"; Telnyx "Webhook signing". Comparisons take the same time whatever the difference.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ingest.providers.errors import CallbackRefused
from ingest.providers.payload import FORM, form_pairs
from ingest.providers.request import CallbackRequest, Credentials

TOLERANCE_S: Final = 300
"""How old, or how far ahead, a signed time may be: five minutes (Telnyx's own figure)."""
_ADDRESS: Final = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>\d+))?(?P<rest>[/?#].*)?")
_PORTS: Final = {"https": 443, "http": 80}
_WRONG: Final = "the signature does not fit what was sent"


def same(given: str, expected: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def _refuse_unless(valid: bool, message: str = _WRONG) -> None:
    if not valid:
        raise CallbackRefused(message)


def _given(request: CallbackRequest, name: str) -> str:
    found = request.header(name)
    _refuse_unless(bool(found), "a header that vouches for the callback is missing")
    return found


def _recent(seconds: float, now: datetime) -> None:
    _refuse_unless(abs(now.timestamp() - seconds) <= TOLERANCE_S, "the signed time is more than five minutes away")


def twilio_signature(token: str, url: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return `X-Twilio-Signature`: HMAC-SHA1 over the address, each name and its sorted, unique values."""
    values: dict[str, set[str]] = {}
    for name, value in pairs:
        values.setdefault(name, set()).add(value)
    signed = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def check_twilio(request: CallbackRequest, credentials: Credentials, now: datetime) -> None:
    """Check `X-Twilio-Signature`, over the address with and without its port; a JSON body by `bodySHA256`."""
    del now  # Twilio signs no time
    token, given = credentials.secret("auth_token"), _given(request, "x-twilio-signature")
    pairs: list[tuple[str, str]] = []
    if request.media_type == FORM:
        pairs = form_pairs(request.body)
    elif request.body:
        announced = dict(form_pairs(request.query)).get("bodySHA256", "")
        _refuse_unless(same(announced.lower(), hashlib.sha256(request.body).hexdigest()))
    matches = [same(given, twilio_signature(token, url, pairs)) for url in both_ports(request.url)]
    _refuse_unless(any(matches))


def both_ports(url: str) -> tuple[str, str]:
    """Return an address without its port, and with it (the scheme's own when it has none)."""
    match = _ADDRESS.fullmatch(url)
    if match is None:
        return (url, url)
    scheme, host, rest = match["scheme"], match["host"], match["rest"] or ""
    return f"{scheme}://{host}{rest}", f"{scheme}://{host}:{match['port'] or _PORTS[scheme]}{rest}"


def plivo_signature(token: str, method: str, url: str, pairs: Iterable[tuple[str, str]], nonce: str) -> str:
    """Return `X-Plivo-Signature-V3`: HMAC-SHA256 over address, sorted query, sorted fields and nonce."""
    base, _, query = url.partition("?")
    asked = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(query, keep_blank_values=True)))
    fields = "".join(name + value for name, value in sorted(pairs)) if method == "POST" else ""
    signed = base
    if asked or fields:
        signed += f"?{asked}"
    if asked and fields:
        signed += "."
    signed += f"{fields}.{nonce}"
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha256).digest()).decode()


def check_plivo(request: CallbackRequest, credentials: Credentials, now: datetime) -> None:
    """Check `X-Plivo-Signature-V3`, which may list one signature per valid token."""
    del now  # Plivo signs no time
    token, given = credentials.secret("auth_token"), _given(request, "x-plivo-signature-v3")
    nonce = _given(request, "x-plivo-signature-v3-nonce")
    _refuse_unless(not request.body or request.media_type == FORM, "Plivo signs forms only")
    pairs = form_pairs(request.body)
    expected = plivo_signature(token, request.method, request.url, pairs, nonce)
    matches = [same(one.strip(), expected) for one in given.split(",")]
    _refuse_unless(any(matches))


def check_vonage(request: CallbackRequest, credentials: Credentials, now: datetime) -> None:
    """Check the token that Vonage signs: HS256, not old, for these very bytes, and for the configured application."""
    secret = credentials.secret("signature_secret")
    scheme, _, token = _given(request, "authorization").partition(" ")
    _refuse_unless(scheme.lower() == "bearer", "Vonage sends its token as Authorization: Bearer")
    claims = _claims(token.strip(), secret)
    _recent(_instant(claims["iat"]), now)
    _refuse_unless("exp" not in claims or _instant(claims["exp"]) > now.timestamp(), "the token has expired")
    _refuse_unless(same(str(claims["payload_hash"]).lower(), hashlib.sha256(request.body).hexdigest()))
    application = credentials.settings.get("application_id")
    _refuse_unless(not application or same(str(claims.get("application_id", "")), application))


def _claims(token: str, secret: str) -> dict[str, Any]:
    # The clock is passed in, so times are checked by us.
    options: Any = {"require": ["iat", "payload_hash"]} | dict.fromkeys(
        ("verify_exp", "verify_iat", "verify_nbf"), False
    )
    try:
        return jwt.decode(token, secret, algorithms=["HS256"], options=options)
    except jwt.PyJWTError:
        raise CallbackRefused(_WRONG) from None


def _instant(value: Any) -> float:
    _refuse_unless(isinstance(value, int | float) and not isinstance(value, bool), "the token's time is no number")
    return float(value)


def check_telnyx(request: CallbackRequest, credentials: Credentials, now: datetime) -> None:
    """Check the Ed25519 signature over `timestamp|body`; the timestamp must be near."""
    key = credentials.settings.get("public_key") or credentials.secret("public_key")
    stamp = _given(request, "telnyx-timestamp")
    given = _given(request, "telnyx-signature-ed25519")
    _refuse_unless(stamp.isascii() and stamp.isdigit() and len(stamp) <= len("10000000000"), "the time is no number")
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(given, validate=True), stamp.encode() + b"|" + request.body)
    except (InvalidSignature, ValueError, binascii.Error):
        raise CallbackRefused(_WRONG) from None
    _recent(float(stamp), now)


def check_basic(request: CallbackRequest, credentials: Credentials, now: datetime) -> None:
    """Check HTTP Basic with the user name and password that the administrator gave the provider."""
    del now  # a password has no time
    expected = f"{credentials.secret('username')}:{credentials.secret('password')}"
    scheme, _, encoded = _given(request, "authorization").partition(" ")
    _refuse_unless(scheme.lower() == "basic", "HTTP Basic is asked for")
    try:
        given = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except ValueError:
        raise CallbackRefused("the Authorization header cannot be read") from None
    _refuse_unless(same(given, expected), "user name or password are wrong")


def check_shared(request: CallbackRequest, credentials: Credentials, names: Sequence[str]) -> None:
    """Check a secret that the provider repeats in one of these headers."""
    expected = credentials.secret("shared_secret")
    given = next((found for found in map(request.header, names) if found), "")
    _refuse_unless(bool(given), "a header that vouches for the callback is missing")
    _refuse_unless(same(given, expected), "the shared secret is wrong")


DEFAULT_HEADER: Final = "x-callward-secret"
BY_ADDRESS: Final = "address"


def check_unsigned(request: CallbackRequest, credentials: Credentials, now: datetime) -> None:
    """Check a provider that signs nothing: by password, by a shared header, or by its secret address alone.

    The last must be said (`settings.vouched_by = "address"`): a source that says nothing is refused.
    """
    if "password" in credentials.secrets:
        check_basic(request, credentials, now)
        return
    if "shared_secret" in credentials.secrets:
        check_shared(request, credentials, [credentials.settings.get("secret_header", DEFAULT_HEADER)])
        return
    _refuse_unless(
        credentials.settings.get("vouched_by") == BY_ADDRESS,
        "the source says not what vouches for its callbacks: a password, a shared secret, or the address",
    )
