"""A file is detected as what it is, whoever wrote its reader; what is none of the formats is called none."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import BERLIN, ROOT, TELEPHONY, sample

from ingest.formats.errors import REASONS, UnknownFormat
from ingest.formats.registry import HEAD_BYTES, NAMES, detect, load_format

FOLDERS = {
    "asterisk_cdr": "asterisk_csv",
    "asterisk_cel": "asterisk_cel",
    "broadworks": "broadworks_xml",
    "fixed_width": "fixed_width",
    "generic_csv": "cgrates_csv",
    "vcon_ietf": "vcon",
    "vcon_synthetic": "vcon",
    "siprec": "siprec",
}
FILES = {
    "freeswitch/json_cdr_1.json": "freeswitch_json",
    "freeswitch/json_cdr_2.json": "freeswitch_json",
    "freeswitch/Master_reedited_in_spreadsheet.csv": "freeswitch_csv",
    "android/superbackup_calls.xml": "android_xml",
    "android/bcr_recording_metadata.jsonc": "bcr",
}
NO_CALLS = {"vcon_ietf/vcon_json_schema.json", "siprec/malformed_xml_metadata_400_rs_metadata.xml"}
KAMAILIO = "kamailio_opensips_acc"


def named_samples() -> list[tuple[str, str]]:
    found = list(FILES.items())
    for folder, name in FOLDERS.items():
        files = sorted((TELEPHONY / folder).glob("*")) if TELEPHONY.exists() else []
        files = [path for path in files if path.suffix not in {".mp3", ".wav"}]
        found += [(f"{folder}/{path.name}", name) for path in files if f"{folder}/{path.name}" not in NO_CALLS]
    acc = sorted((TELEPHONY / KAMAILIO).glob("flatstore*")) if TELEPHONY.exists() else []
    return found + [(f"{KAMAILIO}/{path.name}", "sip_acc") for path in acc]


@pytest.mark.parametrize(("path", "name"), named_samples())
def test_each_real_sample_is_detected_as_what_it_is(path: str, name: str) -> None:
    assert detect(sample(path)[:HEAD_BYTES], BERLIN).name == name


OWN = {
    "asterisk_csv": "acc,1001,1002,in,1001,SIP/1,SIP/2,Dial,x,2026-07-01 12:00:00,,2026-07-01 12:00:09,9,0,BUSY,3\n",
    "asterisk_cel": "eventtype,eventtime,uniqueid,linkedid\nHANGUP,2026-07-01 12:00:00,1.1,1.1\n",
    "freeswitch_csv": "A,1,2,d,2026-07-01 12:00:00,,2026-07-01 12:00:00,1,0,USER_BUSY,"
    "d80e22e0-4c15-11ea-97a0-9dd79410affb,,acc,PCMU,PCMA\n",
    "cgrates_csv": ":OriginID,Account,Destination,SetupTime,Usage\na,1,2,2026-07-01T12:00:00Z,5s\n",
    "cucm": "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,dateTimeOrigination,callingPartyNumber,"
    "finalCalledPartyNumber,dateTimeConnect,dateTimeDisconnect,duration\nINTEGER\n",
}


@pytest.mark.parametrize(("name", "text"), OWN.items())
def test_own_samples_are_detected_with_and_without_a_byte_order_mark(name: str, text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert detect(text.encode(encoding), BERLIN).name == name


GARBAGE = [
    b"",
    b"\n\n\n",
    b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\n",
    b'{"hello": "world"}',
    b"[1, 2, 3]",
    b"<html><body><p>Hello</p></body></html>",
    b"<?xml version='1.0'?><feed/>",
    b"name,age,city\nAnn,31,Oslo\nBob,44,Rome\n",
    b"Dear Sir,\nplease find enclosed nothing at all.\n",
    b"SELECT * FROM calls;\n",
    b"id,start,end\n1,2026-07-01 12:00:00,2026-07-01 12:00:09\n",
    random.Random(7).randbytes(HEAD_BYTES),  # noqa: S311 - noise, not a secret
    b"\0" * HEAD_BYTES,
    b"," * HEAD_BYTES,
    b'"' * HEAD_BYTES,
    b"[" * HEAD_BYTES,
    b"<a>" * (HEAD_BYTES // 3),
]


@pytest.mark.parametrize("head", GARBAGE, ids=range(len(GARBAGE)))
def test_what_is_none_of_the_formats_is_called_none(head: bytes) -> None:
    with pytest.raises(UnknownFormat):
        detect(head, BERLIN)


def test_generic_csv_is_detected_only_when_the_source_has_a_mapping() -> None:
    head = b"name,age,city\nAnn,31,Oslo\n"
    with pytest.raises(UnknownFormat):
        detect(head, BERLIN)
    assert detect(head, replace(BERLIN, mapping={"fields": {}})).name == "csv_mapping"


@pytest.mark.parametrize("name", NAMES)
def test_every_format_has_a_module_with_its_name(name: str) -> None:
    assert load_format(name).name == name


def test_a_name_that_is_no_format_is_refused() -> None:
    with pytest.raises(UnknownFormat):
        load_format("os")


@settings(max_examples=40)
@given(st.binary(max_size=2000) | st.text(max_size=600).map(str.encode))
def test_no_bytes_make_a_recogniser_fail(head: bytes) -> None:
    for name in NAMES:
        assert 0.0 <= load_format(name).recognise(head) <= 1.0


@pytest.mark.parametrize("name", sorted({*OWN, *FOLDERS.values(), *FILES.values()}))
def test_a_head_cut_anywhere_is_recognised_without_failing(name: str) -> None:
    texts = [OWN[name].encode()] if name in OWN else []
    if TELEPHONY.exists():
        texts += [sample(path)[:3000] for path, found in named_samples() if found == name][:2]
    for text in texts:
        for cut in range(0, len(text), max(1, len(text) // 60)):
            assert load_format(name).recognise(text[:cut]) <= 1.0


def test_the_page_of_formats_tells_every_reason_and_every_format() -> None:
    page = (ROOT / "docs" / "formats.md").read_text()
    assert [reason for reason, meaning in REASONS.items() if f"| `{reason}` | {meaning} |" not in page] == []
    assert [name for name in NAMES if f"`{name}`" not in page] == []
