"""One bucket of an S3 store: clients, errors told as ours, and what every use of it needs.

boto3 is synchronous; every call runs in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from domain.errors import Conflict, NotFound, Unavailable
from storage.sealing import CannotOpen

PART_BYTES: Final = 8 * 1024 * 1024
"""Size of a part that we write; S3 takes no smaller part than 5 MiB but the last."""
_READ_BYTES: Final = 1024 * 1024
_ABSENT: Final = frozenset({"NoSuchKey", "404", "NotFound", "NoSuchUpload"})
_BEYOND_END: Final = frozenset({"InvalidRange", "416"})
_CHANGED: Final = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict"})


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part that the store holds already."""

    number: int
    etag: str
    size: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing shows it; `modified_at` is the store's clock."""

    key: str
    size: int
    modified_at: datetime
    etag: str = ""
    """Which content it was, as far as the store tells: another content has another one."""


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """A multipart upload that was neither joined nor dropped."""

    key: str
    upload_id: str
    started_at: datetime


class Bucket:
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
    ) -> Self:
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

    async def call(self, method: str, **arguments: Any) -> Any:
        """Call a method of the S3 client on this bucket.

        Raises:
            NotFound: no such object.
            Conflict: a condition such as `IfMatch` does not hold.
            Unavailable: the store does not answer, or refuses.
        """
        try:
            return await asyncio.to_thread(getattr(self._client, method), Bucket=self._bucket, **arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _ABSENT:
                raise NotFound("no such object") from None
            if code in _CHANGED:
                raise Conflict("the object is another one by now") from None
            if code in _BEYOND_END:
                raise CannotOpen("a sealed object is shorter than it was written") from None
            raise Unavailable("the object store refused", operation=method, code=code) from None
        except BotoCoreError as error:
            raise Unavailable("the object store does not answer", operation=method, code=type(error).__name__) from None

    async def create_bucket_if_missing(self) -> None:
        """Create the bucket on the embedded stack; on AWS it exists and this asks only."""
        try:
            await self.call("head_bucket")
        except NotFound:
            await self.call("create_bucket")

    async def ping(self) -> None:
        """Ask the store whether it is there."""
        await self.call("head_bucket")

    async def finish_multipart(self, key: str, *, upload: str, parts: list[UploadedPart]) -> None:
        """Join the parts into the object."""
        listed = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        await self.call("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload={"Parts": listed})

    async def abort_multipart(self, key: str, *, upload: str) -> None:
        """Drop an unfinished upload; nothing happens when there is none."""
        try:
            await self.call("abort_multipart_upload", Key=key, UploadId=upload)
        except NotFound:
            return

    async def list_keys(self, prefix: str) -> list[str]:
        """Return all keys under a prefix."""
        keys: list[str] = []
        token: dict[str, str] = {}
        while True:
            answer = await self.call("list_objects_v2", Prefix=prefix, **token)
            keys.extend(str(entry["Key"]) for entry in answer.get("Contents", []))
            if not answer.get("IsTruncated"):
                return keys
            token = {"ContinuationToken": str(answer["NextContinuationToken"])}

    async def list_page(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[Listed]:
        """Return up to `limit` objects under a prefix whose keys come after this one, in the order of their keys."""
        answer = await self.call("list_objects_v2", Prefix=prefix, StartAfter=after, MaxKeys=limit)
        return [
            Listed(str(entry["Key"]), int(entry["Size"]), entry["LastModified"], str(entry["ETag"]))
            for entry in answer.get("Contents", [])
        ]

    async def open_uploads(self, prefix: str, *, limit: int = 1000) -> list[OpenUpload]:
        """Return some multipart uploads under a prefix that are still open, in no order.

        SeaweedFS does not page through them (4.48: a marker gives nothing); dropping some shows the rest.
        """
        answer = await self.call("list_multipart_uploads", Prefix=prefix, MaxUploads=limit)
        return [
            OpenUpload(str(entry["Key"]), str(entry["UploadId"]), entry["Initiated"])
            for entry in answer.get("Uploads", [])
        ]

    async def exists(self, key: str) -> bool:
        """Say whether there is an object at this key."""
        try:
            await self.call("head_object", Key=key)
        except NotFound:
            return False
        return True


async def stream(body: Any) -> AsyncGenerator[bytes, None]:
    """Yield the pieces of an S3 answer's body. Raises Unavailable when it stops in the middle."""
    try:
        while piece := await asyncio.to_thread(body.read, _READ_BYTES):
            yield piece
    except (BotoCoreError, OSError) as error:
        raise Unavailable("the object store stopped in the middle", code=type(error).__name__) from None
    finally:
        body.close()
