"""Marks are append-only, and the attendance follows from them, whoever writes when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from attendance_project.refusals import Refusal
from conftest import NOW
from sessions_app import services
from sessions_app.models import Attendance, AttendanceMark


def record(session, student, *, status="present", source="check_in", key="k", now=NOW, **more):
    return services.record_mark(
        session=session, student=student, status=status, source=source, key=key, now=now, **more
    )


def test_a_mark_makes_an_attendance_with_the_ids_that_reports_filter_on(session, student):
    row = record(session, student, evidence=("code", "face"))
    row.refresh_from_db()
    assert (row.status, row.source, row.evidence) == ("present", "check_in", ["code", "face"])
    assert row.marked_at == NOW
    assert row.course_id == session.course_id
    assert row.subject_id == session.subject_id
    assert row.class_group_id == session.class_group_id
    assert row.teacher_id == session.teacher_id


def test_local_date_is_the_sessions_own_day(session, student):
    session.time_zone = "Pacific/Auckland"
    session.starts_at = NOW.replace(hour=20)
    assert record(session, student).local_date == "2026-03-03"


def test_the_same_key_again_adds_nothing_and_returns_the_same(session, student):
    first = record(session, student)
    again = record(session, student, now=NOW + timedelta(seconds=9))
    assert again.pk == first.pk
    assert again.marked_at == NOW
    assert AttendanceMark.objects.count() == 1


@pytest.mark.parametrize("other", [{"status": "late"}, {"source": "review"}])
def test_a_key_that_stands_for_something_else_is_refused(session, student, other):
    record(session, student)
    with pytest.raises(Refusal) as caught:
        record(session, student, **other)
    assert caught.value.code == "key_reused"
    assert Attendance.objects.get().status == "present"


def test_a_key_of_another_student_is_refused(session, student, classmate):
    record(session, student)
    with pytest.raises(Refusal):
        record(session, classmate)
    assert Attendance.objects.get().student_id == student.pk


MARKS = {
    "closing": ("absent", "closing", 0),
    "first_try": ("present", "check_in", 1),
    "second_try": ("late", "check_in", 2),
    "first_word": ("excused", "manual", 3),
    "last_word": ("absent", "manual", 4),
}


ORDERS = [list(MARKS), list(MARKS)[::-1], [*list(MARKS)[3:], *list(MARKS)[:3]]]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_the_latest_manual_mark_counts_in_every_order_of_arrival(session, student, order):
    for name in order:
        status, source, minute = MARKS[name]
        at = NOW + timedelta(minutes=minute)
        record(session, student, status=status, source=source, key=name, now=at)
    row = Attendance.objects.get()
    assert (row.status, row.source) == ("absent", "manual")
    assert row.marked_at == NOW + timedelta(minutes=4)
    assert AttendanceMark.objects.count() == len(MARKS)


def test_a_check_in_overrides_what_closing_noted(session, student):
    record(session, student, status="absent", source="closing", key="c")
    assert record(session, student, key="k", evidence=["code"]).status == "present"
    row = Attendance.objects.get()
    assert (row.status, row.source, row.evidence) == ("present", "check_in", ["code"])


@pytest.mark.parametrize("source", ["check_in", "review"])
def test_a_later_check_in_does_not_override_an_earlier_one(session, student, source):
    record(session, student, status="late", key="a")
    later = NOW + timedelta(minutes=1)
    assert record(session, student, source=source, key="b", now=later).status == "late"


def test_a_check_in_does_not_override_a_mark_by_hand(session, student, teacher):
    services.mark_by_hand(
        session, student, status="absent", reason="Left.", by=teacher, now=NOW, key="n"
    )
    assert record(session, student, now=NOW + timedelta(hours=1)).status == "absent"


def test_a_mark_without_its_attendance_is_healed_by_a_retry(session, student):
    """A crash between the two writes leaves such a mark."""
    record(session, student)
    Attendance.objects.all().delete()
    assert record(session, student).status == "present"
    assert Attendance.objects.count() == 1
    assert AttendanceMark.objects.count() == 1


def test_a_stale_attendance_is_healed_by_whoever_marks_next(session, student):
    record(session, student, status="absent", source="closing", key="c")
    AttendanceMark.objects.create(
        key="k", session=session, student=student, status="present", source="check_in", at=NOW
    )
    assert record(session, student, status="absent", source="closing", key="c").status == "present"


def test_a_mark_by_hand_is_signed_and_says_why(session, student, teacher):
    services.mark_by_hand(
        session, student, status="excused", reason=" Doctor. ", by=teacher, now=NOW, key="n"
    )
    mark = AttendanceMark.objects.get()
    assert (mark.by_id, mark.reason, mark.source) == (teacher.pk, "Doctor.", "manual")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_mark_by_hand_without_a_reason_is_refused(session, student, teacher, reason):
    with pytest.raises(Refusal) as caught:
        services.mark_by_hand(
            session, student, status="excused", reason=reason, by=teacher, now=NOW, key="n"
        )
    assert caught.value.code == "reason_required"
    assert not AttendanceMark.objects.exists()


def in_threads(count, work):
    def run(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_with_one_key_leave_one_mark_and_one_attendance(session, student):
    rows = in_threads(16, lambda _: record(session, student))
    assert len({row.pk for row in rows}) == 1
    assert AttendanceMark.objects.count() == Attendance.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_with_different_marks_agree_on_the_winner(session, student):
    sources = ["closing", "check_in", "review", "manual"]
    statuses = ["absent", "present", "late", "excused"]

    def mark(number):
        at = NOW + timedelta(seconds=number)
        kind = number % 4
        return record(
            session, student, status=statuses[kind], source=sources[kind], key=f"{number}", now=at
        )

    in_threads(16, mark)
    row = Attendance.objects.get()
    assert (row.status, row.source) == ("excused", "manual")
    assert row.marked_at == NOW + timedelta(seconds=15)
    assert AttendanceMark.objects.count() == 16
