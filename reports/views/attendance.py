"""Pages and files of attendance: of a class group, a subject, or all that the viewer may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.pages import teacher_or_admin_required, viewer
from accounts.queries import ids_of_people_matching
from attendance_project import clock
from attendance_project.lists import Sorting, listing
from reports.charts import Chart, day_chart, week_chart
from reports.domain import rates
from reports.exports.tables import attendance_table
from reports.forms.attendance import WEEK, AttendanceForm, InstitutionForm
from reports.queries import attendance, periods
from reports.queries.attendance import AttendanceRow
from reports.queries.counted import OddRows, odd_rows_among
from reports.queries.courses import courses_by_id
from reports.queries.overview import days_of_period
from reports.views.asking import download, refused
from reports.views.tallies import tallied
from reports.visible import visible_or_404
from sessions_app.models import Attendance, ClassGroup, Course, Subject

ROWS_A_FILE = 50_000
CHUNK = 2_000
_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), descending=True),
    Sorting(
        "oldest",
        gettext_lazy("Oldest first"),
        by=("local_date", "session_id"),
        opposite="latest",
    ),
    Sorting("student", gettext_lazy("Student"), by=("student__full_name", "-local_date")),
    Sorting("status", gettext_lazy("Status"), by=("status", "-local_date")),
]


@dataclass(frozen=True)
class Scope:
    """What a page is about. ``rows`` has all of it that the viewer may see."""

    heading: str
    code: str
    rows: QuerySet[Attendance]
    page_name: str
    key: UUID | None = None


def _class(viewer: User, pk: UUID) -> Scope:
    rows = visible_or_404(attendance.class_attendance(pk, viewer=viewer))
    group = ClassGroup.objects.get(pk=pk)
    return Scope(f"{group.code} · {group.name}", group.code, rows, "report-class", pk)


def _subject(viewer: User, pk: UUID) -> Scope:
    rows = visible_or_404(attendance.subject_attendance(pk, viewer=viewer))
    subject = Subject.objects.get(pk=pk)
    return Scope(f"{subject.name} ({subject.code})", subject.code, rows, "report-subject", pk)


def _all(viewer: User) -> Scope:
    rows = attendance.all_attendance(viewer=viewer)
    return Scope(_("All attendance"), "attendance", rows, "report-attendance")


@require_GET
@never_cache
@teacher_or_admin_required
def of_class(request: HttpRequest, class_id: UUID) -> HttpResponse:
    return _page(request, _class(viewer(request), class_id), AttendanceForm)


@require_GET
@never_cache
@teacher_or_admin_required
def of_subject(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    return _page(request, _subject(viewer(request), subject_id), AttendanceForm)


@require_GET
@never_cache
@teacher_or_admin_required
def of_all(request: HttpRequest) -> HttpResponse:
    return _page(request, _all(viewer(request)), InstitutionForm)


@require_GET
@teacher_or_admin_required
def class_file(request: HttpRequest, class_id: UUID, kind: str) -> HttpResponse:
    return _file(request, _class(viewer(request), class_id), AttendanceForm, kind)


@require_GET
@teacher_or_admin_required
def subject_file(request: HttpRequest, subject_id: UUID, kind: str) -> HttpResponse:
    return _file(request, _subject(viewer(request), subject_id), AttendanceForm, kind)


@require_GET
@teacher_or_admin_required
def all_file(request: HttpRequest, kind: str) -> HttpResponse:
    return _file(request, _all(viewer(request)), InstitutionForm, kind)


def _page(request: HttpRequest, scope: Scope, kind: type[AttendanceForm]) -> HttpResponse:
    now = clock.now()
    form = kind(_asked(request, now))
    if not form.is_valid():
        return refused(request, "reports/attendance.html", form, scope=scope)
    counted, odd = _counted(scope, form, now)
    slices = periods.slices_of(counted, odd)
    shown = listing(request, _of_status(counted, form), find=_by_people, sortings=_SORTINGS)
    page, by_course = shown.page, _by_course(slices)
    context: dict[str, Any] = {
        "scope": scope,
        "form": form,
        "total": periods.total(slices),
        "by_course": by_course,
        "courses": tallied(request, "courses", by_course, words=_course_words),
        "chart": _chart(slices, form.cleaned_data["chart"]),
        "list": shown,
        "rows": attendance.with_names(page),
    }
    return render(request, "reports/attendance.html", context)


def _chart(slices: list[periods.Slice], by: str) -> Chart:
    if by == WEEK:
        return week_chart(periods.by_week(slices))
    return day_chart(periods.summed(slices, lambda piece: piece.day))


def _by_people(rows: QuerySet[Attendance], asked: str) -> QuerySet[Attendance]:
    return rows.filter(student_id__in=ids_of_people_matching(asked))


def _asked(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """The query, with the dashboard's 30 days where it names no day."""
    asked: dict[str, Any] = request.GET.dict()
    if not {"from", "to"} & set(asked):
        first_day, last_day = days_of_period(now)
        asked |= {"from": first_day.isoformat(), "to": last_day.isoformat()}
    return asked


def _counted(
    scope: Scope, form: AttendanceForm, now: datetime
) -> tuple[QuerySet[Attendance], OddRows]:
    """The rows from which the total is counted, so that a list is as long as its number says, and
    those of them that do not simply count as their status."""
    asked, days = form.cleaned_data, form.days()
    rows = scope.rows
    if department := asked.get("department"):
        rows = attendance.of_department(rows, department)
    rows = attendance.narrowed(
        rows,
        first_day=days["first_day"],
        last_day=days["last_day"],
        student_id=asked["student"],
        course_id=asked["course"],
    )
    odd = odd_rows_among(rows)
    return periods.counting(rows, now=now, odd=odd), odd


def _of_status(rows: QuerySet[Attendance], form: AttendanceForm) -> QuerySet[Attendance]:
    return attendance.narrowed(rows, status=form.cleaned_data["status"])


def _course_words(course: Course) -> str:
    """What a course is found by."""
    return f"{course.subject.name} {course.subject.code} {course.class_group.code}"


def _by_course(slices: list[periods.Slice]) -> list[tuple[Course, rates.Tally]]:
    tallies = periods.summed(slices, lambda piece: piece.course_id)
    courses = courses_by_id(tallies)
    rows = [(courses[pk], tally) for pk, tally in tallies.items()]
    return sorted(rows, key=lambda row: (row[0].subject.code, row[0].class_group.code))


def _file(
    request: HttpRequest, scope: Scope, kind_of_form: type[AttendanceForm], kind: str
) -> HttpResponse:
    now = clock.now()
    form = kind_of_form(_asked(request, now))
    if not form.is_valid():
        return refused(request, "reports/attendance.html", form, scope=scope)
    counted, _odd = _counted(scope, form, now)
    rows = _of_status(counted, form)
    if rows.count() > ROWS_A_FILE:
        form.add_error(
            "from",
            _("This is more than %(n)s rows. Choose fewer days.") % {"n": ROWS_A_FILE},
        )
        return refused(request, "reports/attendance.html", form, scope=scope)
    return download(kind, scope.code, lambda: (attendance_table(_named(rows)),))


def _named(rows: QuerySet[Attendance]) -> Iterator[AttendanceRow]:
    """Read the names for one chunk of rows after another, so that no query has too many ids."""
    everything = list(rows)
    for start in range(0, len(everything), CHUNK):
        yield from attendance.with_names(everything[start : start + CHUNK])
