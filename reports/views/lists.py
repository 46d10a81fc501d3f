"""The lists behind the dashboard's numbers: sessions, check-ins, and warned students."""

from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock
from reports.forms.lists import CheckInsForm, SessionsForm, TodayForm
from reports.queries import check_ins
from reports.queries.courses import courses_by_id
from reports.queries.sessions import sessions_between, sessions_of_today, tallies_by_session
from reports.views.asking import page_of, refused
from sessions_app.models import Course, Session
from verification.models import CheckInDecision
from verification.queries import waiting_reviews, warned_people, warned_students
from verification.words import label_of


@require_GET
@never_cache
@teacher_or_admin_required
def sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions of some days with their counts. Without a day it is today."""
    now = clock.now()
    form = SessionsForm(_asked(request))
    if not form.is_valid():
        return refused(request, "reports/sessions.html", form)
    state = form.cleaned_data["state"]
    exact = {"state": state} if state else {}
    page = page_of(request, _sessions(form, viewer(request), now, **exact))
    courses = courses_by_id({session.course_id for session in page})
    tallies = tallies_by_session(list(page))
    rows = [(s, courses[s.course_id], tallies[s.pk]) for s in page]
    return render(request, "reports/sessions.html", {"form": form, "page": page, "rows": rows})


@require_GET
@never_cache
@teacher_or_admin_required
def check_in_list(request: HttpRequest) -> HttpResponse:
    """List the decisions at the sessions of some days. Without a day it is today."""
    now = clock.now()
    form = CheckInsForm(_asked(request))
    if not form.is_valid():
        return refused(request, "reports/check_ins.html", form)
    at = [session.pk for session in _sessions(form, viewer(request), now)]
    asked = {name: form.cleaned_data[name] for name in ("outcome", "reason")}
    page = page_of(request, check_ins.decisions_at(viewer(request), at, **asked))
    return render(
        request, "reports/check_ins.html", {"form": form, "page": page, "rows": _in_words(page)}
    )


@require_GET
@never_cache
@teacher_or_admin_required
def reviews(request: HttpRequest) -> HttpResponse:
    """List the check-ins that wait for a person, oldest first."""
    page = page_of(request, waiting_reviews(viewer(request)))
    return render(request, "reports/reviews.html", {"page": page, "rows": _in_words(page)})


@require_GET
@never_cache
@teacher_or_admin_required
def warned(request: HttpRequest) -> HttpResponse:
    """List the students with warnings. Who was warned last comes first."""
    page = page_of(request, [row["student_id"] for row in warned_students(viewer(request))])
    people = warned_people(viewer(request), list(page))
    return render(request, "reports/warned.html", {"page": page, "people": people})


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The query, which is about today where it names no day."""
    asked: dict[str, Any] = request.GET.dict()
    named = asked.get("from") or asked.get("to")
    return asked | {"when": "" if named else "today"}


def _sessions(form: TodayForm, who: User, now: datetime, **exact: Any) -> list[Session]:
    asked = form.cleaned_data
    if asked["when"] == "today":
        return sessions_of_today(who, now=now, **exact)
    today = timezone.localdate(now)
    return sessions_between(
        who,
        first_day=asked["from"] or min(asked["to"], today),
        last_day=asked["to"] or max(asked["from"], today),
        **exact,
    )


def _in_words(page: Page) -> list[tuple[CheckInDecision, Course, list[str]]]:
    """Each decision of the page, its course, and its reasons in words."""
    decisions: list[CheckInDecision] = list(page)
    courses = courses_by_id({decision.session.course_id for decision in decisions})
    return [
        (decision, courses[decision.session.course_id], [label_of(c) for c in decision.reasons])
        for decision in decisions
    ]
