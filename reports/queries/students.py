"""The attendance of one student, today and in all. `reports.domain.rates` defines the rates.

Each query filters one collection by ids, which both databases do alike. The rows are put together
here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Role, User
from reports.domain import rates, risk
from reports.domain.counting import ahead
from reports.queries.courses import by_code, courses_by_id, limits_of
from reports.queries.rows import CourseNames, SessionSummary
from reports.queries.sessions import all_sessions_today, standing
from sessions_app.models import (
    Attendance,
    AttendanceStatus,
    Course,
    Enrolment,
    ExcuseKind,
    MarkSource,
    Session,
)
from sessions_app.queries import was_on_course
from verification.domain.check_in import Outcome
from verification.queries import unmarked_check_ins


@dataclass(frozen=True, kw_only=True)
class StudentTotal:
    tally: rates.Tally
    absence_streak: int


@dataclass(frozen=True, kw_only=True)
class StudentCourse:
    """How a student stands in one course."""

    tally: rates.Tally
    absence_streak: int
    course: CourseNames
    required_percent: int
    at_risk: bool
    allowance: rates.Allowance


@dataclass(frozen=True, kw_only=True)
class StudentStatistics:
    user_id: UUID
    role: Role
    courses: list[StudentCourse]
    total: StudentTotal


@dataclass(frozen=True, kw_only=True)
class RecordedSession:
    """One of a student's sessions. ``status`` and ``source`` are None where nothing is recorded.

    ``excuse_kind`` is the name of the excuse's kind, in the reader's language. It is empty where
    no excuse counts, or one without a kind.
    """

    session: SessionSummary
    status: AttendanceStatus | None
    counts: bool
    source: MarkSource | None
    evidence: list[str]
    excuse_kind: str


@dataclass(frozen=True, kw_only=True)
class StudentSessionToday:
    """One of a student's sessions of today.

    ``check_in`` is review or refused where there was a check-in that recorded nothing.
    """

    session: SessionSummary
    status: AttendanceStatus | None
    check_in: Outcome | None
    teacher_name: str


@dataclass(frozen=True, kw_only=True)
class StudentToday:
    user_id: UUID
    role: Role
    sessions: list[StudentSessionToday]
    total: rates.Tally


@dataclass(frozen=True, kw_only=True)
class CountedSession:
    """A session that counts for the student's rate. ``excuse_kind`` is as in `RecordedSession`."""

    session: Session
    course: Course
    status: AttendanceStatus
    excuse_kind: str


@dataclass(frozen=True)
class StudentHistory:
    """A student's sessions, oldest first, with the recorded status of each.

    ``places`` are the student's places on courses that they are on now, by the course's id, and
    ``excuse_kinds`` the names of the kinds of the excuses that count, by the session's id.
    """

    student: User
    places: Mapping[UUID, Enrolment]
    sessions: list[Session]
    statuses: dict[UUID, AttendanceStatus]
    excuse_kinds: dict[UUID, str]
    courses: dict[UUID, Course]
    now: datetime

    def standing_in(self, session: Session) -> rates.StudentSession:
        return standing(session, self.statuses.get(session.pk), now=self.now)

    def of_course(self, course_id: UUID) -> list[rates.StudentSession]:
        return [self.standing_in(s) for s in self.sessions if s.course_id == course_id]

    def of_all(self) -> list[rates.StudentSession]:
        return [self.standing_in(session) for session in self.sessions]

    def counted(self) -> Iterator[CountedSession]:
        """The sessions that count for the student's rate, latest first."""
        for session in reversed(self.sessions):
            if self.standing_in(session).counts:
                yield CountedSession(
                    session=session,
                    course=self.courses[session.course_id],
                    status=self.statuses[session.pk],
                    excuse_kind=self.excuse_kinds.get(session.pk, ""),
                )


def history_of(student: User, *, viewer: User, now: datetime) -> StudentHistory:
    """Read what is recorded of the student, and the sessions of courses they are still on.

    Of these, only sessions count that took place, or will, while the student was on the course.
    """
    course_ids = _course_ids(student, viewer)
    places = _places(student, course_ids)
    recorded = Attendance.objects.filter(student_id=student.pk, course_id__in=list(course_ids))
    found = list(recorded.order_by("pk").values_list("session_id", "status", "excuse_kind_id"))
    statuses = {pk: AttendanceStatus(status) for pk, status, _ in found}
    sessions = Session.objects.filter(course_id__in=list(course_ids)).order_by("starts_at", "pk")
    return StudentHistory(
        student=student,
        places=places,
        sessions=[s for s in sessions if s.pk in statuses or _concerns(s, places)],
        statuses=statuses,
        excuse_kinds=_names_of_kinds({pk: kind for pk, _, kind in found if kind}),
        courses=courses_by_id(course_ids),
        now=now,
    )


def _names_of_kinds(kinds: Mapping[UUID, UUID]) -> dict[UUID, str]:
    """The names of kinds of excuses, by the same keys. Without any it asks nothing."""
    if not kinds:
        return {}
    rows = ExcuseKind.objects.in_bulk(set(kinds.values()))
    return {key: rows[kind].words for key, kind in kinds.items()}


def _course_ids(student: User, viewer: User) -> set[UUID]:
    """Ids of the courses that the student is or was on and that the viewer may see."""
    rows = Enrolment.objects.filter(student_id=student.pk)
    if viewer.role == Role.TEACHER:
        visible = Course.objects.visible_to(viewer).order_by("pk")
        rows = rows.filter(course_id__in=list(visible.values_list("pk", flat=True)))
    return set(rows.values_list("course_id", flat=True))


def _places(student: User, course_ids: set[UUID]) -> dict[UUID, Enrolment]:
    """The student's places on those of the courses that they are on now, by the course's id."""
    rows = Enrolment.objects.filter(student_id=student.pk, is_active=True)
    return {row.course_id: row for row in rows if row.course_id in course_ids}


def _concerns(session: Session, places: Mapping[UUID, Enrolment]) -> bool:
    place = places.get(session.course_id)
    return place is not None and was_on_course(place, session)


def student_overall(student: User, *, viewer: User, now: datetime) -> StudentStatistics:
    """Read how the student stands in each course, and in all."""
    return overall_of(history_of(student, viewer=viewer, now=now))


def overall_of(history: StudentHistory) -> StudentStatistics:
    """Work out how the student stands in each course, and in all."""
    sessions = history.of_all()
    return StudentStatistics(
        user_id=history.student.pk,
        role=Role(history.student.role),
        courses=[
            _standing(course, history) for course in sorted(history.courses.values(), key=by_code)
        ],
        total=StudentTotal(
            tally=rates.tally(sessions), absence_streak=rates.absence_streak(sessions)
        ),
    )


def _standing(course: Course, history: StudentHistory) -> StudentCourse:
    sessions = history.of_course(course.pk)
    stands = risk.standing_of(sessions, limits=limits_of(course))
    return StudentCourse(
        tally=stands.tally,
        absence_streak=stands.absence_streak,
        course=CourseNames.of(course),
        required_percent=course.at_risk_percent,
        at_risk=bool(stands.signs) and course.pk in history.places and history.student.is_active,
        allowance=rates.allowance(
            stands.tally,
            ahead=ahead(sessions),
            required_percent=course.at_risk_percent,
        ),
    )


def student_sessions(
    student: User, *, viewer: User, now: datetime, course_id: UUID | None = None
) -> list[RecordedSession]:
    """Read the student's sessions, latest first, with what is recorded of each, and how."""
    history = history_of(student, viewer=viewer, now=now)
    recorded = Attendance.objects.filter(student_id=student.pk).order_by("pk")
    ways = {pk: way for pk, *way in recorded.values_list("session_id", "source", "evidence")}
    return [
        RecordedSession(
            session=SessionSummary.of(s, history.courses[s.course_id]),
            status=history.statuses.get(s.pk),
            counts=history.standing_in(s).counts,
            source=MarkSource(ways[s.pk][0]) if s.pk in ways else None,
            evidence=ways[s.pk][1] if s.pk in ways else [],
            excuse_kind=history.excuse_kinds.get(s.pk, ""),
        )
        for s in reversed(history.sessions)
        if course_id in (None, s.course_id)
    ]


def student_today(student: User, *, viewer: User, now: datetime) -> StudentToday:
    """Read today's sessions of the student's courses, with what is recorded of each so far."""
    course_ids = _places(student, _course_ids(student, viewer)).keys()
    sessions = all_sessions_today(now=now, course_id__in=list(course_ids))
    statuses = _statuses(student, sessions)
    courses = courses_by_id(course_ids)
    unmarked = unmarked_check_ins(student, [s.pk for s in sessions if s.pk not in statuses])
    return StudentToday(
        user_id=student.pk,
        role=Role(student.role),
        sessions=[
            StudentSessionToday(
                session=SessionSummary.of(s, courses[s.course_id]),
                status=statuses.get(s.pk),
                check_in=Outcome(unmarked[s.pk]) if s.pk in unmarked else None,
                teacher_name=s.teacher.full_name,
            )
            for s in sessions
        ],
        total=rates.tally(standing(s, statuses.get(s.pk), now=now) for s in sessions),
    )


def _statuses(student: User, sessions: list[Session]) -> dict[UUID, AttendanceStatus]:
    """The student's recorded statuses, by session."""
    recorded = Attendance.objects.filter(
        student_id=student.pk, session_id__in=[s.pk for s in sessions]
    )
    rows = recorded.order_by("pk").values_list("session_id", "status")
    return {session_id: AttendanceStatus(status) for session_id, status in rows}
