"""CDR files over the API: every row is landed, known, or rejected with a reason; whatever is cut short converges."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import zstandard
from cdr_files import asterisk_file, asterisk_line, shuffled
from cdr_rows import comparable, stored

from domain.scopes import Scope

if TYPE_CHECKING:
    import httpx
    from conftest import MakeTenant, Tenant

ASTERISK = "format=asterisk_csv&zone=UTC"


async def sent(client: httpx.AsyncClient, content: bytes, query: str = ASTERISK) -> dict[str, Any]:
    """Send a file; it must be taken in."""
    answer = await client.post(f"/v1/cdrs?{query}", content=content)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert told["rows"] == sum(told[name] for name in ("landed", "duplicates", "rejected", "expired", "erased"))
    return told


async def test_a_file_lands_and_sent_again_changes_nothing(tenant: Tenant) -> None:
    writer = await tenant.client(Scope.CALLS_WRITE)
    content = asterisk_file(2_500)
    first = await sent(writer, content)
    assert (first["rows"], first["landed"], first["calls"], first["rejected"]) == (2_500, 2_500, 2_500, 0)
    before = await stored(tenant)
    again = await sent(writer, shuffled(content))
    assert (again["landed"], again["duplicates"], again["calls"]) == (0, 2_500, 0)
    assert await stored(tenant) == before


async def test_compressed_files_are_told_by_their_bytes(make_tenant: MakeTenant) -> None:
    content = asterisk_file(50)
    seen = []
    for packed in (content, gzip.compress(content), zstandard.compress(content)):
        tenant = await make_tenant()
        told = await sent(await tenant.client(Scope.CALLS_WRITE), packed)
        assert told["landed"] == 50
        seen.append(sorted(str(document["setup_time"]) for document in comparable(await stored(tenant))))
    assert seen[0] == seen[1] == seen[2]


async def test_bad_rows_are_rejected_with_line_and_reason_and_the_rest_lands(tenant: Tenant) -> None:
    writer = await tenant.client(Scope.CALLS_WRITE)
    lines = [asterisk_line(number) for number in range(10)]
    lines[3] = '"acme","+447700900003","too","few"\n'
    told = await sent(writer, "".join(lines).encode())
    assert (told["landed"], told["rejected"], told["quarantined"]) == (9, 1, True)
    assert [(one["raw_line"], one["reason"]) for one in told["rejections"]] == [(4, "columns")]
