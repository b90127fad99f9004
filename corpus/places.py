"""Where the objects of releases lie: opaque ids only, all of a release under one prefix."""

from __future__ import annotations


def file_key(release_id: str, object_id: str) -> str:
    """Return the key of a file of a release."""
    return f"k/{release_id}/{object_id}"


def staging_key(release_id: str, object_id: str) -> str:
    """Return the key of what a build keeps until its release is through."""
    return file_key(release_id, f"{STAGING}{object_id}")


def prefix_of(release_id: str) -> str:
    """Return the prefix of everything of a release."""
    return file_key(release_id, "")


STAGING = "s/"
