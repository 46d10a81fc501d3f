"""What reports, files, the API and pages show of a course, in the words of `figures`."""

import csv
import io
from dataclasses import fields
from typing import Any

from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from attendance_project.tests.lives.figures import Figures
from attendance_project.tests.lives.spare import Spare
from reports.tests.conftest import logged_in
from sessions_app.models import Course

ALL = "/api/v1/attendance/statistics/all/{}"
SESSIONS = "/api/v1/attendance/statistics/sessions/{}?page_size=200"
COUNTS = ("present", "late", "excused", "absent", "late_absences")
OF_TALLY = (*COUNTS, "attended_h", "counted_h", "rate_percent")
NAMES = (*OF_TALLY, "absence_streak", "at_risk")
OF_SPARE = tuple(each.name for each in fields(Spare))
COLUMNS = ("Present", "Late", "Excused", "Absent")
OF_RULES = ("Lates counted as absences", "Hours attended", "Hours counted")
"""Columns that are there only in a course that has such a rule."""

Shown = dict[str, Figures]
"""Figures by the number of the student."""


def report(course: Course, viewer: User) -> tuple[Shown, dict[str, dict[Any, str]]]:
    """The figures and the statuses at closed sessions, as the course's report shows them."""
    answer = logged_in(viewer).get(reverse("report-course", args=[course.pk]))
    matrix = answer.context["matrix"]
    figures, statuses = {}, {}
    for line in matrix.lines:
        number = line.student.institution_number
        figures[number] = _figures(line.tally, line.absence_streak, line.is_at_risk)
        statuses[number] = {
            column.session.pk: status
            for column, status in zip(matrix.columns, line.statuses, strict=True)
            if status and column.session.state == "closed"
        }
    return figures, statuses


def file(course: Course, viewer: User) -> Shown:
    """The figures of the course's CSV file, without the people of whom nothing is known."""
    answer = logged_in(viewer).get(reverse("report-course-csv", args=[course.pk]))
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    found = {}
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        late_absences, attended_h, counted_h = (cells.get(name) for name in OF_RULES)
        found[cells["Number"]] = Figures(
            *(int(cells[name]) for name in COLUMNS),
            late_absences=int(late_absences or 0),
            attended_h=_number(attended_h),
            counted_h=_number(counted_h),
            rate_percent=_number(cells["Rate %"]),
            absence_streak=int(cells["Absent in a row"]),
            at_risk=bool(cells["At risk"]),
        )
    return found


def _number(cell: str | None) -> float | None:
    return float(cell) if cell else None


def by_api(student: User, viewer: User) -> dict[str, tuple[Figures, Spare]]:
    """The figures of each course by its id, and what may still be missed, as the API tells the
    viewer."""
    answer = _api(viewer).get(ALL.format(student.pk))
    assert answer.status_code == 200, answer.content
    return {
        row["course_id"]: (
            Figures(**{name: row[name] for name in NAMES}),
            Spare(**{name: row[name] for name in OF_SPARE}),
        )
        for row in answer.json()["courses"]
    }


def sessions_by_api(student: User, viewer: User) -> dict[str, tuple[str, str]]:
    """The recorded statuses at closed sessions and what these count as, as the API tells the
    viewer."""
    answer = _api(viewer).get(SESSIONS.format(student.pk))
    assert answer.status_code == 200, answer.content
    rows = answer.json()["results"]
    closed = [row for row in rows if row["state"] == "closed" and row["status"]]
    return {row["session_id"]: (row["status"], row["counted_as"]) for row in closed}


def page(student: User, viewer: User) -> dict[str, tuple[Figures, Spare]]:
    """The same on the student's page of the reports."""
    answer = logged_in(viewer).get(reverse("report-student", args=[student.pk]))
    return {
        str(row.course.course_id): (
            _figures(row.tally, row.absence_streak, row.at_risk),
            Spare(**{name: getattr(row.allowance, name) for name in OF_SPARE}),
        )
        for row in answer.context["attendance"].courses
    }


def on_list(course: Course, viewer: User) -> dict[str, Any]:
    """How many are at risk and what the rate is, on the list of courses."""
    answer = logged_in(viewer).get(reverse("reports"))
    [row] = [row for row in answer.context["standings"] if row.course.pk == course.pk]
    return {"at_risk": row.at_risk} | {name: getattr(row.tally, name) for name in COUNTS}


def of_class(course: Course, viewer: User) -> dict[str, int]:
    """What is counted on the page of the course's class, which has no other course."""
    page = reverse("report-class", args=[course.class_group_id])
    answer = logged_in(viewer).get(page, {"from": "2026-01-01", "to": "2027-01-01"})
    return {name: getattr(answer.context["total"], name) for name in COUNTS}


def _figures(tally: Any, streak: int, at_risk: bool) -> Figures:
    about = {name: getattr(tally, name) for name in OF_TALLY}
    return Figures(**about, absence_streak=streak, at_risk=at_risk)


def _api(viewer: User) -> APIClient:
    client = APIClient(raise_request_exception=True)
    client.force_authenticate(viewer)
    return client
