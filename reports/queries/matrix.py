"""A course as a table with a line for each student and a column for each session.

It takes five queries, however large the course is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from reports.domain import rates
from reports.domain.risk import RiskLimits, RiskSign, signs
from reports.queries.sessions import local_day
from sessions_app.models import Attendance, Course, Enrolment, Session, SessionState

NOTHING = ""
"""Stands in place of a status where nothing is recorded, or nothing that counts yet."""


@dataclass(frozen=True, kw_only=True)
class SessionColumn:
    """A session, and how the class stood in it. ``day`` is ``YYYY-MM-DD`` in its time zone."""

    session: Session
    day: str
    tally: rates.Tally


@dataclass(frozen=True, kw_only=True)
class StudentRow:
    """How a student stands in the course. ``statuses`` has one status for each column."""

    student: User
    is_enrolled: bool
    statuses: tuple[str, ...]
    tally: rates.Tally
    absence_streak: int
    signs: tuple[RiskSign, ...]

    @property
    def is_at_risk(self) -> bool:
        return bool(self.signs)


@dataclass(frozen=True, kw_only=True)
class Matrix:
    course: Course
    limits: RiskLimits
    columns: list[SessionColumn]
    lines: list[StudentRow]

    @property
    def total(self) -> rates.Tally:
        return sum((line.tally for line in self.lines), rates.Tally())

    @property
    def at_risk(self) -> list[StudentRow]:
        """The lines of students who are at risk and still on the course, worst rate first."""
        found = [line for line in self.lines if line.is_at_risk and line.is_enrolled]
        return sorted(found, key=lambda line: line.tally.rate_percent or 0)


Statuses = dict[UUID, dict[UUID, str]]


def matrix_of(
    course: Course, *, first_day: str | None = None, last_day: str | None = None
) -> Matrix:
    """Make the matrix of the sessions that took place between two local days, both included.

    It has a line for every student who is on the course or of whom something is recorded in these
    sessions. Students are sorted by name.
    """
    recorded = _recorded(course, first_day, last_day)
    sessions = _sessions(course, recorded, first_day, last_day)
    enrolled = _enrolled(course)
    limits = RiskLimits(percent=course.at_risk_percent, absences=course.at_risk_absences)
    people = _people(enrolled | {pk for by_student in recorded.values() for pk in by_student})
    lines = [
        _line(person, sessions, recorded, is_enrolled=person.pk in enrolled, limits=limits)
        for person in people
    ]
    return Matrix(
        course=course,
        limits=limits,
        columns=_columns(sessions, recorded),
        lines=[line for line in lines if line.is_enrolled or any(line.statuses)],
    )


def _recorded(course: Course, first_day: str | None, last_day: str | None) -> Statuses:
    """The recorded statuses, by session and then by student."""
    rows = Attendance.objects.filter(course_id=course.pk)
    if first_day:
        rows = rows.filter(local_date__gte=first_day)
    if last_day:
        rows = rows.filter(local_date__lte=last_day)
    found: Statuses = defaultdict(dict)
    for session_id, student_id, status in rows.order_by().values_list(
        "session_id", "student_id", "status"
    ):
        found[session_id][student_id] = status
    return found


def _sessions(
    course: Course, recorded: Statuses, first_day: str | None, last_day: str | None
) -> list[Session]:
    """Open and closed sessions, and planned ones in which somebody was marked, oldest first."""
    rows = Session.objects.filter(course_id=course.pk).exclude(state=SessionState.CANCELLED)
    first, last = first_day or "", last_day or "9999"
    return [
        session
        for session in rows.order_by("starts_at", "pk")
        if (session.state != SessionState.PLANNED or session.pk in recorded)
        and first <= local_day(session.starts_at, session.time_zone) <= last
    ]


def _enrolled(course: Course) -> set[UUID]:
    rows = Enrolment.objects.filter(course_id=course.pk, is_active=True)
    return set(rows.values_list("student_id", flat=True))


def _people(ids: Iterable[UUID]) -> list[User]:
    people = User.objects.filter(pk__in=list(ids)).order_by()
    shown = people.only("full_name", "institution_number", "email", "is_active")
    return sorted(shown, key=lambda p: (p.full_name.casefold(), p.institution_number))


def _line(
    student: User,
    sessions: list[Session],
    recorded: Statuses,
    *,
    is_enrolled: bool,
    limits: RiskLimits,
) -> StudentRow:
    nobody: dict[UUID, str] = {}
    own = [
        rates.StudentSession(s.state, recorded.get(s.pk, nobody).get(student.pk)) for s in sessions
    ]
    tally, streak = rates.tally(own), rates.absence_streak(own)
    return StudentRow(
        student=student,
        is_enrolled=is_enrolled,
        statuses=tuple(_shown(session) for session in own),
        tally=tally,
        absence_streak=streak,
        signs=signs(tally, absence_streak=streak, limits=limits),
    )


def _shown(session: rates.StudentSession) -> str:
    return (session.status or NOTHING) if session.counts else NOTHING


def _columns(sessions: list[Session], recorded: Statuses) -> list[SessionColumn]:
    return [
        SessionColumn(
            session=session,
            day=local_day(session.starts_at, session.time_zone),
            tally=rates.tally(
                rates.StudentSession(session.state, status)
                for status in recorded.get(session.pk, {}).values()
            ),
        )
        for session in sessions
    ]
