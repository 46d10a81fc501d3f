"""What a course's matrix and the slices of a period hold, and how many queries they take."""

from datetime import UTC, datetime

import pytest

from accounts.models import Role
from attendance_project import clock
from conftest import make_user
from reports.domain.rates import Tally
from reports.domain.risk import RiskSign
from reports.queries.matrix import matrix_of
from reports.queries.periods import slices, summed, total
from reports.tests.conftest import days_ago, meet, put_down, queries_of
from sessions_app.models import Attendance, Enrolment, Session


def line_of(matrix, person):
    [line] = [line for line in matrix.lines if line.student.pk == person.pk]
    return line


def test_matrix_sets_each_status_in_its_students_row_and_its_sessions_column(
    course, student, classmate
):
    third, first, second = (meet(course, days_ago(days)) for days in (1, 9, 5))
    put_down(first, student, "present")
    put_down(second, student, "absent")
    put_down(third, student, "late")
    put_down(first, classmate, "excused")
    matrix = matrix_of(course)
    assert [c.session.pk for c in matrix.columns] == [first.pk, second.pk, third.pk]
    assert line_of(matrix, student).statuses == ("present", "absent", "late")
    assert line_of(matrix, classmate).statuses == ("excused", "", "")
    assert [c.tally.attended for c in matrix.columns] == [1, 0, 1]
    assert matrix.total == Tally(present=1, late=1, excused=1, absent=1)


def test_matrix_leaves_out_what_did_not_take_place(course, student):
    meet(course, days_ago(-2), state="planned")
    cancelled = meet(course, days_ago(3), state="cancelled")
    put_down(cancelled, student, "absent")
    put_down(meet(course, days_ago(3), state="annulled"), student, "absent")
    put_down(meet(course, days_ago(-1), state="planned"), student, "excused")
    put_down(meet(course, days_ago(1), state="planned"), student, "present")
    still_open = meet(course, days_ago(0), state="open")
    put_down(still_open, student, "absent")
    matrix = matrix_of(course)
    assert [c.session.pk for c in matrix.columns] == [still_open.pk]
    assert matrix.finished == []
    assert line_of(matrix, student).statuses == ("",)
    assert line_of(matrix, student).tally == Tally()


def test_matrix_keeps_to_the_days_asked_for_on_the_sessions_own_calendar(course, student):
    course.time_zone = "Pacific/Auckland"
    sessions = [meet(course, datetime(2026, 3, d, 12, tzinfo=UTC)) for d in (1, 2, 3)]
    for session in sessions:
        put_down(session, student)
    # Noon in UTC is one o'clock in the morning of the next day in Auckland.
    matrix = matrix_of(course, first_day="2026-03-03", last_day="2026-03-03")
    assert [c.session.pk for c in matrix.columns] == [sessions[1].pk]
    assert matrix.columns[0].day == "2026-03-03"
    assert line_of(matrix, student).tally.present == 1


def test_matrix_shows_who_left_only_where_something_is_recorded(course, student, classmate):
    put_down(meet(course, days_ago(2)), student)
    Enrolment.objects.filter(course=course).update(is_active=False)
    matrix = matrix_of(course)
    assert [(line.student.pk, line.is_enrolled) for line in matrix.lines] == [(student.pk, False)]


def test_matrix_marks_who_is_at_risk_by_the_courses_own_limits(course, student, classmate):
    for days in (6, 5, 4, 3, 2, 1):
        session = meet(course, days_ago(days))
        put_down(session, student, "absent" if days <= 2 else "present")
        put_down(session, classmate, "present")
    assert line_of(matrix_of(course), student).signs == (RiskSign.RATE,)
    course.at_risk_percent, course.at_risk_absences = 60, 2
    matrix = matrix_of(course)
    assert line_of(matrix, student).signs == (RiskSign.STREAK,)
    assert [line.student.pk for line in matrix.at_risk] == [student.pk]
    Enrolment.objects.filter(student=student).update(is_active=False)
    assert matrix_of(course).at_risk == []


def test_matrix_asks_four_queries_for_much_as_for_little(course, student):
    put_down(meet(course, days_ago(1)), student)
    assert queries_of(lambda: matrix_of(course)) == 4
    for number in range(8):
        newcomer = make_user(Role.STUDENT, f"S{20 + number}")
        put_down(meet(course, days_ago(2)), newcomer)
    assert queries_of(lambda: matrix_of(course)) == 4


def test_slices_count_what_counts_by_day_and_course(course, student, classmate):
    now = clock.now()
    closed, cancelled = meet(course, days_ago(2)), meet(course, days_ago(2), state="cancelled")
    still_open = meet(course, state="open")
    for session in (closed, cancelled, still_open):
        put_down(session, student, "absent")
        put_down(session, classmate, "late")
    found = slices(Attendance.objects.all(), now=now)
    assert total(found) == Tally(late=1, absent=1)
    by_day = summed(found, lambda piece: piece.day)
    assert list(by_day.values()) == [Tally(late=1, absent=1)]
    assert list(by_day) == sorted(by_day)
    assert set(summed(found, lambda piece: piece.course_id)) == {course.pk}
    assert queries_of(lambda: slices(Attendance.objects.all(), now=now)) == 5


@pytest.mark.parametrize("state", ["planned", "open"])
def test_slices_agree_with_the_matrix(state, course, student, classmate):
    for number, status in enumerate(("present", "late", "absent", "excused", "absent")):
        session = meet(course, days_ago(number + 1))
        put_down(session, student, status)
        put_down(session, classmate, "present")
    Session.objects.filter(course=course, starts_at__gte=days_ago(2)).update(state=state)
    rows = Attendance.objects.filter(course_id=course.pk)
    assert total(slices(rows, now=clock.now())) == matrix_of(course).total
