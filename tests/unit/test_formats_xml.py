"""XML: nothing is expanded or followed, one bad record costs itself, and memory stays flat."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.errors import FileRefused
from ingest.formats.options import Limits
from ingest.formats.reading import Input
from ingest.formats.record import Rejection
from ingest.formats.xml_in import Node, tree
from ingest.formats.xml_records import records

LIMITS = Limits()


def read(content: bytes, limits: Limits = LIMITS) -> list[Node | Rejection]:
    return list(records(Input(io.BytesIO(content), limits), {"call"}))


def told(content: bytes, limits: Limits = LIMITS) -> list[tuple[int, str]]:
    """Return (line, attribute `a` or the rejection's reason)."""
    return [
        (one.raw_line, one.reason) if isinstance(one, Rejection) else (one.line, one.attributes.get("a", ""))
        for one in read(content, limits)
    ]


BOMB = (
    b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><calls><call a="&b;"/></calls>"""
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><calls><call>&a;</call></calls>',
        b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://example.com/a"> %a;]><calls/>',
        b'<!DOCTYPE x SYSTEM "http://example.com/x.dtd"><calls><call a="1"/></calls>',
        b'<!DOCTYPE x PUBLIC "-//X//Y" "http://example.com/x.dtd"><calls><call a="1"/></calls>',
    ],
)
def test_entities_and_external_references_refuse_the_whole_file(content: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.reason == "xml_entities"
    with pytest.raises(FileRefused) as refused:
        tree(content, LIMITS)
    assert refused.value.reason == "xml_entities"


def test_a_doctype_that_declares_nothing_is_read() -> None:
    assert told(b'<!DOCTYPE calls><calls><call a="1"/></calls>') == [(1, "1")]


def test_an_entity_declared_in_a_later_document_refuses_the_file_too() -> None:
    content = b'<calls><call a="1"/></calls>\n' + BOMB
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.reason == "xml_entities"


@pytest.mark.parametrize(
    "broken",
    [
        b'<call a="&#55357;&#56832;"/>',
        b'<call a="Tom & Co"/>',
        b'<call a="&unknown;"/>',
        b'<call a="1" a="2"/>',
        b"<call a=1/>",
        b'<call a="<"/>',
        b"<call><b></call>",
        b"<call>\x01</call>",
        b'<call a="\xff"/>',
        b"<call></x></call>",
    ],
)
def test_a_record_that_is_not_well_formed_costs_itself_and_no_other(broken: bytes) -> None:
    content = b'<calls>\n<call a="1"/>\n' + broken + b'\n<call a="3"/>\n</calls>\n'
    assert told(content) == [(2, "1"), (3, "xml"), (4, "3")]


def test_two_broken_records_on_one_line_are_two_rejections() -> None:
    content = b'<calls><call a="&"/><call a="2"/><call a="&"/><call a="4"/></calls>'
    assert told(content) == [(1, "xml"), (1, "2"), (1, "xml"), (1, "4")]


def test_a_record_that_is_never_closed_does_not_swallow_the_next() -> None:
    assert told(b'<calls>\n<call>\n<call a="2"/>\n</calls>') == [(2, "xml"), (3, "2")]


@pytest.mark.parametrize(
    "content",
    [
        b'<calls>\n<call a="1"/>\n',
        b'<calls>\n<call a="1"/>\n<ca',
        b'<calls>\n<call a="1"/>\n<call><b>',
        b'<calls>\n<call a="1"/>\n<!--',
    ],
)
def test_a_file_that_breaks_off_says_so(content: bytes) -> None:
    assert told(content) == [(2, "1"), (3, "xml")]


def test_documents_one_after_the_other_are_one_file() -> None:
    one = b'<?xml version="1.0"?>\n<call a="%d"><b>x</b></call>\n'
    assert told(one % 1 + one % 2 + one % 3) == [(2, "1"), (4, "2"), (6, "3")]


def test_a_broken_document_among_others_costs_itself() -> None:
    one = b'<?xml version="1.0"?>\n<call a="%d"><b>x</b></call>\n'
    content = one % 1 + (one % 2).replace(b"</b>", b"</c>") + one % 3
    assert told(content) == [(2, "1"), (4, "xml"), (6, "3")]


def test_an_element_has_the_line_that_it_stands_on_behind_a_broken_record_too() -> None:
    content = b'<calls>\n<call a="&"/>\n<call a="2">\n<b/></call></calls>'
    (_, node) = read(content)
    assert isinstance(node, Node)
    assert node.children[0].line == 4


def test_the_declared_encoding_is_used_and_still_known_behind_a_broken_record() -> None:
    content = b'<?xml version="1.0" encoding="ISO-8859-1"?><calls><call a="\xe9"/><call a="&"/><call a="\xe9"/></calls>'
    assert told(content) == [(1, "é"), (1, "xml"), (1, "é")]


def test_a_wrong_encoding_declaration_refuses_the_records_that_it_does_not_fit() -> None:
    content = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<calls>\n<call a="1"/>\n<call a="\xe9"/>\n<call a="3"/>\n</calls>'
    )
    assert told(content) == [(3, "1"), (4, "xml"), (5, "3")]


def test_an_encoding_that_nobody_knows_refuses_the_file() -> None:
    with pytest.raises(FileRefused):
        read(b'<?xml version="1.0" encoding="klingon"?><calls><call a="1"/></calls>')


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    text = '<calls><call a="é"/></calls>'
    assert told(text.encode("utf-8-sig")) == [(1, "é")]
    assert told(text.encode("utf-16")) == [(1, "é")]


@pytest.mark.parametrize(
    ("levels", "expected"), [(62, "deep"), (63, "too_deep"), (1000, "too_deep"), (200_000, "too_deep")]
)
def test_depth_is_bounded(levels: int, expected: str) -> None:
    content = b'<calls><call a="deep">' + b"<b>" * levels + b"</b>" * levels + b'</call><call a="2"/></calls>'
    assert [what for _, what in told(content)] == [expected, "2"]


def test_a_document_read_whole_is_bounded_in_depth_too() -> None:
    assert tree(b"<b>" * 64 + b"</b>" * 64, LIMITS).name == "b"
    with pytest.raises(FileRefused) as refused:
        tree(b"<b>" * 65 + b"</b>" * 65, LIMITS)
    assert refused.value.reason == "too_deep"


@pytest.mark.parametrize("content", [b"", b"text", b"<a>", b"<a></b>", b"<a/><b/>"])
def test_a_document_read_whole_must_be_well_formed(content: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        tree(content, LIMITS)
    assert refused.value.reason == "xml"


@pytest.mark.parametrize("inside", [b'<call a="%s"/>', b"<call>%s</call>", b"<call><!--%s--></call>"])
def test_a_record_longer_than_a_record_can_be_is_refused_and_skipped(inside: bytes) -> None:
    content = b"<calls>\n" + inside % (b"x" * 2_000_000) + b'\n<call a="2"/></calls>'
    assert told(content) == [(2, "line_too_long"), (3, "2")]


def test_a_huge_comment_before_the_first_element_refuses_the_file() -> None:
    with pytest.raises(FileRefused) as refused:
        read(b"<!--" + b"x" * 3_000_000)
    assert refused.value.reason == "too_large"


class _Endless:
    """A file of records that exists only while it is read."""

    def __init__(self, count: int) -> None:
        self._parts = self._all(count)

    @staticmethod
    def _all(count: int) -> Iterator[bytes]:
        yield b"<calls>\n"
        for _ in range(count):
            yield b'<call a="1"><b>some text</b></call>\n' * 1000
        yield b"</calls>"

    def read(self, size: int = -1, /) -> bytes:
        del size
        return next(self._parts, b"")


def test_memory_is_flat_however_long_the_file() -> None:
    def peak(thousands: int) -> int:
        tracemalloc.start()
        assert sum(1 for _ in records(Input(_Endless(thousands)), {"call"})) == thousands * 1000
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(1)  # what the first use of everything costs
    assert peak(6) < 2 * peak(2) + 1_000_000


def test_what_a_record_was_is_kept_for_the_quarantine_and_no_more_than_4_kib_of_it() -> None:
    (first, second) = read(b'<calls><call a="1"/><call>' + b"x" * 9000 + b"</call></calls>")
    assert (first.raw, len(second.raw)) == ('<call a="1"/>', 4096)


@given(
    st.lists(
        st.sampled_from([b'<call a="1"/>', b'<call a="&"/>', b"<call><b/></call>", b"<call><b></call>", b"\n", b"x"])
    )
)
def test_whatever_is_broken_every_record_is_told_of_once(parts: list[bytes]) -> None:
    items = read(b"<calls>" + b"".join(parts) + b"</calls>")
    assert sum(not isinstance(one, Rejection) for one in items) == sum(
        b"&" not in one and b"<b>" not in one for one in parts if b"call" in one
    )
    assert sum(isinstance(one, Rejection) for one in items) == sum(b"&" in one or b"<b>" in one for one in parts)
