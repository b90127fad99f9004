"""Uploads of clients: links to the store, under a customer key (SSE-C) from the first byte."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from domain.errors import NotFound, UploadMissing
from storage.s3 import Bucket, UploadedPart, stream


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A link that a client may PUT to until it expires, with the headers that it must send."""

    url: str
    headers: dict[str, str]


class Uploads(Bucket):
    """The part of the bucket that clients write to, at `u/{call}/{upload}`."""

    async def presign_put(self, key: str, *, size: int, customer_key: bytes, expires_s: int) -> SignedRequest:
        """Return a link for one PUT of exactly `size` bytes, encrypted at rest under `customer_key`."""
        return await self._presign("put_object", {"Key": key, "ContentLength": size}, customer_key, expires_s)

    async def start_multipart(self, key: str, *, customer_key: bytes) -> str:
        """Open a multipart upload and return its id."""
        answer = await self.call("create_multipart_upload", Key=key, **_customer(customer_key))
        return str(answer["UploadId"])

    async def presign_part(
        self, key: str, *, upload: str, number: int, customer_key: bytes, expires_s: int
    ) -> SignedRequest:
        """Return a link for one part (numbers from 1)."""
        arguments = {"Key": key, "UploadId": upload, "PartNumber": number}
        return await self._presign("upload_part", arguments, customer_key, expires_s)

    async def _presign(
        self, method: str, arguments: dict[str, Any], customer_key: bytes, expires_s: int
    ) -> SignedRequest:
        url = await asyncio.to_thread(
            self._public.generate_presigned_url,
            method,
            Params={"Bucket": self._bucket, **arguments, **_customer(customer_key)},
            ExpiresIn=expires_s,
        )
        return SignedRequest(url=str(url), headers=_customer_headers(customer_key))

    async def list_parts(self, key: str, *, upload: str) -> list[UploadedPart]:
        """Return the parts that have arrived, in order. Raises NotFound when the upload is over or unknown."""
        parts: list[UploadedPart] = []
        marker = 0
        while True:
            answer = await self.call("list_parts", Key=key, UploadId=upload, PartNumberMarker=marker)
            parts.extend(
                UploadedPart(int(part["PartNumber"]), str(part["ETag"]), int(part["Size"]))
                for part in answer.get("Parts", [])
            )
            if not answer.get("IsTruncated"):
                return parts
            marker = int(answer["NextPartNumberMarker"])

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


def _customer(key: bytes) -> dict[str, str]:
    """boto3's arguments for SSE-C; it adds the key's MD5 itself."""
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}  # type: ignore[dict-item] # bytes, as boto3 takes them


def _customer_headers(key: bytes) -> dict[str, str]:
    prefix = "x-amz-server-side-encryption-customer-"
    return {
        f"{prefix}algorithm": "AES256",
        f"{prefix}key": base64.b64encode(key).decode("ascii"),
        f"{prefix}key-MD5": base64.b64encode(hashlib.md5(key, usedforsecurity=False).digest()).decode("ascii"),
    }
