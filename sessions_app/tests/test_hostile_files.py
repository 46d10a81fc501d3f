"""Files that are made to keep the server busy: each meets its limit before it is expanded."""

import csv
import io
import zipfile

import openpyxl
import pytest

from accounts.services import import_roster
from attendance_project import tables
from attendance_project.own_process import calls, limits
from attendance_project.refusals import Kind, Refusal
from attendance_project.tables import ImportRefused, sheets, sources, workbook
from attendance_project.tables.apart import BUSY, TOO_COSTLY
from attendance_project.tests import wild_functions
from sessions_app import imports
from sessions_app.domain.ical import lines
from sessions_app.imports import calendars, holidays, reckoning
from sessions_app.models import Session
from sessions_app.tests.calendar_files import NOW, calendar, lecture, plan

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HEADER = "student_number,student_email,student_name\n"
DAILY = "RRULE:FREQ=DAILY"


def enrolments(data: bytes) -> imports.Plan:
    return imports.plan_enrolments(data, now=NOW)


def refusal(read, *arguments) -> str:
    """The sentence with which the file is refused."""
    with pytest.raises(ImportRefused) as refused:
        read(*arguments)
    return str(refused.value.problems[0])


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def open_document(rows: str) -> bytes:
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = f"<office:document-content{spaces}><table:table>{rows}</table:table>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        kind = zipfile.ZipInfo("mimetype")
        file.writestr(kind, b"application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", f"{content}</office:document-content>")
    return out.getvalue()


def test_a_header_on_which_the_csv_sniffer_never_ends_is_read(monkeypatch):
    def sniff(*arguments, **options):
        raise AssertionError("csv.Sniffer was asked")

    monkeypatch.setattr(csv.Sniffer, "sniff", sniff)

    assert refusal(enrolments, b'"' + b',"' * 15_000)


def test_a_file_of_too_many_bytes_is_refused():
    data = HEADER.encode() + b"x" * tables.MOST_BYTES

    assert "larger than 5 MB" in refusal(enrolments, data)
    assert "larger than 5 MB" in refusal(plan, data)


def test_too_many_rows_are_refused():
    data = HEADER + "1,a@b.test,Ann\n" * (sources.MOST_ROWS + 1)

    assert str(sources.MOST_ROWS) in refusal(enrolments, data.encode())


def test_too_many_columns_are_refused():
    data = ",".join(f"c{number}" for number in range(sources.MOST_COLUMNS + 1))

    assert str(sources.MOST_COLUMNS) in refusal(enrolments, data.encode())


def test_too_many_cells_are_refused():
    width = sources.MOST_COLUMNS
    rows = sheets.MOST_CELLS // width + 1

    assert str(sheets.MOST_CELLS) in refusal(
        enrolments, ("a,b" + ",c" * (width - 2) + "\n").encode() * rows
    )


@pytest.mark.parametrize("more", ["x", '"{}"'])
def test_a_line_of_too_many_characters_is_refused(more):
    long = "\n".join(["x" * 100] * (sources.MOST_LINE_SIGNS // 100 + 1))
    cells = [long[:100_000], long[100_000:]]
    line = ",".join(f'"{cell}"' for cell in cells) if more != "x" else "x" * 4 * len(long)

    assert str(sources.MOST_LINE_SIGNS) in refusal(enrolments, f"{HEADER}{line}\n".encode())


def test_an_open_document_that_repeats_a_row_and_its_cells_is_refused():
    cell = '<table:table-cell table:number-columns-repeated="300"><text:p>x</text:p>'
    cell += "</table:table-cell>"
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'

    assert str(sheets.MOST_CELLS) in refusal(enrolments, open_document(row))


def test_merged_cells_of_a_million_rows_are_read_at_once():
    book = openpyxl.Workbook()
    book.active.append(["student_number", "student_email", "student_name"])
    book.active.append(["1", "ann@school.test", "Ann Berg"])
    book.active.merge_cells("C2:D2")
    out = io.BytesIO()
    book.save(out)
    data = _rewritten(out.getvalue(), b"C2:D2", b"C2:C1048576")

    assert enrolments(data).counts["added"] == 1


def _rewritten(workbook_data: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with other bytes in its parts, as no program would write them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook_data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(old, new))
    return out.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch):
    big = zipped(xl__workbook_xml=b"0" * (workbook.MOST_UNPACKED + 1))
    many = zipped(**{f"p{number}": b"" for number in range(workbook.MOST_PARTS + 1)})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *arguments: pytest.fail("was unpacked"))

    assert len(big) < 100_000
    assert "too large when it is unpacked" in refusal(enrolments, big)
    assert "too large when it is unpacked" in refusal(enrolments, many)


def test_a_set_of_one_roster_that_unpacks_to_too_much_is_refused():
    data = zipped(users_csv=b"0" * (workbook.MOST_UNPACKED + 1))

    assert "too large when it is unpacked" in refusal(enrolments, data)


def test_a_folded_line_of_many_parts_is_unfolded(course):
    """Each part is three bytes, and as many as may be are in the file."""
    folded = "DESCRIPTION:x" + "\r\n x" * (calendars.MOST_LINES - 100)
    made = plan(calendar(lecture("OS CSE-A", "20261201T090000", "20261201T103000", folded)))

    assert made.counts["added"] == 1


def test_a_folded_line_of_a_million_parts_is_refused(course):
    folded = "DESCRIPTION:x" + "\n x" * 1_000_000

    assert str(calendars.MOST_LINES) in refusal(plan, calendar(lecture("OS CSE-A", "", "", folded)))


def test_a_value_is_read_up_to_its_limit(course):
    long = "OS CSE-A " + "x" * lines.MOST_LINE_SIGNS

    assert plan(calendar(lecture(long))).counts["added"] == 1


@pytest.mark.parametrize("name", ["RDATE", "EXDATE"])
def test_two_hundred_thousand_single_dates_are_refused(course, name):
    dates = f"{name}:" + ",".join(["20261202T090000"] * 200_000)
    data = calendar(lecture("OS CSE-A", "20261201T090000", "20261201T103000", dates))

    assert str(calendars.MOST_MOMENTS) in refusal(plan, data)
    assert str(calendars.MOST_MOMENTS) in refusal(lambda: holidays.read_holidays(data, now=NOW))


def test_a_thousand_daily_series_over_years_are_refused(course):
    start, end = "20200101T090000", "20200101T103000"
    series = [
        lecture("OS CSE-A", start.replace("0900", f"09{n % 60:02}"), end, DAILY, uid=f"d{n}")
        for n in range(1000)
    ]

    assert str(reckoning.MOST_OCCURRENCES) in refusal(plan, calendar(*series))
    assert not Session.objects.exists()


def test_a_thousand_daily_series_that_are_cancelled_are_refused(course):
    series = [lecture("OS CSE-A", "20200101T090000", "20200101T103000", DAILY, "STATUS:CANCELLED",
                      uid=f"d{n}") for n in range(1000)]  # fmt: skip

    assert str(reckoning.MOST_RECKONED) in refusal(plan, calendar(*series))


def test_too_many_events_are_refused(course):
    events = "BEGIN:VEVENT\nUID:1\nEND:VEVENT\n" * (calendars.MOST_EVENTS + 1)

    assert str(calendars.MOST_EVENTS) in refusal(
        plan, f"BEGIN:VCALENDAR\n{events}END:VCALENDAR".encode()
    )


@pytest.mark.own_process
def test_each_reader_of_files_refuses_a_file_that_takes_too_much(
    client, admin_user, course, monkeypatch, tmp_path
):
    """The readers are swapped for one that takes all the memory, since each file that is known to
    take too much is refused by a limit of its own before."""
    monkeypatch.setattr("sessions_app.imports.enrolments._table", _growing)
    monkeypatch.setattr("sessions_app.imports.marks._read", _growing)
    monkeypatch.setattr("sessions_app.imports.timetable.reckon", _growing)
    monkeypatch.setattr("sessions_app.imports.holidays._read", _growing)
    client.force_login(admin_user)
    file = io.BytesIO(HEADER.encode())
    for path in ("imports/enrolments", "imports/marks", "imports/timetable", "closed-days/import"):
        file.seek(0)
        answer = client.post(f"/{path}/", {"file": file}, follow=True)
        assert answer.status_code == 422, path
        assert "too much memory" in answer.content.decode()


_growing = wild_functions.growing_with_anything


@pytest.fixture
def _busy(monkeypatch) -> None:
    """A server on which no file is read in time."""

    def run(*arguments, **options):
        raise calls.TooLate

    monkeypatch.setattr(calls, "run", run)


@pytest.mark.usefixtures("_busy")
@pytest.mark.parametrize(
    "path",
    [
        "/imports/enrolments/",
        "/imports/marks/",
        "/imports/timetable/",
        "/imports/sessions/",
        "/closed-days/import/",
    ],
)
def test_a_page_asks_for_the_file_again_where_the_server_is_too_busy_to_read_it(
    client, admin_user, course, path
):
    client.force_login(admin_user)
    answer = client.post(path, {"file": io.BytesIO(HEADER.encode())}, follow=True)
    assert (answer.status_code, answer["Retry-After"]) == (503, "61")
    assert "Try again in a minute" in answer.content.decode()


@pytest.mark.usefixtures("_busy")
def test_the_api_asks_for_the_file_again_where_the_server_is_too_busy_to_read_it(
    course, api_as, admin_user
):
    api = api_as(admin_user)
    answer = api.post("/api/v1/imports/sessions", {"file": io.BytesIO(HEADER.encode())})
    assert (answer.status_code, answer["Retry-After"]) == (503, "61")
    assert answer.json()["code"] == BUSY


@pytest.mark.usefixtures("_busy")
def test_the_expected_list_is_refused_for_now_where_the_server_is_too_busy_to_read_it():
    with pytest.raises(Refusal) as refused:
        import_roster(HEADER.encode(), now=NOW)
    assert (refused.value.code, refused.value.kind) == (BUSY, Kind.UNAVAILABLE)


@pytest.mark.own_process
def test_a_command_names_the_code_of_a_file_that_takes_too_much(monkeypatch):
    monkeypatch.setattr("sessions_app.imports.enrolments._table", _growing)
    with pytest.raises(ImportRefused) as refused:
        enrolments(HEADER.encode())

    assert refused.value.code == TOO_COSTLY


def test_the_limits_of_a_process_are_those_of_the_table():
    assert (limits.MOST_CPU_S, limits.MOST_MEMORY) == (10, 512 * 2**20)
