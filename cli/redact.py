"""`callward redact`: written text, records and transcripts without their personal data, on this machine, offline."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer

from cli.redacting.output import document_of, json_line, redacted_line, refusal_line, span_document
from cli.redacting.policies import hider_for, hiding, policy_from
from cli.redacting.records import BadRecord, raw_lines, record_of
from cli.redacting.telling import form_of
from cli.redacting.transcripts import redacted_document
from domain.redaction_policy import RedactionPolicy
from redaction.engines.presidio import PresidioFinder
from redaction.errors import ModelMissingError, RedactionError
from redaction.lines import lines_of
from redaction.patterns import OwnPatterns
from redaction.streaming import TextRedactor

SOME_FAILED: Final = 3
_BLOCK: Final = 64 * 1024
_STDIN: Final = "-"


class Form(StrEnum):
    """What comes in, and goes out."""

    JSONL = "jsonl"
    TEXT = "text"
    TRANSCRIPT = "transcript"


def redact(
    file: Annotated[Path, typer.Argument(metavar="[FILE|-]", help="The file; - reads the standard input.")] = Path(
        _STDIN
    ),
    form: Annotated[
        Form | None, typer.Option("--format", help="What the file holds; told by its beginning if not given.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option(metavar="FILE", help="A policy (YAML or JSON), or the name of a profile.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each span was taken; quotes nothing.")] = False,
) -> None:
    """Take personal data out of text.

    jsonl: a record a line in, spans and redacted text out. text: text in, text out. transcript: one document of ours.
    Exit status: 0 all done, 3 something failed (named on the standard error), 1 no model, 2 asked wrongly.
    """
    wanted = policy_from(policy)
    with _opened(file) as source:
        head, rest = form_of(source)
        chosen = form or Form(head)
        finder = PresidioFinder()
        try:
            finder.load()
        except ModelMissingError as error:
            typer.echo(f"{error.message}.", err=True)
            raise typer.Exit(1) from None
        redacting = Redacting(finder, wanted, explain=explain)
        try:
            failed = redacting.of(chosen, rest)
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # whoever reads has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(141) from None
    raise typer.Exit(SOME_FAILED if failed else 0)


def _opened(file: Path) -> AbstractContextManager[BinaryIO]:
    if str(file) == _STDIN:
        return nullcontext(sys.stdin.buffer)
    try:
        return file.open("rb")
    except OSError as error:
        raise typer.BadParameter(f"the file cannot be read: {error.strerror}", param_hint="FILE") from None


class Redacting:
    """One run: a finder, a policy, and a key of its own for hashes, tokens and surrogates."""

    def __init__(self, finder: PresidioFinder, policy: RedactionPolicy, *, explain: bool) -> None:
        self._finder, self._policy, self._explain = finder, policy, explain
        self._redactor = TextRedactor(finder, policy, OwnPatterns(policy.patterns), explain=explain)
        self._keyed = hiding()
        self._failed = 0

    def of(self, form: Form, source: BinaryIO) -> int:
        """Redact everything that comes; return how much of it failed."""
        work = {Form.JSONL: self._records, Form.TEXT: self._text, Form.TRANSCRIPT: self._transcript}[form]
        try:
            work(source)
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - a traceback could quote what was read
            self._refuse(0, _unforeseen(error))
        return self._failed

    def _records(self, source: BinaryIO) -> None:
        for number, line in raw_lines(source):
            try:
                if isinstance(line, BadRecord):
                    raise line
                self._record(number, line)
            except BadRecord as refused:
                self._refuse(number, refused)
            except BrokenPipeError:
                raise
            except RedactionError as error:
                self._refuse(number, BadRecord(error.code.replace("-", "_"), error.message))
            except Exception as error:  # noqa: BLE001 - one line never takes the others with it, and its text stays here
                self._refuse(number, _unforeseen(error))

    def _record(self, number: int, line: bytes) -> None:
        record = record_of(line)
        hider = hider_for(self._keyed, number)
        told = self._redactor.redacted(record.lines(), hider, known=record.known, times=record.times)
        document = json_line(document_of(record, told, explain=self._explain))
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()

    def _text(self, source: BinaryIO) -> None:
        """Redact a stream of text. What went out before a failure is redacted; what comes after it does not go out."""
        line = 1
        try:
            for one, found in self._redactor.redacted(lines_of(_decoded(source)), hider_for(self._keyed, 0)):
                sys.stdout.buffer.write(redacted_line(one, found).encode("utf-8", "replace"))
                if self._explain:
                    for each in found:
                        told = span_document(each, segment=False, explain=True)
                        sys.stderr.buffer.write(json_line({"line": line, **told}))
                line += one.text.endswith(("\n", "\r"))
        except UnicodeDecodeError:
            self._refuse(line, BadRecord("not_utf8", "the text is not UTF-8; what follows this line is left out"))
        except RedactionError as error:
            self._refuse(line, BadRecord(error.code.replace("-", "_"), f"{error.message}; what follows is left out"))

    def _transcript(self, source: BinaryIO) -> None:
        try:
            document = redacted_document(
                source.read(), self._finder, self._policy, hider_for(self._keyed, 0), explain=self._explain
            )
        except BadRecord as refused:
            self._refuse(1, refused)
        except RedactionError as error:
            self._refuse(1, BadRecord(error.code.replace("-", "_"), error.message))
        else:
            sys.stdout.buffer.write(
                json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
            )

    def _refuse(self, number: int, refused: BadRecord) -> None:
        self._failed += 1
        sys.stdout.buffer.flush()
        sys.stderr.buffer.write(refusal_line(number, refused))
        sys.stderr.buffer.flush()


def _unforeseen(error: Exception) -> BadRecord:
    return BadRecord("internal", f"something went wrong that nobody foresaw ({type(error).__name__})")


def _decoded(source: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    while block := source.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)
