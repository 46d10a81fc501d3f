"""Makes sessions of any state and day, rows of the register, and pages to read them on."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from attendance_project import clock
from sessions_app.models import Attendance, Course, Session


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
    return Attendance.objects.create(
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


def queries_of(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


@pytest.fixture
def page_of():
    def get(who, name: str, /, *args, **query):
        return logged_in(who).get(reverse(name, args=args), query)

    return get


def logged_in(who) -> Client:
    browser = Client()
    browser.force_login(who)
    return browser


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def chart_of(text: str, pk: str) -> dict:
    return json.loads(
        re.search(rf'<script id="{pk}" type="application/json">(.*?)</script>', text)[1]
    )
