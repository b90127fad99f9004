"""`callward redact`: records in order, offsets that hold, bad lines named and never passed on."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from talk import talk
from typer.testing import CliRunner

from cli import redact as command
from cli.main import app
from cli.redacting.policies import policy_from
from domain.speech import transcript_to_dict
from redaction.doubles import PlainFinder
from redaction.errors import ModelMissingError

SECRET = "4155550132"


class LoadedFinder(PlainFinder):
    """The double, loaded as the real one is."""

    def load(self) -> None:
        """Load nothing."""


Run = Callable[..., SimpleNamespace]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(command, "PresidioFinder", LoadedFinder)

    def told(*arguments: str, given: str | bytes = b"") -> SimpleNamespace:
        content = given.encode() if isinstance(given, str) else given
        done = CliRunner().invoke(app, ["redact", *arguments], input=content)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        refused = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        return SimpleNamespace(code=done.exit_code, out=done.stdout_bytes.decode(), err=done.stderr, refused=refused)

    return told


def records(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def line(**record: Any) -> str:
    return json.dumps(record) + "\n"


def test_records_come_back_in_order_with_spans_in_characters_of_the_given_text(run: Run) -> None:
    text = f"Ring \U0001f600 é ({SECRET}), or meera@x.io."
    told = run(given=line(id="a", text=text) + line(id=2, text="nothing here"))
    assert told.code == 0
    first, second = records(told.out)
    assert [first["id"], second["id"]] == ["a", 2]
    assert [text[one["start"] : one["end"]] for one in first["spans"]] == [SECRET, "meera@x.io"]
    assert set(first["spans"][0]) == {"start", "end", "type", "score", "recognizer"}
    assert first["redacted"] == "Ring \U0001f600 é ([NUMBER_SEQUENCE]), or [EMAIL_ADDRESS]."
    assert (second["spans"], second["redacted"]) == ([], "nothing here")


def test_of_segments_each_span_names_its_segment_and_texts_come_back_by_segment(run: Run) -> None:
    segments = [
        {"channel": "left", "text": "your number?"},
        {"channel": "right", "text": f"it is\n{SECRET}"},
        {"text": ""},
    ]
    (told,) = records(run(given=line(id=1, segments=segments)).out)
    assert [(one["segment"], one["start"], one["end"]) for one in told["spans"]] == [(1, 6, 16)]
    assert told["segments"] == [
        {"channel": "left", "text": "your number?"},
        {"channel": "right", "text": "it is\n[NUMBER_SEQUENCE]"},
        {"channel": 0, "text": ""},
    ]
    assert told["redacted"] == "your number?\nit is\n[NUMBER_SEQUENCE]\n"


def test_what_the_call_knows_is_found(run: Run) -> None:
    known = {"names": ["Zbigniew Oak"], "phones": [], "emails": []}
    (told,) = records(run(given=line(id=1, text="ask zbigniew then", known=known)).out)
    assert told["redacted"] == "ask [PERSON] then"


BAD = [
    ("{not json " + SECRET, "not_json"),
    ('"' + SECRET + '"', "not_an_object"),
    ("[]", "not_an_object"),
    ('{"id": 1}', "no_text"),
    ('{"id": 1, "text": "a", "segments": []}', "no_text"),
    ('{"id": 1, "text": ["' + SECRET + '"]}', "bad_text"),
    ('{"id": {"a": 1}, "text": "a"}', "bad_id"),
    ('{"id": 1, "segments": {"text": "a"}}', "bad_segments"),
    ('{"id": 1, "segments": [{"channel": 0}]}', "bad_segments"),
    ('{"id": 1, "segments": [{"channel": [], "text": "a"}]}', "bad_segments"),
    ('{"id": 1, "text": "a", "known": {"nicknames": []}}', "bad_known"),
    ('{"id": 1, "text": "a", "known": {"names": "' + SECRET + '"}}', "bad_known"),
    ('{"id": 1, "text": "hallo", "language": "de"}', "language_unsupported"),
    ('{"id": NaN, "text": "a"}', "not_json"),
    ("[" * 100_000, "not_json"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_bad_line_is_named_by_its_number_and_the_others_go_on(run: Run, bad: str, reason: str) -> None:
    told = run("--format", "jsonl", given=line(id=1, text="one") + "\n" + bad + "\n" + line(id=2, text="two"))
    assert told.code == 3
    assert [one["id"] for one in records(told.out)] == [1, 2]
    assert [(one["line"], one["reason"]) for one in told.refused] == [(3, reason)]
    assert SECRET not in told.out + told.err


def test_bytes_that_are_no_text_fail_their_line_only(run: Run) -> None:
    told = run("--format", "jsonl", given=b'{"id":1,"text":"\xff ' + SECRET.encode() + b'"}\n{"id":2,"text":"ok"}')
    assert (told.code, [one["id"] for one in records(told.out)]) == (3, [2])
    assert told.refused[0]["reason"] == "not_utf8"


def test_a_finder_that_breaks_fails_the_line_and_tells_no_word_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot read {SECRET}")

    monkeypatch.setattr(LoadedFinder, "find", broken)
    told = run(given=line(id=1, text=SECRET))
    assert (told.code, told.out) == (3, "")
    assert told.refused[0]["reason"] == "internal"
    assert SECRET not in told.err


@pytest.mark.parametrize("form", ["text", "transcript"])
def test_whatever_breaks_is_told_without_a_word_of_the_text(
    run: Run, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot read {SECRET}")

    monkeypatch.setattr(LoadedFinder, "find", broken)
    transcript = json.dumps(transcript_to_dict(talk(f"call {SECRET} now")))
    told = run("--format", form, given=transcript if form == "transcript" else f"call {SECRET} now")
    assert (told.code, told.out) == (3, "")
    assert told.refused[0]["reason"] == "internal"
    assert SECRET not in told.err


def test_a_text_goes_in_and_the_same_text_comes_out_redacted(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_bytes(f"Dear all,\r\n\tcall {SECRET}.\r\nBye".encode())
    told = run(str(file))
    assert told.code == 0
    assert told.out == "Dear all,\r\n\tcall [NUMBER_SEQUENCE].\r\nBye"
    assert run(given=told.out).out == told.out, "redacting twice changes nothing"


def test_text_that_breaks_off_ends_there_and_says_so(run: Run) -> None:
    told = run("--format", "text", given=b"fine line\n" * 20 + b"\xff" + SECRET.encode())
    assert told.code == 3
    assert told.refused[0]["reason"] == "not_utf8"
    assert SECRET not in told.out


def test_explain_adds_reason_and_context_and_never_a_value(run: Run) -> None:
    given = line(id=1, segments=[{"text": "what is your phone number?"}, {"channel": 1, "text": SECRET}])
    (told,) = records(run("--explain", given=given).out)
    assert {"reason", "context", "operator"} <= set(told["spans"][0])
    assert told["spans"][0]["context"]["prompt"]["same_speaker"] is False
    spoken = run("--explain", "--format", "text", given=f"call {SECRET} now")
    assert json.loads(spoken.err)["context"] is not None
    assert SECRET not in spoken.err + json.dumps(told)


def test_a_policy_is_a_file_or_a_profiles_name(run: Run, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("operators: {NUMBER_SEQUENCE: mask, EMAIL_ADDRESS: keep}\n", "utf-8")
    (told,) = records(run("--policy", str(policy), given=line(id=1, text=f"{SECRET} or a@x.io")).out)
    assert told["redacted"] == "***** or a@x.io"
    assert [one["type"] for one in told["flagged"]] == ["EMAIL_ADDRESS"]
    assert run("--policy", "maximum_recall", given=line(id=1, text="a")).code == 0


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("operators: {CREDIT_CARD: keep}", "always hidden"),
        ("operators: {PERSON: rot13}", "unknown operator"),
        ("disabled: [SHOES]", "unknown kind"),
        ("patterns: [{kind: X1, pattern: '(a+)+'}]", "repeats without end"),
        ("- a list", "mapping of fields"),
        ("{unclosed", "neither YAML nor JSON"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_before_anything_is_read(
    run: Run, tmp_path: Path, written: str, says: str
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(written, "utf-8")
    told = run("--policy", str(policy), given=line(id=1, text=SECRET))
    assert (told.code, told.out) == (2, "")
    assert says in " ".join(told.err.replace("│", " ").split())


def test_wrong_usage_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    assert run("--policy", "nowhere.yaml").code == 2
    assert run(str(tmp_path / "missing.jsonl")).code == 2
    assert run(str(tmp_path)).code == 2
    assert run("--format", "xml").code == 2
    told = run(given=b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 200)
    assert told.code == 2
    assert "callward transcribe" in " ".join(told.err.replace("│", " ").split())


def test_without_a_model_nothing_is_done(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise ModelMissingError("the spaCy model x is not installed")

    monkeypatch.setattr(LoadedFinder, "load", missing)
    told = run(given=line(id=1, text=SECRET))
    assert (told.code, told.out) == (1, "")
    assert "not installed" in told.err


def test_nothing_at_all_is_nothing_to_do(run: Run) -> None:
    for form in ("jsonl", "text"):
        told = run("--format", form)
        assert (told.code, told.out, told.err) == (0, "", "")


def test_a_reader_that_leaves_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.BytesIO):
        def write(self, _: object) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=Gone(), fileno=lambda: 99, flush=lambda: None))
    redacting = command.Redacting(LoadedFinder(), policy_from(None), explain=False)  # type: ignore[arg-type]
    with pytest.raises(BrokenPipeError):
        redacting.of(command.Form.JSONL, io.BytesIO(line(id=1, text="a").encode()))
