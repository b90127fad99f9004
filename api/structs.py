"""Bodies that are read by msgspec, where speed counts: refused like all others, and shown on the API's pages.

The schemas are made from the very types that read, so that the pages say what is taken.
"""

from __future__ import annotations

import re
import zlib
from typing import Any, Final, TypeVar

import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError

from api.middleware import MAX_BODY_BYTES
from domain.errors import Invalid, TooLarge

Taken = TypeVar("Taken")
_FIELD_ERROR: Final = re.compile(
    r"Object (?P<what>contains unknown|missing required) field `(?P<name>.*?)`(?: - at `\$(?P<path>[^`]*)`)?", re.DOTALL
)
_AT: Final = re.compile(r"(?P<told>.*?)(?: - at `\$(?P<path>[^`]*)`)?", re.DOTALL)
_STEP: Final = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+)\]", re.ASCII)
_OFFSET: Final = re.compile(r"\(byte (?P<offset>\d+)\)")
_REF: Final = "#/$defs/{name}"
_GZIP: Final = 31
"""zlib's number for gzip with its header."""


async def body_as(decoder: msgspec.json.Decoder[Taken], request: Request) -> Taken:
    """Return the JSON body, unpacked when it is gzip.

    Raises:
        RequestValidationError: it is no JSON, or has a field that cannot be accepted; the problem names it.
        Invalid: another encoding than gzip, or gzip that is cut or damaged.
        TooLarge: more than 1 MiB when unpacked.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise _refusal("model_attributes_type", (), "")
    body = _unpacked(await request.body(), request.headers.get("content-encoding", "").strip().lower())
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _field_refusal(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        offset = _OFFSET.search(str(error))
        raise _refusal("json_invalid", (int(offset["offset"]) if offset else len(body),), "") from None


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise Invalid("send the body as it is, or packed with gzip", field="Content-Encoding")
    unpacking = zlib.decompressobj(wbits=_GZIP)
    try:
        plain = unpacking.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise Invalid("the body is not gzip", field="Content-Encoding") from None
    if len(plain) > MAX_BODY_BYTES:
        raise TooLarge("the body is larger than allowed when it is unpacked", limit_bytes=MAX_BODY_BYTES)
    if not unpacking.eof or unpacking.unused_data:
        raise Invalid("the gzip is cut, or something follows it", field="Content-Encoding")
    return plain


def _field_refusal(message: str) -> RequestValidationError:
    """Return our refusal for what msgspec says. Of what was sent its words repeat nothing but an unknown name."""
    named = _FIELD_ERROR.fullmatch(message)
    if named is not None:
        kind = "extra_forbidden" if named["what"] == "contains unknown" else "missing"
        return _refusal(kind, (*_steps(named["path"]), named["name"]), "this field is required")
    at = _AT.fullmatch(message)
    return _refusal("wrong", _steps(at["path"] if at else None), at["told"] if at else "not accepted")


def _steps(path: str | None) -> tuple[str | int, ...]:
    return tuple(step["name"] or int(step["index"]) for step in _STEP.finditer(path or ""))


def _refusal(kind: str, place: tuple[str | int, ...], message: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", *place), "msg": message}])


def request_schema(kind: type[msgspec.Struct], example: Any) -> dict[str, Any]:
    """Return the `requestBody` of a route that reads its JSON with `body_as`."""
    return {"required": True, "content": {"application/json": {"schema": schema_of(kind), "example": example}}}


def schema_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON schema of a struct, with the structs inside it written out in their places."""
    (shown,), parts = msgspec.json.schema_components([kind], ref_template=_REF)
    found: dict[str, Any] = _written_out(shown, parts)
    return found


def _written_out(schema: Any, parts: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_written_out(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _written_out(parts[schema["$ref"].removeprefix(_REF.format(name=""))], parts)
    return {name: _written_out(one, parts) for name, one in schema.items()}
