"""What the pages of teaching have in common."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.pages import viewer
from sessions_app.models import Course, Session

SHOWN = ("subject", "class_group", "teacher")


def session_run_by(request: HttpRequest, session_id: UUID) -> Session:
    """One of the viewer's own sessions or, for an admin, any. Others get 404."""
    rows = Session.objects.run_by(viewer(request)).select_related(*SHOWN, "course", "substitute")
    return get_object_or_404(rows, pk=session_id)


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
