"""Reports of a course far from the server show each session by the clock of its own place."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from reports.tests.conftest import meet, put_down
from sessions_app.models import Course, Session


@pytest.fixture
def evening(course, student) -> Session:
    """A Friday evening in New York, when it is Saturday already by the site's clock."""
    Course.objects.filter(pk=course.pk).update(time_zone="America/New_York")
    course.refresh_from_db()
    session = meet(course, datetime(2026, 11, 21, 1, tzinfo=UTC))
    put_down(session, student)
    return session


def test_the_matrix_names_a_session_by_the_day_of_its_place(client, teacher, evening):
    client.force_login(teacher)
    text = client.get(reverse("report-course", args=[evening.course_id])).content.decode()
    assert 'title="Friday 20 November 2026, 20:00">20<br>Nov<' in text
    assert "Time zone: America/New_York" in text


@pytest.mark.parametrize("page", ["sessions", "student"])
def test_lists_tell_the_time_and_the_zone_of_its_place(client, teacher, student, evening, page):
    client.force_login(teacher)
    address = reverse(f"report-{page}", args=[student.pk] if page == "student" else [])
    text = client.get(address, {"from": "2026-11-20", "to": "2026-11-20"}).content.decode()
    assert "20 Nov 2026, 20:00</a><br><small>America/New_York</small>" in text
