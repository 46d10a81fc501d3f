"""The page of one student. A teacher sees the attendance on their own courses, an admin all."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock
from attendance_project.days import in_every_form
from attendance_project.lists import Listing, Sorting, listing
from reports.forms.days import DaysForm
from reports.queries import people, profiles
from reports.queries.profiles import ProfileDevice, ProfileWarning
from reports.queries.students import (
    CountedSession,
    ExcusedSession,
    StudentCourse,
    history_of,
    overall_of,
)
from reports.views.tallies import tallied
from reports.visible import visible_or_404
from sessions_app.models import AttendanceStatus, Session
from verification.words import label_of

_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), descending=True),
    Sorting(
        "oldest",
        gettext_lazy("Oldest first"),
        by=lambda row: row.session.starts_at,
        opposite="latest",
    ),
    Sorting("course", gettext_lazy("Course"), by=lambda row: row.course.subject.name.casefold()),
    Sorting("status", gettext_lazy("Status"), by=lambda row: row.status),
]
_EXCUSED_SORTINGS = [
    Sorting("next", gettext_lazy("Next first")),
    Sorting("kind", gettext_lazy("Kind"), by=lambda row: row.excuse_kind.casefold()),
    Sorting("course", gettext_lazy("Course"), by=lambda row: row.course.subject.name.casefold()),
]
_WARNING_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), descending=True),
    Sorting("reason", gettext_lazy("Reason"), by=lambda row: row[1].casefold()),
    Sorting("verdict", gettext_lazy("Verdict"), by=lambda row: row[0].verdict),
]
_PHONE_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), descending=True),
    Sorting("name", gettext_lazy("Name"), by=lambda phone: phone.name.casefold()),
    Sorting("state", gettext_lazy("State"), by=lambda phone: phone.status),
]


@require_GET
@never_cache
@teacher_or_admin_required
def student(request: HttpRequest, student_id: UUID) -> HttpResponse:
    who, now = viewer(request), clock.now()
    person = visible_or_404(people.visible_person(student_id, viewer=who))
    visible_or_404(person if person.is_student else None)
    form = DaysForm(request.GET)
    right = form.is_valid()
    days = form.days() if right else {"first_day": None, "last_day": None}
    history = history_of(person, viewer=who, now=now)
    profile = profiles.student_profile(person.pk, viewer=who, now=now) if who.is_admin else None
    attended = profile.attendance if profile else overall_of(history)
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "list": listing(
            request,
            [row for row in history.counted_sessions() if _is_within(row.session, **days)],
            words=_words,
            sortings=_SORTINGS,
        ),
        "excused": listing(
            request,
            list(history.excused_ahead()),
            words=_excused_words,
            sortings=_EXCUSED_SORTINGS,
            name="excused",
            apart=True,
        ),
        "file_query": urlencode(
            {"student": person.pk, "from": days["first_day"] or "", "to": days["last_day"] or ""}
        ),
        "profile": profile,
        "attendance": attended,
        "courses": tallied(
            request,
            "courses",
            [(standing, standing.tally) for standing in attended.courses],
            words=_course_words,
        ),
    }
    if profile:
        context["warnings"] = _warnings(request, profile.warnings)
        context["phones"] = _phones(request, profile.devices)
    return render(request, "reports/student.html", context, status=200 if right else 400)


def _excused_words(row: ExcusedSession) -> str:
    """What a session is found by from which somebody is excused, whatever it will count as."""
    return f"{_session_words(row)} {AttendanceStatus.EXCUSED.label} {row.excuse_kind}"


def _words(row: CountedSession) -> str:
    """What a session is found by: its course, its day and the status."""
    return f"{_session_words(row)} {row.status.label}"


def _session_words(row: CountedSession | ExcusedSession) -> str:
    course = f"{row.course.subject.code} {row.course.subject.name} {row.course.class_group.code}"
    return f"{course} {in_every_form(row.session.local_start)}"


def _course_words(standing: StudentCourse) -> str:
    return f"{standing.course.subject} {standing.course.class_group}"


def _warnings(request: HttpRequest, warnings: list[ProfileWarning]) -> Listing:
    """The warnings, each with its reason in words."""
    return listing(
        request,
        [(warning, label_of(warning.reason)) for warning in warnings],
        words=lambda row: f"{row[1]} {row[0].appeal} {row[0].verdict_note}",
        sortings=_WARNING_SORTINGS,
        name="warnings",
        apart=True,
    )


def _phones(request: HttpRequest, phones: list[ProfileDevice]) -> Listing:
    return listing(
        request,
        phones,
        words=lambda phone: phone.name,
        sortings=_PHONE_SORTINGS,
        name="phones",
        apart=True,
    )


def _is_within(session: Session, *, first_day: str | None, last_day: str | None) -> bool:
    day = session.local_start.date().isoformat()
    return (first_day or day) <= day <= (last_day or day)
