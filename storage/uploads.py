"""Uploads of clients: links to the store, under a customer key (SSE-C) from the first byte.

A recording comes as one object, or as parts that are an object each, numbered from 1 under the upload's key. Parts of
S3's own multipart uploads are not used for it: they cannot be read before they are joined, so that a damaged one would
be found when it can no longer be replaced (docs/recordings.md tells what else was found).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from domain.errors import NotFound, UploadMissing
from storage.s3 import Bucket, stream

_PART: Final = re.compile(r"\d{5}")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A link that a client may PUT to until it expires, with the headers that it must send."""

    url: str
    headers: dict[str, str]


class Uploads(Bucket):
    """The part of the bucket that clients write to: `u/{call}/{upload}`, or in parts `u/{call}/{upload}/{number}`."""

    async def presign_put(
        self, key: str, *, size: int, customer_key: bytes, expires_s: int, sha256: str | None = None
    ) -> SignedRequest:
        """Return a link for one PUT of exactly `size` bytes, encrypted at rest under `customer_key`.

        With `sha256` (in hex) the store itself refuses other bytes with 400 `BadDigest` and keeps what it had.
        """
        checksum = {} if sha256 is None else {"ChecksumSHA256": _base64(bytes.fromhex(sha256))}
        arguments = {"Bucket": self._bucket, "Key": key, "ContentLength": size, **checksum, **_customer(customer_key)}
        url = await asyncio.to_thread(
            self._public.generate_presigned_url, "put_object", Params=arguments, ExpiresIn=expires_s
        )
        headers = _customer_headers(customer_key)
        if sha256 is not None:
            headers["x-amz-checksum-sha256"] = checksum["ChecksumSHA256"]
        return SignedRequest(url=str(url), headers=headers)

    async def uploaded_parts(self, key: str) -> dict[int, int]:
        """Return the parts of an upload that have arrived: number → size in bytes."""
        place, parts, after = f"{key}/", {}, ""
        while page := await self.list_page(place, after=after):
            for listed in page:
                name = listed.key.removeprefix(place)
                if _PART.fullmatch(name):
                    parts[int(name)] = listed.size
            after = page[-1].key
        return parts

    async def uploaded_size(self, key: str, *, customer_key: bytes) -> int | None:
        """Return the size of what a client uploaded, None while nothing is there."""
        try:
            answer = await self.call("head_object", Key=key, **_customer(customer_key))
        except NotFound:
            return None
        return int(answer["ContentLength"])

    async def read_uploaded(self, key: str, *, customer_key: bytes) -> AsyncIterator[bytes]:
        """Yield what a client uploaded. Raises UploadMissing when nothing is there."""
        try:
            answer = await self.call("get_object", Key=key, **_customer(customer_key))
        except NotFound:
            raise UploadMissing("nothing has been uploaded yet") from None
        async for piece in stream(answer["Body"]):
            yield piece


def part_key(key: str, number: int) -> str:
    """Return where a part of an upload lies."""
    return f"{key}/{number:05}"


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _customer(key: bytes) -> dict[str, Any]:
    """boto3's arguments for SSE-C; it adds the key's MD5 itself."""
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}


def _customer_headers(key: bytes) -> dict[str, str]:
    prefix = "x-amz-server-side-encryption-customer-"
    return {
        f"{prefix}algorithm": "AES256",
        f"{prefix}key": _base64(key),
        f"{prefix}key-MD5": _base64(hashlib.md5(key, usedforsecurity=False).digest()),
    }
