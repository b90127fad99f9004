"""The drop folder: each file is taken in once, or set aside with a reason; whatever is killed, replaced or repeated."""

from __future__ import annotations

import asyncio
import functools
import gzip
import itertools
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdr_files import asterisk_file
from conftest import MakeTenant, Tenant, now
from dropping import NAME, Folder, sound
from erasing import Case

from domain.scopes import Scope
from governance.workspaces import WorkspaceStore
from ingest import import_work
from ingest.formats import registry
from ingest.formats.errors import FileRefused
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.imports import ImportStore
from ingest.inbox import Inbox, folder_of
from ingest.inbox_intake import InboxIntake
from ingest.quarantine import QuarantineStore
from ingest.recordings import RecordingStore
from ingest.registration import Registration
from ingest.sources import SourceConfig, SourceStore
from storage.objects import ObjectStore
from workers import inbox
from workers.ageing import Ageing
from workers.inbox import InboxLook

if TYPE_CHECKING:
    from storage.mongo import Document

QUICK = {"retry_base_s": 0.001, "max_attempts": 3}
pytestmark = pytest.mark.settings(**QUICK)


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files need not lie there for seconds, but in the test that says so."""
    monkeypatch.setattr(inbox, "SETTLED_AFTER", timedelta(seconds=-5))


@pytest.fixture
async def folder(tenant: Tenant) -> Folder:
    store = SourceStore(tenant.resources, tenant.workspace_id)
    await store.put("pbx", SourceConfig(format="asterisk_csv", zone="UTC", region="GB"), now=now())
    return Folder(tenant)


async def test_a_recording_is_taken_in_and_its_file_is_gone(folder: Folder) -> None:
    content = sound()
    await folder.put(f"pbx/{NAME}", content)
    await folder.taken_in()
    assert await folder.left() == []
    assert await folder.imports() == [("done", None, {"rows": 1, "landed": 1, "calls": 1})]
    calls = await folder.resources.database.scoped("calls", folder.tenant.workspace_id).find({})
    assert [(one["state"], one["source"], one["size"]) for one in calls] == [("received", "pbx", len(content))]
    recordings = RecordingStore(folder.resources, folder.tenant.workspace_id)
    original = recordings.read_original(await recordings.of_call(calls[0]["_id"]))
    assert b"".join([piece async for piece in original]) == content
    assert await folder.count("inbox") == 0
    assert [job["state"] for job in await folder.jobs()] == ["done"]


async def test_a_recording_beside_the_sources_folders_has_the_source_inbox(folder: Folder) -> None:
    await folder.put(NAME, sound())
    await folder.taken_in()
    calls = await folder.resources.database.scoped("calls", folder.tenant.workspace_id).find({})
    assert [one["source"] for one in calls] == ["inbox"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
async def test_a_file_of_cdrs_lands_by_what_its_source_says(folder: Folder, pack: Callable[[bytes], bytes]) -> None:
    await folder.put("pbx/2026/11/Master.csv", pack(asterisk_file(30)))
    await folder.taken_in()
    assert await folder.imports() == [("done", None, {"rows": 30, "landed": 30, "calls": 30})]
    assert (await folder.count("cdrs"), await folder.left()) == (30, [])


async def test_a_vcon_lands_with_the_recording_in_it(folder: Folder) -> None:
    await folder.put("call.json", json.dumps(vcon()).encode())
    await folder.taken_in()
    assert await folder.left() == []
    [(state, _, counts)] = await folder.imports()
    assert (state, counts["landed"]) == ("done", 1)
    assert (await folder.count("cdrs"), await folder.count("calls", state="received")) == (1, 1)


async def test_several_vcons_in_one_file_land_as_cdrs(folder: Folder) -> None:
    await folder.put("calls.jsonl", b"\n".join(json.dumps(vcon()).encode() for _ in range(3)))
    await folder.taken_in()
    assert [state for state, _, _ in await folder.imports()] == ["done"]
    assert (await folder.count("cdrs"), await folder.left()) == (3, [])


def vcon() -> dict[str, Any]:
    """A vCon of a fictional call with a second of nothing."""
    import base64  # noqa: PLC0415 - here only
    import hashlib  # noqa: PLC0415 - here only

    body = sound()
    return {
        "vcon": "0.0.2",
        "uuid": str(uuid.uuid4()),
        "created_at": "2026-11-20T10:00:00Z",
        "parties": [{"tel": "+14155550132"}, {"tel": "+14155550133"}],
        "dialog": [
            {
                "type": "recording",
                "start": "2026-11-20T10:00:00Z",
                "duration": 1.0,
                "parties": [0, 1],
                "mimetype": "audio/flac",
                "mediatype": "audio/flac",
                "encoding": "base64url",
                "body": base64.urlsafe_b64encode(body).decode().rstrip("="),
                "content_hash": "sha512-"
                + base64.urlsafe_b64encode(hashlib.sha512(body).digest()).decode().rstrip("="),
            }
        ],
    }


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("notes.txt", b"remember to call\n", "unknown-format"),
        ("nobody/x.flac", b"fLaC" + bytes(60), "unknown_source"),
        ("No Source/x.flac", b"fLaC" + bytes(60), "unknown_source"),
        ("pbx/cut.csv.gz", gzip.compress(asterisk_file(5))[:-12], None),
        ("Master.csv", asterisk_file(3), None),
    ],
)
async def test_a_file_that_is_refused_is_kept_sealed_and_its_import_says_why(
    folder: Folder, name: str, content: bytes, reason: str | None
) -> None:
    await folder.put(name, content)
    await folder.taken_in()
    assert await folder.left() == []
    [(state, told, _)] = await folder.imports()
    assert (state, told) == ("refused", reason or told)
    assert told
    assert await folder.kept() == [content]
    events = await folder.resources.audit.events(folder.tenant.workspace_id)
    assert [one["detail"] for one in events if one["event"] == "inbox:file:quarantined"] == [{"reason": told}]
    assert await folder.count("calls") == 0
    client = await folder.tenant.client(*Scope)
    [shown] = (await client.get("/v1/imports")).json()["imports"]
    assert (shown["state"], shown["reason"], shown["quarantined"]) == ("refused", told, True)


async def test_an_empty_file_leaves_a_word_and_a_folder_marker_is_left_alone(folder: Folder) -> None:
    await folder.put("pbx/empty.flac", b"")
    await folder.put("pbx/2026/", b"")
    await folder.taken_in()
    assert await folder.imports() == [("refused", "empty_file", {})]
    assert await folder.kept() == []
    assert await folder.left() == [f"{folder.tenant.workspace_id}/pbx/2026/"]
    await folder.taken_in()
    assert len(await folder.jobs()) == 1


async def test_the_name_of_a_file_is_nowhere_in_clear(folder: Folder, capfd: pytest.CaptureFixture[str]) -> None:
    await folder.put(f"pbx/{NAME}", sound())
    await folder.put(f"nobody/{NAME}", sound())
    await folder.look()
    stored = str([await one async for one in _all(folder)])
    await folder.work()
    stored += str([await one async for one in _all(folder)])
    out = "".join(capfd.readouterr())
    assert "inbox:files:queued" in out
    assert "inbox:file:refused" in out
    for told in (stored, out):
        assert "447700900123" not in told
        assert "Ravi" not in told


async def _all(folder: Folder) -> Any:
    from storage.catalog import BY_NAME  # noqa: PLC0415 - here only

    for name in BY_NAME:
        yield folder.resources.database.whole(name).find({})


async def test_the_same_file_put_again_or_under_two_names_is_one_call(folder: Folder) -> None:
    content = sound()
    for name in ("pbx/a.flac", "pbx/b.flac"):
        await folder.put(name, content)
    await folder.taken_in()
    await folder.put("pbx/a.flac", content)
    await folder.taken_in()
    assert await folder.left() == []
    assert await folder.count("calls", state="received") == 1
    assert {state for state, _, _ in await folder.imports()} == {"done"}
    await folder.put("pbx/c.csv", asterisk_file(4))
    await folder.put("pbx/d.csv", asterisk_file(4))
    await folder.taken_in()
    assert await folder.count("cdrs") == 4


async def test_the_same_bytes_under_names_that_tell_different_times_are_two_calls(folder: Folder) -> None:
    """What the same announcement says to two callers is two calls: one kept twice is a nuisance, one lost a failure."""
    content = sound()
    for name in ("_DT_2026-11-20T10-00-00.flac", "_DT_2026-11-20T10-05-00.flac", "_DT_2026-11-20T10-00-00 (1).flac"):
        await folder.put(f"pbx/call{name}", content)
    await folder.taken_in()
    assert await folder.count("calls", state="received") == 2


async def test_the_number_and_time_in_a_files_name_are_kept_for_the_search_for_its_log(folder: Folder) -> None:
    await folder.put("pbx/Call recording +447700900123_261120_101500.flac", sound())
    await folder.taken_in()
    calls = await folder.resources.database.scoped("calls", folder.tenant.workspace_id).find({})
    assert calls[0]["match"]["began"] == datetime(2026, 11, 20, 10, 15, tzinfo=UTC), "in the source's zone"
    assert "447700900123" not in str(calls)


async def test_two_relays_that_see_the_same_files_give_each_one_job(folder: Folder) -> None:
    for number in range(7):
        await folder.put(f"pbx/{number}.flac", sound())
    await asyncio.gather(*(folder.look() for _ in range(4)))
    assert len(await folder.jobs()) == await folder.count("inbox") == 7
    await folder.look()
    assert len(await folder.jobs()) == 7
    await folder.work()
    assert await folder.count("calls", state="received") == 7


async def test_a_file_that_is_seen_as_it_is_written_waits_until_it_has_settled(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "SETTLED_AFTER", timedelta(hours=1))
    await folder.put("pbx/a.flac", sound())
    await folder.look()
    assert await folder.jobs() == []
    monkeypatch.setattr(inbox, "SETTLED_AFTER", timedelta(seconds=-5))
    await folder.look()
    assert len(await folder.jobs()) == 1


async def test_a_multipart_upload_is_seen_when_it_is_complete(folder: Folder) -> None:
    objects, key, content = folder.resources.objects, folder_of(folder.tenant.workspace_id) + "pbx/m.flac", sound()
    upload = (await objects.call("create_multipart_upload", Key=key))["UploadId"]
    part = await objects.call("upload_part", Key=key, UploadId=upload, PartNumber=1, Body=content)
    await folder.taken_in()
    assert await folder.jobs() == []
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    await objects.call("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload=parts)
    await folder.taken_in()
    assert await folder.count("calls", state="received") == 1


async def test_a_file_replaced_before_it_is_read_is_taken_in_as_what_it_is_now(folder: Folder) -> None:
    await folder.put("pbx/a.flac", sound())
    await folder.look()
    content = sound()
    await folder.put("pbx/a.flac", content)
    await folder.work()
    assert await folder.imports() == [("interrupted", "file_replaced", {})]
    assert len(await folder.left()) == 1
    await folder.taken_in()
    assert await folder.count("calls", size=len(content), state="received") == 1
    assert (await folder.left(), await folder.count("inbox")) == ([], 0)


async def test_a_file_replaced_while_it_is_read_is_not_deleted_with_the_one_that_was_read(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    await folder.put("pbx/a.flac", sound())
    received = Registration.receive_stream

    async def replaced(self: Registration, *arguments: Any, **named: Any) -> Document:
        done = await received(self, *arguments, **named)
        await folder.put("pbx/a.flac", sound())
        return done

    monkeypatch.setattr(Registration, "receive_stream", replaced)
    await folder.taken_in()
    monkeypatch.undo()
    monkeypatch.setattr(inbox, "SETTLED_AFTER", timedelta(seconds=-5))
    assert len(await folder.left()) == 1
    await folder.taken_in()
    assert await folder.count("calls", state="received") == 2
    assert await folder.left() == []


async def test_a_file_that_its_pbx_takes_back_is_written_down(folder: Folder) -> None:
    key = await folder.put("pbx/a.flac", sound())
    await folder.look()
    await folder.resources.objects.delete(key)
    await folder.work()
    assert await folder.imports() == [("interrupted", "file_gone", {})]
    assert (await folder.count("inbox"), [job["state"] for job in await folder.jobs()]) == (0, ["done"])


async def test_a_relay_that_saw_a_file_just_before_it_was_taken_in_changes_nothing(folder: Folder) -> None:
    await folder.put("pbx/a.flac", sound())
    seen = await folder.resources.objects.list_page(folder.place)
    await folder.taken_in()
    workspace = await WorkspaceStore(folder.resources).get(folder.tenant.workspace_id)
    assert await Inbox(folder.resources, folder.tenant.workspace_id).queue(seen, workspace.policy, now=now()) == 1
    await folder.work()
    assert await folder.imports() == [("done", None, {"rows": 1, "landed": 1, "calls": 1})]
    assert await folder.count("calls") == 1


async def test_another_workspaces_source_and_another_workspaces_folder_are_no_way_in(
    folder: Folder, make_tenant: MakeTenant
) -> None:
    other = Folder(await make_tenant())
    await other.put("pbx/a.flac", sound())
    await other.taken_in()
    assert [reason for _, reason, _ in await other.imports()] == ["unknown_source"]
    assert (await folder.count("calls"), await folder.imports()) == (0, [])


async def test_a_folder_of_nobody_stays_as_it_is_and_is_told_once(
    folder: Folder, capfd: pytest.CaptureFixture[str]
) -> None:
    objects = folder.resources.objects
    lost = ["inbox/ws_aaaaaaaaaaaaaaaaaaaaaaaaaa/a.flac", "inbox/elsewhere/a.flac", "inbox/a.flac"]
    for key in lost:
        await objects.call("put_object", Key=key, Body=sound())
    look = InboxLook(folder.resources)
    for _ in range(3):
        await look.go_on()
    assert capfd.readouterr().out.count("inbox:files:of_nobody") == 1
    assert await folder.jobs() == []
    for key in lost:
        assert await objects.exists(key)
        await objects.delete(key)


async def test_what_was_erased_does_not_come_back_through_the_drop_folder(folder: Folder) -> None:
    case = await Case.of(folder.tenant)
    content = case.content()
    await case.erase(await case.ready(content))
    await folder.put("pbx/a.flac", content)
    await folder.taken_in()
    assert await folder.imports() == [("done", None, {"rows": 1, "erased": 1})]
    assert (await folder.left(), await folder.kept()) == ([], [])
    assert len(await case.events("call:redelivery:refused")) == 1


async def test_the_folder_is_listed_page_by_page_and_from_the_beginning_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)
    monkeypatch.setattr(inbox, "PAGES_A_ROUND", 1)
    for number in range(5):
        await folder.put(f"pbx/{number}.flac", sound())
    look, seen = InboxLook(folder.resources), []
    for _ in range(8):
        await look.go_on()
        seen.append(len(await folder.jobs()))
    assert seen[-1] == 5
    assert all(later - earlier <= 2 for earlier, later in itertools.pairwise(seen)), seen
    await folder.put("pbx/0-late.flac", sound())
    for _ in range(8):
        await look.go_on()
    assert len(await folder.jobs()) == 6


async def test_a_store_that_does_not_answer_is_asked_again_and_the_file_stays(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.errors import Unavailable  # noqa: PLC0415 - here only

    await folder.put("pbx/a.flac", sound())
    await folder.look()

    async def silent(*_: Any, **__: Any) -> None:
        raise Unavailable("the object store does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(ObjectStore, "put_sealed", silent)
        await folder.work()
    assert [job["state"] for job in await folder.jobs()] == ["ready"]
    assert len(await folder.left()) == 1
    await folder.work()
    assert (await folder.left(), await folder.count("calls", state="received")) == ([], 1)


async def test_the_sealed_names_of_files_that_waited_too_long_go(folder: Folder) -> None:
    await folder.put("pbx/a.flac", sound())
    await folder.look()
    waiting = folder.resources.database.scoped("inbox", folder.tenant.workspace_id)
    await waiting.update_all({}, {"$set": {"retain_until": now() + timedelta(minutes=1)}})
    await folder.look()
    before = await waiting.find({}, fields=("retain_until",))
    await waiting.update_all({}, {"$set": {"retain_until": now()}})
    await Ageing(folder.resources).of_workspace(folder.tenant.workspace_id, now=now())
    assert await waiting.find({}) == []
    await folder.look()
    after = await waiting.find({}, fields=("retain_until",))
    assert after[0]["retain_until"] > before[0]["retain_until"], "the file that still lies there is seen as new"


class Killed(BaseException):
    """The process is gone."""


def killing(monkeypatch: pytest.MonkeyPatch, owner: type, method: str, *, after: bool) -> None:
    """Let the process die the first time that it comes to a method, before or after it did its work."""
    original, dead = getattr(owner, method), False

    @functools.wraps(original)
    async def dying(*arguments: Any, **named: Any) -> Any:
        nonlocal dead
        if dead:
            return await original(*arguments, **named)
        dead = True
        if after:
            await original(*arguments, **named)
        raise Killed

    monkeypatch.setattr(owner, method, dying)


RECORDING_STEPS = [
    (ObjectStore, "read_dropped"),
    (ImportStore, "start"),
    (Registration, "register"),
    (Registration, "receive_stream"),
    (ImportStore, "end"),
    (ObjectStore, "delete_dropped"),
    (Inbox, "settle"),
]
REFUSED_STEPS = [
    (ObjectStore, "read_dropped"),
    (QuarantineStore, "spool"),
    (QuarantineStore, "keep_file"),
    (ImportStore, "end"),
    (ObjectStore, "delete_dropped"),
    (Inbox, "settle"),
]


async def killed_and_taken_up_again(folder: Folder) -> None:
    """Take a file in; die on the way; let another worker take it up, the relay having looked again meanwhile."""
    await folder.look()
    [job] = await folder.jobs()
    workspace = await WorkspaceStore(folder.resources).get(folder.tenant.workspace_id)
    intake = InboxIntake(folder.resources, folder.tenant.workspace_id, workspace.policy)
    with pytest.raises(Killed):
        await intake.take_in(job["call_id"], now=now())
    await folder.look()
    later = now() + timedelta(minutes=2)
    for _ in range(2):
        for one in await folder.jobs():
            await intake.take_in(one["call_id"], now=later)
    assert (await folder.left(), await folder.count("inbox")) == ([], 0)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "method"), RECORDING_STEPS, ids=[method for _, method in RECORDING_STEPS])
async def test_a_worker_killed_at_any_step_loses_no_recording_and_takes_none_in_twice(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, after: bool
) -> None:
    content = sound()
    await folder.put("pbx/a.flac", content)
    killing(monkeypatch, owner, method, after=after)
    await killed_and_taken_up_again(folder)
    assert await folder.count("calls") == await folder.count("calls", state="received", size=len(content)) == 1
    assert await folder.count("outbox", task="transcribe") == 1
    assert await folder.imports() == [("done", None, {"rows": 1, "landed": 1, "calls": 1})]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "method"), REFUSED_STEPS, ids=[method for _, method in REFUSED_STEPS])
async def test_a_worker_killed_at_any_step_loses_no_refused_file_and_keeps_none_twice(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, after: bool
) -> None:
    await folder.put("pbx/notes.txt", b"remember to call\n")
    killing(monkeypatch, owner, method, after=after)
    await killed_and_taken_up_again(folder)
    assert await folder.kept() == [b"remember to call\n"]
    [(state, reason, _)] = await folder.imports()
    assert state == "refused"
    assert reason
    events = await folder.resources.audit.events(folder.tenant.workspace_id)
    assert [one["event"] for one in events].count("inbox:file:quarantined") == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "method"), [step for step in RECORDING_STEPS if step[0] is not Registration])
async def test_a_worker_killed_at_any_step_loses_no_cdr_and_lands_none_twice(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, after: bool
) -> None:
    await folder.put("pbx/Master.csv", asterisk_file(40))
    killing(monkeypatch, owner, method, after=after)
    await killed_and_taken_up_again(folder)
    assert await folder.count("cdrs") == 40
    [(state, _, counts)] = await folder.imports()
    assert (state, counts["rows"], counts["landed"] + counts["duplicates"]) == ("done", 40, 40)


async def test_a_file_whose_control_totals_do_not_fit_lands_nothing_and_is_kept_once(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import keeps such a file whole by itself; the drop folder must not keep it a second time."""

    def read(source: Input, options: ParseOptions) -> Any:
        yield from registry.load_format("asterisk_csv").read(source, options)
        raise FileRefused("control_totals", "the trailer counts other records than there are")

    form = registry.Format("a_switch", "invented", read, lambda _: 0.0, totals=True)
    monkeypatch.setattr(import_work, "load_format", lambda _: form)
    content = asterisk_file(20)
    await folder.put("pbx/20261122.dat", content)
    await folder.taken_in()
    assert (await folder.kept(), await folder.left(), await folder.count("cdrs")) == ([content], [], 0)
    assert [(state, reason) for state, reason, _ in await folder.imports()] == [("refused", "control_totals")]
    assert await folder.count("quarantine") == 1
