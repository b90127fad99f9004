"""Whatever a text file holds: no crash, and every record of it lands or is refused.

A record is a line that is neither blank nor a comment, or several that a quoted field spans; a header is none.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parsing import BERLIN, NO_ZONE

from domain.errors import CallwardError
from ingest.formats.errors import REASONS, FileRefused, UnknownFormat, ZoneNeeded
from ingest.formats.joining import joined
from ingest.formats.options import Limits, ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import CallRecord, Rejection, Row, to_json
from ingest.formats.registry import load_format
from ingest.formats.table import records

PERSON = "+447700900123"
MAPPING: dict[str, Any] = {
    "fields": {
        "caller": "From",
        "callee": "To",
        "setup_time": "Start",
        "duration_s": {"column": "Length", "unit": "go"},
    }
}


@dataclass(frozen=True)
class Seed:
    """A valid file of a format: `head` lines that are no rows, and its rows."""

    name: str
    rows: tuple[str, ...]
    head: tuple[str, ...] = ()
    delimiter: str = ","
    comment: str = ""

    @property
    def text(self) -> str:
        return "\n".join((*self.head, *self.rows)) + "\n"


ASTERISK = (
    f'"acc","1001","{PERSON}","in","""Ann"" <1001>","SIP/1-1","SIP/2-2","Dial","SIP/2,30","2026-07-01 12:00:00",'
    '"2026-07-01 12:00:05","2026-07-01 12:00:20","20","15","ANSWERED","BILLING","1782900000.7","a\nb"'
)
FREESWITCH = (
    f'"Ann","{PERSON}","1002","default","2026-07-01 12:00:00","","2026-07-01 12:00:20","20","15",'
    '"NORMAL_CLEARING","d80e22e0-4c15-11ea-97a0-9dd79410affb","","acc","PCMU","PCMA"'
)
CUCM = (
    "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,dateTimeOrigination,callingPartyNumber,"
    "finalCalledPartyNumber,dateTimeConnect,dateTimeDisconnect,duration"
)
SEEDS = {
    "asterisk_csv": Seed("asterisk_csv", (ASTERISK, ASTERISK.replace("1001", "1002"), ASTERISK.replace("a\nb", "x"))),
    "asterisk_header": Seed(
        "asterisk_csv",
        (f"BUSY,4,{PERSON},1001,2026-07-01 12:00:00", "FAILED,0,1002,1001,2026/7/2 12:00"),
        ("disposition,duration,dst,src,calldate",),
    ),
    "asterisk_cel": Seed(
        "asterisk_cel",
        (
            f'CHAN_START,2026-07-01 12:00:00,{PERSON},1002,SIP/1,1782900000.1,1782900000.1,""',
            'HANGUP,2026-07-01 12:00:01,1001,,SIP/1,1782900000.1,1782900000.1,"{""hangupcause"":17}"',
        ),
        ("eventtype,eventtime,cid_num,exten,channame,uniqueid,linkedid,extra",),
    ),
    "freeswitch_csv": Seed(
        "freeswitch_csv",
        (FREESWITCH,) * 3,
    ),
    "cgrates_csv": Seed(
        "cgrates_csv",
        (f"*voice,abc,1001,{PERSON},2026-07-01 10:00:00 +0000 UTC,1h2m3s,1.25",) * 3,
        (":ToR,OriginID,Account,Destination,SetupTime,Usage,Cost",),
        comment="#",
    ),
    "cucm": Seed(
        "cucm",
        (f"1,1,4711,1782900000,1001,{PERSON},1782900005,1782900020,15",) * 3,
        (
            CUCM,
            "INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(50),INTEGER,INTEGER,INTEGER",
        ),
    ),
    "csv_mapping": Seed("csv_mapping", (f"1001,{PERSON},2026-07-01 12:00,5m",) * 3, ("From,To,Start,Length",)),
}
PIECES = [
    '"',
    ",",
    ";",
    "\n",
    "\r\n",
    "\0",
    "\t",
    "1E+11",
    "-1",
    "1970-01-01 00:00:00",
    "99999999999999999999",
    "é",
    "🙂",
]
edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from(PIECES) | st.text(max_size=6)), max_size=6
)


def mutated(text: str, changes: list[tuple[float, int, str]]) -> str:
    for where, cut, piece in changes:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + cut :]
    return text


def read(seed: Seed, content: bytes, options: ParseOptions) -> list[Row | Rejection] | None:
    """Return what was read, None when the file was refused in one of the three ways that there are."""
    options = replace(options, mapping=MAPPING, limits=Limits(line_bytes=4096))
    try:
        return list(load_format(seed.name).read(Input(io.BytesIO(content), options.limits), options))
    except (FileRefused, UnknownFormat, ZoneNeeded) as error:
        assert PERSON not in str(error) + str(error.fields)  # noqa: PT017 - refusing is right, telling the number is not
        return None


def rows_in(seed: Seed, content: bytes) -> int:
    lines = Input(io.BytesIO(content), Limits(line_bytes=4096)).lines()
    return sum(1 for _ in records(lines, delimiter=seed.delimiter, comment=seed.comment))


def check(seed: Seed, content: bytes, found: list[Row | Rejection], heads: range) -> None:
    assert rows_in(seed, content) - len(found) in heads
    for item in found:
        if isinstance(item, Rejection):
            assert item.reason in REASONS
            assert PERSON not in item.message
            assert len(item.raw) <= 4096
        to_json(item)
    calls = list(joined(found))
    assert sum(call.rows for call in calls if isinstance(call, CallRecord)) == sum(
        isinstance(one, Row) for one in found
    )


fuzzing = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@pytest.mark.parametrize("name", SEEDS)
def test_a_valid_file_lands_whole(name: str) -> None:
    seed = SEEDS[name]
    found = read(seed, seed.text.encode(), BERLIN)
    assert found is not None
    assert [type(item) for item in found] == [Row] * len(seed.rows)


@pytest.mark.parametrize("name", SEEDS)
@fuzzing
@given(changes=edits)
def test_a_file_changed_behind_its_head_loses_no_record(name: str, changes: list[tuple[float, int, str]]) -> None:
    seed = SEEDS[name]
    head = "".join(f"{line}\n" for line in seed.head)
    content = (head + mutated("\n".join(seed.rows), changes)).encode("utf-8", "surrogatepass")
    found = read(seed, content, BERLIN)
    if found is not None:
        check(seed, content, found, range(len(seed.head), len(seed.head) + 1))


@pytest.mark.parametrize("name", SEEDS)
@fuzzing
@given(changes=edits, with_zone=st.booleans())
def test_a_file_changed_anywhere_loses_no_record(
    name: str, changes: list[tuple[float, int, str]], with_zone: bool
) -> None:
    seed = SEEDS[name]
    content = mutated(seed.text, changes).encode("utf-8", "surrogatepass")
    found = read(seed, content, BERLIN if with_zone else NO_ZONE)
    if found is not None:
        check(seed, content, found, range(len(seed.head) + 1))


@pytest.mark.parametrize("name", SEEDS)
@fuzzing
@given(content=st.binary(max_size=600) | st.text(max_size=300).map(str.encode))
def test_random_content_is_refused_or_read_without_a_crash(name: str, content: bytes) -> None:
    read(SEEDS[name], content, BERLIN)


@pytest.mark.parametrize("name", SEEDS)
def test_a_file_cut_off_anywhere_loses_no_record_before_the_cut(name: str) -> None:
    seed = SEEDS[name]
    content = seed.text.encode()
    for cut in range(0, len(content), 7):
        found = read(seed, content[:cut], BERLIN)
        if found is not None:
            check(seed, content[:cut], found, range(len(seed.head) + 1))


HOSTILE = {
    "an open quote in every line": '"a,b\n' * 20_000,
    "quotes only": '"' * 50_000,
    "separators only": "," * 4000,
    "bars only": "eventtype | eventtime | uniqueid | linkedid\n" + "|" * 4000,
    "blank lines only": "\n" * 100_000,
    "one header, many times": "disposition,duration,dst,src,calldate\n" * 5000,
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("name", SEEDS)
def test_hostile_files_are_read_to_their_end(name: str, what: str) -> None:
    found = read(SEEDS[name], HOSTILE[what].encode(), BERLIN)
    assert found is None or all(isinstance(item, Rejection) for item in found)


def test_every_refusal_of_a_file_is_one_of_the_houses_errors() -> None:
    assert all(issubclass(one, CallwardError) for one in (FileRefused, UnknownFormat, ZoneNeeded))
