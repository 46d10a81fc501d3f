"""A course as a table with a line for each student and a column for each session.

It takes five queries, however large the course is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from reports.domain import rates
from reports.domain.risk import RiskLimits, RiskSign, standing_of
from reports.queries.courses import limits_of
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
        """Whether the student shows a sign, is still on the course, and has an active account."""
        return bool(self.signs) and self.is_enrolled and self.student.is_active


@dataclass(frozen=True, kw_only=True)
class Matrix:
    course: Course
    limits: RiskLimits
    columns: list[SessionColumn]
    lines: list[StudentRow]

    @property
    def finished(self) -> list[SessionColumn]:
        """The columns of closed sessions. The others count nowhere yet."""
        return [column for column in self.columns if column.tally.is_final]

    @property
    def total(self) -> rates.Tally:
        return sum((line.tally for line in self.lines), rates.Tally())

    @property
    def at_risk(self) -> list[StudentRow]:
        """The lines of students who are at risk, worst rate first."""
        found = [line for line in self.lines if line.is_at_risk]
        return sorted(found, key=lambda line: line.tally.rate_percent or 0)


Statuses = dict[UUID, dict[UUID, str]]


def matrix_of(
    course: Course, *, first_day: str | None = None, last_day: str | None = None
) -> Matrix:
    """Make the matrix of the sessions that took place between two local days, both included.

    Sessions that are open now have a column too, which counts nowhere until they are closed.

    It has a line for every student who is on the course or of whom something is recorded in these
    sessions. Students are sorted by name.
    """
    recorded = _recorded(course, first_day, last_day)
    sessions = _sessions(course, first_day, last_day)
    enrolled = _enrolled(course)
    limits = limits_of(course)
    shown = {session.pk for session in sessions}
    marked = {pk for key, by_student in recorded.items() if key in shown for pk in by_student}
    people = _people(enrolled | marked)
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


def _sessions(course: Course, first_day: str | None, last_day: str | None) -> list[Session]:
    """Open and closed sessions, oldest first."""
    states = [SessionState.OPEN, SessionState.CLOSED]
    rows = Session.objects.filter(course_id=course.pk, state__in=states)
    first, last = first_day or "", last_day or "9999"
    return [
        session
        for session in rows.order_by("starts_at", "pk")
        if first <= local_day(session.starts_at, session.time_zone) <= last
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
    stands = standing_of(own, limits=limits)
    return StudentRow(
        student=student,
        is_enrolled=is_enrolled,
        statuses=tuple(_shown(session) for session in own),
        tally=stands.tally,
        absence_streak=stands.absence_streak,
        signs=stands.signs,
    )


def _shown(session: rates.StudentSession) -> str:
    """The status, but no absence from a session that is still open: the student may yet come."""
    is_absence_yet = session.status == "absent" and not session.counts
    return NOTHING if is_absence_yet else session.status or NOTHING


def _columns(sessions: list[Session], recorded: Statuses) -> list[SessionColumn]:
    return [
        SessionColumn(
            session=session,
            day=local_day(session.starts_at, session.time_zone),
            tally=rates.of_one_session(session.state, recorded.get(session.pk, {}).values()),
        )
        for session in sessions
    ]
