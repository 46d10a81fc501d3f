"""Sessions that are opened too late, and what a crash cut short."""

from datetime import timedelta

from django.core import mail
from django.urls import reverse

from attendance_project import clock
from sessions_app import services
from sessions_app.models import Attendance, Enrolment, Session
from sessions_app.services import lifecycle
from sessions_app.tests.session_states import absences, moved, state_of

API = "/api/v1"


def test_a_session_whose_time_is_over_is_recorded_and_not_opened(
    api_as, client, course, teacher, outsider, session
):
    moved(session, -24 * 18)
    Enrolment.objects.create(course=course, student=outsider, enrolled_at=clock.now())
    answer = api_as(teacher).post(f"{API}/sessions/{session.pk}/open")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_over")
    assert state_of(session) == "planned"
    client.force_login(teacher)
    page = client.get(reverse("session-register", args=[session.pk])).text
    assert reverse("session-record", args=[session.pk]) in page
    assert reverse("session-open", args=[session.pk]) not in page.partition("for-closed")[0]


def test_a_session_opened_just_after_its_end_took_place_at_its_own_time(
    course, teacher, outsider, student, session
):
    moved(session, -1)
    Enrolment.objects.create(course=course, student=outsider, enrolled_at=session.ends_at)
    services.open_session(session, by=teacher, now=session.ends_at + timedelta(minutes=1))
    services.close_session(session, by=teacher, now=session.ends_at + timedelta(minutes=5))
    absent = set(Attendance.objects.values_list("student__institution_number", flat=True))
    assert absent == {"S1", "S2"}


def test_what_a_crash_cut_short_is_finished_by_the_next_run(open_session, monkeypatch):
    at = open_session.closes_itself_at

    def crash(*_given, **_more):
        raise RuntimeError("The process was killed.")

    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "note_absences", crash)
        services.close_overdue(now=at)
    assert (state_of(open_session), absences(), len(mail.outbox)) == ("closed", 0, 0)
    services.close_overdue(now=at + timedelta(minutes=4))
    assert absences() == 0  # whoever closed it may be at it still
    services.close_overdue(now=at + timedelta(minutes=6))
    assert (absences(), len(mail.outbox)) == (2, 1)
    services.close_overdue(now=at + timedelta(minutes=12))
    assert len(mail.outbox) == 1


def test_one_session_that_cannot_be_finished_stops_no_other(
    course, teacher, open_session, monkeypatch
):
    other = Session.objects.get(pk=open_session.pk)
    other.pk, other.code = None, 7
    other.save(force_insert=True)
    note = lifecycle.note_absences

    def note_some(session, *, now):
        if session.pk == open_session.pk:
            raise RuntimeError("This one cannot be finished.")
        note(session, now=now)

    monkeypatch.setattr(lifecycle, "note_absences", note_some)
    services.close_overdue(now=open_session.closes_itself_at)
    assert set(Attendance.objects.values_list("session_id", flat=True)) == {other.pk}
