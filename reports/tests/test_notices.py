"""Who gets a notice of low attendance, about what and how often. No notice is sent twice."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection

from accounts.models import User
from attendance_project import clock
from attendance_project.days import when
from reports import services
from reports.models import AttendanceNotice
from reports.tests.conftest import days_ago, meet, put_down
from sessions_app.models import Course, Enrolment


def absent(course, student, *days: int, status: str = "absent") -> None:
    for day in days:
        put_down(meet(course, days_ago(day)), student, status)


def due(now=None):
    return list(services.due_notices(now=now or clock.now()))


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("send_notices", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_notice_names_the_rate_the_row_of_absences_and_every_day(course, student, classmate):
    absent(course, student, 9, status="present")
    absent(course, student, 6, 5, 4)
    absent(course, classmate, 6, 5, 4, status="present")
    assert "Notices sent: 1" in run()
    [sent] = mail.outbox
    assert sent.to == [student.email]
    assert "25.0" in sent.body
    assert "last 3 sessions" in sent.body
    days = [row.local_date for row in student.attendances.filter(status="absent")]
    assert len(days) == 3
    assert all(when(day, "day") in sent.body for day in days)
    assert "Operating Systems (CSE-A)" in sent.body
    row = AttendanceNotice.objects.get()
    assert (row.student, row.number, row.last_absence) == (student, 1, max(days))
    assert row.courses[0]["signs"] == ["rate", "streak"]


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        (["absent", "absent"], False),
        (["absent", "absent", "absent"], True),
        (["absent", "excused", "absent", "absent"], True),
        (["absent", "absent", "excused"], False),
        (["present", "absent", "absent"], True),
        (["present", "present", "present", "absent"], False),
        (["present"] * 20 + ["absent"] * 3, True),
        (["present"] * 20 + ["absent"] * 2, False),
    ],
)
def test_who_is_told_follows_the_courses_limits(statuses, told, course, student):
    for number, status in enumerate(statuses):
        absent(course, student, 50 - number, status=status)
    assert bool(due()) == told


def test_a_notice_tells_of_all_courses_at_once(course, student, colleague):
    other = Course.objects.create(
        subject=course.subject, class_group=course.class_group, teacher=colleague
    )
    Enrolment.objects.create(course=other, student=student, enrolled_at=days_ago(30))
    absent(course, student, 6, 5, 4)
    absent(other, student, 3, 2, 1)
    [notice] = due()
    assert {low.course.pk for low in notice.about} == {course.pk, other.pk}


def test_nobody_is_told_who_left_or_of_a_course_that_ended(course, student, classmate):
    absent(course, student, 6, 5, 4)
    absent(course, classmate, 6, 5, 4)
    assert len(due()) == 2
    User.objects.filter(pk=classmate.pk).update(is_active=False)
    assert [notice.student.pk for notice in due()] == [student.pk]
    Enrolment.objects.filter(student=student).update(is_active=False)
    assert due() == []
    Enrolment.objects.update(is_active=True)
    Course.objects.update(is_active=False)
    assert due() == []


def test_nobody_is_told_twice_in_a_week_and_never_of_nothing_new(course, student):
    absent(course, student, 16, 15, 14)
    first = clock.now() - timedelta(days=13)
    [notice] = due(first)
    assert services.send_notice(notice, now=first)
    assert due(first + timedelta(days=10)) == []  # there was no absence since then
    absent(course, student, 12)
    assert due(first + timedelta(days=7, seconds=-1)) == []
    [second] = due(first + timedelta(days=7))
    assert second.number == 2


def test_the_same_notice_is_sent_once_however_often_it_is_tried(course, student):
    absent(course, student, 6, 5, 4)
    now = clock.now()
    [notice] = due(now)
    assert [services.send_notice(notice, now=now) for _ in range(3)] == [True, False, False]
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_mail_once(course, student):
    absent(course, student, 6, 5, 4)
    now = clock.now()
    [notice] = due(now)
    start, answers = threading.Barrier(6), []

    def send() -> None:
        start.wait()
        try:
            answers.append(services.send_notice(notice, now=now))
        finally:
            connection.close()
            close_old_connections()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]
    assert len(mail.outbox) == 1


def test_a_dry_run_tells_the_operator_alone(course, student):
    absent(course, student, 6, 5, 4)
    out = run("--dry-run")
    assert student.full_name in out
    assert max(student.attendances.values_list("local_date", flat=True)) in out
    assert mail.outbox == []
    assert not AttendanceNotice.objects.exists()


def test_a_mail_that_fails_is_tried_again_by_the_next_run(course, student, settings):
    absent(course, student, 6, 5, 4)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # no mail server listens there
    with pytest.raises(CommandError, match="Notices that could not be sent: 1"):
        run()
    assert not AttendanceNotice.objects.exists()
    settings.EMAIL_BACKEND = working
    run()
    assert len(mail.outbox) == 1


def test_names_in_a_mail_are_not_escaped_for_html(course, student):
    User.objects.filter(pk=student.pk).update(full_name="Siobhán O'Neill & Co")
    absent(course, student, 6, 5, 4)
    run()
    assert "Hello Siobhán O'Neill & Co," in mail.outbox[0].body
