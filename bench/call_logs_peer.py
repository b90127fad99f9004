"""The plain peer of `bench_call_logs`: a FastAPI route that validates the same body and inserts its entries.

No keys, no duplicates told, no encryption, no index but that of `_id`. `python bench/call_logs_peer.py PORT`.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """As `api.bodies.Body`."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EntryBody(Body):
    """As `ingest.log_batches.EntryIn`."""

    number: str | None = Field(max_length=64)
    type: int | str
    duration_s: float | None = Field(ge=0)
    date: int | None = None
    setup_time: str | None = None
    presentation: int | str = 1
    sim_slot: int | None = Field(default=None, ge=0, le=15)
    normalized_number: str | None = None
    country_iso: str | None = None
    entry_id: str | None = None


class BatchBody(Body):
    """As `ingest.log_batches.BatchIn`."""

    device_id: Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
    zone: str = Field(min_length=1, max_length=64)
    entries: list[EntryBody] = Field(min_length=1, max_length=1000)
    region: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    sent_at: str | None = Field(default=None, max_length=40)


class Inserted(BaseModel):
    """The answer."""

    ids: list[str]


app = FastAPI()
client: Any = AsyncIOMotorClient(os.environ["CALLWARD_MONGO_URL"], w="majority", journal=True)
logs = client["bench_peer"]["call_logs"]


@app.post("/v1/call-logs:batch")
async def send_batch(body: BatchBody) -> Inserted:
    """Validate, insert, answer."""
    documents = [entry.model_dump() for entry in body.entries]
    done = await logs.insert_many(documents, ordered=False)
    return Inserted(ids=[str(one) for one in done.inserted_ids])


@app.get("/health/ready")
async def ready() -> dict[str, bool]:
    """Say that it runs."""
    return {"ok": True}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False, server_header=False)
