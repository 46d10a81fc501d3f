"""The register: who is here and how, and that it takes as many queries for any class."""

from datetime import timedelta

import pytest

from accounts.models import Role
from conftest import NOW, make_user
from sessions_app import hooks, queries, services
from sessions_app.models import Attendance, AttendanceMark, Enrolment

API = "/api/v1"


@pytest.fixture
def extras(monkeypatch):
    """What the app above says about check-ins that made no attendance."""
    found = {}
    monkeypatch.setattr(hooks, "register_extras", [lambda session: found])
    return found


def row_of(session, student):
    return next(row for row in queries.register_of(session) if row.student_id == student.pk)


def test_everyone_enrolled_is_missing_at_first_in_the_order_of_names(open_session, extras):
    rows = queries.register_of(open_session)
    assert [(row.number, row.status) for row in rows] == [("S1", "missing"), ("S2", "missing")]
    assert queries.counts(open_session)["missing"] == 2


def test_a_check_in_shows_how_and_when_on_the_sessions_clock(open_session, student, extras):
    services.record_mark(
        session=open_session,
        student=student,
        status="late",
        source="check_in",
        key="k",
        evidence=["code", "face"],
        now=NOW,
    )
    row = row_of(open_session, student)
    assert (row.status, row.source, row.evidence, row.at) == (
        "late",
        "check_in",
        ("code", "face"),
        NOW,
    )
    shown = next(r for r in queries.register_json(open_session) if r["number"] == "S1")
    assert shown["time"] == "10:00"  # 09:00 UTC is 10:00 in Paris


def test_counts_take_late_for_here(open_session, student, classmate, extras):
    for person, status in ((student, "late"), (classmate, "present")):
        services.record_mark(
            session=open_session,
            student=person,
            status=status,
            source="check_in",
            key=status,
            now=NOW,
        )
    counts = queries.counts(open_session)
    assert (counts["enrolled"], counts["here"], counts["late"], counts["present"]) == (2, 2, 1, 1)


def test_a_case_for_review_shows_its_reasons_until_something_counts(open_session, student, extras):
    extras[student.pk] = {
        "outcome": "review",
        "reasons": ["No Bluetooth was heard."],
        "decision_id": "d1",
        "at": NOW,
    }
    row = row_of(open_session, student)
    assert (row.status, row.reasons, row.decision_id) == (
        "review",
        ("No Bluetooth was heard.",),
        "d1",
    )
    assert queries.counts(open_session)["review"] == 1
    services.record_mark(
        session=open_session, student=student, status="present", source="review", key="v", now=NOW
    )
    row = row_of(open_session, student)
    assert (row.status, row.decision_id) == ("present", None)


def test_a_refusal_still_shows_after_closing(open_session, teacher, student, extras):
    extras[student.pk] = {"outcome": "refused", "reasons": ["The code was too old."]}
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    assert row_of(open_session, student).status == "refused"


def test_who_was_absent_is_missing_again_while_the_session_is_open_again(
    open_session, teacher, student, extras
):
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    assert row_of(open_session, student).status == "absent"
    services.open_session(open_session, by=teacher, now=NOW)
    assert row_of(open_session, student).status == "missing"


def test_who_left_the_course_stays_where_something_was_marked(open_session, student, extras):
    services.record_mark(
        session=open_session, student=student, status="present", source="check_in", key="k", now=NOW
    )
    Enrolment.objects.update(is_active=False)
    assert [row.number for row in queries.register_of(open_session)] == ["S1"]


@pytest.mark.parametrize("size", [0, 40])
def test_the_register_takes_four_queries_for_any_class(
    open_session, extras, django_assert_num_queries, size
):
    for n in range(size):
        person = make_user(Role.STUDENT, f"N{n}")
        Enrolment.objects.create(course=open_session.course, student=person, enrolled_at=NOW)
    with django_assert_num_queries(4):
        assert len(queries.register_of(open_session)) == size + 2


def manual(session, student, **fields):
    body = {
        "session": str(session.pk),
        "student": str(student.pk),
        "status": "excused",
        "reason": "Doctor.",
        "nonce": "nonce-0001",
    }
    return body | fields


def test_a_teacher_marks_by_hand_and_again_with_the_same_nonce(
    api_as, teacher, open_session, student
):
    api, body = api_as(teacher), manual(open_session, student)
    first, again = (api.post(f"{API}/attendance/manual", body, "json") for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    mark = AttendanceMark.objects.get()
    assert (mark.by_id, mark.reason, mark.status) == (teacher.pk, "Doctor.", "excused")


def test_a_nonce_used_for_something_else_is_refused(
    api_as, teacher, open_session, student, classmate
):
    api = api_as(teacher)
    api.post(f"{API}/attendance/manual", manual(open_session, student), "json")
    for other in (
        manual(open_session, classmate),
        manual(open_session, student, status="absent"),
    ):
        response = api.post(f"{API}/attendance/manual", other, "json")
        assert (response.status_code, response.json()["code"]) == (409, "key_reused")
    assert Attendance.objects.get().status == "excused"


def test_two_teachers_may_draw_the_same_nonce(
    api_as, teacher, admin_user, open_session, student, classmate
):
    for person, marked in ((teacher, student), (admin_user, classmate)):
        body = manual(open_session, marked)
        assert api_as(person).post(f"{API}/attendance/manual", body, "json").status_code == 200
    assert Attendance.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "status"),
    [("anonymous", 401), ("student", 403), ("outsider", 403), ("colleague", 404), ("admin", 200)],
)
def test_who_may_mark_by_hand(api_as, people, open_session, student, role, status):
    body = manual(open_session, student)
    response = api_as(people[role]).post(f"{API}/attendance/manual", body, "json")
    assert response.status_code == status
    assert Attendance.objects.exists() == (status == 200)


def test_nobody_is_marked_who_is_not_on_the_course(api_as, teacher, open_session, outsider):
    response = api_as(teacher).post(
        f"{API}/attendance/manual", manual(open_session, outsider), "json"
    )
    assert (response.status_code, response.json()["code"]) == (400, "not_enrolled")
    assert not AttendanceMark.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", None, "x" * 301, "a\0b"])
def test_a_mark_by_hand_needs_a_reason_that_can_be_kept(
    api_as, teacher, open_session, student, reason
):
    body = manual(open_session, student, reason=reason)
    response = api_as(teacher).post(f"{API}/attendance/manual", body, "json")
    assert response.status_code == 400
    assert "reason" in response.json()["fields"]
    assert not AttendanceMark.objects.exists()


def test_a_later_word_of_the_teacher_counts(api_as, teacher, open_session, student):
    api = api_as(teacher)
    for n, status in enumerate(("absent", "present")):
        body = manual(open_session, student, status=status, nonce=f"nonce-000{n}")
        api.post(f"{API}/attendance/manual", body, "json")
    assert Attendance.objects.get().status == "present"
    assert AttendanceMark.objects.count() == 2
    first, last = AttendanceMark.objects.order_by("at")
    assert timedelta(0) < last.at - first.at < timedelta(minutes=1)
