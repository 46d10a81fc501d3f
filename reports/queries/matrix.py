"""A course as a table with a line for each student and a column for each session.

It takes five queries, however large the course is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.models import User
from attendance_project.alphabet import folded
from attendance_project.weeks import week_of
from reports.domain import rates
from reports.domain.counting import Counted, CountedAs
from reports.domain.risk import RiskLimits, RiskSign, standing_counted
from reports.queries.counted import counted_of, rules_of
from reports.queries.courses import limits_of
from reports.queries.sessions import local_day
from sessions_app.domain.attendance import ATTENDED
from sessions_app.models import (
    OF_NO_EFFECT,
    Attendance,
    CountBy,
    Course,
    Enrolment,
    Session,
    SessionState,
)

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
    """How a student stands in the course.

    ``counted`` says for each column what the session counts as, or None where it does not concern
    the student. ``statuses`` has for each column what is shown: a status, or `NOTHING`, or
    ``late_absence`` for a late that counts as an absence, or ``elsewhere`` where another session of
    the same offering counts in its place.

    ``tally`` and ``absence_streak`` are of the columns. ``signs`` are always of the whole course,
    also where the matrix has the sessions of some days alone: otherwise a report of one week would
    name other students than the lists and the mails.
    """

    student: User
    is_enrolled: bool
    statuses: tuple[str, ...]
    counted: tuple[Counted | None, ...]
    tally: rates.Tally
    absence_streak: int
    signs: tuple[RiskSign, ...]

    @property
    def is_at_risk(self) -> bool:
        """Whether the student shows a sign, is still on the course, and has an active account."""
        return bool(self.signs) and self.is_enrolled and self.student.is_active


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The lines and columns. ``is_of_days`` says that it was asked for some days alone."""

    course: Course
    limits: RiskLimits
    columns: list[SessionColumn]
    lines: list[StudentRow]
    is_of_days: bool

    @property
    def is_by_hours(self) -> bool:
        return self.course.count_by == CountBy.HOURS

    @property
    def has_offerings(self) -> bool:
        return any(column.session.offering for column in self.columns)

    @property
    def finished(self) -> list[SessionColumn]:
        """The columns of closed sessions. The others count nowhere yet."""
        return [column for column in self.columns if column.tally.is_final]

    @property
    def by_week(self) -> dict[str, rates.Tally]:
        """The sums of the columns of each week, oldest first. Weeks are named as in 2026-W10."""
        found: dict[str, rates.Tally] = defaultdict(rates.Tally)
        for column in self.finished:
            found[week_of(date.fromisoformat(column.day))] += column.tally
        return {week: tally for week, tally in sorted(found.items()) if tally != rates.Tally()}

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
    recorded = _recorded(course)
    sessions = _sessions(course)
    shown = [s for s in sessions if _is_shown(s, first_day or "", last_day or "9999")]
    places = _places(course)
    limits = limits_of(course)
    of_these = {session.pk for session in shown}
    marked = {pk for pk, statuses in recorded.items() if of_these & statuses.keys()}
    people = _people(marked | {pk for pk, place in places.items() if place.is_active})
    rules = rules_of(course)
    lines = [
        _line(
            person,
            shown,
            recorded.get(person.pk, {}),
            counted_of(sessions, recorded.get(person.pk, {}), places.get(person.pk), rules),
            is_enrolled=person.pk in places and places[person.pk].is_active,
            limits=limits,
        )
        for person in people
    ]
    lines = [line for line in lines if line.is_enrolled or any(line.statuses)]
    return Matrix(
        course=course,
        limits=limits,
        columns=_columns(shown, lines, recorded),
        lines=lines,
        is_of_days=bool(first_day or last_day),
    )


def _recorded(course: Course) -> Statuses:
    """The recorded statuses, by student and then by session.

    They are those of the whole course, since what a session counts as may follow from others.
    """
    rows = Attendance.objects.filter(course_id=course.pk)
    found: Statuses = defaultdict(dict)
    for student_id, session_id, status in rows.order_by().values_list(
        "student_id", "session_id", "status"
    ):
        found[student_id][session_id] = status
    return found


def _sessions(course: Course) -> list[Session]:
    """All sessions that may count, oldest first."""
    rows = Session.objects.filter(course_id=course.pk).exclude(state__in=OF_NO_EFFECT)
    return list(rows.order_by("starts_at", "pk"))


def _is_shown(session: Session, first_day: str, last_day: str) -> bool:
    """Whether the session was opened, and took place on these days."""
    was_opened = session.state in (SessionState.OPEN, SessionState.CLOSED)
    return was_opened and first_day <= local_day(session.starts_at, session.time_zone) <= last_day


def _places(course: Course) -> dict[UUID, Enrolment]:
    """The places of all who are or were on the course, by student."""
    rows = Enrolment.objects.filter(course_id=course.pk).order_by()
    return {row.student_id: row for row in rows}


def _people(ids: Iterable[UUID]) -> list[User]:
    people = User.objects.filter(pk__in=list(ids)).order_by()
    shown = people.only("full_name", "institution_number", "email", "is_active")
    return sorted(shown, key=lambda p: (folded(p.full_name), p.institution_number))


def _line(
    student: User,
    sessions: list[Session],
    statuses: dict[UUID, str],
    counted: dict[UUID, Counted],
    *,
    is_enrolled: bool,
    limits: RiskLimits,
) -> StudentRow:
    own = tuple(counted.get(session.pk) for session in sessions)
    shown = [one for one in own if one is not None]
    return StudentRow(
        student=student,
        is_enrolled=is_enrolled,
        statuses=tuple(
            _shown(statuses.get(session.pk), one)
            for session, one in zip(sessions, own, strict=True)
        ),
        counted=own,
        tally=rates.tally_counted(shown),
        absence_streak=rates.streak_counted(shown),
        signs=standing_counted(counted.values(), limits=limits).signs,
    )


def _shown(status: str | None, counted: Counted | None) -> str:
    """What stands in the cell of a session."""
    if status is None or counted is None:
        return NOTHING
    if counted.counted_as == CountedAs.LATE_ABSENCE:
        return CountedAs.LATE_ABSENCE
    if status in ATTENDED or counted.counts:
        return status
    if counted.counted_as == CountedAs.ELSEWHERE:
        return CountedAs.ELSEWHERE
    # The student may yet come, to this session or to another of its offering.
    return NOTHING if status == "absent" else status


def _columns(
    sessions: list[Session], lines: list[StudentRow], recorded: Statuses
) -> list[SessionColumn]:
    return [
        SessionColumn(
            session=session,
            day=local_day(session.starts_at, session.time_zone),
            tally=_tally(session, [line.counted[place] for line in lines], recorded),
        )
        for place, session in enumerate(sessions)
    ]


def _tally(session: Session, counted: list[Counted | None], recorded: Statuses) -> rates.Tally:
    if not session.is_open:
        return rates.tally_counted(one for one in counted if one is not None)
    so_far = [statuses[session.pk] for statuses in recorded.values() if session.pk in statuses]
    return rates.of_one_session(session.state, so_far)
