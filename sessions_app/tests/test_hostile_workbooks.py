"""XML and ZIP that are made to read other files, to reach other servers or to grow without end."""

import io
import struct
import warnings
import zipfile
from collections.abc import Iterable

import openpyxl
import pytest

from attendance_project.tables import ImportRefused
from attendance_project.tables.apart import TOO_COSTLY
from attendance_project.tables.markup import MOST_OTHERS
from sessions_app import imports
from sessions_app.imports import calendars
from sessions_app.tests.calendar_files import NOW, plan
from sessions_app.tests.test_hostile_files import open_document

pytestmark = [pytest.mark.django_db, pytest.mark.once]
Parts = dict[str, bytes]
HEADER = ["student_number", "student_email", "student_name"]
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STRINGS, TYPES = "xl/sharedStrings.xml", "[Content_Types].xml"
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def parts_of(name: str = "Ann Berg") -> Parts:
    """The parts of a workbook with one student."""
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(["1", "ann@school.test", name])
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    if STRINGS not in parts:  # openpyxl writes it only where it is used, but always reads it
        named = f'<Override PartName="/{STRINGS}" ContentType="{_KIND}"/></Types>'
        parts[TYPES] = parts[TYPES].replace(b"</Types>", named.encode())
        parts[STRINGS] = f'<sst xmlns="{_NAMESPACE}"><si><t>x</t></si></sst>'.encode()
    return parts


def packed(parts: Parts, more: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """A workbook of these parts, and further ones that may have the same names."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        warnings.simplefilter("ignore")  # zipfile warns of names that are there twice
        for name, content in [*parts.items(), *more]:
            file.writestr(name, content)
    return out.getvalue()


def read(data: bytes) -> imports.Plan | None:
    """What the file asks for, or None where it is refused in a sentence."""
    try:
        return imports.plan_enrolments(data, now=NOW)
    except ImportRefused:
        return None


def before_root(content: bytes, text: str) -> bytes:
    """The XML with a text before its first element."""
    begin = content.index(b"?>") + 2 if content.startswith(b"<?xml") else 0
    return content[:begin] + text.encode() + content[begin:]


PIVOT = "xl/pivotCache/pivotCacheRecords1.xml"
LINK = "xl/externalLinks/externalLink1.xml"
_RECORD = b'<r><x v="1"/></r>'
RECORDS = b"<pivotCacheRecords>" + _RECORD * (MOST_OTHERS + 1) + b"</pivotCacheRecords>"


def test_what_no_reader_opens_may_be_large():
    parts = parts_of() | dict.fromkeys((PIVOT, "customXml/item1.xml", LINK), RECORDS)
    made = read(packed(parts))
    assert made is not None
    assert made.counts["added"] == 1


@pytest.mark.parametrize("name", [PIVOT, "customXml/item1.xml"])
def test_a_part_that_is_opened_under_the_name_of_another_is_counted(name):
    """The name of a part says nothing of what it holds: the relations of the workbook do."""
    parts = parts_of()
    parts[name] = parts.pop(SHEET).replace(b"</sheetData>", b"<o/>" * MOST_OTHERS + b"</sheetData>")
    parts[RELATIONS] = parts[RELATIONS].replace(SHEET.encode(), name.encode())
    with pytest.raises(ImportRefused) as refused:
        imports.plan_enrolments(packed(parts), now=NOW)
    assert refused.value.code == TOO_COSTLY


# --- entities -------------------------------------------------------------------------

_LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
DECLARED = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY e0 "ha">{_LAUGHS}]>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY e9 "{"x" * 100_000}">]>',
    "a file": '<!DOCTYPE x [<!ENTITY e9 SYSTEM "file:///etc/hostname">]>',
    "a parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    "a server": '<!DOCTYPE x [<!ENTITY e9 SYSTEM "http://127.0.0.1:9/">]>',
}


@pytest.mark.parametrize("part", [SHEET, STRINGS, BOOK, RELATIONS, "xl/styles.xml"])
@pytest.mark.parametrize("declared", DECLARED.values(), ids=DECLARED)
def test_a_workbook_with_an_entity_is_refused(declared, part):
    parts = parts_of()
    parts[part] = before_root(parts[part], declared)
    with pytest.raises(ImportRefused):
        imports.plan_enrolments(packed(parts), now=NOW)


@pytest.mark.parametrize("declared", DECLARED.values(), ids=DECLARED)
def test_an_open_document_with_an_entity_is_refused(declared):
    parts = packed({}, [("content.xml", before_root(content_of(open_document("")), declared))])
    with pytest.raises(ImportRefused):
        imports.plan_enrolments(parts, now=NOW)


def content_of(document: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(document)) as file:
        return file.read("content.xml")


def test_an_entity_in_another_encoding_is_refused():
    parts = parts_of()
    text = parts[SHEET].decode()
    text = before_root(text.encode(), DECLARED["billion laughs"]).decode()
    begin = '<?xml version="1.0" encoding="utf-16"?>'
    parts[SHEET] = (begin + text.partition("?>")[2]).encode("utf-16")
    with pytest.raises(ImportRefused):
        imports.plan_enrolments(packed(parts), now=NOW)


def test_a_document_type_alone_is_never_fetched():
    """Nothing listens at that port: whatever asked it would be refused."""
    parts = parts_of()
    parts[SHEET] = before_root(parts[SHEET], '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">')
    made = read(packed(parts))
    assert made is not None
    assert made.counts["added"] == 1


# --- relations ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/sheet.xml"],
)
def test_a_relation_leads_nowhere_outside_of_the_file(target):
    parts = parts_of()
    inside = b"/" + SHEET.encode()
    assert inside in parts[RELATIONS]
    parts[RELATIONS] = parts[RELATIONS].replace(inside, target.encode())
    assert read(packed(parts)) is None


# --- ZIP ------------------------------------------------------------------------------


def test_a_part_that_is_there_many_times_is_read_once():
    parts = parts_of()
    made = read(packed(parts, [(SHEET, parts_of("Bo Berg")[SHEET])] * 400))
    assert made is not None
    assert made.counts["added"] == 1


def test_names_that_lead_out_of_the_file_are_nothing_special():
    names = ["/etc/passwd", "../../x", "C:\\x", "a" * 60_000]
    made = read(packed(parts_of(), [(name, b"x") for name in names]))
    assert made is not None


def changed_entry(data: bytes, name: str, offset: int, value: bytes) -> bytes:
    """The ZIP file with other bytes in the entry of a part in its table of contents."""
    changed = bytearray(data)
    begin = data.rindex(name.encode()) - 46
    changed[begin + offset : begin + offset + len(value)] = value
    return bytes(changed)


METHOD, FLAGS, SIZE, PLACE = 10, 8, 24, 42
"""Where these stand in an entry of a ZIP file's table of contents (APPNOTE 4.3.12)."""


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (SIZE, struct.pack("<I", 100)),
        (PLACE, struct.pack("<I", 0)),
        (METHOD, struct.pack("<H", 99)),
        (FLAGS, struct.pack("<H", 1)),
    ],
    ids=["size", "place", "method", "password"],
)
def test_a_table_of_contents_that_lies_is_refused(offset, value):
    parts = parts_of()
    parts[SHEET] += b" " * 10_000_000
    assert read(changed_entry(packed(parts), SHEET, offset, value)) is None


# --- XML that costs much --------------------------------------------------------------


def with_rows(rows: str) -> bytes:
    parts = parts_of()
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    return packed(parts)


COSTLY = {
    "deep": with_rows("<x>" * 50_000 + "</x>" * 50_000),
    "empty rows": with_rows("<row/>" * 50_000),
    "a row beyond the last": with_rows(
        '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'
    ),
    "a last row": with_rows('<row r="1048576"><c r="A1048576"/></row>'),
    "a negative row": with_rows('<row r="-5"><c r="A-5"><v>1</v></c></row>'),
    "a column beyond the last": with_rows('<row r="4"><c r="ZZZZZZZ4"><v>1</v></c></row>'),
    "no such text": with_rows('<row r="4"><c r="A4" t="s"><v>99999</v></c></row>'),
    "no such style": with_rows('<row r="4"><c r="A4" s="9999"><v>1</v></c></row>'),
    "no number": with_rows('<row r="4"><c r="A4"><v>nan</v></c><c r="B4"><v>1e999</v></c></row>'),
    "a long number": with_rows(f'<row r="4"><c r="A4"><v>{"9" * 100_000}</v></c></row>'),
    "no date": with_rows('<row r="4"><c r="A4" t="d"><v>99999-99-99</v></c></row>'),
}
CELL = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
PERSON = f"<table:table-row>{''.join(CELL.format('', name) for name in HEADER)}</table:table-row>"
MERGED = ' table:number-rows-spanned="9999999" table:number-columns-spanned="9999999"'
OPEN = {
    "merged beyond the last column": CELL.format(MERGED, "x"),
    "many blanks": CELL.format("", f'<text:s text:c="{"9" * 5000}"/><text:s text:c="²"/>'),
    "deep spans": CELL.format("", "<text:span>" * 20_000 + "</text:span>" * 20_000),
    "no number": CELL.format(' office:value-type="float" office:value="x"', ""),
    "no end": CELL.format(' office:value-type="float" office:value="1e999"', ""),
    "no date": CELL.format(f' office:value-type="date" office:date-value="{"9" * 99}"', ""),
    "many columns": '<table:table-cell table:number-columns-repeated="9999999"/>' * 999,
}
COSTLY |= {
    name: open_document(f"{PERSON}<table:table-row>{cell}</table:table-row>" + PERSON)
    for name, cell in OPEN.items()
}


@pytest.mark.parametrize("data", COSTLY.values(), ids=COSTLY)
def test_what_is_odd_or_costly_ends_in_an_answer(data):
    made = read(data)
    assert made is None or made.counts["added"] <= 3


@pytest.mark.own_process
def test_a_comment_of_one_long_word_is_walked_over_once():
    """Walked over once for each of its letters, it took more time than a file may."""
    made = read(with_rows(f"<!--<row {'a' * 60_000}-->"))
    assert made is not None
    assert made.counts["added"] == 1


def test_too_many_events_inside_of_each_other_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(calendars, "events_of", lambda calendar: pytest.fail("were read"))
    events = "BEGIN:VEVENT\n" * (calendars.MOST_EVENTS + 1)
    with pytest.raises(ImportRefused) as refused:
        plan(f"BEGIN:VCALENDAR\n{events}".encode())
    assert str(calendars.MOST_EVENTS) in str(refused.value.problems[0])
