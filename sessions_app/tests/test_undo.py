"""A mark by hand can be undone by its author for ten seconds, by the server's clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from attendance_project.refusals import Refusal
from conftest import NOW
from sessions_app import queries, services
from sessions_app.models import Attendance, AttendanceMark
from sessions_app.services import screens


def by_hand(session, student, teacher, *, status="present", key="key-one-1", now=NOW):
    services.mark_by_hand(
        session, student, status=status, reason="Seen.", by=teacher, now=now, key=key
    )
    return AttendanceMark.objects.get(key=f"manual:{teacher.pk.hex}:{key}")


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def test_undoing_the_only_mark_leaves_the_student_missing(open_session, student, teacher):
    mark = by_hand(open_session, student, teacher)
    assert services.undo_mark(mark, by=teacher, now=after(9.9)) is None
    assert not Attendance.objects.exists()
    mark.refresh_from_db()
    assert (mark.undone_at, mark.undone_by_id) == (after(9.9), teacher.pk)
    assert queries.counts(open_session)["missing"] == 2


def test_undoing_brings_back_what_stood_before(open_session, student, teacher):
    services.record_mark(
        session=open_session, student=student, status="late", source="check_in", key="k", now=NOW
    )
    mark = by_hand(open_session, student, teacher, status="absent")
    left = services.undo_mark(mark, by=teacher, now=after(1))
    assert (left.status, left.source) == ("late", "check_in")


@pytest.mark.parametrize("seconds", [10, 11, 3600])
def test_it_is_too_late_after_ten_seconds(open_session, student, teacher, seconds):
    mark = by_hand(open_session, student, teacher)
    with pytest.raises(Refusal) as caught:
        services.undo_mark(mark, by=teacher, now=after(seconds))
    assert caught.value.code == "undo_too_late"
    assert Attendance.objects.get().status == "present"


def test_nobody_else_may_undo_it_not_even_an_admin(open_session, student, teacher, admin_user):
    mark = by_hand(open_session, student, teacher)
    with pytest.raises(Refusal) as caught:
        services.undo_mark(mark, by=admin_user, now=after(1))
    assert caught.value.code == "not_yours"
    assert Attendance.objects.get().status == "present"


def test_what_was_measured_cannot_be_undone_this_way(open_session, student, teacher):
    services.record_mark(
        session=open_session,
        student=student,
        status="present",
        source="check_in",
        key="k",
        by=teacher,
        now=NOW,
    )
    with pytest.raises(Refusal):
        services.undo_mark(AttendanceMark.objects.get(), by=teacher, now=after(1))


def test_undoing_twice_is_harmless_even_late(open_session, student, teacher):
    mark = by_hand(open_session, student, teacher)
    services.undo_mark(mark, by=teacher, now=after(1))
    mark.refresh_from_db()
    services.undo_mark(mark, by=teacher, now=after(60))
    mark.refresh_from_db()
    assert mark.undone_at == after(1)


def test_undoing_again_finishes_what_a_crash_left_half_done(open_session, student, teacher):
    mark = by_hand(open_session, student, teacher)
    AttendanceMark.objects.update(undone_at=after(1), undone_by=teacher)
    mark.refresh_from_db()
    services.undo_mark(mark, by=teacher, now=after(60))
    assert not Attendance.objects.exists()


def test_in_a_closed_session_who_was_not_seen_is_absent_again(open_session, student, teacher):
    mark = by_hand(open_session, student, teacher)
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    left = services.undo_mark(mark, by=teacher, now=after(2))
    assert (left.status, left.source) == ("absent", "closing")


def test_in_a_closed_session_who_was_excused_is_excused_again(
    course, open_session, student, teacher
):
    day = open_session.local_start.date()
    services.give_excuse(
        course, student, from_date=day, until_date=day, note="ill", by=teacher, now=NOW
    )
    mark = by_hand(open_session, student, teacher)
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    left = services.undo_mark(mark, by=teacher, now=after(2))
    assert (left.status, left.source) == ("excused", "excuse")


def test_undoing_makes_nobody_absent_who_came_to_the_course_after_the_closing(
    course, open_session, outsider, teacher
):
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    services.enrol(course, [outsider], now=open_session.ends_at)
    mark = by_hand(open_session, outsider, teacher, now=after(6))
    assert services.undo_mark(mark, by=teacher, now=after(7)) is None
    assert not Attendance.objects.filter(student=outsider).exists()


def test_a_retry_of_an_undone_mark_says_so(open_session, student, teacher):
    services.undo_mark(by_hand(open_session, student, teacher), by=teacher, now=after(1))
    with pytest.raises(Refusal) as caught:
        by_hand(open_session, student, teacher)
    assert caught.value.code == "mark_undone"


def test_the_screen_offers_it_for_ten_seconds_with_its_author(open_session, student, teacher):
    mark = by_hand(open_session, student, teacher)

    def offered(seconds):
        rows = screens.register_on_screen(open_session, now=after(seconds))["rows"]
        return {row["student_id"]: row["undo"] for row in rows}[str(student.pk)]

    assert offered(9)["by"] == str(teacher.pk)
    assert offered(9)["url"] == f"/marks/{mark.pk}/undo/"
    assert offered(10) is None
    services.undo_mark(mark, by=teacher, now=after(5))
    assert offered(6) is None


def test_the_page_undoes_and_says_when_it_is_too_late(client, open_session, student, teacher):
    client.force_login(teacher)
    url = f"/sessions/{open_session.pk}/register/{student.pk}/"
    client.post(url, {"status": "present", "reason": "Seen.", "key": "key-one-1"})
    undo = f"/marks/{AttendanceMark.objects.get().pk}/undo/"
    assert client.post(undo).status_code == 302
    assert not Attendance.objects.exists()
    old = by_hand(open_session, student, teacher, key="key-two-2")
    answer = client.post(f"/marks/{old.pk}/undo/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, "undo_too_late")


@pytest.mark.django_db(transaction=True)
def test_undoing_while_a_check_in_arrives_never_loses_it(open_session, student, teacher):
    mark = by_hand(open_session, student, teacher)

    def work(n):
        try:
            if n % 2:
                services.undo_mark(mark, by=teacher, now=after(1))
            else:
                services.record_mark(
                    session=open_session,
                    student=student,
                    status="present",
                    source="check_in",
                    key="the-check-in",
                    now=after(1),
                )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert Attendance.objects.get().source == "check_in"
