"""Sessions that were left open close by themselves."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Role, User
from attendance_project import clock
from conftest import make_user
from sessions_app import services
from sessions_app.models import SessionEvent
from sessions_app.tests.session_states import absences, moved, state_of

API = "/api/v1"


def close_by(command: str) -> None:
    call_command(command, stdout=StringIO())


@pytest.mark.parametrize("command", ["close_overdue", "settle_attempts"])
def test_a_session_that_was_left_open_closes_by_itself_and_tells_its_teacher(
    open_session, teacher, command
):
    moved(open_session, hours=-1)  # it ended ten minutes ago
    close_by(command)
    assert (state_of(open_session), mail.outbox) == ("open", [])
    moved(open_session, hours=-2)
    close_by(command)
    close_by(command)
    assert (state_of(open_session), absences()) == ("closed", 2)
    [sent] = mail.outbox
    assert sent.to == [teacher.email]
    assert "Operating Systems" in sent.body
    assert str(open_session.pk) in sent.body
    assert SessionEvent.objects.get().by is None


def test_everybody_who_teaches_a_session_is_told_that_it_closed_by_itself(
    open_session, course, teacher, colleague, admin_user
):
    stands_in, assists, gone = (make_user(Role.TEACHER, f"T{n}") for n in (3, 4, 5))
    for person, role in ((colleague, "teacher"), (assists, "assistant"), (gone, "teacher")):
        services.add_staff(course, person=person, role=role, by=teacher, now=clock.now())
    services.name_substitute(open_session, person=stands_in, by=teacher, now=clock.now())
    User.objects.filter(pk=gone.pk).update(is_active=False)
    moved(open_session, hours=-2)
    close_by("close_overdue")
    told = {sent.to[0]: sent.body for sent in mail.outbox}
    assert set(told) == {teacher.email, colleague.email, stands_in.email}
    assert all(len(sent.to) == 1 for sent in mail.outbox)
    assert f"Hello {stands_in.full_name}," in told[stands_in.email]


def test_the_wait_is_a_setting(open_session, settings):
    settings.AUTO_CLOSE_AFTER_MIN = 5
    moved(open_session, hours=-1)
    close_by("close_overdue")
    assert state_of(open_session) == "closed"


def test_the_code_and_the_beacon_die_with_the_time_though_no_job_runs(
    api_as, client, teacher, open_session
):
    token, _ = services.issue_session_token(open_session, by=teacher, now=clock.now())
    end = open_session.ends_at + timedelta(minutes=30)
    assert services.assignment_of(token, now=end - timedelta(seconds=1)).key
    token.refresh_from_db()
    assert services.assignment_of(token, now=end).key is None
    moved(open_session, hours=-2)
    answer = api_as(teacher).get(f"{API}/qr/generate/{open_session.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_not_open")
    client.force_login(teacher)
    url = reverse("session-live-state", args=[open_session.pk])
    kinds = {message["type"] for message in client.get(f"{url}?show=code").json()["messages"]}
    assert kinds == {"register"}
    assert not open_session.let_in_at(clock.now())


def test_a_session_that_was_opened_again_has_its_time_anew(open_session, teacher):
    end = open_session.ends_at
    services.close_session(open_session, by=teacher, now=end)
    later = end + timedelta(hours=5)
    services.open_session(open_session, by=teacher, now=later)
    assert open_session.shows_code_at(later + timedelta(minutes=29))
    assert services.close_overdue(now=later + timedelta(minutes=29)) == []
    assert len(services.close_overdue(now=later + timedelta(minutes=30))) == 1


def test_a_mail_that_fails_leaves_the_session_closed(open_session, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # no mail server listens there
    moved(open_session, hours=-2)
    close_by("close_overdue")
    assert (state_of(open_session), absences()) == ("closed", 2)
