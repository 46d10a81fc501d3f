"""Reports as files. Another library reads them back, and people's names try to be formulas."""

import csv
import io

import pytest
from openpyxl import load_workbook

from accounts.models import Role
from attendance_project.spreadsheets import defused, formula_sign
from attendance_project.tests.page_client import PageClient
from conftest import make_user
from reports.tests.conftest import days_ago, mark_of, meet, put_down
from sessions_app import services
from sessions_app.models import Attendance, Enrolment

ATTACKS = [
    *('=HYPERLINK("http://x")', "+1+1", "-1+1", "@SUM(1)", "|calc", "%0A=1", "=cmd|'/c x'!A0"),
    *("＝1+1", "＋1", "－1", "＠SUM(1)", "｜calc", "％1", "﹢1", "⁼1", "−1"),
    *(f"{blank}=1" for blank in (" ", "\t", "\r", "\n", "\ufeff", "\u00a0", "\u200b", "\u3000")),
    *("'=1", '"=1', " \u200b\t\ufeff＝1"),
]


@pytest.fixture
def client(teacher) -> PageClient:
    browser = PageClient()
    browser.force_login(teacher)
    return browser


def read_csv(response) -> list[list[str]]:
    assert response.status_code == 200
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def read_xlsx(response):
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.content))


def addresses(course, kind: str) -> list[str]:
    return [
        f"/reports/courses/{course.pk}/matrix.{kind}",
        f"/reports/classes/{course.class_group_id}/rows.{kind}",
        f"/reports/subjects/{course.subject_id}/rows.{kind}",
        f"/reports/attendance/rows.{kind}",
    ]


@pytest.fixture
def attackers(course) -> None:
    """A student with each of the names, present at one session."""
    people = [make_user(Role.STUDENT, f"X{n}", full_name=name) for n, name in enumerate(ATTACKS)]
    Enrolment.objects.bulk_create(
        Enrolment(course=course, student=person, enrolled_at=days_ago(9)) for person in people
    )
    session = meet(course, days_ago(1))
    Attendance.objects.bulk_create(mark_of(session, person, "present") for person in people)


def test_a_name_never_becomes_a_formula_in_csv(attackers, client, course):
    for address in addresses(course, "csv"):
        cells = [cell for row in read_csv(client.get(address)) for cell in row]
        assert not [c for c in cells if formula_sign(c) and c[0] != "'"], address
        assert {defused(name) for name in ATTACKS} <= set(cells)


def test_a_name_never_becomes_a_formula_in_a_workbook(attackers, client, course):
    for address in addresses(course, "xlsx"):
        book = read_xlsx(client.get(address))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [c.value for c in cells if c.data_type == "f"] == [], address
        values = [str(cell.value) for cell in cells]
        for name in ATTACKS:
            assert any(name.strip() in value for value in values), name


def test_the_matrix_as_csv_holds_a_row_a_student_and_a_column_a_session(
    client, course, student, classmate
):
    for days, status in ((5, "present"), (4, "late"), (3, "absent")):
        session = meet(course, days_ago(days))
        put_down(session, student, status)
        put_down(session, classmate, "excused")
    head, first, second = read_csv(client.get(addresses(course, "csv")[0]))
    assert first[:4] == [student.institution_number, student.full_name, "yes", "66.7"]
    assert first[-3:] == ["Present", "Late", "Absent"]
    assert second[3] == ""
    assert second[-3:] == ["Excused"] * 3
    assert len(head) == len(first) == 13


def test_guests_stand_below_the_students_in_the_csv(client, course, student, teacher):
    sessions = [meet(course, days_ago(days)) for days in (5, 4)]
    put_down(sessions[0], student)
    for session, name in ((sessions[0], "Ada"), (sessions[0], "Bo"), (sessions[1], "Ada")):
        services.add_guest(
            session,
            name=name,
            number="",
            by=teacher,
            now=session.starts_at,
            key=f"g-{name}-{session.pk}",
        )
    head, *rows = read_csv(client.get(addresses(course, "csv")[0]))
    assert [row[1] for row in rows[2:]] == ["Ada", "Bo"]
    assert [row[2] for row in rows[2:]] == ["no, guest"] * 2
    assert [row[-2:] for row in rows[2:]] == [["Guest", "Guest"], ["Guest", ""]]
    assert {cell for row in rows[2:] for cell in row[3:-2]} == {""}
    assert {len(row) for row in rows} == {len(head)}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_say_in_words_what_a_status_rests_on(client, course, student, kind):
    row = put_down(meet(course, days_ago(1)), student)
    row.evidence = ["short_code", "bluetooth", "sound", "face", "code", "new_kind"]
    row.save()
    answer = client.get(addresses(course, kind)[1])
    sheet = (
        read_csv(answer)
        if kind == "csv"
        else [[cell.value for cell in row] for row in read_xlsx(answer).active.iter_rows()]
    )
    assert sheet[1][-1] == "short code, Bluetooth, room's sound, face, code, new_kind"


def test_the_matrix_as_xlsx_keeps_numbers_as_numbers_and_adds_the_sessions(client, course, student):
    put_down(meet(course, days_ago(1)), student, "late")
    students, sessions = read_xlsx(client.get(addresses(course, "xlsx")[0]))
    assert students.freeze_panes == "C2"
    assert students["D2"].value == 100
    assert students["D2"].data_type == "n"
    assert sessions["A2"].value == student.attendances.get().local_date
    assert sessions.max_row == 2


def test_rows_carry_the_filter_of_the_page(client, course, student, classmate):
    sessions = [meet(course, days_ago(days)) for days in (3, 2, 1)]
    for session in sessions:
        put_down(session, student)
        put_down(session, classmate, "absent")
    address = addresses(course, "csv")[1]
    rows = read_csv(client.get(address, {"status": "absent"}))[1:]
    assert {row[6] for row in rows} == {classmate.full_name}
    assert len(rows) == 3
    day = student.attendances.get(session=sessions[1]).local_date
    rows = read_csv(client.get(address, {"from": day, "to": day}))[1:]
    assert {row[0] for row in rows} == {day}
    assert len(rows) == 2


def test_a_refused_filter_gives_no_file(client, course):
    for kind in ("csv", "xlsx"):
        for address in addresses(course, kind):
            response = client.get(address, {"from": "2026-03-02", "to": "2026-03-01"})
            assert response.status_code == 400
            assert "Content-Disposition" not in response.headers
            assert b"not after the last day" in response.content


def test_a_file_is_named_plainly_and_kept_by_no_cache(client, course):
    course.subject.code = 'Ö"\r\nX: 1'
    course.subject.save()
    response = client.get(addresses(course, "csv")[0])
    assert response.headers["Content-Disposition"] == ('attachment; filename="----X--1-CSE-A.csv"')
    assert "no-store" in response.headers["Cache-Control"]


def test_too_many_rows_are_refused_with_the_way_out(client, course, student, monkeypatch):
    from reports.views import attendance

    put_down(meet(course, days_ago(1)), student)
    monkeypatch.setattr(attendance, "ROWS_A_FILE", 0)
    response = client.get(addresses(course, "csv")[1])
    assert response.status_code == 400
    assert b"Choose fewer days" in response.content


def test_the_page_and_the_file_list_only_what_the_total_counts(client, course, student, classmate):
    for state in ("cancelled", "open"):
        put_down(meet(course, state=state), student, "absent")
    put_down(meet(course), classmate, "absent")
    context = client.get(f"/reports/classes/{course.class_group_id}/").context
    assert context["total"].absent == context["list"].page.paginator.count == 1
    rows = read_csv(client.get(addresses(course, "csv")[1]))[1:]
    assert [row[6] for row in rows] == [classmate.full_name]
