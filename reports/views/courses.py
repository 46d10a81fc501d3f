"""The page of all courses, and the page and file of one course."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock
from attendance_project.days import when
from attendance_project.lists import Listing, Sorting, listing
from reports.charts import Chart, rate_chart, week_chart
from reports.domain.risk import MIN_COUNTED
from reports.exports.files import Table
from reports.exports.tables import course_table, course_tables
from reports.forms.attendance import WEEK, CourseReportForm
from reports.queries.courses import standings
from reports.queries.matrix import Matrix, StudentRow, matrix_of
from reports.views.asking import download, refused
from sessions_app.models import Course
from sessions_app.queries import forgotten_sessions

_SHOWN = ("subject", "class_group", "teacher")


_SORTINGS = [
    Sorting("subject", gettext_lazy("Subject")),
    Sorting("class", gettext_lazy("Class"), by=lambda row: row.class_group.code.casefold()),
    Sorting("teacher", gettext_lazy("Teacher"), by=lambda row: row.teacher.full_name.casefold()),
]


_STUDENTS_A_PAGE = 100
"""Students of a course on one page, so that most courses are read and printed as one table."""
_BY_NAME = Sorting("name", gettext_lazy("Name"), by=lambda row: row.student.full_name.casefold())
_BY_RATE = Sorting("lowest", gettext_lazy("Lowest rate first"), by=lambda row: _rate(row))
_FURTHER = [
    Sorting("number", gettext_lazy("Number"), by=lambda row: row.student.institution_number),
    Sorting(
        "streak",
        gettext_lazy("Absent in a row"),
        by=lambda row: row.absence_streak,
        descending=True,
    ),
]


@require_GET
@never_cache
@teacher_or_admin_required
def courses(request: HttpRequest) -> HttpResponse:
    """Show courses with their rates. A teacher sees their own courses, an admin all of them."""
    rows = Course.objects.visible_to(viewer(request)).select_related(*_SHOWN)
    rows = rows.order_by("-is_active", "subject__code", "class_group__code")
    shown = listing(request, rows, words=_words, sortings=_SORTINGS)
    found = standings(list(shown.page), now=clock.now())
    return render(request, "reports/courses.html", {"list": shown, "standings": found})


@require_GET
@never_cache
@teacher_or_admin_required
def course(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Show a course's matrix, the students at risk, and the rate from session to session."""
    shown = _course(request, course_id)
    form = CourseReportForm(request.GET)
    if not form.is_valid():
        return refused(request, "reports/course.html", form, course=shown)
    matrix = matrix_of(shown, **form.days())
    only_at_risk = form.cleaned_data["show"] == "at-risk"
    context: dict[str, Any] = {
        "course": shown,
        "form": form,
        "matrix": matrix,
        "list": _students(request, matrix, only_at_risk=only_at_risk),
        "only_at_risk": only_at_risk,
        "chart": _chart(matrix, form.cleaned_data["chart"]),
        "min_counted": MIN_COUNTED,
        "forgotten": forgotten_sessions(shown.sessions.all(), now=clock.now()).count(),
    }
    return render(request, "reports/course.html", context)


@require_GET
@teacher_or_admin_required
def course_file(request: HttpRequest, course_id: UUID, kind: str) -> HttpResponse:
    """Answer with the matrix as a file. An XLSX file has further sheets, with the sessions and the
    guests. A CSV file is one table, in which the guests stand below the students."""
    shown = _course(request, course_id)
    form = CourseReportForm(request.GET)
    if not form.is_valid():
        return refused(request, "reports/course.html", form, course=shown)
    name = f"{shown.subject.code} {shown.class_group.code}"
    return download(kind, name, lambda: _tables(kind, matrix_of(shown, **form.days())))


def _tables(kind: str, matrix: Matrix) -> tuple[Table, ...]:
    return (course_table(matrix),) if kind == "csv" else course_tables(matrix)


def _course(request: HttpRequest, course_id: UUID) -> Course:
    rows = Course.objects.visible_to(viewer(request)).select_related(*_SHOWN)
    return get_object_or_404(rows, pk=course_id)


def _words(course: Course) -> str:
    """What a course is found by."""
    names = (course.subject.code, course.subject.name, course.subject.department)
    return " ".join([*names, course.class_group.code, course.teacher.full_name])


def _students(request: HttpRequest, matrix: Matrix, *, only_at_risk: bool) -> Listing:
    """The students of the matrix by name, or those at risk by their rate."""
    own_orders = [_BY_RATE, _BY_NAME] if only_at_risk else [_BY_NAME, _BY_RATE]
    return listing(
        request,
        matrix.at_risk if only_at_risk else matrix.lines,
        words=_student_words,
        sortings=[*own_orders, *_FURTHER],
        rows_a_page=_STUDENTS_A_PAGE,
    )


def _student_words(line: StudentRow) -> str:
    """What a student is found by."""
    return f"{line.student.full_name} {line.student.institution_number} {line.student.email}"


def _rate(line: StudentRow) -> float | None:
    rate = line.tally.rate_percent
    return None if rate is None else float(rate)


def _chart(matrix: Matrix, by: str) -> Chart:
    if by == WEEK:
        return week_chart(matrix.by_week)
    counted = [column for column in matrix.finished if column.tally.counted]
    labels = {c.session.pk: when(c.session.local_start, "day and time") for c in counted}
    return rate_chart(
        {labels[column.session.pk]: column.tally for column in counted},
        pk="trend",
        title=_("Attendance per session"),
        axis=_("Session"),
        rate=_("Rate %"),
        links={label: reverse("session-register", args=[pk]) for pk, label in labels.items()},
    )
