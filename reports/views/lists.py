"""The lists behind the dashboard's numbers: sessions, check-ins, and warned students."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.pages import teacher_or_admin_required, viewer
from accounts.queries import ids_of_people_matching
from attendance_project import clock
from attendance_project.days import in_every_form
from attendance_project.lists import Listing, Sorting, listing
from reports.forms.lists import CheckInsForm, SessionsForm, TodayForm
from reports.queries import check_ins
from reports.queries.courses import courses_by_id
from reports.queries.sessions import sessions_between, sessions_of_today, tallies_by_session
from reports.views.asking import refused
from sessions_app.models import Course, Session
from verification.models import CheckInDecision
from verification.queries import waiting_reviews, warned_people, warned_students
from verification.words import label_of

_BY_STUDENT = Sorting("student", gettext_lazy("Student"), by=("student__full_name",))
_BY_OUTCOME = Sorting("outcome", gettext_lazy("Outcome"), by=("outcome", "-decided_at"))
_LATEST = Sorting("latest", gettext_lazy("Latest first"), by=("-decided_at",), descending=True)
_OLDEST = Sorting("oldest", gettext_lazy("Oldest first"), by=("decided_at",), opposite="latest")
_DECISION_SORTINGS = [_LATEST, _OLDEST, _BY_STUDENT, _BY_OUTCOME]
_REVIEW_SORTINGS = [_OLDEST, _LATEST, _BY_STUDENT, _BY_OUTCOME]
_PERSON_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), descending=True),
    Sorting("name", gettext_lazy("Name"), by=lambda person: person.full_name.casefold()),
    Sorting("number", gettext_lazy("Number"), by=lambda person: person.institution_number),
]


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
    found = _sessions(form, viewer(request), now, **exact)
    courses = courses_by_id({session.course_id for session in found})
    shown = _listed(request, found, courses)
    page = shown.page
    tallies = tallies_by_session(list(page))
    rows = [(s, courses[s.course_id], tallies[s.pk]) for s in page]
    return render(request, "reports/sessions.html", {"form": form, "list": shown, "rows": rows})


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
    decisions = check_ins.decisions_at(viewer(request), at, **asked)
    shown = _decisions(request, decisions, _DECISION_SORTINGS)
    context = {"form": form, "list": shown, "rows": _in_words(shown.page)}
    return render(request, "reports/check_ins.html", context)


@require_GET
@never_cache
@teacher_or_admin_required
def reviews(request: HttpRequest) -> HttpResponse:
    """List the check-ins that wait for a person, oldest first."""
    shown = _decisions(request, waiting_reviews(viewer(request)), _REVIEW_SORTINGS)
    context = {"list": shown, "rows": _in_words(shown.page)}
    return render(request, "reports/reviews.html", context)


@require_GET
@never_cache
@teacher_or_admin_required
def warned(request: HttpRequest) -> HttpResponse:
    """List the students with warnings. Who was warned last comes first."""
    ids = [row["student_id"] for row in warned_students(viewer(request))]
    names = User.objects.in_bulk(ids)
    rows = [names[pk] for pk in ids if pk in names]
    shown = listing(request, rows, words=_person_words, sortings=_PERSON_SORTINGS)
    people = warned_people(viewer(request), [person.pk for person in shown.page])
    return render(request, "reports/warned.html", {"list": shown, "people": people})


def _decisions(
    request: HttpRequest, rows: QuerySet[CheckInDecision], sortings: list[Sorting]
) -> Listing:
    return listing(request, rows, find=_by_people, sortings=sortings)


def _by_people(rows: QuerySet[CheckInDecision], asked: str) -> QuerySet[CheckInDecision]:
    return rows.filter(student_id__in=ids_of_people_matching(asked))


def _listed(request: HttpRequest, rows: list[Session], courses: dict[UUID, Course]) -> Listing:
    """The sessions, found and sorted by what their courses are called too."""
    names = {
        pk: f"{course.subject.code} {course.subject.name} {course.class_group.code}"
        for pk, course in courses.items()
    }

    def words(session: Session) -> str:
        told = f"{in_every_form(session.local_start)} {session.get_state_display()}"
        return f"{names[session.course_id]} {session.room} {told}"

    sortings: list[Sorting] = [
        Sorting("start", gettext_lazy("Time")),
        Sorting("course", gettext_lazy("Course"), by=lambda row: names[row.course_id].casefold()),
        Sorting("room", gettext_lazy("Room"), by=lambda row: row.room.casefold()),
        Sorting("state", gettext_lazy("State"), by=lambda row: row.state),
    ]
    return listing(request, rows, words=words, sortings=sortings)


def _person_words(person: User) -> str:
    return f"{person.full_name} {person.institution_number} {person.email}"


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
