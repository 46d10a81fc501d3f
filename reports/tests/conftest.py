"""Makes sessions of any state and day, rows of the register, a term with everything in it, and the
pages to read them on."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Role, User
from attendance_project import clock
from attendance_project.spans import Span, as_json
from attendance_project.tests.page_client import PageClient
from attendance_project.tests.taking_back import CAN_TAKE_BACK, taken_back
from conftest import make_user
from sessions_app import services
from sessions_app.models import Attendance, ClassGroup, Course, Session, Subject

LETTERS = {"P": "present", "L": "late", "E": "excused", "A": "absent"}
MARKS = {
    "S1": "PPPPPPPPPP",
    "S2": "PPAPPAPAPA",  # a low rate
    "S3": "PPPPPPPAAA",  # absent in a row, and a low rate
    "S4": "PPPPPPPEEE",
    "S5": "       AAA",  # came late, and was absent since
    "S6": "AAAA      ",  # has left
    "S7": "PAAAAAAAAA",  # switched off
    "S8": "PPPPPPPPPA",
    "S9": "          ",  # nothing is recorded
    "S10": "LLPLPLPLPP",
    "S11": "PPP   PPPA",  # switched off for three sessions
}
ONE_TERM = "module" if CAN_TAKE_BACK else "function"
"""How long a term stays. What a test writes into it is taken back after the test."""
CAME_DAYS_AGO = {"S5": 21.5, "S9": 0}
WEIGHTS_H = (1, 1.5, 2, 1, 1.5, 2, 1, 1.5, 2, 1)
OFFERINGS = {2: "Lab 1", 3: "Lab 1", 6: "Lab 2", 7: "lab 2", 9: "Lab 3"}
"""The last one of Lab 3 is still to come."""


@pytest.fixture
def as_user() -> Callable[[User | None], APIClient]:
    def client_of(user: User | None) -> APIClient:
        client = APIClient(raise_request_exception=False)
        if user:
            client.force_authenticate(user)
        return client

    return client_of


def meet(course: Course, starts_at: datetime | None = None, *, state: str = "closed") -> Session:
    starts_at = starts_at or clock.now()
    return Session.objects.create(
        course=course,
        subject=course.subject,
        class_group=course.class_group,
        teacher=course.teacher,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        time_zone=course.time_zone,
        state=state,
    )


def put_down(session: Session, student: User, status: str = "present") -> Attendance:
    row = mark_of(session, student, status)
    row.save()
    return row


def mark_of(session: Session, student: User, status: str) -> Attendance:
    """A row of the register that is not stored yet."""
    return Attendance(
        session=session,
        student=student,
        course_id=session.course_id,
        subject_id=session.subject_id,
        class_group_id=session.class_group_id,
        teacher_id=session.teacher_id,
        local_date=session.starts_at.astimezone(ZoneInfo(session.time_zone)).date().isoformat(),
        status=status,
        source="check_in",
        evidence=["code", "face"],
        marked_at=session.starts_at,
    )


def days_ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def later_today(course: Course) -> datetime:
    """A moment between now and the end of the day where the course is, at whatever hour it is."""
    now = clock.now().astimezone(ZoneInfo(course.time_zone))
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (now + (midnight - now) / 2).astimezone(UTC).replace(microsecond=0)


def queries_of(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


@pytest.fixture
def page_of():
    def get(who, name: str, /, *args, **query):
        return logged_in(who).get(reverse(name, args=args), query)

    return get


def logged_in(who) -> PageClient:
    browser = PageClient()
    browser.force_login(who)
    return browser


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def chart_of(text: str, pk: str) -> dict:
    return json.loads(
        re.search(rf'<script id="{pk}" type="application/json">(.*?)</script>', text)[1]
    )


@pytest.fixture(params=["plain", "by_rules"], scope=ONE_TERM)
def rules(request) -> str:
    return request.param


def count_by_rules(course: Course) -> None:
    for number, session in enumerate(held(course)):
        session.weight_h, session.offering = WEIGHTS_H[number], OFFERINGS.get(number, "")
        session.save()
    last = Session.objects.filter(course=course, state="planned").latest("starts_at")
    Session.objects.filter(pk=last.pk).update(offering="Lab 3")
    Course.objects.update(lates_per_absence=2, count_by="hours", at_risk_percent=85)
    course.refresh_from_db()


def held(course: Course) -> list[Session]:
    return list(Session.objects.filter(course=course, state="closed").order_by("starts_at"))


@pytest.fixture(scope=ONE_TERM)
def staying(request, rules, django_db_setup, django_db_blocker) -> Iterator[None]:
    """Lets a term write rows that stay as long as it does. Each test has its own block inside."""
    if not CAN_TAKE_BACK:
        request.getfixturevalue("db")
        yield
        return
    with django_db_blocker.unblock(), taken_back():
        yield


def new_course() -> Course:
    return Course.objects.create(
        subject=Subject.objects.create(code="OS", name="Operating Systems", department="CS"),
        class_group=ClassGroup.objects.create(code="CSE-A", name="Computer Science A"),
        teacher=make_user(Role.TEACHER, "T1"),
        time_zone="Europe/Paris",
    )


@pytest.fixture(scope=ONE_TERM)
def term(staying, rules) -> Course:
    """Ten closed sessions, and one of every other kind, in which everybody was absent."""
    course = new_course()
    people = {number: make_user(Role.STUDENT, number) for number in MARKS}
    from_the_start = [people[name] for name in MARKS.keys() - CAME_DAYS_AGO]
    services.enrol(course, from_the_start, now=days_ago(60))
    for name, days in CAME_DAYS_AGO.items():
        services.enrol(course, [people[name]], now=days_ago(days))
    rows = []
    for number in range(10):
        session = meet(course, days_ago(28 - number))
        for name, marks in MARKS.items():
            if marks[number] in LETTERS:
                rows.append(mark_of(session, people[name], LETTERS[marks[number]]))
    for hours, state in ((1, "open"), (-30, "planned"), (-50, "annulled"), (-60, "cancelled")):
        other = meet(course, clock.now() + timedelta(hours=hours), state=state)
        for name, person in people.items():
            rows.append(mark_of(other, person, "present" if name == "S1" else "absent"))
    Attendance.objects.bulk_create(rows)
    for days in (3, 4, 5, 6):
        meet(course, days_ago(-days), state="planned")
    meet(course, days_ago(2), state="planned")  # forgotten, with nothing in it
    services.end_enrolment(course, people["S6"].pk, now=days_ago(18))
    User.objects.filter(institution_number="S7").update(is_active=False)
    off = as_json([Span(days_ago(25.5), days_ago(22.5))])
    User.objects.filter(institution_number="S11").update(earlier_off_spans=off)
    for session in held(course)[::4]:
        services.close_session(session, by=course.teacher, now=clock.now())  # notes nobody else
    if rules == "by_rules":
        count_by_rules(course)
    return course


@pytest.fixture(scope=ONE_TERM)
def matrix(term):
    report = reverse("report-course", args=[term.pk])
    return logged_in(term.teacher).get(report).context["matrix"]
