"""Reading CDR files: each text format from bytes to rows, beside csv.DictReader and strptime on the same file.

The peer splits the columns and reads the start time, and no more: no zone, no numbers, no keys, no checks. Times are of
the process (CPU), on one core. Numbers repeat as they do in a company: 20,000 distinct outside numbers.
"""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import Rejection
from ingest.formats.registry import load_format

ROWS = 200_000
ROUNDS = 2
NUMBERS = 20_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MAPPING = {
    "fields": {
        "origin_id": "id",
        "caller": "from",
        "callee": "to",
        "setup_time": {"column": "start", "format": "%d.%m.%Y %H:%M:%S"},
        "duration_s": "seconds",
    }
}


@dataclass(frozen=True)
class Case:
    """One format: its head line, how a row is written, and where and how the peer finds the start time."""

    name: str
    row: Callable[[int, datetime], str]
    peer_start: str
    peer_format: str
    head: str = ""
    peer_names: tuple[str, ...] = ()

    def content(self) -> bytes:
        """Return the file."""
        rows = (self.row(at, FIRST + timedelta(seconds=3 * at)) for at in range(ROWS))
        return (self.head + "\n".join(rows)).encode()


def asterisk(at: int, start: datetime) -> str:
    answer, end = start + timedelta(seconds=8), start + timedelta(seconds=8 + at % 300)
    return (
        f'"acc","{1000 + at % 500}","+4420794{60000 + at % NUMBERS}","inside","""Ann"" <{1000 + at % 500}>",'
        f'"PJSIP/{1000 + at % 500}-{at:08x}","PJSIP/trunk-{at:08x}","Dial","PJSIP/trunk/{at},30","{start:%F %T}",'
        f'"{answer:%F %T}","{end:%F %T}","{8 + at % 300}","{at % 300}","ANSWERED","DOCUMENTATION",'
        f'"{int(start.timestamp())}.{at}",""'
    )


def cel(at: int, start: datetime) -> str:
    unique = f"{int(start.timestamp())}.{at}"
    return f"CHAN_START,{start:%F %T},{1000 + at % 500},+4420794{60000 + at % NUMBERS},SIP/{at},{unique},{unique}"


def freeswitch(at: int, start: datetime) -> str:
    end = start + timedelta(seconds=at % 300)
    return (
        f'"Ann","{1000 + at % 500}","+4420794{60000 + at % NUMBERS}","default","{start:%F %T}","{start:%F %T}",'
        f'"{end:%F %T}","{at % 300}","{at % 300}","NORMAL_CLEARING","{at:08x}-4c15-11ea-97a0-9dd79410affb","","acc",'
        '"PCMU","PCMA"'
    )


def cgrates(at: int, start: datetime) -> str:
    return f"*voice,{at:x},{1000 + at % 500},+4420794{60000 + at % NUMBERS},{start:%F %T} +0000 UTC,{at % 300}s,0.25"


def cucm(at: int, start: datetime) -> str:
    first = int(start.timestamp())
    return (
        f"1,1,{at},{first},{1000 + at % 500},+4420794{60000 + at % NUMBERS},{first + 5},{first + 5 + at % 99},{at % 99}"
    )


def mapped(at: int, start: datetime) -> str:
    return f"{at},{1000 + at % 500},+4420794{60000 + at % NUMBERS},{start:%d.%m.%Y %H:%M:%S},{at % 300}"


ISO = "%Y-%m-%d %H:%M:%S"
CUCM_HEAD = (
    "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,dateTimeOrigination,callingPartyNumber,"
    "finalCalledPartyNumber,dateTimeConnect,dateTimeDisconnect,duration\n"
)
CASES = (
    Case("asterisk_csv", asterisk, "9", ISO, peer_names=tuple(str(at) for at in range(18))),
    Case("asterisk_cel", cel, "eventtime", ISO, "eventtype,eventtime,cid_num,exten,channame,uniqueid,linkedid\n"),
    Case("freeswitch_csv", freeswitch, "4", ISO, peer_names=tuple(str(at) for at in range(15))),
    Case(
        "cgrates_csv",
        cgrates,
        "SetupTime",
        f"{ISO} %z UTC",
        "ToR,OriginID,Account,Destination,SetupTime,Usage,Cost\n",
    ),
    Case("cucm", cucm, "dateTimeOrigination", "", CUCM_HEAD),
    Case("csv_mapping", mapped, "start", "%d.%m.%Y %H:%M:%S", "id,from,to,start,seconds\n"),
)


def ours(case: Case, content: bytes) -> None:
    options = ParseOptions(zone=ZoneInfo("UTC"), region="GB", now=datetime.now(UTC), mapping=MAPPING)
    rows = 0
    for item in load_format(case.name).read(Input(io.BytesIO(content)), options):
        if isinstance(item, Rejection):
            raise SystemExit(f"{case.name}: line {item.raw_line} was refused: {item.reason}")
        rows += 1
    if rows != ROWS:
        raise SystemExit(f"{case.name}: {rows} of {ROWS} rows")


def peer(case: Case, content: bytes) -> None:
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="")
    for row in csv.DictReader(text, case.peer_names or None):
        start = row[case.peer_start]
        if case.peer_format:
            datetime.strptime(start, case.peer_format).replace(tzinfo=UTC)
        else:
            datetime.fromtimestamp(int(start), UTC)


def best(work: Callable[[Case, bytes], None], case: Case, content: bytes) -> float:
    """Return the shortest CPU time of several runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work(case, content)
        times.append(time.process_time() - began)
    return min(times)


def main() -> None:
    """Print rows a second and ratios; the first run of each reader meets all numbers for the first time."""
    only = set(sys.argv[1:])
    print(f"{ROWS:,} rows a file, {NUMBERS:,} distinct numbers, best of {ROUNDS}, CPU time of one core")
    for case in CASES:
        if only and case.name not in only:
            continue
        content = case.content()
        began = time.process_time()
        ours(case, content)
        cold = ROWS / (time.process_time() - began)
        warm, plain = ROWS / best(ours, case, content), ROWS / best(peer, case, content)
        print(
            f"{case.name:<15} ours {warm:9,.0f} rows/s   first time {cold:9,.0f} rows/s"
            f"   DictReader + strptime {plain:9,.0f} rows/s   ratio {warm / plain:5.2f}"
        )


if __name__ == "__main__":
    main()
