"""The object store: uploads come in under a customer key (SSE-C), what we keep is sealed before it leaves the process.

Keys are opaque: `u/{call}/{upload}` while it comes in, `c/{call}/{object}` afterwards. boto3 is synchronous; every call
runs in a thread.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from domain.errors import NotFound, TooLarge, Unavailable, UploadMissing
from storage.sealing import CHUNK_BYTES, SEALED_CHUNK_BYTES, CannotOpen, ObjectSealer, SealingWriter, sealed_size

PART_BYTES: Final = 8 * 1024 * 1024
"""Size of a part that we write; S3 takes no smaller part than 5 MiB but the last."""
_READ_BYTES: Final = 1024 * 1024
_ABSENT: Final = frozenset({"NoSuchKey", "404", "NotFound", "NoSuchUpload"})
_BEYOND_END: Final = frozenset({"InvalidRange", "416"})


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A link that a client may PUT to until it expires, with the headers that it must send."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part that the store holds already."""

    number: int
    etag: str
    size: int


class ObjectStore:
    """One bucket."""

    def __init__(self, client: Any, bucket: str, *, public_client: Any = None) -> None:
        self._client = client
        self._public = public_client or client
        self._bucket = bucket

    @classmethod
    def connect(
        cls,
        *,
        bucket: str,
        region: str,
        endpoint: str | None,
        public_endpoint: str | None,
        access_key: str | None,
        secret_key: str | None,
    ) -> ObjectStore:
        """Build clients; nothing is sent yet. Plain HTTP is for loopback: production endpoints are https."""

        def client(url: str | None) -> Any:
            return boto3.client(
                "s3",
                endpoint_url=url,
                region_name=region,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret_key,
                config=Config(
                    signature_version="s3v4",
                    s3={"addressing_style": "path" if url else "auto"},
                    retries={"mode": "standard", "max_attempts": 4},
                    connect_timeout=5,
                    read_timeout=60,
                    max_pool_connections=32,
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )

        inner = client(endpoint)
        return cls(inner, bucket, public_client=client(public_endpoint) if public_endpoint else inner)

    def close(self) -> None:
        """Close the clients' connections."""
        self._client.close()
        self._public.close()

    async def _call(self, method: str, **arguments: Any) -> Any:
        try:
            return await asyncio.to_thread(getattr(self._client, method), Bucket=self._bucket, **arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _ABSENT:
                raise NotFound("no such object") from None
            if code in _BEYOND_END:
                raise CannotOpen("a sealed object is shorter than it was written") from None
            raise Unavailable("the object store refused", operation=method, code=code) from None
        except BotoCoreError as error:
            raise Unavailable("the object store does not answer", operation=method, code=type(error).__name__) from None

    async def create_bucket_if_missing(self) -> None:
        """Create the bucket on the embedded stack; on AWS it exists and this asks only."""
        try:
            await self._call("head_bucket")
        except NotFound:
            await self._call("create_bucket")

    async def ping(self) -> None:
        """Ask the store whether it is there."""
        await self._call("head_bucket")

    # --- uploads of clients -------------------------------------------------------------------------------------

    async def presign_put(self, key: str, *, size: int, customer_key: bytes, expires_s: int) -> SignedRequest:
        """Return a link for one PUT of exactly `size` bytes, encrypted at rest under `customer_key`."""
        return await self._presign("put_object", {"Key": key, "ContentLength": size}, customer_key, expires_s)

    async def start_multipart(self, key: str, *, customer_key: bytes) -> str:
        """Open a multipart upload and return its id."""
        answer = await self._call("create_multipart_upload", Key=key, **_customer(customer_key))
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
            answer = await self._call("list_parts", Key=key, UploadId=upload, PartNumberMarker=marker)
            parts.extend(
                UploadedPart(int(part["PartNumber"]), str(part["ETag"]), int(part["Size"]))
                for part in answer.get("Parts", [])
            )
            if not answer.get("IsTruncated"):
                return parts
            marker = int(answer["NextPartNumberMarker"])

    async def finish_multipart(self, key: str, *, upload: str, parts: list[UploadedPart]) -> None:
        """Join the parts into the object."""
        listed = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        await self._call("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload={"Parts": listed})

    async def abort_multipart(self, key: str, *, upload: str) -> None:
        """Drop an unfinished upload; nothing happens when there is none."""
        try:
            await self._call("abort_multipart_upload", Key=key, UploadId=upload)
        except NotFound:
            return

    async def uploaded_size(self, key: str, *, customer_key: bytes) -> int | None:
        """Return the size of what a client uploaded, None while nothing is there."""
        try:
            answer = await self._call("head_object", Key=key, **_customer(customer_key))
        except NotFound:
            return None
        return int(answer["ContentLength"])

    async def read_uploaded(self, key: str, *, customer_key: bytes) -> AsyncIterator[bytes]:
        """Yield what a client uploaded. Raises UploadMissing when nothing is there."""
        try:
            answer = await self._call("get_object", Key=key, **_customer(customer_key))
        except NotFound:
            raise UploadMissing("nothing has been uploaded yet") from None
        async for piece in _stream(answer["Body"]):
            yield piece

    # --- what we keep -------------------------------------------------------------------------------------------

    async def put_sealed(
        self, key: str, pieces: AsyncIterable[bytes], sealer: ObjectSealer, *, limit: int | None = None
    ) -> int:
        """Seal and store what the iterator yields; return the plain size. Memory: one part.

        Raises:
            TooLarge: when more than `limit` bytes come; nothing is kept then.
        """
        writer = SealingWriter(sealer)
        ready = bytearray()
        upload: str | None = None
        parts: list[UploadedPart] = []
        try:
            async for piece in pieces:
                ready += writer.feed(piece)
                if limit is not None and writer.plain_size > limit:
                    raise TooLarge("the recording is larger than allowed", limit_bytes=limit)
                while len(ready) >= PART_BYTES:
                    upload = upload or str((await self._call("create_multipart_upload", Key=key))["UploadId"])
                    parts.append(await self._put_part(key, upload, len(parts) + 1, bytes(ready[:PART_BYTES])))
                    del ready[:PART_BYTES]
            ready += writer.finish()
            if upload is None:
                await self._call("put_object", Key=key, Body=bytes(ready))
            else:
                parts.append(await self._put_part(key, upload, len(parts) + 1, bytes(ready)))
                await self.finish_multipart(key, upload=upload, parts=parts)
        except BaseException:
            if upload is not None:
                await asyncio.shield(self.abort_multipart(key, upload=upload))
            raise
        return writer.plain_size

    async def _put_part(self, key: str, upload: str, number: int, body: bytes) -> UploadedPart:
        answer = await self._call("upload_part", Key=key, UploadId=upload, PartNumber=number, Body=body)
        return UploadedPart(number, str(answer["ETag"]), len(body))

    async def read_sealed(
        self, key: str, sealer: ObjectSealer, *, plain_size: int, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Yield the plain bytes [start, end) of a sealed object; only the chunks that hold them are fetched.

        Raises:
            NotFound: no such object.
            CannotOpen: it was changed or cut.
        """
        stop = plain_size if end is None else min(end, plain_size)
        if start >= stop and plain_size:
            return
        last_chunk = max(0, -(-plain_size // CHUNK_BYTES) - 1)
        number = start // CHUNK_BYTES
        final = min(last_chunk, max(0, stop - 1) // CHUNK_BYTES)
        first_byte = number * SEALED_CHUNK_BYTES
        last_byte = min(sealed_size(plain_size), (final + 1) * SEALED_CHUNK_BYTES) - 1
        answer = await self._call("get_object", Key=key, Range=f"bytes={first_byte}-{last_byte}")
        pending = bytearray()
        async for piece in _stream(answer["Body"]):
            pending += piece
            while len(pending) >= SEALED_CHUNK_BYTES or (number == final and first_byte + len(pending) > last_byte):
                size = min(SEALED_CHUNK_BYTES, len(pending))
                plain = sealer.open_chunk(number, bytes(pending[:size]), last=number == last_chunk)
                del pending[:size]
                first_byte += size
                offset = number * CHUNK_BYTES
                number += 1
                wanted = plain[max(0, start - offset) : max(0, stop - offset)]
                if wanted:
                    yield wanted
                if number > final:
                    return
        raise CannotOpen("a sealed object is shorter than it was written")

    async def delete(self, key: str) -> None:
        """Delete an object; nothing happens when there is none."""
        try:
            await self._call("delete_object", Key=key)
        except NotFound:
            return

    async def list_keys(self, prefix: str) -> list[str]:
        """Return all keys under a prefix."""
        keys: list[str] = []
        token: dict[str, str] = {}
        while True:
            answer = await self._call("list_objects_v2", Prefix=prefix, **token)
            keys.extend(str(entry["Key"]) for entry in answer.get("Contents", []))
            if not answer.get("IsTruncated"):
                return keys
            token = {"ContinuationToken": str(answer["NextContinuationToken"])}

    async def delete_prefix(self, prefix: str) -> int:
        """Delete every object under a prefix; return how many went."""
        keys = await self.list_keys(prefix)
        for key in keys:
            await self.delete(key)
        return len(keys)


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


async def _stream(body: Any) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(body.read, _READ_BYTES):
            yield piece
    except (BotoCoreError, OSError) as error:
        raise Unavailable("the object store stopped in the middle", code=type(error).__name__) from None
    finally:
        body.close()
