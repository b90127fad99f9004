"""`callward corpus pull` and `verify` against a real API: resumed, checked, brought up to date, proven."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from api_process import ApiProcess, api_process
from click.testing import Result
from corpus_shelf import Shelf, shelf, utc_now
from typer.testing import CliRunner

from api.keys import KeyStore
from cli.client import ApiClient
from cli.main import app
from cli.pulling import download, pull
from corpus.leaving import take_out
from corpus.signing import SigningKeys
from domain.ids import new_id
from domain.scopes import Scope

if TYPE_CHECKING:
    from conftest import Tenant

    from cli.stack.embedded import EmbeddedStack


@pytest.fixture(scope="module")
def api(stack: EmbeddedStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiProcess]:
    with api_process(stack.env, tmp_path_factory.mktemp("api")) as running:
        yield running


@dataclass
class Team:
    """The ML team at its terminal, with a folder and a release to pull."""

    url: str
    key: str
    out: Path
    found: Shelf

    def run(self, *words: str) -> Result:
        env = {"CALLWARD_PUBLIC_URL": self.url, "CALLWARD_API_KEY": self.key}
        return CliRunner().invoke(app, ["corpus", *words], env=env)

    def pull(self, *words: str) -> Result:
        asked = words or ("--release", str(self.found.number))
        return self.run("pull", "--out", str(self.out), "--purpose", "tests", "--wait", "0", *asked)

    def verify(self, *words: str) -> Result:
        return self.run("verify", str(self.out), *words)

    @property
    def folder(self) -> Path:
        return self.out / f"release-{self.found.number:05}"

    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    async def leave(self, *at: int, rewritten: bool = True) -> list[str]:
        going = [list(self.found.items.values())[one] for one in at]
        await take_out(self.found.resources, dict.fromkeys(going, "objection"), now=utc_now())
        if rewritten:
            assert await self.found.rewrite()
        return going


BESIDE = {"README.md", "croissant.json", "manifest.json", "manifest.json.sig"}


@pytest.fixture
async def team(tenant: Tenant, api: ApiProcess, tmp_path: Path) -> Team:
    found = await shelf(tenant.resources, tenant.workspace_id, [new_id("call") for _ in range(6)])
    _, key = await KeyStore(tenant.resources).create(
        workspace_id=None, name="ML team", scopes=[Scope.CORPUS_READ], expires_at=None, now=utc_now()
    )
    return Team(api.url, key, tmp_path / "corpus", found)


async def test_a_release_is_pulled_and_proven(team: Team) -> None:
    done = team.pull()
    assert done.exit_code == 0, done.output
    assert team.files() == {"train-00000.parquet", "train-00001.parquet", *BESIDE}
    proof = team.verify()
    assert (proof.exit_code, "proven" in proof.stdout) == (0, True), proof.output
    assert "6 rows" in proof.stdout
    assert team.verify("--offline").exit_code == 0


async def test_who_left_is_gone_from_the_folder_after_the_next_pull_and_verify_says_so_before(team: Team) -> None:
    assert team.pull().exit_code == 0
    (gone,) = await team.leave(1)
    before = team.verify()
    assert before.exit_code == 3
    assert "holds 1 rows of people who left; pull again" in before.output
    done = team.pull("--since", str(team.found.number))
    assert done.exit_code == 0, done.output
    assert team.files() == {"train-00000-r3.parquet", "train-00001.parquet", *BESIDE}
    assert not any(gone.encode() in path.read_bytes() for path in team.folder.iterdir())
    proof = team.verify()
    assert (proof.exit_code, "5 rows" in proof.stdout) == (0, True), proof.output


async def test_a_file_that_is_not_written_anew_yet_is_deleted_all_the_same(team: Team) -> None:
    assert team.pull().exit_code == 0
    await team.leave(1, rewritten=False)
    done = team.pull()
    assert done.exit_code == 1
    assert "Pull again in a minute" in done.output
    assert team.files() == {"train-00001.parquet", *BESIDE}
    assert team.verify().exit_code == 3, "it is not all here"
    assert await team.found.rewrite()
    assert team.pull().exit_code == 0
    assert team.verify().exit_code == 0


async def test_a_pull_that_was_cut_goes_on_by_range(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []
    streamed = ApiClient.streamed

    def noted(self: ApiClient, path: str, **arguments: Any) -> Any:
        asked.append(dict(arguments["headers"]))
        return streamed(self, path, **arguments)

    assert team.pull().exit_code == 0
    whole = (team.folder / "train-00000.parquet").read_bytes()
    (team.folder / "train-00000.parquet").unlink()
    (team.folder / ".train-00000.parquet.part").write_bytes(whole[:700])
    monkeypatch.setattr(ApiClient, "streamed", noted)
    assert team.pull().exit_code == 0
    assert [one["Range"] for one in asked] == ["bytes=700-"]
    assert (team.folder / "train-00000.parquet").read_bytes() == whole
    (team.folder / "train-00000.parquet").unlink()
    (team.folder / ".train-00000.parquet.part").write_bytes(whole + b"more than there is")
    assert team.pull().exit_code == 0, "a part that is too long is cut"


async def test_a_part_that_was_damaged_is_fetched_anew_and_what_stays_wrong_is_not_kept(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.folder.mkdir(parents=True)
    (team.folder / ".train-00000.parquet.part").write_bytes(bytes(700))
    assert team.pull().exit_code == 0
    assert team.verify().exit_code == 0
    (team.folder / "train-00000.parquet").unlink()
    monkeypatch.setattr(download, "_hashed", lambda _out, digest, **_: digest.update(b"noise") or 0)
    done = team.pull()
    assert done.exit_code == 3
    assert "does not have the SHA-256 that the signed manifest names" in done.output
    assert team.files() == {"train-00001.parquet", *BESIDE}


async def test_a_full_disk_is_told_before_anything_comes(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage(team.out.parent)._replace(free=10)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: full)
    done = team.pull()
    assert done.exit_code == 1
    assert "make room, or choose another --out" in done.output


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("file", "is not what was signed"),
        ("manifest", "the signature of corpus-manifest does not hold"),
        ("row of the feed", "is not what its hash says"),
        ("last row of the feed", "rows were cut off or kept back"),
        ("page of the feed", "the signature of corpus-revocations does not hold"),
        ("stray file", "is no file of this release"),
        ("half file", "came in part only"),
    ],
)
async def test_whatever_was_changed_in_the_folder_is_not_proven(team: Team, what: str, told: str) -> None:
    assert team.pull().exit_code == 0
    await team.leave(0, 1)
    assert team.pull().exit_code == 0
    if what == "file":
        _change(next(team.folder.glob("train-00001*")))
    elif what == "manifest":
        _change(team.folder / "manifest.json")
    elif what == "row of the feed":
        feed = team.out / "revocations.jsonl"
        feed.write_text(feed.read_text("utf-8").replace('"reason":"objection"', '"reason":"held"', 1), "utf-8")
    elif what == "last row of the feed":
        feed = team.out / "revocations.jsonl"
        feed.write_text("".join(feed.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    elif what == "page of the feed":
        _change(team.out / ".callward" / "feed-page.json")
    elif what == "stray file":
        shutil.copy(next(team.folder.glob("train-00001*")), team.folder / "mine.parquet")
    else:
        (team.folder / ".train-00001.parquet.part").write_bytes(b"half")
    proof = team.verify("--offline")
    assert (proof.exit_code, told in proof.output) == (3, True), proof.output


def _change(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))


async def test_a_row_of_somebody_who_left_is_found_in_any_parquet_file_of_the_folder(team: Team) -> None:
    assert team.pull().exit_code == 0
    shutil.copy(team.folder / "train-00000.parquet", team.out / "my-copy.parquet")
    await team.leave(1)
    assert team.pull().exit_code == 0
    proof = team.verify()
    assert proof.exit_code == 3
    assert "my-copy.parquet holds 1 rows of people who left" in proof.output


async def test_a_new_signing_key_is_believed_when_the_old_one_vouches_for_it(team: Team) -> None:
    assert team.pull().exit_code == 0
    made = await SigningKeys(team.found.resources).rotate(now=utc_now())
    await team.leave(0)
    assert team.pull().exit_code == 0
    assert team.verify().exit_code == 0
    state = team.out / ".callward" / "state.json"
    told = json.loads(state.read_text("utf-8"))
    assert told["keys"][-1]["fingerprint"] == made["fingerprint"]
    told["keys"][-1]["voucher"] = told["keys"][-1]["public_key"] * 2
    state.write_text(json.dumps(told), "utf-8")
    assert team.verify("--offline").exit_code == 3
    other = Team(team.url, team.key, team.out.with_name("other"), team.found)
    refused = other.pull("--release", str(team.found.number), "--trust", "0" * 64)
    assert (refused.exit_code, "not those that this folder trusts" in refused.output) == (3, True)


async def test_a_manifest_older_than_what_is_here_is_refused(team: Team) -> None:
    assert team.pull().exit_code == 0
    manifest = team.folder / "manifest.json"
    newer = json.loads(manifest.read_bytes()) | {"revision": 99}
    manifest.write_text(json.dumps(newer), "utf-8")
    done = team.pull()
    assert (done.exit_code, "older than the one that is here" in done.output) == (3, True)


async def test_since_pulls_all_later_ones_and_without_a_number_comes_the_newest(team: Team, tenant: Tenant) -> None:
    later = [await shelf(tenant.resources, tenant.workspace_id, [new_id("call")]) for _ in range(2)]
    await shelf(tenant.resources, tenant.workspace_id, [new_id("call")], state="review")
    with ApiClient(team.url, team.key) as client:
        assert pull.wanted(client, since=team.found.number, release=None) == {one.number for one in later}
        assert pull.wanted(client, since=None, release=None) == {later[-1].number}
        assert pull.wanted(client, since=None, release=7) == {7}


async def test_two_pulls_into_one_folder_do_not_mix_and_a_refusal_says_what_to_do(team: Team) -> None:
    folder = pull.Folder(team.out)
    with folder.locked():
        done = team.pull()
    assert (done.exit_code, "another pull is at work" in done.output) == (1, True)
    refused = team.pull("--release", "99999999")
    assert refused.exit_code == 1
    assert team.run("pull", "--out", str(team.out), "--purpose", "x", "--since", "1", "--release", "1").exit_code == 2
    wrong = team.run("pull", "--out", str(team.out), "--purpose", "x")
    assert (wrong.exit_code, "Say what it is pulled for" in wrong.output) == (1, True)


async def test_the_platforms_administrator_makes_the_teams_key(team: Team, api: ApiProcess) -> None:
    made = team.run("make-key", "--key", api.platform_key, "--name", "ML team", "--manage")
    assert made.exit_code == 0, made.output
    with ApiClient(api.url, made.stdout.strip()) as client:
        assert client.get("/v1/corpus/releases", params={"limit": 1})["releases"]
        assert client.request("POST", "/v1/corpus/signing-keys").status_code == 201
    with ApiClient(api.url, api.platform_key) as client:
        listed = client.get("/v1/platform/keys")
        ours = next(one for one in listed if one["name"] == "ML team" and set(one["scopes"]) > {"corpus:read"})
        assert client.request("DELETE", f"/v1/platform/keys/{ours['id']}").status_code == 204
    refused = team.run("pull", "--key", made.stdout.strip(), "--out", str(team.out), "--purpose", "tests")
    assert (refused.exit_code, "revoked" in refused.output) == (1, True)
    assert not team.out.exists()
