"""One student: to a teacher the attendance on their own courses, to an admin the whole file."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.pages import teacher_or_admin_required, viewer
from reports.domain import rates
from reports.forms import DaysForm
from reports.queries import profiles, statistics
from reports.views.asking import found
from sessions_app.models import Session
from verification.words import label_of


@require_GET
@never_cache
@teacher_or_admin_required
def student(request: HttpRequest, student_id: UUID) -> HttpResponse:
    who = viewer(request)
    person = found(statistics.subject_of(student_id, viewer=who))
    found(person if person.is_student else None)
    form = DaysForm(request.GET)
    right = form.is_valid()
    days = form.days() if right else {"first_day": None, "last_day": None}
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "sessions": [row for row in _sessions(person, who) if _is_within(row["session"], **days)],
        "file_query": urlencode(
            {"student": person.pk, "from": days["first_day"] or "", "to": days["last_day"] or ""}
        ),
    }
    if who.is_admin:
        context["profile"] = found(profiles.student_profile(student_id, viewer=who))
        context["attendance"] = context["profile"]["attendance"]
        for warning in context["profile"]["warnings"]:
            warning["label"] = label_of(warning["reason"])
    else:
        context["attendance"] = statistics.student_overall(person, viewer=who)
    return render(request, "reports/student.html", context, status=200 if right else 400)


def _is_within(session: Session, *, first_day: str | None, last_day: str | None) -> bool:
    day = session.local_start.date().isoformat()
    return (first_day or day) <= day <= (last_day or day)


def _sessions(person: User, who: User) -> list[dict[str, Any]]:
    """What is recorded of the student and counts, newest first."""
    register = statistics.register_of(person, viewer=who)
    return [
        {
            "session": session,
            "course": register.courses[session.course_id],
            "status": register.statuses[session.pk],
        }
        for session in reversed(register.sessions)
        if rates.Meeting(session.state, register.statuses.get(session.pk)).counts
    ]
