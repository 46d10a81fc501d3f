"""No figure is forgotten: the rows of the reports are walked field by field.

Whoever adds a figure to a row fails here until the API, the files and the pages have it too, and
whoever adds a row until it is compared, or until it says why it needs no comparison.
"""

import csv
import io
import re
from dataclasses import fields
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from attendance_project import clock
from attendance_project.days import when
from attendance_project.weeks import first_day_of, week_of
from reports.domain.rates import Tally, in_hours
from reports.queries.courses import CourseStanding
from reports.queries.matrix import Matrix, SessionColumn, StudentRow
from reports.queries.overview import Institution, Today
from reports.queries.students import StudentCourse, StudentTotal
from reports.queries.teachers import TeacherCourse, TeacherTotal, teacher_overall
from reports.tests.conftest import logged_in
from reports.tests.walking import figures_of, rows_with_figures

ALL = "/api/v1/attendance/statistics/all/{}"
TODAY = "/api/v1/attendance/statistics/today/{}"
COMPARED = {
    *(StudentCourse, StudentTotal, StudentRow, SessionColumn, Matrix),
    *(CourseStanding, TeacherTotal, TeacherCourse, Institution, Today),
}
NOT_COMPARED = {
    "StudentStatistics": "its courses and its total are",
    "StudentToday": "its total is that of some sessions, counted as all are",
    "TeacherStatistics": "its courses and its total are",
    "TeacherSessionToday": "has the tally of a column",
    "TeacherToday": "has the sum of its sessions",
    "StudentProfile": "its attendance is a StudentStatistics",
    "LowAttendance": "is what a mail says, in test_one_figure",
    "DueNotice": "is the mail itself",
    "Slice": "is what totals are the sum of, in test_one_figure",
    "Weeks": "is compared as the API tells it",
    "Week": "is compared as the API tells it",
    "OddRow": "says what one session counts as",
    "OddRows": "says what some sessions count as",
    "StudentHistory": "is what figures are counted from",
    "_Told": "numbers the mails to a person",
    "OwnSparedCheck": "counts checks that were spared, and no attendance",
    "OwnData": "is what a person may keep of themselves",
}
COLUMNS = {
    "On the course": "is_enrolled",
    "Rate %": "rate_percent",
    "Present": "present",
    "Late": "late",
    "Excused": "excused",
    "Absent": "absent",
    "Absent in a row": "absence_streak",
    "At risk": "is_at_risk",
}
OF_RULES = {
    "Lates counted as absences": "late_absences",
    "Hours attended": "attended_h",
    "Hours counted": "counted_h",
}
REST_OF_FILE = {"attended", "counted", "is_final"}
"""Figures without a column in the file: attended and counted are sums of other columns, and a file
has only what is final."""


@pytest.fixture
def teacher(db, term) -> User:
    return term.teacher


def test_each_row_with_figures_is_compared_or_says_why_not():
    compared = {kind.__name__ for kind in COMPARED}
    assert rows_with_figures() == compared | set(NOT_COMPARED)


@pytest.fixture
def pages(matrix, teacher, page_of) -> dict[str, Any]:
    """What the student's page of the reports shows of each student, by number."""
    return {
        number: page_of(teacher, "report-student", person.pk)
        for line in matrix.lines
        for person, number in [(line.student, line.student.institution_number)]
    }


def test_each_figure_of_a_student_is_in_the_api_and_on_both_pages(matrix, pages, teacher, as_user):
    for line in matrix.lines:
        page = pages[line.student.institution_number]
        [shown] = page.context["attendance"].courses
        told = as_user(teacher).get(ALL.format(line.student.pk)).json()
        [course], total = told["courses"], told["total"]
        own = figures_of(shown)
        assert {name: course[name] for name in own} == own
        in_all = figures_of(page.context["attendance"].total)
        assert {name: total[name] for name in in_all} == in_all
        of_report = figures_of(line) | {"at_risk": line.is_at_risk}
        del of_report["is_at_risk"], of_report["is_enrolled"]
        assert {name: own[name] for name in of_report} == of_report


ON_STUDENTS_PAGE = {
    "at_risk": ("Course", "at risk"),
    "lates_per_absence": ("Course", "{:d} lates count as one absence"),
    "present": ("Present", "{:d}"),
    "late": ("Late", "{:d}"),
    "late_absences": ("Late", "{:d} as absence"),
    "excused": ("Excused", "{:d}"),
    "absent": ("Absent", "{:d}"),
    "rate_percent": ("Rate", "{:.1f} %"),
    "attended_h": ("Rate", "{:g} of "),
    "counted_h": ("Rate", " of {:g} h"),
    "absence_streak": ("Absent in a row", "{:d}"),
    "may_still_miss": ("Can still miss", "{:d}"),
    "may_still_miss_h": ("Can still miss", "{:g} h"),
    "excused_ahead": ("Can still miss", "excused from {:d} more"),
    "required_percent": ("Can still miss", "Can no longer reach {:d} %"),
}
"""The column in which each figure stands, and how it is written."""
NOT_ON_STUDENTS_PAGE = {
    *("attended", "counted", "is_final"),  # follow from the others
    *("sessions_ahead", "ahead_h"),  # "can still miss" says what follows from them
    "can_be_met",  # says which of the two sentences stands there
}


SAID_WHERE_THERE_IS_ONE = {"at_risk", "lates_per_absence", "late_absences", "excused_ahead"}
OF_WHAT_CAN_BE_MET = {"may_still_miss", "may_still_miss_h"}


def test_each_figure_of_a_student_is_read_on_their_page(pages):
    for page in pages.values():
        [row] = page.context["attendance"].courses
        own, cells = figures_of(row), first_line_of(page.content.decode())
        assert own.keys() == ON_STUDENTS_PAGE.keys() | NOT_ON_STUDENTS_PAGE
        replaced = {"required_percent"} if own["can_be_met"] else OF_WHAT_CAN_BE_MET
        for name in ON_STUDENTS_PAGE.keys() - replaced:
            head, words = ON_STUDENTS_PAGE[name]
            is_said = bool(own[name]) or (own[name] == 0 and name not in SAID_WHERE_THERE_IS_ONE)
            assert (words.format(own[name] or 0) in cells[head]) == is_said, (name, cells[head])


def first_line_of(page: str) -> dict[str, str]:
    """The text of each cell of a page's first table, by the head of its column."""
    table = re.search(r"<table.*?</table>", page, re.DOTALL)[0]
    head, line = ([text_in(c) for c in cells_in(row)] for row in table.split("</tr>")[:2])
    return dict(zip(head, line, strict=True))


def cells_in(row: str) -> list[str]:
    return re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)


def text_in(cell: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split())


def test_each_figure_of_a_student_is_in_the_files(matrix, teacher, term):
    columns = COLUMNS | (OF_RULES if term.lates_per_absence else {})
    for table in (csv_of(teacher, term), sheet_of(teacher, term, "Students")):
        head, *rows = table
        sessions = [f"{column.session.local_start:%Y-%m-%d %H:%M}" for column in matrix.columns]
        assert head == ["Number", "Name", *columns, *sessions]
        for cells, line in zip(rows, matrix.lines, strict=True):
            row, figures = dict(zip(head, cells, strict=True)), figures_of(line)
            assert row["Number"] == line.student.institution_number
            assert figures.keys() - {*columns.values(), *OF_RULES.values()} == REST_OF_FILE
            told = {name: cell_says(row[column]) for column, name in columns.items()}
            told["is_at_risk"] = bool(told["is_at_risk"])
            assert told == {name: figures[name] for name in told}


def test_each_figure_of_a_session_is_the_same_on_lists_in_charts_and_in_the_file(
    matrix, teacher, term, as_user, page_of
):
    days = {"from": matrix.columns[0].day, "to": matrix.columns[-1].day}
    listed = page_of(teacher, "report-sessions", page_size=100, **days).context["rows"]
    tallies = {session.pk: tally for session, _course, tally in listed}
    chart = page_of(teacher, "report-course", term.pk).context["chart"]
    drawn = dict(zip(chart.labels, chart.series[0].values, strict=True))
    [head, *rows] = sheet_of(teacher, term, "Sessions")
    for column, cells in zip(matrix.columns, rows, strict=True):
        assert tallies[column.session.pk] == column.tally
        at, rate = when(column.session.local_start, "day and time"), column.tally.rate_percent
        assert drawn.get(at) == rate
        row, figures = dict(zip(head, cells, strict=True)), figures_of(column)
        told = {name: row[word] for word, name in COLUMNS.items() if word in row}
        assert told == {name: figures[name] for name in told}
        assert row.get("Weight in hours") in (None, in_hours(column.session.weight_s))
    running = [column for column in matrix.columns if column.session.is_today(clock.now())]
    today = as_user(teacher).get(TODAY.format(teacher.pk)).json()["sessions"]
    by_api = {row["session_id"]: row for row in today}
    assert {str(column.session.pk) for column in running} <= by_api.keys()
    for column in running:
        row, own = by_api[str(column.session.pk)], figures_of(column)
        assert {name: row[name] for name in own} == own


def test_the_figures_of_the_weeks_are_the_same_in_charts_and_in_the_api(
    matrix, teacher, term, as_user, page_of
):
    asked = {"course": term.pk, "class": term.class_group_id, "subject": term.subject_id}
    told = as_user(teacher).get("/api/v1/attendance/weeks", asked).json()
    total, by_api = figures_of(matrix.total), {row.pop("week"): row for row in told["weeks"]}
    assert {name: told["total"][name] for name in total} == total
    assert sum(row["absent"] for row in by_api.values()) == matrix.total.absent
    assert sum(row["counted_h"] or 0 for row in by_api.values()) == (matrix.total.counted_h or 0)
    for day, tally in ((column.day, column.tally) for column in matrix.finished):
        assert by_api[week_of(date.fromisoformat(day))]["present"] >= tally.present
    wide = {"chart": "week", "from": "2000-01-01", "to": "2100-01-01"}
    for name, pk in (("course", term.pk), ("class", asked["class"]), ("subject", asked["subject"])):
        chart = page_of(teacher, f"report-{name}", pk, **wide).context["chart"]
        rates = dict(zip(chart.labels, chart.series[0].values, strict=True))
        assert rates == {week: row["rate_percent"] for week, row in by_api.items()}
        assert list(by_api) == chart.labels


def test_the_weeks_of_a_student_and_of_some_days_are_theirs_alone(matrix, teacher, as_user):
    line, column = matrix.lines[0], matrix.finished[-1]
    path, own = "/api/v1/attendance/weeks", figures_of(line.tally)
    told = as_user(teacher).get(path, {"student": line.student.pk}).json()
    assert {name: told["total"][name] for name in own} == own
    [week] = as_user(teacher).get(path, {"from": column.day, "to": column.day}).json()["weeks"]
    assert week["week"] == week_of(date.fromisoformat(column.day))
    assert first_day_of(week["week"]).isoformat() == week["first_day"] <= column.day
    assert {name: week[name] for name in figures_of(column.tally)} == figures_of(column.tally)
    assert as_user(teacher).get(path, {"to": "2001-01-01"}).json()["weeks"] == []


def test_each_figure_of_a_course_is_the_same_on_its_report_and_on_the_list(
    matrix, teacher, term, as_user, page_of
):
    [standing] = page_of(teacher, "reports").context["standings"]
    page = page_of(teacher, "report-course", term.pk)
    assert figures_of(standing) == figures_of(matrix.total) | {
        "at_risk": len(matrix.at_risk),
        "open_now": len(matrix.columns) - len(matrix.finished),
        "forgotten": page.context["forgotten"],
    }
    told = as_user(teacher).get(ALL.format(teacher.pk)).json()
    own = figures_of(teacher_overall(teacher).total)
    assert figures_of(matrix.total).items() <= own.items()
    for row in (told["total"], told["courses"][0]):
        assert {name: row[name] for name in own} == own


def test_each_figure_of_the_school_is_the_same_on_the_dashboard_and_in_the_api(
    matrix, admin_user, as_user, page_of
):
    page = page_of(admin_user, "dashboard").context
    told = as_user(admin_user).get("/api/v1/admin/stats").json()
    period, today, own = page["period"], page["today"].figures, figures_of(page["period"].total)
    assert {name: told["attendance_30_days"][name] for name in own} == own
    assert sum((tally for _, tally in period.by_class), Tally()) == period.total == matrix.total
    assert sum((tally for _, tally in period.by_department), Tally()) == period.total
    assert told["people"] == {role.value: number for role, _label, number in page["people"]}
    for name in (field.name for field in fields(Today)):
        shown = getattr(today, name)
        if isinstance(shown, Tally):
            own = figures_of(shown)
            assert {figure: told[name][figure] for figure in own} == own
        else:
            assert told[name] == shown
    assert {field.name for field in fields(Institution)} == {
        *("people", "today", "attendance_30_days"),
        "warnings_open",  # the dashboard counts the students who were warned
    }


def cell_says(cell: Any) -> Any:
    """The figure in a cell: a number, or what the words of the file say."""
    words = {"yes": True, "no, has left": False, "": None, None: None}
    try:
        return words[cell] if cell in words else float(cell)
    except ValueError:
        return True  # the signs of who is at risk


def csv_of(viewer: User, course) -> list[list[str]]:
    answer = logged_in(viewer).get(reverse("report-course-csv", args=[course.pk]))
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def sheet_of(viewer: User, course, name: str) -> list[list[Any]]:
    answer = logged_in(viewer).get(reverse("report-course-xlsx", args=[course.pk]))
    sheet = load_workbook(io.BytesIO(answer.content))[name]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]
