"""Workbooks of other programs: XLS of old Excel, and ODS of LibreOffice."""

import base64
import io
import zipfile
import zlib
from xml.sax.saxutils import escape

import pytest

from sessions_app.tests.import_files import refused, run
from sessions_app.tests.test_import_rosters import notes_of, numbers, people

OLD_LIST = (
    "eNrtWE1IVFEU/u57b5wfZ8bxL9BAREjLLPqnjY0/mJsyy0Uhgc04b2GOMzIzhrYoy2YZBK2KNoItIrDa9EMRtWsR9O"
    "MiCAItWglBUNBCnc49771xNCWFEpR3Hvfce86553v3nXvuve+9t28KJ0cflE9hER2CirmMG3k5OkHFbQkBkD2TkU2r"
    "dlHJ2LSuyO2iicxz4KnvtVPOoZzvKSi4r70kDnymchr9aIvH9Mo1pCYeQ0jIMdQLjXJPwS0qfpTxuIqYdzMvZn6P+z"
    "5j3sCaq8zrqe+k6MSbYFvtQTOPTylVbPMTF3jEPh9ZsxuleCXz+OI1YfR1oDHRE4puFEOF5sUYaK5b9ZiekLIHt8mI"
    "XZImUUIpMIafmUrgh7XWX1Ta+rXVC5D+10K9cxm9axm9m+Z1sf66ogHDyJwRMvHT8OGdJi0ONMfP6Yk0vKjhLV/DkZ"
    "5kagZ3UUBSAXehTSClJ71AciB8Vu9OdXXHI7qHVmE0lEyy4CdbaiCix1JdsYG+sJ7wzSv0vlBP1JvTIdSn5wOhhsGd"
    "+mCorz+qq0BnfJp04XkdrcmmOGfnvv0HyNS9wNQ8ROxYB9mbO1p2NHrkAcUbWmDBhubjZe4lHqFHke1CXuwBit3Mne"
    "/vj4bbg12sGeZDzDjqtshYIYNL0oOc/VmLwWvZYzvzy4y6mdvlzEsoYFRXt5eajcMj3OcKW6vpPnuZJoI1Oe2t1E5P"
    "H39ckf4S3Ebt8dap8yXjH4KjqKL5jJC/vEZQJ+rEzRuSngStWpib4ifmZX9skC4lYI49Y57nBZiFh5uFxqGvFOGh7E"
    "ob6DytRVQ5CWWKrduoOpaMqnxiQ7KiY0gKSWpWUknSspJGksNEFksgC0b2mf0FI8soXlA8fEwWYU/nhGbYJHJetqdE"
    "dprIyiLk5xQXxcwEoy14/BJVoasY34SBozCqC5YkUd0mqroEqpqDqpqo0lPlKHhMHJVR87OSRKXdAl85/oI9BdfZTM"
    "VSmWqTTTbZZJNNNv2VBL+MgI9VzXwFky8MTvO/ziyVOfs3yYalE4jTlaLPxBbEqE5gaFX5swkOYWGJFfpY/wslnaS7"
    "J9CLMI+jd9X5Sy+HIvd5VuwY+HdLaLX3n1vNOP/z/X8DF0tBqg=="
)
"""Two sheets, written with xlwt 1.3.0: “Cover”, and “List” with merged cells in two columns, and
numbers as 20240012, as 123 in the format 00000, and as the text 00456. Compressed, in base64."""
OLD_BROKEN = (
    "eNrtWEtIVFEY/s59zKsZHU0LlWQQsjINyoJa6KhREpRYmyICG5u7EJ1RxhG0RVlmtAmCVkUbwRZtrDY9qEXtWgRKLY"
    "Ig0Fq2CgpaqLf//PeM86jAgRKU+925/z3nO+f773/vec6dmy2bn3pcvYACtELHsu2HJ4cTdPozmTCo3LZlMnP10Wm7"
    "WFfw+6ghPSZehN56ZRvK9l6AhkfGa7LAZzrPYQhdg0krsobo4BhiQsbQQlbgHjElqOKoytleYLuZ7UOu+ZJtGzM32b"
    "ZQ3XlxFrPRroaDqhef0eq4rATS71PWfGRmLyrxRvbiy7eEU9dEe6ovNrDOCmqNIKZBDdppJa2UzJfiPgLAGKEpkWiK"
    "x+dRQY09jR92BPieGdWvIi6/trwA8T/zee9feB81YiF/WzOAcdjneZBMIohBQ5YYON43nF7EDYQoF+DujuH0SNxKpn"
    "uSI4leKxXKElYi1jcQzKkQS1ibaDy0je6xRmOJoQGLhkfHKFH78qh2STVnKcrtz8sdyOZkDM50E86bbkI8DINk4yjl"
    "dBkPxjA97+KDb+9O9HZHe5gZ5yXGWYi2y+eGjStSQeISZPyBli6ggRW72V5lrzWcrmZbQSOFrvXdlSpxdILrXOPSer"
    "pPM+N9dEdOeielJ7+efFY7+SW6i9IznQsXK2Y+RKdQRwtjnPTymECjaBR370g8j2auQk1an9hW/TaB+bSwit1Wq20p"
    "lrjdQO9DwsnJtyNWcpp6V1ItCtQ6vRPB6sihYzXeoeuHpUawB115EOzBUB60Ag+XtICabgNzGtd3WsdUao3VHqXWC9"
    "Sm5mNOxitr66z1Kq2ed2ejQOvBNuacSOW2winyolbIny5dGOzQpxwaecGYfwjGZIdbhaxtstavtOZKMK1aOZ7IZ6ZV"
    "JIsAXLhw4cKFCxcuNgoEbyKdLbPc/5hqE+1V33WW6Fx2P5NsWJzCIB1p+lN5BEm6pjBWVP/ZAlNkfIlVajLfCyVO09"
    "1T6Ecvx9FfdP+lP1Ui93lWLQz/uyFU7P2Xi4nzP9//F6hjBOI="
)
"""The numbers 2.0210001e17, a date, TRUE, a formula without a stored value and #REF!."""


def unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


def test_an_old_workbook_is_read_with_its_numbers_formats_and_merged_cells(db, course):
    told = notes_of(unpacked(OLD_LIST))
    assert {"20240012": "Zoë", "00123": "Bo", "00456": "Cy"}.items() <= people().items()
    assert "Only the sheet “List” was read. The others were not: “Cover”." in told
    assert "Merged cells count for each of their rows: A2:A4, B2:B4." in told
    assert course.enrolments.count() == 5


def test_cells_of_an_old_workbook_that_cannot_be_meant_are_named(db):
    problems = refused(unpacked(OLD_BROKEN))
    assert [problem.partition(": ")[0] for problem in problems] == [
        f"line {line}, student_number" for line in (2, 3, 4, 6)
    ]
    assert "rounded" in problems[0]
    assert "the date 2026-03-01" in problems[1]
    assert "is TRUE" in problems[2]
    assert "#REF!" in problems[3]


@pytest.mark.parametrize("cut", [100, 700, 2000, 4000])
def test_a_damaged_old_workbook_is_refused(db, cut):
    data = unpacked(OLD_LIST)[:cut]
    assert "is damaged or has a password" in refused(data)[0]


def test_a_workbook_with_a_password_is_refused(db):
    data = unpacked(OLD_LIST)[:512] + bytes(5120)  # what Excel encrypts has no stream of a book
    assert "is damaged or has a password" in refused(data)[0]


NAMES = ["student_number", "student_email", "student_name"]
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)


def cell(text: str = "", *, value: str = "", kind: str = "string", more: str = "") -> str:
    attribute = {"float": "value", "date": "date-value", "boolean": "boolean-value"}.get(kind, "")
    value = f' office:{attribute}="{value}"' if attribute else ""
    shown = f"<text:p>{escape(text)}</text:p>"
    head = f'<table:table-cell office:value-type="{kind}"{value} {more}>'
    return f"{head}{shown}</table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    inside = "".join(one if one.startswith("<") else cell(one) for one in cells)
    return f"<table:table-row {more}>{inside}</table:table-row>"


def document(*rows: str, before: str = "", styles: str = "", style: str = "") -> bytes:
    head = f'<table:table table:name="List" table:style-name="{style}">'
    table = f"{head}{''.join(rows)}</table:table>"
    content = (
        f'<?xml version="1.0"?>{before}<office:document-content {SPACES}>{styles}<office:body>'
        f'<office:spreadsheet><table:table table:name="Cover">{row("Notes")}</table:table>{table}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(
            zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet"
        )
        parts.writestr("content.xml", content)
    return out.getvalue()


def test_an_open_document_is_read_with_what_it_shows(db):
    empty = '<table:table-cell table:number-columns-repeated="16381"/>'
    spaced = cell("x").replace("<text:p>x", "<text:p>Zoë<text:s/>Ål<text:span>berg</text:span>")
    data = document(
        row("Class list", empty),
        row(*NAMES, empty),
        row(cell("20240012", value="20240012", kind="float"), "a@x.example", spaced, empty),
        row("", more='table:number-rows-repeated="3"'),
        row(cell("00123", value="123", kind="float"), "b@x.example", "Bo"),
        row(cell("20,240,013", value="20240013", kind="float"), "c@x.example", "Cy"),
        row(cell("S0007", value="7", kind="float"), "d@x.example", "Di"),
        row("", more='table:number-rows-repeated="1048560"'),
    )
    told = notes_of(data)
    assert people() == {
        "20240012": "Zoë Ålberg",
        "00123": "Bo",
        "20240013": "Cy",
        "S0007": "Di",
    }
    assert "Only the sheet “List” was read. The others were not: “Cover”." in told
    assert "line 1 “Class list”" in told


def test_cells_of_an_open_document_that_cannot_be_meant_are_named(db):
    people_ = ("a@x.example", "Ann")
    problems = refused(
        document(
            row(*NAMES),
            row(cell("2.02E+17", value="2.0210001E17", kind="float"), *people_),
            row(cell("01/03/26", value="2026-03-01", kind="date"), *people_),
            row(cell("TRUE", value="true", kind="boolean"), *people_),
            row("Err:502", *people_),
            row("#REF!", *people_),
        )
    )
    assert [problem.partition(": ")[0] for problem in problems] == [
        f"line {line}, student_number" for line in (2, 3, 4, 5, 6)
    ]
    assert not numbers()


def test_merged_cells_of_an_open_document_count_for_each_row(db, course):
    more = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
    covered = "<table:covered-table-cell/>"
    run(
        document(
            row("subject_code", "class_code", *NAMES),
            row(cell("OS", more=more), cell("CSE-A", more=more), "S7", "a@x.example", "Ann"),
            row(covered, covered, "S8", "b@x.example", "Bo"),
        )
    )
    assert course.enrolments.count() == 4


def test_a_cell_that_says_a_million_times_is_refused(db):
    many = cell("x", more='table:number-columns-repeated="1048576"')
    assert "columns" in refused(document(row(*NAMES), row(many)))[0]
    rows = row("S7", "a@x.example", "Ann", more='table:number-rows-repeated="1048576"')
    assert "more than 20000 rows" in refused(document(row(*NAMES), rows))[0]


def test_entities_in_an_open_document_are_not_unfolded(db):
    before = '<!DOCTYPE x [<!ENTITY a "b">]>'
    data = document(row(*NAMES), row("S7", "a@x.example", "Ann"), before=before)
    assert "cannot be read as a workbook" in refused(data)[0]


def test_a_note_on_a_cell_is_no_part_of_its_text(db):
    note = "<office:annotation><text:p>ask again</text:p></office:annotation>"
    noted = cell("S7").replace("<text:p>", f"{note}<text:p>", 1)
    run(document(row(*NAMES), row(noted, "a@x.example", "Ann")))
    assert numbers() == {"S7"}


@pytest.mark.parametrize("cut", [60, 300])
def test_a_damaged_open_document_is_refused(db, cut):
    data = document(row(*NAMES), row("S7", "a@x.example", "Ann"))
    assert "cannot be read as a workbook" in refused(data[:-cut])[0]
