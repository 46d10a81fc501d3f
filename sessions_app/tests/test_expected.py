"""Nobody is absent from a session that took place before they came, or after they had left."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.domain.callers import Caller
from accounts.models import User
from accounts.services import switch_on, update_profile
from attendance_project import clock
from attendance_project.spans import Span
from conftest import NOW
from sessions_app import imports, services
from sessions_app.models import Attendance, AttendanceMark, Enrolment, Session
from sessions_app.tests.import_files import csv_of

API = "/api/v1"


@pytest.fixture
def held(session) -> Session:
    """A session of two hours ago, closed, in which the absences were noted."""
    starts_at = clock.now() - timedelta(hours=2)
    Session.objects.update(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        state="open",
        opened_at=starts_at,
    )
    session.refresh_from_db()
    services.close_session(session, by=session.teacher, now=session.ends_at)
    return session


def absent_in(session) -> set:
    rows = Attendance.objects.filter(session_id=session.pk, status="absent")
    return {row.student.institution_number for row in rows.select_related("student")}


def close_by_api(session, teacher, client, api_as):
    answer = api_as(teacher).post(f"{API}/sessions/{session.pk}/close")
    assert answer.status_code == 200


def close_by_page(session, teacher, client, api_as):
    client.force_login(teacher)
    assert client.post(reverse("session-close", args=[session.pk])).status_code == 302


def open_again_and_close(session, teacher, client, api_as):
    api = api_as(teacher)
    assert api.post(f"{API}/sessions/{session.pk}/open").status_code == 200
    assert api.post(f"{API}/sessions/{session.pk}/close").status_code == 200


WAYS = pytest.mark.parametrize("close", [close_by_api, close_by_page, open_again_and_close])


@WAYS
def test_a_second_closing_names_nobody_who_came_after(
    held, course, teacher, outsider, client, api_as, close
):
    services.enrol(course, [outsider], now=held.ends_at)
    close(held, teacher, client, api_as)
    assert absent_in(held) == {"S1", "S2"}


@WAYS
def test_a_second_closing_names_nobody_who_has_left_or_is_switched_off(
    held, course, teacher, student, classmate, client, api_as, close
):
    AttendanceMark.objects.all().delete()
    Attendance.objects.all().delete()
    services.end_enrolment(course, student.pk, now=clock.now())
    User.objects.filter(pk=classmate.pk).update(is_active=False)
    close(held, teacher, client, api_as)
    assert absent_in(held) == set()


def switch(person, on: bool, admin, now) -> None:
    person.refresh_from_db()
    update_profile(person, {"is_active": on}, by=admin, caller=Caller("127.0.0.1"), now=now)


@WAYS
@pytest.mark.parametrize(
    ("off_min", "on_min", "is_absent"),
    [
        (-10, -5, True),  # on again before it began
        (-10, 20, False),
        (20, 30, False),
        (20, 90, False),
        (55, 90, True),  # off only after its end
    ],
)
def test_who_was_switched_off_during_a_session_is_not_absent_from_it_later(
    held, student, teacher, admin_user, client, api_as, close, off_min, on_min, is_absent
):
    AttendanceMark.objects.all().delete()
    Attendance.objects.all().delete()
    switch(student, False, admin_user, held.starts_at + timedelta(minutes=off_min))
    switch(student, True, admin_user, held.starts_at + timedelta(minutes=on_min))
    close(held, teacher, client, api_as)
    assert ("S1" in absent_in(held)) == is_absent


def test_the_times_that_an_account_was_off_are_kept(student, admin_user):
    moments = [NOW + timedelta(days=day) for day in range(4)]
    for day, moment in enumerate(moments):
        switch(student, bool(day % 2), admin_user, moment)
        switch(student, bool(day % 2), admin_user, moment + timedelta(hours=1))  # changes nothing
    student.refresh_from_db()
    assert student.is_active
    assert student.off_spans == [Span(*moments[:2]), Span(*moments[2:])]


def test_an_account_that_was_switched_off_before_times_were_kept_was_always_off(student):
    User.objects.filter(pk=student.pk).update(is_active=False)
    student.refresh_from_db()
    assert student.off_spans == [Span(student.created_at)]
    assert switch_on(student, now=NOW)
    assert not switch_on(student, now=NOW)
    student.refresh_from_db()
    assert student.off_spans == [Span(student.created_at, NOW)]


def test_the_administration_keeps_the_times_too(client, admin_user, student):
    client.force_login(admin_user)
    url = reverse("admin:accounts_user_change", args=[student.pk])
    fields = ("email", "full_name", "institution_number", "department", "role")
    form = {name: getattr(student, name) for name in fields}
    assert client.post(url, form).status_code == 302
    student.refresh_from_db()
    assert (student.is_active, student.switched_off_at is None) == (False, False)
    assert client.post(url, form | {"is_active": "on"}).status_code == 302
    student.refresh_from_db()
    assert (student.is_active, len(student.off_spans)) == (True, 1)


def test_an_import_of_enrolments_changes_nothing_that_is_past(
    held, course, teacher, outsider, client, api_as
):
    line = {
        "subject_code": "OS",
        "class_code": "CSE-A",
        "teacher_number": "T1",
        "student_number": "S9",
    }
    imports.apply(imports.plan_enrolments(csv_of(line), now=clock.now()))
    assert Enrolment.objects.filter(student=outsider, is_active=True).exists()
    open_again_and_close(held, teacher, client, api_as)
    assert absent_in(held) == {"S1", "S2"}
    figures = api_as(outsider).get(f"{API}/attendance/statistics/all/{outsider.pk}").json()
    assert figures["total"]["rate_percent"] is None
    assert figures["total"]["absence_streak"] == 0
    sessions = api_as(outsider).get(f"{API}/attendance/statistics/sessions/{outsider.pk}").json()
    assert sessions["results"] == []
    out = StringIO()
    call_command("send_notices", "--dry-run", stdout=out)
    assert "S9" not in out.getvalue()


@pytest.mark.parametrize(
    ("enrolled_after_start_min", "is_absent"), [(-1, True), (0, True), (5, True), (15, False)]
)
def test_who_came_before_a_late_opening_is_expected(
    session, course, teacher, outsider, enrolled_after_start_min, is_absent
):
    at = session.starts_at + timedelta(minutes=enrolled_after_start_min)
    services.enrol(course, [outsider], now=at)
    services.open_session(session, by=teacher, now=session.starts_at + timedelta(minutes=10))
    services.close_session(session, by=teacher, now=session.ends_at)
    assert ("S9" in absent_in(session)) == is_absent


def test_closing_before_it_begins_marks_nobody_then_or_later(session, teacher):
    start = session.starts_at
    services.open_session(session, by=teacher, now=start - timedelta(minutes=9))
    services.close_session(session, by=teacher, now=start - timedelta(minutes=8))
    assert absent_in(session) == set()
    services.close_session(session, by=teacher, now=start + timedelta(minutes=10))
    assert absent_in(session) == set()
    services.open_session(session, by=teacher, now=start + timedelta(minutes=11))
    services.close_session(session, by=teacher, now=start + timedelta(minutes=12))
    assert absent_in(session) == {"S1", "S2"}


def test_a_time_away_is_kept_and_misses_nothing(session, course, teacher, student):
    left_at, back_at = session.starts_at - timedelta(days=1), session.ends_at
    services.end_enrolment(course, student.pk, now=left_at)
    services.open_session(session, by=teacher, now=session.starts_at)
    [row] = services.enrol(course, [student], now=back_at)
    assert row.earlier_spans == [[NOW.isoformat(), left_at.isoformat()]]
    assert (row.is_active, row.enrolled_at, row.withdrawn_at) == (True, back_at, None)
    services.close_session(session, by=teacher, now=back_at + timedelta(minutes=1))
    assert absent_in(session) == {"S2"}


def test_who_was_there_before_a_time_away_is_still_expected_then(session, course, teacher, student):
    services.open_session(session, by=teacher, now=session.starts_at)
    services.end_enrolment(course, student.pk, now=session.ends_at)
    services.enrol(course, [student], now=session.ends_at + timedelta(minutes=1))
    services.close_session(session, by=teacher, now=session.ends_at + timedelta(minutes=2))
    assert absent_in(session) == {"S1", "S2"}


def test_enrolling_who_is_on_the_course_keeps_the_day(course, student):
    [row] = services.enrol(course, [student], now=clock.now())
    assert (row.enrolled_at, row.earlier_spans) == (NOW, None)


def test_a_place_that_ended_without_a_time_covers_nothing_that_is_past(
    held, course, teacher, outsider
):
    """Places that ended before the system noted when are taken as never held."""
    Enrolment.objects.create(
        course=course, student=outsider, is_active=False, enrolled_at=held.starts_at
    )
    [row] = services.enrol(course, [outsider], now=clock.now())
    assert row.earlier_spans is None
    services.close_session(held, by=teacher, now=clock.now())
    assert absent_in(held) == {"S1", "S2"}


def test_dropping_and_importing_again_keeps_the_span(course, student, classmate):
    common = {"subject_code": "OS", "class_code": "CSE-A", "teacher_number": "T1"}
    left_at, back_at = NOW + timedelta(days=1), NOW + timedelta(days=2)
    only_s2, both = ({**common, "student_number": "S2"}, {**common, "student_number": "S1"})
    imports.apply(imports.plan_enrolments(csv_of(only_s2), now=left_at, drop_missing=True))
    assert Enrolment.objects.get(student=student).withdrawn_at == left_at
    imports.apply(imports.plan_enrolments(csv_of(only_s2, both), now=back_at))
    row = Enrolment.objects.get(student=student)
    assert (row.is_active, row.enrolled_at, row.withdrawn_at) == (True, back_at, None)
    assert row.earlier_spans == [[NOW.isoformat(), left_at.isoformat()]]


def test_the_administration_keeps_spans_too(client, admin_user, course, student):
    client.force_login(admin_user)
    row = Enrolment.objects.get(student=student)
    url = reverse("admin:sessions_app_enrolment_change", args=[row.pk])
    form = {
        "course": course.pk,
        "student": student.pk,
        "enrolled_at_0": "2026-03-02",
        "enrolled_at_1": "09:00:00",
    }
    assert client.post(url, form).status_code == 302
    row.refresh_from_db()
    assert not row.is_active
    assert row.withdrawn_at is not None
    assert client.post(url, form | {"is_active": "on"}).status_code == 302
    row.refresh_from_db()
    assert (row.is_active, len(row.earlier_spans)) == (True, 1)


def test_undoing_a_mark_names_nobody_who_has_left(held, course, teacher, student):
    Attendance.objects.filter(student=student).delete()
    AttendanceMark.objects.filter(student=student).delete()
    services.mark_by_hand(
        held, student, status="present", reason="Seen.", by=teacher, now=clock.now(), key="one-two"
    )
    services.end_enrolment(course, student.pk, now=clock.now())
    mark = AttendanceMark.objects.get(student=student)
    assert services.undo_mark(mark, by=teacher, now=clock.now()) is None


def test_an_excuse_for_a_day_before_the_enrolment_notes_nothing(held, course, teacher, outsider):
    services.enrol(course, [outsider], now=held.ends_at)
    services.mark_by_hand(
        held, outsider, status="present", reason="Seen.", by=teacher, now=held.ends_at, key="k-1234"
    )
    day = held.local_start.date()
    services.give_excuse(
        course, outsider, from_date=day, until_date=day, note="Ill.", by=teacher, now=held.ends_at
    )
    kept = AttendanceMark.objects.filter(student=outsider).values_list("source", flat=True)
    assert list(kept) == ["manual"]


def test_the_register_of_a_closed_session_lists_who_was_on_the_course(
    held, course, teacher, outsider, classmate, client
):
    services.enrol(course, [outsider], now=held.ends_at)
    client.force_login(teacher)
    text = client.get(reverse("session-register", args=[held.pk])).content.decode()
    assert outsider.full_name not in text
    assert classmate.full_name in text


def test_the_register_of_an_open_session_lists_who_has_just_come(
    open_session, course, teacher, outsider, client
):
    services.enrol(course, [outsider], now=clock.now())
    client.force_login(teacher)
    url = reverse("session-register", args=[open_session.pk])
    assert outsider.full_name in client.get(url).content.decode()
