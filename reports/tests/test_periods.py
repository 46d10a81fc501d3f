"""The rows that a query counts are those that the definition of the rates counts."""

from datetime import timedelta
from itertools import product

from attendance_project import clock
from reports.domain import rates
from reports.domain.counting import CLOSED, OPEN, PLANNED
from reports.queries.periods import counting, slices, total
from reports.tests.conftest import meet, put_down
from sessions_app.domain.attendance import ATTENDED
from sessions_app.models import Attendance, AttendanceStatus, SessionState


def test_statuses_are_those_of_the_register():
    assert set(AttendanceStatus.values) == set(rates.STATUSES)
    assert set(ATTENDED) < set(rates.STATUSES)
    assert {PLANNED, OPEN, CLOSED} < set(SessionState.values)


def test_query_counts_what_the_definition_counts(course, student):
    now = clock.now()
    put_in = {}
    pairs = product(SessionState.values, AttendanceStatus.values)
    for number, (state, status) in enumerate(pairs):
        session = meet(course, now - timedelta(hours=number), state=state)
        put_in[put_down(session, student, status).pk] = rates.StudentSession(state, status)
    rows = Attendance.objects.all()
    expected = {pk for pk, standing in put_in.items() if standing.counts}
    assert set(counting(rows, now=now).values_list("pk", flat=True)) == expected
    assert total(slices(rows, now=now)) == rates.tally(put_in.values())


def test_first_week_is_told_whole(course, student, teacher, as_user, monkeypatch):
    """A Sunday is the hard case: the Monday 26 weeks before it is more than 26 weeks ago."""
    noon = clock.now().replace(hour=12)  # later, it can be Monday on the course's clock
    sunday = noon + timedelta(days=6 - noon.weekday())
    monkeypatch.setattr(clock, "now", lambda: sunday)
    for days in (6, 0):
        session = meet(course, sunday - timedelta(weeks=26, days=days), state="closed")
        put_down(session, student, "present")
    [week] = as_user(teacher).get("/api/v1/attendance/weeks").json()["weeks"]
    assert week["present"] == 2
