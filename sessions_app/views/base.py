"""What the pages of teaching have in common."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.pages import viewer
from attendance_project import api_errors
from attendance_project.refusals import Kind
from attendance_project.tables import ImportRefused
from attendance_project.tables.apart import KINDS, WAITS_S
from sessions_app import queries, services
from sessions_app.domain.series import ClockChange
from sessions_app.models import ClosedDay, Course, Session
from sessions_app.queries import Overlap

SHOWN = ("subject", "class_group", "teacher")


def session_run_by(request: HttpRequest, session_id: UUID) -> Session:
    """One of the viewer's own sessions or, for an admin, any, with ``runs_course`` of
    `note_courses_run`. Others get 404."""
    user = viewer(request)
    rows = Session.objects.run_by(user).select_related(*SHOWN, "course", "substitute")
    session = get_object_or_404(rows, pk=session_id)
    queries.note_courses_run(user, [session])
    return session


def course_managed_by(request: HttpRequest, course_id: UUID) -> Course:
    """A course whose policy, enrolments and staff the viewer may change. Others get 404."""
    rows = Course.objects.managed_by(viewer(request)).select_related(*SHOWN)
    return get_object_or_404(rows, pk=course_id)


def course_shown(request: HttpRequest, course: Course) -> dict[str, Any]:
    """What the head of a course's pages needs. ``manages`` is whether the viewer may change the
    course's policy, enrolments and staff."""
    manages = Course.objects.managed_by(viewer(request)).filter(pk=course.pk).exists()
    return {"course": course, "manages": manages}


def course_run_by(request: HttpRequest, course_id: UUID) -> Course:
    """A course on which the viewer teaches or assists or, for an admin, any. Others get 404."""
    rows = Course.objects.run_by(viewer(request)).select_related(*SHOWN)
    return get_object_or_404(rows, pk=course_id)


def with_status_of(page: HttpResponse, refused: ImportRefused) -> HttpResponse:
    """The page that shows why a file was not imported, with a status and headers that say so to
    programs: 400 where a person corrects the file, and others where the file takes too much or the
    server is too busy for it."""
    page.status_code = api_errors.STATUSES[KINDS.get(refused.code, Kind.INVALID)]
    for name, value in api_errors.waiting_headers(WAITS_S.get(refused.code)).items():
        page.headers[name] = value
    return page


def warnings_shown(
    overlaps: list[Overlap], clocks: Iterable[ClockChange], left_out: Iterable[ClosedDay]
) -> dict[str, Any]:
    """What `components/plan_warnings.html` shows before sessions are planned or moved."""
    return {
        "overlaps": services.overlaps_in_words(overlaps),
        "clock_notes": services.clocks_in_words(clocks),
        "closed_days": services.closed_in_words(left_out),
    }
