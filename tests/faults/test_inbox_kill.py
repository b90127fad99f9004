"""kill -9 of the ingest worker and the relay while a drop folder is emptied: every file is taken in exactly once."""

from __future__ import annotations

import collections
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from pymongo import MongoClient
from support import RunningCallward, running_callward, wait_for

sys.path.append(str(Path(__file__).parent.parent / "integration"))

from cdr_files import asterisk_file

pytestmark = pytest.mark.xdist_group("faults")
RECORDINGS, CDR_FILES, ROWS = 24, 4, 1_000


@pytest.fixture(scope="module")
def callward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCallward]:
    """A stack with short leases, so that a lost worker is noticed in seconds; what is taken in is not heard here."""
    yield from running_callward(
        tmp_path_factory.mktemp("inbox"),
        without=("speech", "language"),
        CALLWARD_LEASE_S="3",
        CALLWARD_REPUBLISH_AFTER_S="2",
        CALLWARD_SWEEP_EVERY_S="0.5",
        CALLWARD_RETRY_BASE_S="0.5",
        CALLWARD_MAX_ATTEMPTS="40",
    )


class DropFolder:
    """What a PBX sees of the store, and what lies in the database."""

    def __init__(self, callward: RunningCallward) -> None:
        env = callward.stack.env
        self.place = f"inbox/{callward.workspace.workspace_id}/"
        self._bucket = env["CALLWARD_S3_BUCKET"]
        self._s3: Any = boto3.client(
            "s3",
            endpoint_url=env["CALLWARD_S3_ENDPOINT"],
            region_name="us-east-1",
            aws_access_key_id=env["CALLWARD_S3_ACCESS_KEY"],
            aws_secret_access_key=env["CALLWARD_S3_SECRET_KEY"],
        )
        self._mongo: MongoClient[dict[str, Any]] = MongoClient(env["CALLWARD_MONGO_URL"])
        self.records = self._mongo[env["CALLWARD_MONGO_DATABASE"]]

    def put(self, name: str, content: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=self.place + name, Body=content)

    def left(self) -> int:
        answer = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self.place)
        return int(answer["KeyCount"])

    def close(self) -> None:
        self._s3.close()
        self._mongo.close()


def test_a_killed_ingest_worker_and_a_killed_relay_lose_no_file_and_take_none_in_twice(
    callward: RunningCallward,
) -> None:
    folder = DropFolder(callward)
    try:
        with callward.client("admin") as administrator:
            source = {"format": "asterisk_csv", "zone": "UTC", "region": "GB"}
            administrator.request("PUT", "/v1/sources/pbx", json=source)
        for number in range(RECORDINGS):
            folder.put(f"pbx/{number}.flac", b"fLaC" + uuid.uuid4().bytes * 4_000)
            if number % (RECORDINGS // CDR_FILES) == 0:
                at = number // (RECORDINGS // CDR_FILES)
                folder.put(f"pbx/{at}.csv", asterisk_file(ROWS, first=at * ROWS))
        files = RECORDINGS + CDR_FILES
        for done, victim in ((3, "ingest"), (9, "relay"), (14, "ingest"), (21, "ingest")):
            _wait_until_left(folder, lambda done=done: folder.left() <= files - done)
            callward.stack.kill(victim, signal.SIGKILL)
        wait_for("the folder is empty", lambda: folder.left() == 0, timeout_s=180)
        wait_for("nothing waits any more", lambda: folder.records["inbox"].count_documents({}) == 0, timeout_s=60)
        jobs = collections.Counter(job["state"] for job in folder.records["outbox"].find({"task": "take_in"}))
        assert set(jobs) <= {"done", "ready", "claimed"}, "none was given up"
        calls = list(folder.records["calls"].find({"source": "pbx"}))
        assert len(calls) == RECORDINGS
        assert len({call["content_hash"] for call in calls}) == RECORDINGS
        assert not [call for call in calls if call["state"] == "awaiting_upload"]
        assert folder.records["cdrs"].count_documents({}) == CDR_FILES * ROWS
        imports = list(folder.records["imports"].find({}))
        assert collections.Counter(one["state"] for one in imports) == {"done": files}
    finally:
        folder.close()


def _wait_until_left(folder: DropFolder, enough: Callable[[], bool]) -> None:
    wait_for(f"files are taken in ({folder.left()} left)", enough, timeout_s=120, every_s=0.02)
