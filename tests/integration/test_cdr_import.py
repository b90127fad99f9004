"""CDR files over the API: every row is landed, known, or rejected with a reason; whatever is cut short converges."""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from cdr_files import asterisk_file, asterisk_line, shuffled
from cdr_rows import NOW, comparable, found_in, leg, policy_of, stored

from domain.scopes import Scope
from ingest.cdr_import import CdrImport
from ingest.cdrs import CdrStore
from ingest.formats.errors import FileRefused
from ingest.formats.registry import Format
from ingest.imports import SILENT_FOR, ImportStore, close_silent_imports
from workers.ageing import Ageing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import httpx
    from conftest import MakeTenant, Tenant

    from ingest.formats.options import ParseOptions
    from ingest.formats.reading import Input
    from ingest.formats.record import Rejection, Row

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


async def imports_of(tenant: Tenant) -> list[dict[str, Any]]:
    """The workspace's imports as the API tells them."""
    answer = await (await tenant.client(Scope.CALLS_READ)).get("/v1/imports")
    told: list[dict[str, Any]] = answer.json()["imports"]
    return told


async def test_refused_rows_are_kept_and_shown_only_in_the_audited_clear_copy(tenant: Tenant) -> None:
    writer = await tenant.client(Scope.CALLS_WRITE)
    lines = [asterisk_line(number) for number in range(30)]
    bad = [f'"acme","+447700900{number:03}","too","few"\n' for number in range(25)]
    told = await sent(writer, "".join(lines + bad).encode())
    assert (told["landed"], told["rejected"], len(told["rejections"])) == (30, 25, 20)
    assert not found_in(await stored(tenant, "quarantine"))
    address = f"/v1/imports/{told['import_id']}/rejections"
    officer = await tenant.client(Scope.CALLS_READ, Scope.TRANSCRIPTS_CLEAR)
    first = (await officer.get(f"{address}?limit=20")).json()
    rest = (await officer.get(f"{address}?limit=20&cursor={first['next']}")).json()
    seen = first["rejections"] + rest["rejections"]
    assert [one["raw_line"] for one in seen] == list(range(31, 56))
    assert {one["raw"] for one in seen} == {None}
    assert (await writer.get(f"{address}?clear=true&reason=a check")).status_code == 403
    assert (await officer.get(f"{address}?clear=true")).status_code == 422
    clear = (await officer.get(f"{address}?clear=true&reason=a check&limit=200")).json()["rejections"]
    assert [one["raw"].strip() for one in clear] == [line.strip() for line in bad]
    events = [one["event"] for one in await tenant.resources.audit.events(tenant.workspace_id)]
    assert events.count("cdrs:rejections:read_clear") == 1


async def test_a_file_with_local_times_is_refused_until_somebody_says_the_zone(tenant: Tenant) -> None:
    writer, admin = await tenant.client(Scope.CALLS_WRITE), await tenant.client(Scope.WORKSPACE_ADMIN)
    content = asterisk_file(3)
    refused = await writer.post("/v1/cdrs", content=content)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/zone-needed")
    assert await stored(tenant) == []
    assert (await writer.post("/v1/cdrs?source=main-pbx", content=content)).status_code == 404
    assert (await admin.put("/v1/sources/main-pbx", json={"zone": "UTC"})).status_code == 200
    told = await sent(writer, content, "source=main-pbx")
    assert (told["format"], told["source"], told["landed"]) == ("asterisk_csv", "main-pbx", 3)
    states = [(one["state"], one["reason"]) for one in await imports_of(tenant)]
    assert states == [("done", None), ("refused", "zone-needed")]


@pytest.mark.parametrize(
    ("content", "query", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "", "unknown-format"),
        (b"", "", "unknown-format"),
        (b"x,y\n", "format=no_such", "unknown-format"),
        (b"x,y\n", "zone=Mars/Olympus", "invalid"),
        (b"x,y\n", "source=Main%20PBX", "invalid"),
        (b"x,y\n", "region=india", "invalid"),
    ],
)
async def test_what_is_no_file_of_ours_is_refused_with_what_to_do(
    tenant: Tenant, content: bytes, query: str, code: str
) -> None:
    answer = await (await tenant.client(Scope.CALLS_WRITE)).post(f"/v1/cdrs?{query}", content=content)
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{code}")
    assert answer.json()["what_to_do"]


async def test_a_compressed_file_cut_short_lands_what_came_and_converges_when_sent_again(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.cdr_stream.WINDOW_ROWS", 500)
    writer = await tenant.client(Scope.CALLS_WRITE)
    content = asterisk_file(6_000)
    packed = gzip.compress(content)
    cut = await writer.post(f"/v1/cdrs?{ASTERISK}", content=packed[: len(packed) * 3 // 4])
    problem = cut.json()
    assert (cut.status_code, problem["type"], problem["reason"]) == (422, "/problems/file-refused", "truncated")
    assert 0 < problem["landed"] < 6_000
    assert len(await stored(tenant)) == problem["landed"]
    again = await sent(writer, packed)
    assert (again["landed"], again["duplicates"]) == (6_000 - problem["landed"], problem["landed"])
    assert [one["state"] for one in await imports_of(tenant)] == ["done", "refused"]
    assert CdrImport.running == 0


async def test_a_sender_that_goes_away_leaves_an_interrupted_import_that_a_second_sending_completes(
    tenant: Tenant,
) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield asterisk_file(3_000)
        raise ConnectionResetError

    taking_in = CdrImport(tenant.resources, tenant.workspace_id, await policy_of(tenant))
    with pytest.raises(ConnectionResetError):
        await taking_in.run(half(), None, "asterisk_csv", now=NOW, zone="UTC")
    (interrupted,) = await imports_of(tenant)
    assert interrupted["state"] == "interrupted"
    assert interrupted["counts"]["landed"] == len(await stored(tenant))
    told = await sent(await tenant.client(Scope.CALLS_WRITE), asterisk_file(3_500))
    assert told["landed"] + told["duplicates"] == 3_500
    assert len(await stored(tenant)) == 3_500


async def test_one_file_sent_twice_at_once_lands_once(tenant: Tenant) -> None:
    writer = await tenant.client(Scope.CALLS_WRITE)
    content = asterisk_file(2_500)
    told = await asyncio.gather(sent(writer, content), sent(writer, shuffled(content)))
    assert sum(one["landed"] for one in told) == 2_500
    assert sum(one["duplicates"] for one in told) == 2_500
    assert len(await stored(tenant)) == 2_500


async def test_another_tenant_sees_neither_import_nor_rows_and_a_key_without_the_scope_sends_nothing(
    make_tenant: MakeTenant,
) -> None:
    mine, theirs = await make_tenant(), await make_tenant()
    told = await sent(await mine.client(Scope.CALLS_WRITE), asterisk_file(2) + b'"too","few"\n')
    stranger = await theirs.client(*Scope)
    for address in (f"/v1/imports/{told['import_id']}", f"/v1/imports/{told['import_id']}/rejections"):
        assert (await stranger.get(address)).status_code == 404
    (first, _) = await stored(mine)
    assert (await stranger.get(f"/v1/cdrs/{first['_id']}")).status_code == 404
    assert (await stranger.delete(f"/v1/cdrs/{first['_id']}")).status_code == 404
    assert (await stranger.get("/v1/cdrs")).json()["cdrs"] == []
    reader = await mine.client(Scope.CALLS_READ)
    assert (await reader.post(f"/v1/cdrs?{ASTERISK}", content=asterisk_file(1))).status_code == 403
    assert (await mine.client_with(None).post("/v1/cdrs", content=b"")).status_code == 401
    # the same rows are another call in another workspace, and under another id
    await sent(await theirs.client(Scope.CALLS_WRITE), asterisk_file(2))
    assert not {one["_id"] for one in await stored(mine)} & {one["_id"] for one in await stored(theirs)}


async def test_a_month_of_rejections_is_counted_to_the_last(tenant: Tenant) -> None:
    content = asterisk_file(5) + b'"too","few"\n' * 10_000 + asterisk_file(5, first=5)
    told = await sent(await tenant.client(Scope.CALLS_WRITE), content)
    assert (told["landed"], told["rejected"]) == (10, 10_000)
    assert len(await stored(tenant, "quarantine")) == 10_000


async def test_a_call_with_more_rows_than_a_call_can_have_is_refused_row_by_row(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.cdr_batch.ROWS_PER_CALL", 3)
    store, policy = CdrStore(tenant.resources, tenant.workspace_id), await policy_of(tenant)
    landed = await store.land("pbx", [[leg(1, number) for number in range(3)]], policy, now=NOW)
    assert (landed.rows["landed"], landed.refused) == (3, [])
    more = await store.land("pbx", [[leg(1, 2), leg(1, 3)]], policy, now=NOW)
    assert (more.rows["duplicates"], [row.key for row in more.refused]) == (1, [leg(1, 3).key])
    (document,) = await stored(tenant)
    assert len(document["rows"]) == 3


async def whole_file(tenant: Tenant, *, fits: bool, monkeypatch: pytest.MonkeyPatch) -> httpx.Response:
    """Send a file of a format with control totals, whose totals fit or do not."""

    def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
        del options
        lines = [text for _, text in source.lines()]
        yield from (leg(int(line), 1) for line in lines[1:-1])
        if int(lines[-1]) != len(lines) - 2:
            raise FileRefused("control_totals", "the trailer counts other records than there are")

    form = Format("a_switch", "invented", read, lambda _: 0.0, totals=True)
    monkeypatch.setattr("ingest.import_work.load_format", lambda _: form)
    content = b"head\n" + b"".join(b"%d\n" % number for number in range(50)) + (b"50\n" if fits else b"51\n")
    writer = await tenant.client(Scope.CALLS_WRITE)
    return await writer.post("/v1/cdrs?format=a_switch", content=content)


async def test_a_file_whose_control_totals_do_not_fit_lands_nothing_and_is_kept_whole(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await whole_file(tenant, fits=False, monkeypatch=monkeypatch)
    problem = answer.json()
    assert (answer.status_code, problem["reason"], problem["landed"]) == (422, "control_totals", 0)
    assert await stored(tenant) == []
    import_id = problem["import_id"]
    (told,) = await imports_of(tenant)
    assert (told["id"], told["state"], told["reason"], told["quarantined"]) == (
        import_id,
        "refused",
        "control_totals",
        True,
    )
    events = await tenant.resources.audit.events(tenant.workspace_id)
    assert [one["event"] for one in events].count("cdrs:file:quarantined") == 1
    officer = await tenant.client(Scope.CALLS_READ, Scope.TRANSCRIPTS_CLEAR)
    assert (await officer.get(f"/v1/imports/{import_id}/file")).status_code == 422
    kept = await officer.get(f"/v1/imports/{import_id}/file?clear=true&reason=looking into it")
    assert kept.content.startswith(b"head\n0\n1\n")
    (key,) = await tenant.resources.objects.list_keys(f"q/{import_id}/")
    ageing = Ageing(tenant.resources)
    due = max(document["retain_until"] for document in await stored(tenant, "quarantine"))
    assert await ageing.of_workspace(tenant.workspace_id, now=due - timedelta(milliseconds=1)) == {}
    assert await tenant.resources.objects.list_keys("q/") != []
    assert (await ageing.of_workspace(tenant.workspace_id, now=due))["quarantine.files"] == 1
    assert key not in await tenant.resources.objects.list_keys("q/")
    assert (await officer.get(f"/v1/imports/{import_id}/file?clear=true&reason=again")).status_code == 404


async def test_a_file_whose_control_totals_fit_lands_and_leaves_nothing_aside(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await whole_file(tenant, fits=True, monkeypatch=monkeypatch)
    assert (answer.status_code, answer.json()["landed"]) == (200, 50)
    assert await stored(tenant, "quarantine") == []
    assert await tenant.resources.objects.list_keys(f"q/{answer.json()['import_id']}/") == []


async def test_an_import_whose_process_died_is_closed_after_a_quarter_of_an_hour(tenant: Tenant) -> None:
    imports = ImportStore(tenant.resources, tenant.workspace_id)
    import_id = await imports.start("pbx", await policy_of(tenant), now=NOW)
    await close_silent_imports(tenant.resources, now=NOW + SILENT_FOR - timedelta(milliseconds=1))
    assert (await imports.get(import_id))["state"] == "running"
    await close_silent_imports(tenant.resources, now=NOW + SILENT_FOR)
    assert (await imports.get(import_id))["state"] == "interrupted"
