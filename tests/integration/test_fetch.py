"""Fetching recordings from real servers on loopback: what is taken, what is refused, and that it ends in time."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from domain.calls import CallState
from domain.jobs import Queue
from governance.workspaces import WorkspaceStore
from ingest.fetch_errors import FetchFailed, FetchRefused
from ingest.fetching import Fetcher, Patience
from ingest.providers.errors import CallbackUnreadable
from ingest.providers.receiving import Reception
from ingest.providers.request import CallbackRequest
from ingest.providers.signatures import twilio_signature
from ingest.recordings import RecordingStore
from ingest.sources import Source, SourceConfig, SourceStore
from workers.chores import ChoreRunner
from workers.erasure import erase_call
from workers.fetch import fetch_recording
from workers.runner import JobRunner, utc_now

if TYPE_CHECKING:
    from conftest import Tenant

    from storage.mongo import Document

FLAC = b"fLaC" + bytes(range(256)) * 400
QUICK = Patience(connect_s=1.0, read_s=0.5, total_s=1.5)
Answering = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A server of one test: it notes each request's head and answers as the test says."""

    answer: Answering
    heads: list[str] = field(default_factory=list)
    port: int = 0
    at_work: dict[asyncio.Task[Any], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/recording"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.at_work[task] = writer
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            await self.answer(head, writer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    async def end(self) -> None:
        """Hang up on whoever is still there."""
        for task, writer in self.at_work.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*self.at_work, return_exceptions=True)

    def header(self, name: str, at: int = -1) -> str | None:
        lines = (line.partition(": ") for line in self.heads[at].split("\r\n"))
        return next((value for given, _, value in lines if given.lower() == name), None)


@contextlib.asynccontextmanager
async def serving(answer: Answering, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(answer)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.end()
        await listening.wait_closed()


def says(status: str = "200 OK", body: bytes = FLAC, **headers: str) -> Answering:
    """Answer with this."""

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        lines = {"Content-Type": "audio/flac", "Content-Length": str(len(body)), "Connection": "close"}
        lines |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return answer


def loopback(hosts: Sequence[str] = ("127.0.0.1",), limit: int = 2**20, patience: Patience | None = None) -> Fetcher:
    return Fetcher(hosts, limit=limit, patience=patience or QUICK, loopback_for_tests=True)


async def fetched(fetcher: Fetcher, url: str, **headers: str) -> bytes:
    async with asyncio.timeout(10), fetcher.get(url, headers) as found:
        return b"".join([piece async for piece in found.pieces])


async def reason(fetcher: Fetcher, url: str, kind: type[FetchRefused | FetchFailed] = FetchRefused) -> str:
    with pytest.raises(kind) as caught:
        await fetched(fetcher, url, Authorization="Basic c2VjcmV0")
    told = str(caught.value) + str(caught.value.fields)
    assert "127.0.0.1" not in told
    assert "c2VjcmV0" not in told
    assert caught.value.__cause__ is None
    return caught.value.reason


async def test_a_recording_is_fetched_whole_with_its_credentials_under_the_hosts_own_name() -> None:
    async with serving(says()) as server:
        assert await fetched(loopback(), server.url, Authorization="Basic c2VjcmV0") == FLAC
        assert server.header("authorization") == "Basic c2VjcmV0"
        assert server.header("host") == f"127.0.0.1:{server.port}"
        assert server.header("accept-encoding") == "identity"


async def test_without_the_tests_own_argument_loopback_and_http_are_refused() -> None:
    async with serving(says()) as server:
        assert await reason(Fetcher(("127.0.0.1",), limit=9), server.url) == "scheme"
        assert await reason(Fetcher(("127.0.0.1",), limit=9), "https://127.0.0.1/recording") == "network"
        assert server.heads == []


@pytest.mark.parametrize("answers", [("10.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("::ffff:10.0.0.1",), ("not an address",)])
async def test_a_listed_name_that_leads_into_a_private_network_is_refused(answers: tuple[str, ...]) -> None:
    async def resolver(_: str, __: int) -> tuple[str, ...]:
        return answers

    fetcher = Fetcher(("media.example.com",), limit=9, resolver=resolver)
    assert await reason(fetcher, "https://media.example.com/1") == "network"


async def test_the_connection_goes_to_the_address_that_was_looked_at_and_the_name_is_asked_for_once() -> None:
    asked: list[str] = []

    async def resolver(host: str, _: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

    async with serving(says()) as server:
        fetcher = Fetcher(("media.example.com",), limit=2**20, resolver=resolver, loopback_for_tests=True)
        assert await fetched(fetcher, f"http://media.example.com:{server.port}/recording") == FLAC
        assert asked == ["media.example.com"]
        assert server.header("host") == f"media.example.com:{server.port}"


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("http://169.254.169.254/latest/meta-data/", "host"),
        ("http://localhost/", "host"),
        ("//evil.example/", "host"),
        ("file:///etc/passwd", "scheme"),
        ("http://u:p@127.0.0.1/", "userinfo"),
        ("http://[", "host"),
        ("", "scheme"),
    ],
)
async def test_a_redirect_to_elsewhere_is_refused_and_never_asked(location: str, told: str) -> None:
    async with serving(says("302 Found", b"", location=location)) as server:
        assert await reason(loopback(), server.url) == told
        assert len(server.heads) == 1


async def test_a_redirect_to_a_listed_host_with_a_private_address_is_refused() -> None:
    async def resolver(host: str, _: int) -> tuple[str, ...]:
        return ("127.0.0.1",) if host == "media.example.com" else ("169.254.169.254",)

    async with serving(says("307 Temporary Redirect", b"", location="http://cdn.example.com/x")) as server:
        fetcher = Fetcher(("*.example.com",), limit=9, patience=QUICK, resolver=resolver, loopback_for_tests=True)
        assert await reason(fetcher, f"http://media.example.com:{server.port}/") == "network"


async def test_three_redirects_on_the_list_are_followed_without_the_credentials_and_a_fourth_is_refused() -> None:
    async def answer(head: str, writer: asyncio.StreamWriter) -> None:
        hop = int(head.split("/")[1].split(" ", maxsplit=1)[0])
        if hop == 3:
            await says()(head, writer)
        else:
            await says("302 Found", b"", location=f"/{hop + 1}")(head, writer)

    async with serving(answer) as server:
        base = f"http://127.0.0.1:{server.port}"
        assert await fetched(loopback(), f"{base}/0", Authorization="Basic c2VjcmV0") == FLAC
        assert [server.header("authorization", at) for at in range(4)] == ["Basic c2VjcmV0", None, None, None]
        assert await reason(loopback(), f"{base}/-1") == "redirects"


async def test_a_body_over_the_limit_is_refused_by_its_announced_length_or_by_counting() -> None:
    async def endless(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: audio/flac\r\nConnection: close\r\n\r\n")
        while not writer.is_closing():
            writer.write(FLAC)
            await writer.drain()

    async with serving(says()) as server:
        assert await fetched(loopback(limit=len(FLAC)), server.url) == FLAC
        assert await reason(loopback(limit=len(FLAC) - 1), server.url) == "size"
    async with serving(endless) as server:
        assert await reason(loopback(limit=10**6), server.url) == "size"


async def test_a_body_that_ends_too_early_is_tried_again() -> None:
    async with serving(says(content_length=str(len(FLAC) + 1))) as server:
        assert await reason(loopback(), server.url, FetchFailed) == "connection"


async def test_a_server_that_is_silent_or_drips_is_left_in_time() -> None:
    async def silent(_: str, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async def dripping(_: str, writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nContent-Type: audio/flac\r\n" + b"X: y\r\n" * 100:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.1)

    async def dripping_body(head: str, writer: asyncio.StreamWriter) -> None:
        await says(body=b"fLaC", content_length="1000")(head, writer)
        await dripping(head, writer)

    for answer in (silent, dripping, dripping_body):
        async with serving(answer) as server:
            assert await reason(loopback(), server.url, FetchFailed) == "time"


async def test_a_host_that_nobody_answers_at_is_tried_again() -> None:
    async with serving(says()) as server:
        url = server.url
    assert await reason(loopback(), url, FetchFailed) == "connection"


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        ("404 Not Found", FetchFailed, "not_there"),
        ("429 Too Many Requests", FetchFailed, "busy"),
        ("503 Service Unavailable", FetchFailed, "busy"),
        ("401 Unauthorized", FetchRefused, "status"),
        ("403 Forbidden", FetchRefused, "status"),
        ("410 Gone", FetchRefused, "status"),
        ("204 No Content", FetchRefused, "status"),
        ("206 Partial Content", FetchRefused, "status"),
        ("304 Not Modified", FetchRefused, "status"),
    ],
)
async def test_what_a_status_means(status: str, kind: type[FetchRefused | FetchFailed], told: str) -> None:
    async with serving(says(status, b"")) as server:
        assert await reason(loopback(), server.url, kind) == told


async def test_only_sound_is_taken_and_never_in_another_encoding() -> None:
    for media_type in ("text/html", "application/json", "image/png", "application/xml"):
        async with serving(says(content_type=media_type)) as server:
            assert await reason(loopback(), server.url) == "media_type"
    for media_type in ("", "binary/octet-stream", "audio/x-wav; rate=8000"):
        async with serving(says(content_type=media_type)) as server:
            assert await fetched(loopback(), server.url) == FLAC
    async with serving(says(body=gzip.compress(bytes(10**6)), content_encoding="gzip")) as server:
        assert await reason(loopback(), server.url) == "encoding"


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context with a certificate for this name, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "certificate.pem"))


async def test_over_tls_the_certificate_must_be_of_the_name_though_the_address_is_asked(tmp_path: Path) -> None:
    server_tls, client_tls = certificate("media.example.com", tmp_path)
    names: list[str] = []
    server_tls.sni_callback = lambda _, name, __: names.append(str(name))

    async def resolver(_: str, __: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async with serving(says(), server_tls) as server:
        for host, good in (("media.example.com", True), ("other.example.com", False)):
            fetcher = Fetcher(
                ("*.example.com",),
                limit=2**20,
                patience=QUICK,
                resolver=resolver,
                loopback_for_tests=True,
                tls=client_tls,
            )
            url = f"https://{host}:{server.port}/recording"
            if good:
                assert await fetched(fetcher, url) == FLAC
            else:
                assert await reason(fetcher, url, FetchFailed) == "connection"
        assert names == ["media.example.com", "other.example.com"]
        untrusting = Fetcher(("*.example.com",), limit=9, patience=QUICK, resolver=resolver, loopback_for_tests=True)
        assert await reason(untrusting, f"https://media.example.com:{server.port}/", FetchFailed) == "connection"


TOKEN = "fictional-auth-token"


@dataclass
class Line:
    """A Twilio line of a workspace, whose recordings lie on a test's server."""

    tenant: Tenant
    source: Source

    async def tell(self, server: Server, recording: str = "RE1") -> None:
        """Deliver the callback that a recording is there."""
        fields = {
            "AccountSid": "AC1", "CallSid": f"CA-{recording}", "RecordingSid": recording,
            "RecordingStatus": "completed", "RecordingUrl": server.url, "From": "+14155550132", "To": "+14155550198",
            "RecordingStartTime": "Fri, 20 Nov 2026 09:00:05 +0000",
        }  # fmt: skip
        path = f"/v1/callbacks/twilio/{self.source.hook}"
        base = self.tenant.resources.settings.public_url
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": twilio_signature(TOKEN, base + path, fields.items()),
        }
        answer = await self.tenant.client_with(None).post(path, content=urlencode(fields), headers=headers)
        assert answer.status_code == 200

    async def call(self) -> Document:
        (found,) = await self.tenant.resources.database.scoped("calls", self.tenant.workspace_id).find({})
        return found

    async def run(self) -> Document:
        """Run the call's newest fetch job once, and return it as it stands then."""
        resources = self.tenant.resources
        chores = {"fetch": partial(fetch_recording, make_fetcher=loopback)}
        runner = JobRunner(resources, {}, lambda job: erase_call(resources, job), ChoreRunner(resources, chores).run)
        call = await self.call()
        jobs = [job for job in await resources.outbox.of_call(call["_id"]) if job["task"] == "fetch"]
        await runner.run(jobs[-1]["_id"])
        found = await resources.database.whole("outbox").find_one({"_id": jobs[-1]["_id"]})
        assert found is not None
        return found


@pytest.fixture
async def line(tenant: Tenant) -> Line:
    config = SourceConfig(
        provider="twilio", fetch_hosts=("127.0.0.1",), settings={"account_sid": "AC1", "api_host": "127.0.0.1"}
    )
    store = SourceStore(tenant.resources, tenant.workspace_id)
    return Line(tenant, await store.put("line", config, secrets={"auth_token": TOKEN}, now=utc_now()))


async def test_a_signed_callback_becomes_a_received_call_with_its_first_job(line: Line) -> None:
    async with serving(says()) as server:
        await line.tell(server)
        job = await line.run()
        assert (job["state"], job["error"]) == ("done", None)
        assert (server.header("authorization") or "").startswith("Basic ")
    call = await line.call()
    assert (call["state"], call["size"], call["media_type"]) == (CallState.RECEIVED.value, len(FLAC), "audio/flac")
    resources = line.tenant.resources
    recordings = RecordingStore(resources, line.tenant.workspace_id)
    kept = recordings.read_original(await recordings.of_call(call["_id"]))
    assert b"".join([piece async for piece in kept]) == FLAC
    tasks = [(one["task"], one["state"]) for one in await resources.outbox.of_call(call["_id"])]
    assert tasks == [("fetch", "done"), ("transcribe", "ready")]
    assert (await resources.database.scoped("cdrs", line.tenant.workspace_id).count({})) == 1


async def test_a_job_that_runs_twice_fetches_once(line: Line) -> None:
    async with serving(says()) as server:
        await line.tell(server)
        await line.run()
        call = await line.call()
        again = await line.tenant.resources.outbox.add(
            workspace_id=line.tenant.workspace_id, call_id=call["_id"], task="fetch", queue=Queue.INGEST, now=utc_now()
        )
        assert (await line.run())["_id"] == again
        assert len(server.heads) == 1
    assert (await line.call())["content_hash"] == call["content_hash"]


async def test_credentials_go_to_the_providers_own_hosts_only(tenant: Tenant) -> None:
    config = SourceConfig(provider="twilio", fetch_hosts=("127.0.0.1",), settings={"account_sid": "AC1"})
    store = SourceStore(tenant.resources, tenant.workspace_id)
    line = Line(tenant, await store.put("line", config, secrets={"auth_token": TOKEN}, now=utc_now()))
    async with serving(says()) as server:
        await line.tell(server)
        assert (await line.run())["state"] == "done"
        assert server.header("authorization") is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says("403 Forbidden", b""), "fetch-refused"),
        (says("302 Found", b"", location="http://169.254.169.254/"), "fetch-refused"),
        (says(body=b"<html>not a recording</html>"), "not-audio"),
        (says(body=b"", content_length="0"), "empty-recording"),
    ],
)
async def test_what_cannot_get_better_is_a_dead_letter_at_once_and_keeps_nothing(
    line: Line, answer: Answering, code: str
) -> None:
    async with serving(answer) as server:
        await line.tell(server)
        job = await line.run()
    assert (job["state"], job["error"], job["attempts"]) == ("dead", code, 1)
    call = await line.call()
    assert call["state"] == CallState.AWAITING_UPLOAD.value
    assert await line.tenant.resources.objects.list_keys(f"c/{call['_id']}/") == []


async def test_a_recording_that_is_not_there_yet_is_asked_for_again_minutes_later(line: Line) -> None:
    before = utc_now()
    async with serving(says("404 Not Found", b"")) as server:
        await line.tell(server)
        job = await line.run()
    assert (job["state"], job["error"], job["attempts"]) == ("ready", "fetch-failed", 1)
    assert job["run_after"] > before + timedelta(seconds=59)


async def test_a_fetch_that_breaks_off_in_the_middle_keeps_nothing_and_the_next_try_gets_all_of_it(line: Line) -> None:
    async with serving(says(content_length=str(len(FLAC) * 2))) as server:
        await line.tell(server)
        assert (await line.run())["state"] == "ready"
        call = await line.call()
        assert await line.tenant.resources.objects.list_keys(f"c/{call['_id']}/") == []
        jobs = line.tenant.resources.database.whole("outbox")
        await jobs.update({"call_id": call["_id"]}, {"$set": {"run_after": utc_now()}})
        server.answer = says()
        assert (await line.run())["state"] == "done"
    assert (await line.call())["state"] == CallState.RECEIVED.value


@pytest.mark.settings(max_recording_bytes=1000)
async def test_a_recording_over_the_workspaces_limit_is_given_up(line: Line) -> None:
    async with serving(says()) as server:
        await line.tell(server)
        assert (await line.run())["error"] == "fetch-refused"


async def test_a_call_erased_before_its_recording_came_is_not_fetched(line: Line) -> None:
    async with serving(says()) as server:
        await line.tell(server)
        call = await line.call()
        calls = line.tenant.resources.database.scoped("calls", line.tenant.workspace_id)
        await calls.update({"_id": call["_id"]}, {"$set": {"state": CallState.ERASING.value, "erase_cause": "request"}})
        assert (await line.run())["state"] == "done"
        assert server.heads == []


def read_back_by(server: Server) -> dict[str, str]:
    return {"read_back": "yes", "account_sid": "ac", "api_host": f"127.0.0.1:{server.port}", "vouched_by": "address"}


async def exotel(tenant: Tenant, server: Server, **settings: str) -> tuple[Reception, CallbackRequest]:
    config = SourceConfig(provider="exotel", fetch_hosts=("127.0.0.1",), settings={**read_back_by(server), **settings})
    store = SourceStore(tenant.resources, tenant.workspace_id)
    secrets = {"api_key": "key", "api_token": "token"}
    source = await store.put("exotel", config, secrets=secrets, now=utc_now())
    workspace = await WorkspaceStore(tenant.resources).get(tenant.workspace_id)
    query = urlencode(
        {"CallSid": "ex1", "Status": "completed", "DateUpdated": "2026-11-20 14:31:00", "From": "0112345678"}
    )
    sent = CallbackRequest("GET", f"https://callward.example.com/?{query}", query, [], b"")
    return Reception(tenant.resources, source, workspace.policy, make_fetcher=_over_http), sent


def _over_http(hosts: Sequence[str], limit: int, patience: Patience | None = None) -> Fetcher:
    fetcher = loopback(hosts, limit, patience)
    checked = fetcher._checked
    fetcher._checked = lambda address: checked(address.replace("https://", "http://"))  # type: ignore[method-assign] # the test's API speaks http
    return fetcher


async def test_an_unsigned_call_is_confirmed_by_the_providers_api_and_only_its_answer_counts(tenant: Tenant) -> None:
    body = (
        b'{"Call": {"Sid": "ex1", "From": "09999999991", "To": "08047112233", "Status": "busy",'
        b' "Direction": "outbound-api", "StartTime": "2026-11-20 14:30:00", "EndTime": "2026-11-20 14:30:20",'
        b' "Duration": 20, "RecordingUrl": null}}'
    )
    async with serving(says(body=body, content_type="application/json")) as server:
        reception, sent = await exotel(tenant, server)
        taken = await reception.take(sent, now=utc_now())
        assert taken.rows == 1
        assert server.heads[0].startswith("GET /v1/Accounts/ac/Calls/ex1.json HTTP/1.1")
    (cdr,) = await tenant.resources.database.scoped("cdrs", tenant.workspace_id).find({})
    assert (cdr["disposition"], cdr["duration_s"], cdr["facts"]["verified"]) == ("busy", 20.0, "read_back")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says("404 Not Found", b""), "CallbackRefused"),
        (says("401 Unauthorized", b""), "CallbackRefused"),
        (says(body=b'{"RestException": {}}', content_type="application/json"), "CallbackRefused"),
        (says(body=b'{"Call": {"Sid": "ex2", "Status": "busy"}}', content_type="application/json"), "CallbackRefused"),
        (says("503 Service Unavailable", b""), "Unavailable"),
        (says(body=b"<xml>", content_type="application/xml"), "CallbackUnreadable"),
    ],
)
async def test_a_call_that_the_provider_does_not_confirm_stores_nothing(
    tenant: Tenant, answer: Answering, kind: str
) -> None:
    async with serving(answer) as server:
        reception, sent = await exotel(tenant, server)
        with pytest.raises(Exception, match=r".") as caught:
            await reception.take(sent, now=utc_now())
    assert type(caught.value).__name__ == kind
    assert await tenant.resources.database.scoped("cdrs", tenant.workspace_id).count({}) == 0


async def test_a_callback_that_names_more_calls_than_can_be_read_back_asks_for_none(tenant: Tenant) -> None:
    async with serving(says()) as server:
        reception, sent = await exotel(tenant, server)
        body = json.dumps([{"CallSid": f"ex{number}", "Status": "busy"} for number in range(11)]).encode()
        many = replace(sent, method="POST", query="", headers=[("content-type", "application/json")], body=body)
        with pytest.raises(CallbackUnreadable):
            await reception.take(many, now=utc_now())
        assert server.heads == []
