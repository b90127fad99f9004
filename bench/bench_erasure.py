"""Erasing calls with their sound: calls a second, from key to receipt, beside deleting the same objects bare.

`python bench/bench_erasure.py [calls]` (default 60). Calls come in over the API with 100 KB of sound each; they are
erased one after the other by what the language worker runs. The peer deletes as many objects of the same size, one
request each, and as many documents, acknowledged alike: what any way to erase must do at least.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx
from pymongo import MongoClient, WriteConcern

from bench.bench_cdrs import Api
from bench.bench_sweep import settings_of
from cli.stack.embedded import EmbeddedStack
from ingest.calls import CallStore
from storage.resources import Resources
from workers.chores import ChoreRunner
from workers.erasure import erase_call
from workers.runner import JobRunner, utc_now
from workers.sweep import Sweep

SOUND_BYTES = 100_000


def bring_in(api: Api, count: int) -> list[str]:
    """Register calls and send their recordings."""
    headers = {"Authorization": f"Bearer {api.workspace.keys['mobile app']}"}
    ids = []
    with httpx.Client(base_url=api.url, headers=headers, timeout=60, trust_env=False) as client:
        for _ in range(count):
            content = b"fLaC" + os.urandom(SOUND_BYTES)
            body = {"recording": {"media_type": "audio/flac", "size": len(content)}}
            made = client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
            made.raise_for_status()
            ids.append(str(made.json()["call"]["id"]))
            client.put(f"/v1/calls/{ids[-1]}/recording", content=content).raise_for_status()
    return ids


async def erase(resources: Resources, workspace_id: str, ids: list[str]) -> float:
    """Hide the calls, and erase each as a worker does; return the seconds of the erasing."""
    for call_id in ids:
        await CallStore(resources, workspace_id).start_erasing(call_id, cause="request", now=utc_now())
    await Sweep(resources).start_erasures()
    jobs = [job["_id"] for one in ids for job in await resources.outbox.of_call(one) if job["task"] == "erase"]
    runner = JobRunner(resources, {}, lambda job: erase_call(resources, job), ChoreRunner(resources, {}).run)
    began = time.monotonic()
    for job_id in jobs:
        await runner.run(job_id)
    took_s = time.monotonic() - began
    left = await resources.database.scoped("calls", workspace_id).count({"_id": {"$in": ids}})
    if left:
        raise SystemExit(f"{left} calls are still there")
    return took_s


async def bare(resources: Resources, stack: EmbeddedStack, count: int) -> float:
    """Return the seconds that deleting as many objects and documents takes."""
    client: MongoClient[dict[str, Any]] = MongoClient(stack.env["CALLWARD_MONGO_URL"])
    peer = client["bench"].get_collection("bare", write_concern=WriteConcern("majority", j=True))
    peer.insert_many([{"_id": number} for number in range(count)])
    for number in range(count):
        await resources.objects.call("put_object", Key=f"bench/{number}", Body=os.urandom(SOUND_BYTES))
    began = time.monotonic()
    for number in range(count):
        await resources.objects.call("delete_object", Key=f"bench/{number}")
        await asyncio.to_thread(peer.delete_one, {"_id": number})
    took_s = time.monotonic() - began
    client.close()
    return took_s


async def run(stack: EmbeddedStack, count: int) -> None:
    """Bring in, erase, print."""
    api = Api(stack)
    resources = Resources.open(settings_of(stack.env))
    try:
        ids = await asyncio.to_thread(bring_in, api, count)
        ours = await erase(resources, api.workspace.workspace_id, ids)
        peer = await bare(resources, stack, count)
    finally:
        resources.close()
        api.stop()
    print(f"erased with key, versions, read back, receipt, tombstone: {count / ours:6.1f} calls/s")
    print(f"one object and one document deleted bare:                 {count / peer:6.1f} calls/s")
    print(f"ratio {peer / ours:.2f}; load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Run it on a stack of its own."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder, EmbeddedStack(Path(folder)) as stack:
        asyncio.run(run(stack, count))


if __name__ == "__main__":
    main()
