"""An excused student is not absent, whenever the excuse is given, until it is taken back."""

from datetime import date, timedelta

import pytest

from attendance_project.refusals import Refusal
from conftest import NOW
from sessions_app import queries, services
from sessions_app.models import Attendance, AttendanceMark, Excuse, Session


@pytest.fixture
def day(open_session) -> date:
    return open_session.local_start.date()


def excuse(course, student, teacher, first, last=None, **fields):
    values = {"from_date": first, "until_date": last or first, "note": "A doctor's note."}
    return services.give_excuse(course, student, by=teacher, now=NOW, **values | fields)


def close(session, teacher):
    return services.close_session(session, by=teacher, now=session.ends_at)


def statuses(session):
    rows = Attendance.objects.filter(session_id=session.pk)
    return {row.student_id: row.status for row in rows}


def test_closing_writes_excused_and_not_absent(open_session, day, student, classmate, teacher):
    excuse(open_session.course, student, teacher, day)
    close(open_session, teacher)
    assert statuses(open_session) == {student.pk: "excused", classmate.pk: "absent"}


def test_before_closing_the_register_says_so(open_session, day, student, teacher):
    excuse(open_session.course, student, teacher, day)
    row = next(r for r in queries.register_of(open_session) if r.student_id == student.pk)
    assert (row.status, row.source) == ("excused", "excuse")
    assert not Attendance.objects.exists()


def test_who_comes_all_the_same_is_present(open_session, day, student, teacher):
    excuse(open_session.course, student, teacher, day)
    services.record_mark(
        session=open_session, student=student, status="present", source="check_in", key="k", now=NOW
    )
    close(open_session, teacher)
    assert statuses(open_session)[student.pk] == "present"


@pytest.mark.parametrize("away", [1, -1])
def test_other_days_are_not_covered(open_session, day, student, teacher, away):
    other = day + timedelta(days=away)
    excuse(open_session.course, student, teacher, other)
    close(open_session, teacher)
    assert statuses(open_session)[student.pk] == "absent"


@pytest.mark.parametrize(("first", "last"), [(-3, 0), (0, 3), (-1, 1), (0, 0)])
def test_the_first_and_the_last_day_count(open_session, day, student, teacher, first, last):
    days = [day + timedelta(days=n) for n in (first, last)]
    excuse(open_session.course, student, teacher, *days)
    close(open_session, teacher)
    assert statuses(open_session)[student.pk] == "excused"


def test_the_day_is_the_sessions_own(open_session, student, teacher):
    """Half past twelve at night in Auckland is the day before in UTC."""
    at = NOW.replace(hour=11, minute=30)
    Session.objects.update(
        starts_at=at, ends_at=at + timedelta(hours=1), time_zone="Pacific/Auckland"
    )
    open_session.refresh_from_db()
    excuse(open_session.course, student, teacher, date(2026, 3, 3))
    close(open_session, teacher)
    assert statuses(open_session)[student.pk] == "excused"


def test_an_excuse_after_the_fact_replaces_the_absence(open_session, day, student, teacher):
    close(open_session, teacher)
    assert statuses(open_session)[student.pk] == "absent"
    excuse(open_session.course, student, teacher, day)
    assert statuses(open_session)[student.pk] == "excused"


def test_an_excuse_taken_back_while_the_session_is_open_again_counts_no_more(
    open_session, day, student, teacher
):
    given = excuse(open_session.course, student, teacher, day)
    close(open_session, teacher)
    services.open_session(open_session, by=teacher, now=open_session.ends_at)
    services.revoke_excuse(given, by=teacher, now=open_session.ends_at)
    close(open_session, teacher)
    assert statuses(open_session)[student.pk] == "absent"


def test_an_excuse_given_while_the_session_is_open_again_counts_for_who_has_left_since(
    open_session, day, student, teacher
):
    close(open_session, teacher)
    services.open_session(open_session, by=teacher, now=open_session.ends_at)
    excuse(open_session.course, student, teacher, day)
    services.end_enrolment(open_session.course, student.pk, now=open_session.ends_at)
    close(open_session, teacher)
    assert statuses(open_session)[student.pk] == "excused"


def test_it_does_not_touch_what_a_person_marked(open_session, day, student, teacher):
    services.mark_by_hand(
        open_session,
        student,
        status="absent",
        reason="Left at once.",
        by=teacher,
        now=NOW,
        key="key-one-1",
    )
    close(open_session, teacher)
    excuse(open_session.course, student, teacher, day)
    assert statuses(open_session)[student.pk] == "absent"


def test_it_puts_nobody_on_a_register_they_were_not_on(open_session, day, outsider, teacher):
    close(open_session, teacher)
    excuse(open_session.course, outsider, teacher, day)
    assert outsider.pk not in statuses(open_session)


def test_taking_it_back_makes_the_absence_count_again(open_session, day, student, teacher):
    given = excuse(open_session.course, student, teacher, day)
    close(open_session, teacher)
    for _ in range(2):
        services.revoke_excuse(given, by=teacher, now=NOW)
    assert statuses(open_session)[student.pk] == "absent"
    kept = AttendanceMark.objects.get(source="excuse")
    assert (kept.undone_at, kept.undone_by_id) == (NOW, teacher.pk)


def test_taking_one_back_leaves_another_in_force(open_session, day, student, teacher):
    first = excuse(open_session.course, student, teacher, day)
    excuse(open_session.course, student, teacher, day, day + timedelta(days=5), note="A trip.")
    close(open_session, teacher)
    services.revoke_excuse(first, by=teacher, now=NOW)
    assert statuses(open_session)[student.pk] == "excused"


def test_given_while_the_session_is_open_again_it_counts_at_the_next_closing(
    open_session, day, student, teacher
):
    close(open_session, teacher)
    services.open_session(open_session, by=teacher, now=open_session.ends_at)
    excuse(open_session.course, student, teacher, day)
    close(open_session, teacher)
    assert statuses(open_session)[student.pk] == "excused"


def test_the_same_twice_is_kept_once(open_session, day, student, teacher):
    for _ in range(2):
        excuse(open_session.course, student, teacher, day)
    assert Excuse.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "note", "field"),
    [((1, 0), "Ill.", "until_date"), ((0, 400), "Ill.", "until_date"), ((0, 0), "  ", "note")],
)
def test_what_cannot_be_an_excuse_is_refused(
    open_session, day, student, teacher, days, note, field
):
    first, last = (day + timedelta(days=n) for n in days)
    with pytest.raises(Refusal) as caught:
        excuse(open_session.course, student, teacher, first, last, note=note)
    assert list(caught.value.fields) == [field]
    assert not Excuse.objects.exists()


def test_closing_asks_for_the_excuses_once(
    open_session, day, student, classmate, teacher, django_assert_max_num_queries
):
    excuse(open_session.course, student, teacher, day)
    close(open_session, teacher)
    with django_assert_max_num_queries(11):
        close(open_session, teacher)
