"""Deleting for good: every version of an object, the markers that hide versions, and uploads that nobody finished.

What must never happen here: something called deleted that can still be read. In a bucket that keeps versions, deleting
an object hides it and nothing else; so versions are listed and deleted one by one, and what the store refuses to delete
is an error.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Final

from domain.errors import NotFound, Unavailable
from storage.s3 import Bucket

_AT_ONCE: Final = 1000
"""As many as one request of S3 lists, or deletes."""


class Erasing(Bucket):
    """The part of the bucket's use that takes things away."""

    async def delete(self, key: str) -> None:
        """Delete an object with all its versions; nothing happens when there is none."""
        try:
            answer = await self.call("delete_object", Key=key)
        except NotFound:
            return
        if "VersionId" in answer or answer.get("DeleteMarker"):  # it was hidden, and is there
            await self._delete_versions(key, only=key)

    async def delete_prefix(self, prefix: str) -> int:
        """Delete every version of every object under a prefix; return how many went.

        Raises:
            Unavailable: the store refused to delete some.
        """
        return await self._delete_versions(prefix)

    async def _delete_versions(self, prefix: str, *, only: str | None = None) -> int:
        gone = 0
        async for page in self._versions(prefix):
            named = [one for one in page if only is None or one["Key"] == only]
            if named:
                answer = await self.call("delete_objects", Delete={"Objects": named, "Quiet": True})
                if answer.get("Errors"):
                    code = str(answer["Errors"][0].get("Code", ""))
                    raise Unavailable("the object store did not delete", objects=len(answer["Errors"]), code=code)
            gone += len(named)
        return gone

    async def count_under(self, prefix: str) -> int:
        """Count everything under a prefix: versions of objects, markers of deleted ones, unfinished uploads."""
        versions = 0
        async for page in self._versions(prefix):
            versions += len(page)
        return versions + len(await self.open_uploads(prefix))

    async def _versions(self, prefix: str) -> AsyncGenerator[list[dict[str, str]]]:
        """Yield keys with the ids of their versions, page by page; in a bucket without versions it is `null`."""
        after: dict[str, Any] = {}
        while True:
            answer = await self.call("list_object_versions", Prefix=prefix, MaxKeys=_AT_ONCE, **after)
            found = [*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())]
            if found:
                yield [{"Key": str(one["Key"]), "VersionId": str(one["VersionId"])} for one in found]
            if not answer.get("IsTruncated"):
                return
            after = {"KeyMarker": answer["NextKeyMarker"], "VersionIdMarker": answer["NextVersionIdMarker"]}

    async def abort_all(self, prefix: str) -> None:
        """Drop every open multipart upload under a prefix, however many there are."""
        while uploads := await self.open_uploads(prefix):
            for upload in uploads:
                await self.abort_multipart(upload.key, upload=upload.upload_id)
            if len(uploads) < _AT_ONCE:
                return
