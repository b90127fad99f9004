"""Files that others put into the bucket as they are: opened and deleted only while they are the ones that were seen."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from domain.errors import Conflict, NotFound
from storage.s3 import Bucket, stream


class FileGone(Exception):
    """The file is not there any more."""


class FileReplaced(Exception):
    """Another content lies in the file's place."""


class Dropped(Bucket):
    """The part of the bucket into which others put files, at `inbox/{workspace}/…`."""

    async def read_dropped(self, key: str, *, etag: str) -> AsyncGenerator[bytes, None]:
        """Open a file and return its pieces.

        Raises:
            FileGone, FileReplaced: it is not the one that was seen.
        """
        try:
            answer = await self.call("get_object", Key=key, IfMatch=etag)
        except NotFound:
            raise FileGone("the file is gone") from None
        except Conflict:
            raise FileReplaced("another file lies there by now") from None
        return stream(answer["Body"])

    async def delete_dropped(self, key: str, *, etag: str) -> bool:
        """Delete a file if it is still this one; False when another lies there. A file that is gone counts as deleted.

        Asked before and stated with the deletion: a store that does not know the condition is left with a moment
        between the two.
        """
        try:
            answer = await self.call("head_object", Key=key)
            if answer["ETag"] != etag:
                return False
            await self.call("delete_object", Key=key, IfMatch=etag)
        except NotFound:
            return True
        except Conflict:
            return False
        return True
