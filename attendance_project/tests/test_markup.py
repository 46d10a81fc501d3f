"""What the XML of a workbook is made of is counted before anything is made of it."""

import io
import zipfile
from contextlib import suppress

import pytest

from attendance_project.tables.apart import TOO_COSTLY
from attendance_project.tables.markup import (
    MOST_ELEMENTS,
    MOST_OTHERS,
    MOST_TAG_BYTES,
    MOST_TEXTS,
    CheckedParts,
)
from attendance_project.tables.problems import ImportRefused

TEXT = b"<si><t>x</t></si>"


def packed(*parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for number, part in enumerate(parts):
            file.writestr(f"part{number}", part)
    return out.getvalue()


def check_markup(data: bytes) -> None:
    """Open all parts, as a reader of all would."""
    with CheckedParts(data) as parts:
        for info in parts.infolist():
            with suppress(zipfile.BadZipFile):
                parts.open(info).close()


def is_refused(*parts: bytes) -> bool:
    try:
        check_markup(packed(*parts))
    except ImportRefused as refused:
        return refused.code == TOO_COSTLY
    return False


ATTRIBUTES = b" ".join(b'a%d=""' % number for number in range(100_000))
TOO_MANY = {
    "texts": b"<sst>" + TEXT * (MOST_TEXTS // 2 + 1),
    "texts with a prefix": b"<sst>" + TEXT.replace(b"<s", b"<x:s") * (MOST_TEXTS // 2 + 1),
    "pieces of one text": b"<si>" + b"<r/>" * (MOST_TEXTS + 1),
    "styles": b"<styleSheet>" + b"<xf/>" * MOST_OTHERS,
    "names of their own": b"<o>" + b"<\xc3\xa9/>" * MOST_OTHERS,
    "cells": b"<row>" + b"<c/>" * MOST_ELEMENTS,
    "attributes": b"<row><c " + ATTRIBUTES + b"/></row>",
    "attributes behind a sign that ends a tag": b'<c x=">" ' + ATTRIBUTES + b"/>",
    "attributes at the end": b"<row>" + b"<c/>" * 1_000_000 + b"<c " + ATTRIBUTES,
    "declared": b'<?xml version="1.0"?>\n<o>' + b"<o/>" * MOST_OTHERS,
    "behind blanks": b"\xef\xbb\xbf" + b" " * 2_000_000 + b"<o/>" * (MOST_OTHERS + 1),
    "in UTF-16": b"\xff\xfe" + ("<o>" + "<o/>" * MOST_OTHERS).encode("utf-16-le"),
    "in UTF-16, the other way": b"\xfe\xff" + ("<o/>" * (MOST_OTHERS + 1)).encode("utf-16-be"),
}


@pytest.mark.parametrize("part", TOO_MANY.values(), ids=TOO_MANY)
def test_a_part_of_too_much_is_refused(part):
    assert is_refused(b"<a/>", part)


def test_all_parts_count_together():
    half = b"<o>" + b"<o/>" * (MOST_OTHERS // 2)
    assert not is_refused(half)
    assert is_refused(half, half)


ENOUGH = {
    "texts": b"<sst>" + TEXT * (MOST_TEXTS // 2),
    "cells": b"<x:row>" + b'<x:c r="A1"><x:v>1</x:v></x:c>' * 1_000_000,
    "a long text": b"<t>" + b"&amp;" * 32_767 + b"</t>",
    "a text as long as it may be": b"<t>" + b"x" * (MOST_TAG_BYTES - 2),
    "a picture": b"\x89PNG" + b"<" * 5_000_000,
    "nothing": b"",
}


@pytest.mark.parametrize("part", ENOUGH.values(), ids=ENOUGH)
def test_what_a_program_writes_is_taken(part):
    assert not is_refused(part)


def test_a_name_at_the_end_of_a_piece_is_counted_once():
    """A part is read a megabyte at a time, and no name is cut by that."""
    cells = b"<covered-table-cell/>" * (MOST_OTHERS + 1)
    assert not is_refused(cells)
    assert not is_refused(b" " + cells)


def test_a_part_that_is_damaged_is_left_to_the_reader():
    data = packed(b"<a/>" * 100)
    check_markup(data.replace(b"part0", b"port0", 1))
