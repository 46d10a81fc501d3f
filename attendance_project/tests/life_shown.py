"""What reports, files, the API and pages show of a course, in the words of `life_model`."""

import csv
import io
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from attendance_project.tests.life_model import Figures
from reports.tests.conftest import logged_in
from sessions_app.models import Course

ALL = "/api/v1/attendance/statistics/all/{}"
SESSIONS = "/api/v1/attendance/statistics/sessions/{}?page_size=200"
NAMES = ("present", "late", "excused", "absent", "rate_percent", "absence_streak", "at_risk")
COLUMNS = ("Present", "Late", "Excused", "Absent", "Rate %", "Absent in a row", "At risk")

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
        present, late, excused, absent, rate, streak, risk = (cells[name] for name in COLUMNS)
        found[cells["Number"]] = Figures(
            *map(int, (present, late, excused, absent)),
            rate_percent=float(rate) if rate else None,
            absence_streak=int(streak),
            at_risk=bool(risk),
        )
    return found


def by_api(student: User, viewer: User) -> dict[str, Figures]:
    """The figures of each course by its id, as the API tells the viewer."""
    answer = _api(viewer).get(ALL.format(student.pk))
    assert answer.status_code == 200, answer.content
    return {
        row["course_id"]: Figures(**{name: row[name] for name in NAMES})
        for row in answer.json()["courses"]
    }


def sessions_by_api(student: User, viewer: User) -> dict[str, str]:
    """The statuses at the sessions that count, by their ids, as the API tells the viewer."""
    answer = _api(viewer).get(SESSIONS.format(student.pk))
    assert answer.status_code == 200, answer.content
    rows = answer.json()["results"]
    return {row["session_id"]: row["status"] for row in rows if row["counts"]}


def page(student: User, viewer: User) -> dict[str, Figures]:
    """The figures of each course by its id, on the student's page of the reports."""
    answer = logged_in(viewer).get(reverse("report-student", args=[student.pk]))
    return {
        str(row.course.course_id): _figures(row.tally, row.absence_streak, row.at_risk)
        for row in answer.context["attendance"].courses
    }


def on_list(course: Course, viewer: User) -> dict[str, Any]:
    """How many are at risk and what the rate is, on the list of courses."""
    answer = logged_in(viewer).get(reverse("reports"))
    [row] = [row for row in answer.context["standings"] if row.course.pk == course.pk]
    return {"at_risk": row.at_risk, "tally": asdict(row.tally)}


def _figures(tally: Any, streak: int, at_risk: bool) -> Figures:
    names = ("present", "late", "excused", "absent", "rate_percent")
    return Figures(
        **{name: getattr(tally, name) for name in names}, absence_streak=streak, at_risk=at_risk
    )


def _api(viewer: User) -> APIClient:
    client = APIClient(raise_request_exception=True)
    client.force_authenticate(viewer)
    return client
