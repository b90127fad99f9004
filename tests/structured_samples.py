"""Small valid files of the structured formats, in parts, so that tests can double, turn round and break them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

A_LEG = "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
B_LEG = "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
C_LEG = "33333333-cccc-4ccc-8ccc-cccccccccccc"


@dataclass(frozen=True)
class Sample:
    """A file: what stands before its records, the records, what stands behind them."""

    name: str
    records: tuple[str, ...]
    before: str = ""
    after: str = ""
    calls: int = 0
    """How many calls its records make."""

    def content(self, records: tuple[str, ...] | None = None) -> bytes:
        """Return the file with these records."""
        return (self.before + "".join(self.records if records is None else records) + self.after).encode()


def leg(uuid: str = A_LEG, *, caller: str = "1001", called: str = "+442079460018", **variables: Any) -> dict[str, Any]:
    """Return a record of mod_json_cdr."""
    return {
        "core-uuid": "eb8bcdd2-d9eb-4f8f-80c3-1a4042aabe31",
        "channel_data": {"state": "CS_REPORTING"},
        "variables": {
            "uuid": uuid,
            "start_uepoch": "1795082400000001",
            "answer_uepoch": "1795082403500000",
            "end_uepoch": "1795082463000000",
            "start_stamp": "2030-01-01 00:00:00",
            "duration": "63",
            "billsec": "60",
            "hangup_cause": "NORMAL_CLEARING",
            **variables,
        },
        "callflow": [
            {
                "caller_profile": {"caller_id_number": caller, "destination_number": called},
                "times": {"created_time": "0"},
            }
        ],
    }


def xml_leg(uuid: str = A_LEG, *, caller: str = "1001", called: str = "%2B442079460018", **variables: str) -> str:
    """Return a record of mod_xml_cdr."""
    told = {
        "uuid": uuid,
        "start_uepoch": "1795082400000001",
        "answer_uepoch": "1795082403500000",
        "end_uepoch": "1795082463000000",
        "hangup_cause": "NORMAL_CLEARING",
        **variables,
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
    profile = f"<caller_id_number>{caller}</caller_id_number><destination_number>{called}</destination_number>"
    return (
        f'<cdr core-uuid="x"><channel_data><state>CS_REPORTING</state></channel_data>\n'
        f"<variables>{inner}</variables>\n"
        f'<callflow profile_index="1"><caller_profile>{profile}</caller_profile></callflow></cdr>\n'
    )


def broadworks(counter: int, local: str, *, remote: str = "", kind: str = "Normal", **basic: str) -> str:
    """Return a call's record."""
    told = {
        "userNumber": "1001",
        "callingNumber": "1001",
        "callingPresentationIndicator": "Public",
        "calledNumber": "+442079460018",
        "startTime": "20261120090000.250",
        "userTimeZone": "1+020000",
        "localCallId": local,
        "remoteCallId": remote,
        "answerIndicator": "Yes",
        "answerTime": "20261120090002.250",
        "releaseTime": "20261120090102.250",
        "terminationCause": "016",
        **basic,
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in told.items() if value)
    return f"{broadworks_header(counter, kind)}<basicModule>{inner}</basicModule></cdrData>\n"


def broadworks_header(counter: int, kind: str) -> str:
    """Return the beginning of a record."""
    return (
        f"<cdrData><headerModule><recordId><eventCounter>{counter:010}</eventCounter><systemId>sys1</systemId>"
        f"<date>20261120090000.000</date></recordId><type>{kind}</type></headerModule>"
    )


def fixed_record(number: int, duration: str, start: str = "20261120090000") -> str:
    """Return a line of the default fixed-width layout."""
    line = f"CDR{number:07d}  0 {start}".ljust(30) + "02079460018".ljust(22) + "0044207946 0019".replace(" ", "")
    return line.ljust(127) + duration.ljust(20) + "\n"


def fixed_header(sequence: str = "000309") -> str:
    """Return a header line."""
    return "HDR0001CARRIER".ljust(135) + sequence + "20261120100255\n"


def fixed_trailer(records: int, duration: str, sequence: str = "000309") -> str:
    """Return a trailer line."""
    return "TRL0001CARRIER".ljust(135) + f"{sequence}{records:08d}{duration:>010}\n"


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "freeswitch_json",
        (
            json.dumps(leg()) + "\n",
            json.dumps(leg(B_LEG, originating_leg_uuid=A_LEG, call_uuid=A_LEG)) + "\n",
            json.dumps(leg(C_LEG, answer_uepoch="0", hangup_cause="USER_BUSY"), indent=1) + "\n",
        ),
        calls=2,
    ),
    Sample(
        "freeswitch_xml",
        (xml_leg(), xml_leg(B_LEG, originating_leg_uuid=A_LEG), xml_leg(C_LEG, answer_uepoch="0")),
        before='<?xml version="1.0"?>\n<cdrs>\n',
        after="</cdrs>\n",
        calls=2,
    ),
    Sample(
        "broadworks_xml",
        (
            broadworks(1, "11:0", remote="12:0"),
            broadworks(2, "12:0", remote="11:0"),
            broadworks(3, "13:0", answerIndicator="No", answerTime="", terminationCause="017"),
        ),
        before='<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE broadWorksCDR>\n<broadWorksCDR>\n',
        after="</broadWorksCDR>\n",
        calls=2,
    ),
    Sample(
        "fixed_width",
        (fixed_record(10, "000130"), fixed_record(20, "000045"), fixed_record(30, "010000")),
        before=fixed_header(),
        after=fixed_trailer(3, "10215"),
        calls=3,
    ),
    Sample(
        "sip_acc",
        (
            "INVITE|aa|bb|one@example.com|200|OK|1795082400|*prepaid|1001|1002||x\n",
            "ACK|aa|bb|one@example.com|200|OK|1795082400|*prepaid|1001|1002||x\n",
            "BYE|bb|aa|one@example.com|200|OK|1795082460|||||x\n",
            "INVITE|cc|dd|two@example.com|486|Busy here|1795082500|*prepaid|1001|1003||x\n",
        ),
        calls=2,
    ),
    Sample(
        "cgrates_json",
        (
            (
                '{"OriginID":"o1","OriginHost":"h","RunID":"*default","ToR":"*voice","Account":"1001","Destination":"1002",'
                '"SetupTime":"2026-11-20T09:00:00Z","AnswerTime":"2026-11-20T09:00:05Z","Usage":60000000000,"Cost":1.01}\n'
            ),
            (
                '{"OriginID":"o1","OriginHost":"h","RunID":"supplier","ToR":"*voice","Account":"1001","Destination":"1002",'
                '"SetupTime":"2026-11-20T09:00:00Z","AnswerTime":"2026-11-20T09:00:05Z","Usage":60000000000,"Cost":0.7}\n'
            ),
            (
                '{"OriginID":"o2","RunID":"*default","Account":"1001","Destination":"+442079460018",'
                '"AnswerTime":"2026-11-20 09:00:05 +0000 UTC","Usage":"1m30s"}\n'
            ),
        ),
        calls=2,
    ),
    Sample(
        "android_xml",
        (
            (
                '<call number="+442079460018" duration="60" date="1795082400123" type="1" presentation="1" '
                'readable_date="2011/21/04" contact_name="(Unknown)" />\n'
            ),
            '<call number="-2" duration="0" date="1795082401123" type="3" presentation="2" contact_name="null" />\n',
            '<call number="020 7946 0019" duration="9" date="1795082402123" type="2" presentation="1" />\n',
        ),
        before="<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<calls count=\"506\">\n",
        after="</calls>\n",
        calls=3,
    ),
    Sample(
        "bcr",
        (
            (
                '{"timestamp_unix_ms":1795082400123,"direction":"in","package_name":"com.android.phone",'
                '"call_log_name":null,"calls":[{"phone_number":"+442079460018","phone_number_formatted":null}],'
                '"output":{"format":null,"recording":{"duration_secs_encoded":2.5,"channel_count":1}}}\n'
            ),
            (
                '{"timestamp_unix_ms":1795082500123,"direction":"out","package_name":"com.android.phone",'
                '"call_log_name":"x","calls":[{"phone_number":null,"phone_number_formatted":null}],"output":null}\n'
            ),
        ),
        calls=2,
    ),
)
