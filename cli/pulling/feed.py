"""The revocation feed on disk: fetched on from where it was, each page's signature and each row's place checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cli.client import ApiClient
from cli.pulling.errors import NotProven
from cli.pulling.folder import Folder, write_whole
from cli.pulling.trust import Seal, Trust
from domain.chains import Flaw, Walk
from domain.proofs import REVOCATION_CHAIN, REVOCATION_FIELDS, Signed, canonical

_AT_ONCE: Final = 1000
_SEAL: Final = "feed-page.json.sig"


class Feed:
    """The rows that are here, in a chain that was walked from its first row on."""

    def __init__(self, folder: Folder) -> None:
        """Read and walk what is here. Raises NotProven when a row was changed, is missing or one too many."""
        self._folder = folder
        self._walk = Walk(REVOCATION_CHAIN, REVOCATION_FIELDS)
        self.revoked: dict[str, str] = {}
        """Item → the word for why."""
        self.releases: dict[str, int] = {}
        for row in self._rows():
            self._take(row)

    @property
    def head(self) -> tuple[int, str]:
        """Number and hash of the last row."""
        end = self._walk.end()
        return end.entries, end.head

    def _rows(self) -> Iterator[Mapping[str, Any]]:
        if not self._folder.feed.exists():
            return
        with self._folder.feed.open(encoding="utf-8") as lines:
            for line in lines:
                if not line.endswith("\n"):  # a pull was cut while it wrote this row: it is fetched again
                    return
                try:
                    yield json.loads(line)
                except ValueError:
                    raise _flawed(self.head[0] + 1, Flaw.CHANGED) from None

    def _take(self, row: Mapping[str, Any]) -> None:
        if not self._walk.take(row):
            end = self._walk.end()
            raise _flawed(end.at or 0, end.flaw or Flaw.CHANGED)
        self.revoked[str(row["item_id"])] = str(row["reason"])
        self.releases[str(row["item_id"])] = int(row["release"])

    def follow(self, client: ApiClient, trust: Trust) -> int:
        """Fetch what is new; return how many rows. Raises ApiError and NotProven."""
        self._cut()
        new = 0
        while True:
            after = self.head[0]
            answer = client.request("GET", "/v1/corpus/revocations", params={"after": after, "limit": _AT_ONCE})
            seal = Seal.of_headers(answer.headers)
            trust.check(Signed.FEED, answer.content, seal)
            page = json.loads(answer.content)
            for row in page["rows"]:
                self._take(row)
            with self._folder.feed.open("ab") as out:
                out.writelines(canonical(row) + b"\n" for row in page["rows"])
            write_whole(self._folder.feed_page, answer.content)
            write_whole(self._folder.feed_page.with_name(_SEAL), seal.line().encode())
            new += len(page["rows"])
            if self._reaches(page):
                return new
            if not page["rows"]:
                raise _flawed(after + 1, Flaw.CUT)

    def _cut(self) -> None:
        """Drop the half row that a killed pull left."""
        file = self._folder.feed
        if file.exists():
            body = file.read_bytes()
            whole = body.rfind(b"\n") + 1
            if whole < len(body):
                write_whole(file, body[:whole])

    def _reaches(self, page: Mapping[str, Any]) -> bool:
        """Say whether the rows reach the head that was signed. Raises NotProven when they pass it by."""
        sequence, digest = int(page["head"]["sequence"]), str(page["head"]["hash"])
        here, own = self.head
        if here > sequence or (here == sequence and own != digest):
            raise _flawed(sequence, Flaw.REWRITTEN)
        return here == sequence

    def check(self, trust: Trust) -> str:
        """Check the chain against the last signed page; return when that was served. Raises NotProven."""
        try:
            body = self._folder.feed_page.read_bytes()
            seal = Seal.read(self._folder.feed_page.with_name(_SEAL).read_text("utf-8"))
        except FileNotFoundError:
            raise NotProven("there is no signed page of the revocation feed here; run `callward corpus pull`") from None
        trust.check(Signed.FEED, body, seal)
        page = json.loads(body)
        if not self._reaches(page):
            raise _flawed(self.head[0] + 1, Flaw.CUT)
        return str(page["served_at"])


def _flawed(at: int, flaw: Flaw) -> NotProven:
    told = {
        Flaw.CHANGED: "is not what its hash says",
        Flaw.MISSING: "is missing, or one stands where none belongs",
        Flaw.CUT: "is missing: rows were cut off or kept back",
        Flaw.REWRITTEN: "is another one than was signed",
    }
    return NotProven(f"row {at} of the revocation feed {told[flaw]}; delete revocations.jsonl and pull again")
