"""A student needs one session of an offering: no absence from another one counts or is told."""

import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command

from attendance_project import clock
from reports.tests.conftest import days_ago, meet, put_down
from sessions_app import services
from sessions_app.models import Attendance, Enrolment, Session

ALL = "/api/v1/attendance/statistics/all/{}"
SESSIONS = "/api/v1/attendance/statistics/sessions/{}"


@pytest.fixture(autouse=True)
def on_the_course(course) -> None:
    Enrolment.objects.update(enrolled_at=days_ago(60))


@pytest.fixture
def offer(course, teacher):
    """Makes a session of an offering, some days ago, in which those who came are present."""

    def make(days: int, *came, offering: str = "Lab 1", state: str = "closed") -> Session:
        session = meet(course, days_ago(days), state="open" if state == "closed" else state)
        Session.objects.filter(pk=session.pk).update(
            offering=offering, opened_at=session.starts_at if state == "closed" else None
        )
        session.refresh_from_db()
        for person in came:
            put_down(session, person)
        if state == "closed":
            services.close_session(session, by=teacher, now=session.ends_at)
        return session

    return make


def figures(api, person) -> dict:
    [row] = api.get(ALL.format(person.pk)).json()["courses"]
    return row


def test_an_absence_noted_at_closing_counts_for_nothing_where_another_session_was_attended(
    offer, course, student, as_user
):
    for week in range(4):
        offer(30 - 7 * week, student, offering=f"Lab {week}")
        offer(28 - 7 * week, offering=f"Lab {week}")
    assert Attendance.objects.filter(student=student, status="absent").count() == 4
    row = figures(as_user(student), student)
    assert (row["present"], row["absent"], row["rate_percent"]) == (4, 0, 100.0)
    assert (row["absence_streak"], row["at_risk"]) == (0, False)
    call_command("send_notices", stdout=io.StringIO())
    assert student.email not in {address for sent in mail.outbox for address in sent.to}
    told = as_user(student).get(SESSIONS.format(student.pk)).json()["results"]
    assert [one["counted_as"] for one in told] == ["elsewhere", "status"] * 4


def test_nothing_is_missed_while_one_can_still_be_attended(offer, student, as_user):
    offer(2)
    ahead = offer(-2, state="planned")
    row = figures(as_user(student), student)
    assert (row["absent"], row["sessions_ahead"]) == (0, 1)
    Session.objects.filter(pk=ahead.pk).update(state="cancelled")
    row = figures(as_user(student), student)
    assert (row["absent"], row["sessions_ahead"]) == (1, 0)


def test_who_was_at_none_of_them_is_absent_once(offer, classmate, student, as_user):
    offer(4, student)
    offer(2)
    row = figures(as_user(classmate), classmate)
    assert (row["absent"], row["absence_streak"]) == (1, 1)


def test_annulling_the_session_that_was_attended_leaves_the_other_one(
    offer, student, teacher, as_user, admin_user
):
    attended = offer(4, student)
    offer(2)
    assert figures(as_user(student), student)["present"] == 1
    services.annul(attended, by=admin_user, reason="The wrong room.", now=clock.now())
    row = figures(as_user(student), student)
    assert (row["present"], row["absent"]) == (0, 1)


def test_leaving_the_course_turns_nothing_into_an_absence(
    offer, course, student, teacher, page_of, as_user
):
    offer(10)
    services.end_enrolment(course, student.pk, now=days_ago(8))
    later = offer(6)
    assert not Attendance.objects.filter(session=later, student=student).exists()
    assert figures(as_user(teacher), student)["absent"] == 0
    matrix = page_of(teacher, "report-course", course.pk).context["matrix"]
    assert matrix.total.absent == 1  # the classmate, who was at neither
    [standing] = page_of(teacher, "reports").context["standings"]
    assert standing.tally == matrix.total


def test_a_newcomer_needs_no_session_of_before(offer, course, student, as_user):
    offer(10)
    Enrolment.objects.filter(student=student).update(enrolled_at=days_ago(8))
    Attendance.objects.filter(student=student).delete()
    offer(6, student)
    row = figures(as_user(student), student)
    assert (row["present"], row["counted"]) == (1, 1)


def test_days_of_a_report_add_up_though_an_offering_lies_across_them(
    offer, course, student, classmate, teacher, page_of
):
    first = offer(9, classmate)
    second = offer(3, student)
    middle = (clock.now() - timedelta(days=6)).date().isoformat()

    def total(**days):
        return page_of(teacher, "report-course", course.pk, **days).context["matrix"].total

    before, after = total(to=middle), total(**{"from": middle})
    assert (before.present, before.absent) == (1, 0)
    assert (after.present, after.absent) == (1, 0)
    assert before + after == total()
    text = page_of(teacher, "report-sessions", **{"from": days_ago(12).date()}).context["rows"]
    assert {row[0].pk: row[2].absent for row in text} == {first.pk: 0, second.pk: 0}
