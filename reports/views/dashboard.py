"""The admin's dashboard. Every number on it leads to the list that it counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Role, User
from accounts.pages import admin_required, viewer
from attendance_project import clock
from reports.charts import Chart, ChartSeries, day_chart
from reports.domain import rates
from reports.queries import check_ins, errors, overview, periods
from reports.queries.courses import courses_by_id
from reports.views.tallies import tallied
from sessions_app.models import ClassGroup, SessionState
from verification.models import OUTCOMES
from verification.queries import WarnedPerson, warned_people, warned_students
from verification.words import label_of

WARNED_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class TodayInWords:
    """Today's figures. Each count has its code, its label, and the number."""

    figures: overview.Today
    states: list[tuple[SessionState, Any, int]]
    outcomes: list[tuple[str, Any, int]]
    refusals: list[tuple[str, str, int]]
    per_minute: Chart
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Period:
    """The last 30 days: in all, by day, by class group, and by department."""

    first_day: str
    last_day: str
    total: rates.Tally
    by_class: list[tuple[ClassGroup, rates.Tally]]
    by_department: list[tuple[str, rates.Tally]]
    chart: Chart


@dataclass(frozen=True, kw_only=True)
class Attention:
    """The students who were warned last, and what went wrong since yesterday."""

    warned_in_all: int
    warned: list[WarnedPerson]
    errors: dict[str, int]
    errors_from: str


@require_GET
@never_cache
@admin_required
def dashboard(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    counted, period = overview.people(), _period(now)
    context = {
        "today": _today(viewer(request), now),
        "period": period,
        "departments": tallied(request, "departments", period.by_department, words=str),
        "classes": tallied(
            request, "classes", period.by_class, words=lambda group: f"{group.code} {group.name}"
        ),
        "attention": _attention(viewer(request), now),
        "people": [(role, _people(role, counted[role]), counted[role]) for role in Role],
    }
    return render(request, "reports/dashboard.html", context)


@require_GET
@never_cache
@admin_required
def today(request: HttpRequest) -> HttpResponse:
    """Answer with today's figures alone. The dashboard asks for them every few seconds."""
    context = {"today": _today(viewer(request), clock.now())}
    return render(request, "reports/_today.html", context)


def _today(who: User, now: datetime) -> TodayInWords:
    figures = overview.today(viewer=who, now=now)
    return TodayInWords(
        figures=figures,
        states=[(s, s.label, figures.sessions_today[s]) for s in SessionState],
        outcomes=[(value, name, figures.check_ins_today[value]) for value, name in OUTCOMES],
        refusals=[(code, label_of(code), n) for code, n in figures.refusals_today.items()],
        per_minute=_per_minute(now),
        now=now,
    )


def _per_minute(now: datetime) -> Chart:
    minutes = check_ins.per_minute(now=now)
    return Chart(
        pk="per-minute",
        title=_("Check-ins per minute"),
        kind="bar",
        axis=_("Minute"),
        labels=[f"{timezone.localtime(at):%H:%M}" for at, _n in minutes],
        series=[ChartSeries(_("Check-ins"), [n for _at, n in minutes])],
    )


def _period(now: datetime) -> Period:
    first_day, last_day = overview.days_of_period(now)
    slices = periods.slices(overview.rows_of_period(now), now=now)
    courses = courses_by_id({piece.course_id for piece in slices})
    by_class = periods.summed(slices, lambda piece: courses[piece.course_id].class_group)
    by_department = periods.summed(
        slices, lambda piece: courses[piece.course_id].subject.department
    )
    return Period(
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
        total=periods.total(slices),
        by_class=sorted(by_class.items(), key=lambda item: item[0].code),
        by_department=sorted(by_department.items()),
        chart=_by_day(slices),
    )


def _by_day(slices: list[periods.Slice]) -> Chart:
    return day_chart(periods.summed(slices, lambda piece: piece.day))


def _people(role: Role, count: int) -> str:
    """What so many people of the role are called."""
    if role == Role.STUDENT:
        return ngettext("student", "students", count)
    if role == Role.TEACHER:
        return ngettext("teacher", "teachers", count)
    return ngettext("admin", "admins", count)


def _attention(who: User, now: datetime) -> Attention:
    yesterday = timezone.localdate(now) - timedelta(days=1)
    warned = [row["student_id"] for row in warned_students(who)]
    return Attention(
        warned_in_all=len(warned),
        warned=warned_people(who, warned[:WARNED_SHOWN]),
        errors=errors.counts_from(yesterday),
        errors_from=yesterday.isoformat(),
    )
