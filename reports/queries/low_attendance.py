"""The students who should be told of low attendance, and the days on which they were absent."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from accounts.models import User
from attendance_project.days import when
from reports.domain import rates
from reports.domain.counting import CountedAs
from reports.domain.risk import RiskSign
from reports.models import AttendanceNotice
from reports.queries.matrix import Matrix, StudentRow, matrix_of
from sessions_app.models import Course

PAUSE = timedelta(days=7)
"""No student is told twice within this time."""


@dataclass(frozen=True, kw_only=True)
class LowAttendance:
    """How a student stands in one course. ``absent_on`` has the session's own days
    (``YYYY-MM-DD``) of all absences that count, oldest first, and ``late_on`` those of the lates
    that count as absences."""

    course: Course
    tally: rates.Tally
    absence_streak: int
    signs: tuple[RiskSign, ...]
    absent_on: tuple[str, ...]
    late_on: tuple[str, ...]

    @property
    def absent_on_words(self) -> str:
        return _in_words(self.absent_on)

    @property
    def late_on_words(self) -> str:
        return _in_words(self.late_on)

    @property
    def latest_day(self) -> str:
        """The day of the latest absence, or of the latest late that counts as one."""
        return max((*self.absent_on, *self.late_on), default="")


def _in_words(days: tuple[str, ...]) -> str:
    return ", ".join(when(day, "day") for day in days)


@dataclass(frozen=True, kw_only=True)
class DueNotice:
    """A notice that should be sent, about some courses. ``number`` counts the student's notices
    from 1."""

    student: User
    number: int
    about: list[LowAttendance]

    @property
    def last_absence(self) -> str:
        return max(low.latest_day for low in self.about)


@dataclass(frozen=True)
class _Told:
    number: int
    sent_at: datetime
    last_absence: str


def due(*, now: datetime) -> Iterator[DueNotice]:
    """Students who are at risk, were absent since their last notice, and had no notice for a week.

    Courses are read one after another, so that only one matrix is in memory at a time.
    """
    people, found = _at_risk()
    told = _told()
    for student_id, about in found.items():
        last = told.get(student_id, _Told(0, now - 2 * PAUSE, ""))
        notice = DueNotice(student=people[student_id], number=last.number + 1, about=about)
        if now - last.sent_at >= PAUSE and notice.last_absence > last.last_absence:
            yield notice


def _at_risk() -> tuple[dict[UUID, User], dict[UUID, list[LowAttendance]]]:
    people: dict[UUID, User] = {}
    found: dict[UUID, list[LowAttendance]] = defaultdict(list)
    courses = Course.objects.filter(is_active=True).select_related("subject", "class_group")
    for course in courses.order_by("subject__code", "class_group__code", "pk"):
        matrix = matrix_of(course)
        for line in matrix.at_risk:
            people[line.student.pk] = line.student
            found[line.student.pk].append(_low(matrix, line))
    return people, found


def _low(matrix: Matrix, line: StudentRow) -> LowAttendance:
    days = [
        (column.day, one)
        for column, one in zip(matrix.columns, line.counted, strict=True)
        if one is not None and one.counts
    ]
    return LowAttendance(
        course=matrix.course,
        tally=line.tally,
        absence_streak=line.absence_streak,
        signs=line.signs,
        absent_on=tuple(day for day, one in days if one.status == "absent"),
        late_on=tuple(day for day, one in days if one.counted_as == CountedAs.LATE_ABSENCE),
    )


def _told() -> dict[UUID, _Told]:
    """The latest notice of each student, by the student's id."""
    rows = AttendanceNotice.objects.order_by().values("student_id")
    latest = rows.annotate(n=Max("number"), at=Max("sent_at"), day=Max("last_absence"))
    return {row["student_id"]: _Told(row["n"], row["at"], row["day"]) for row in latest}
