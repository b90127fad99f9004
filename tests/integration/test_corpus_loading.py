"""A pulled release loads with datasets, pandas and polars as docs/pulling.md shows, without a network."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from corpus_shelf import shelf

from corpus.places import file_key
from corpus.releases import ReleaseStore
from domain.ids import new_id
from storage.sealing import ObjectSealer

if TYPE_CHECKING:
    from conftest import Tenant

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "pulling.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
COUNT = "print(len(corpus['train'] if isinstance(corpus, dict) else corpus))"
NO_NETWORK = "import socket\nsocket.socket.connect = None\n"


@pytest.mark.parametrize("block", BLOCKS, ids=["datasets", "pandas", "polars"])
async def test_the_page_loads_what_was_pulled(tenant: Tenant, tmp_path: Path, block: str) -> None:
    found = await shelf(tenant.resources, tenant.workspace_id, [new_id("call") for _ in range(4)])
    folder = tmp_path / "corpus" / "release-00004"
    folder.mkdir(parents=True)
    key = await ReleaseStore(tenant.resources).key(found.release_id)
    for file in (await found.document())["files"]:
        place, sealer = file_key(found.release_id, file["object_id"]), ObjectSealer(key, file["object_id"])
        pieces = tenant.resources.objects.read_sealed(place, sealer, plain_size=file["size"])
        body = b"".join([piece async for piece in pieces])
        assert hashlib.sha256(body).hexdigest() == file["sha256"]
        (folder / file["name"]).write_bytes(body)
    env = {**os.environ, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(tmp_path)}
    loading = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"{NO_NETWORK}{block}{COUNT}", cwd=tmp_path, env=env, stdout=PIPE, stderr=PIPE
    )
    out, told = await asyncio.wait_for(loading.communicate(), timeout=120)
    assert loading.returncode == 0, told.decode()
    assert out.split()[-1] == b"4", out


def test_the_page_shows_all_three() -> None:
    assert [re.findall(r"(?:import|from) (datasets|pandas|polars)", block) for block in BLOCKS] == [
        ["datasets"],
        ["pandas"],
        ["polars"],
    ]
