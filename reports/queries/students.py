"""The attendance of one student, today and in all. `reports.domain.rates` defines the rates.

Each query filters one collection by ids, which both databases do alike. The rows are put together
here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from accounts.models import Role, User
from reports.domain import rates, risk
from reports.domain.counting import Counted, CountedAs, StudentSession, count
from reports.queries.counted import OddRows, odd_rows, rules_of, stands_in
from reports.queries.courses import by_code, courses_by_id, limits_of
from reports.queries.rows import CourseNames, SessionSummary
from reports.queries.sessions import all_sessions_today, is_dead
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    CountBy,
    Course,
    Enrolment,
    Excuse,
    ExcuseKind,
    MarkSource,
    Session,
    SessionState,
)
from sessions_app.queries import clearing, excuses_of, was_on_course
from verification.domain.check_in import Outcome
from verification.queries import unmarked_check_ins


@dataclass(frozen=True, kw_only=True)
class StudentTotal:
    tally: rates.Tally
    absence_streak: int


@dataclass(frozen=True, kw_only=True)
class StudentCourse:
    """How a student stands in one course, and how the course counts."""

    tally: rates.Tally
    absence_streak: int
    course: CourseNames
    count_by: CountBy
    lates_per_absence: int
    required_percent: int
    at_risk: bool
    allowance: rates.Allowance

    @property
    def is_by_hours(self) -> bool:
        return self.count_by == CountBy.HOURS


@dataclass(frozen=True, kw_only=True)
class StudentStatistics:
    user_id: UUID
    role: Role
    courses: list[StudentCourse]
    total: StudentTotal


@dataclass(frozen=True, kw_only=True)
class RecordedSession:
    """One of a student's sessions. ``status`` and ``source`` are None where nothing is recorded.

    ``counted_as`` says what the session counts as, and ``offering`` the one that the session is of.
    ``excused_as`` is the status that an excuse will give in a session to come, unless the student
    comes. ``excuse_kind`` is the name of the excuse's kind, in the reader's language. It is empty
    where no excuse counts or will count, or one without a kind.
    """

    session: SessionSummary
    status: AttendanceStatus | None
    counts: bool
    counted_as: str
    offering: str
    source: MarkSource | None
    evidence: list[str]
    excused_as: AttendanceStatus | None
    excuse_kind: str


@dataclass(frozen=True, kw_only=True)
class StudentSessionToday:
    """One of a student's sessions of today.

    ``check_in`` is review or refused where there was a check-in that recorded nothing.
    ``excused_as`` is as in `RecordedSession`, and ``excuse_kind`` the name of its kind.
    ``teacher_name`` is who takes the session: the substitute where one is named.
    """

    session: SessionSummary
    status: AttendanceStatus | None
    check_in: Outcome | None
    excused_as: AttendanceStatus | None
    excuse_kind: str
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
    is_late_absence: bool


@dataclass(frozen=True, kw_only=True)
class ExcusedSession:
    """A session from which the student is excused, and which is to come or goes on. ``status`` is
    what it will count as, unless the student comes."""

    session: Session
    course: Course
    status: AttendanceStatus
    excuse_kind: str


@dataclass(frozen=True)
class StudentHistory:
    """A student's sessions, oldest first, with the recorded status of each.

    ``places`` are the student's places on courses that they are on now, by the course's id, and
    ``excuse_kinds`` the names of the kinds of the excuses that count, by the session's id.
    ``stands`` says how the student stands in each session that has to do with their figures, by the
    course's id and the session's, and ``counted`` what each of these counts as. ``excuses`` are the
    excuses that will count in sessions to come, by the session's id.
    """

    student: User
    places: Mapping[UUID, Enrolment]
    sessions: list[Session]
    statuses: dict[UUID, AttendanceStatus]
    excuse_kinds: dict[UUID, str]
    courses: dict[UUID, Course]
    stands: dict[UUID, dict[UUID, StudentSession]]
    counted: dict[UUID, Counted]
    excuses: Mapping[UUID, Excuse]

    def kind_of(self, session: Session) -> str:
        """The name of the kind of the excuse that counts in the session, or will."""
        return self.excuse_kinds.get(session.pk) or _kind_ahead(self.excuses.get(session.pk))

    def excused_ahead(self) -> Iterator[ExcusedSession]:
        """The sessions ahead from which the student is excused, the next first."""
        for session in self.sessions:
            stands = self.stands[session.course_id].get(session.pk)
            if status := _excused_ahead(stands, self.excuses.get(session.pk)):
                yield ExcusedSession(
                    session=session,
                    course=self.courses[session.course_id],
                    status=status,
                    excuse_kind=self.kind_of(session),
                )

    def counted_in(self, course_id: UUID) -> list[Counted]:
        return [self.counted[pk] for pk in self.stands[course_id]]

    def counted_in_all(self) -> list[Counted]:
        return [self.counted[session.pk] for session in self.sessions]

    def counted_sessions(self) -> Iterator[CountedSession]:
        """The sessions that count for the student's rate, latest first."""
        for session in reversed(self.sessions):
            if self.counted[session.pk].counts:
                yield CountedSession(
                    session=session,
                    course=self.courses[session.course_id],
                    status=self.statuses[session.pk],
                    excuse_kind=self.kind_of(session),
                    is_late_absence=self.counted[session.pk].counted_as == CountedAs.LATE_ABSENCE,
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
    rows = Session.objects.filter(course_id__in=list(course_ids)).order_by("starts_at", "pk")
    sessions, courses = list(rows), courses_by_id(course_ids)
    excuses = _excuses_ahead(student, [s for s in sessions if _awaits_excuse(s, statuses)])
    stands = _stands(sessions, statuses, places, courses, excuses, now)
    counted = {
        pk: one
        for course_id, own in stands.items()
        for pk, one in zip(
            own, count(list(own.values()), rules_of(courses[course_id])), strict=True
        )
    }
    on_now = {pk: place for pk, place in places.items() if place.is_active}
    return StudentHistory(
        student=student,
        places=on_now,
        sessions=[s for s in sessions if s.pk in statuses or _concerns(s, on_now)],
        statuses=statuses,
        excuse_kinds=_names_of_kinds({pk: kind for pk, _, kind in found if kind}),
        courses=courses,
        stands=stands,
        counted=counted,
        excuses=_that_will_count(
            excuses, {pk: s for own in stands.values() for pk, s in own.items()}
        ),
    )


def _stands(
    sessions: list[Session],
    statuses: Mapping[UUID, str],
    places: Mapping[UUID, Enrolment],
    courses: Mapping[UUID, Course],
    excuses: Mapping[UUID, Excuse],
    now: datetime,
) -> dict[UUID, dict[UUID, StudentSession]]:
    found: dict[UUID, dict[UUID, StudentSession]] = {pk: {} for pk in courses}
    for session in sessions:
        is_over = _is_over(session, now)
        place = places.get(session.course_id)
        stands = stands_in(session, statuses.get(session.pk), place, is_over=is_over)
        if stands is None:
            continue
        if session.pk in excuses:
            stands = replace(stands, excused_as=excuses[session.pk].status)
        found[session.course_id][session.pk] = stands
    return found


def _is_over(session: Session, now: datetime) -> bool:
    return session.is_forgotten(now) or is_dead(session, now)


def _excused_ahead(stands: StudentSession | None, excuse: Excuse | None) -> AttendanceStatus | None:
    """What a session that is to come or goes on will count as, unless the student comes: by a mark
    of excused that somebody made ahead, or by an excuse. None where they are not excused."""
    if stands is None or not stands.is_awaited:
        return None
    if stands.status is None:
        return _status_ahead(excuse)
    return AttendanceStatus.EXCUSED if stands.status == AttendanceStatus.EXCUSED else None


def _that_will_count(
    excuses: Mapping[UUID, Excuse], stands: Mapping[UUID, StudentSession | None]
) -> dict[UUID, Excuse]:
    """Those of the excuses by which the student is excused ahead, by session."""
    return {pk: one for pk, one in excuses.items() if _excused_ahead(stands.get(pk), one)}


def _status_ahead(excuse: Excuse | None) -> AttendanceStatus | None:
    return AttendanceStatus(excuse.status) if excuse else None


def _kind_ahead(excuse: Excuse | None) -> str:
    return excuse.kind.words if excuse and excuse.kind else ""


def _awaits_excuse(session: Session, statuses: Mapping[UUID, str]) -> bool:
    """Whether an excuse will say what the session counts as when it is closed, unless the student
    comes."""
    is_not_closed = session.state in (SessionState.PLANNED, SessionState.OPEN)
    return is_not_closed and session.pk not in statuses


def _excuses_ahead(student: User, sessions: list[Session]) -> dict[UUID, Excuse]:
    """The student's excuses that will count in these sessions, by session. A mark that somebody
    cleared counts more than an excuse."""
    excuses = excuses_of(student.pk, sessions)
    if not excuses:
        return {}
    marks = AttendanceMark.objects.filter(student_id=student.pk, session_id__in=list(excuses))
    cleared = set(clearing(marks).order_by().values_list("session_id", flat=True))
    return {pk: excuse for pk, excuse in excuses.items() if pk not in cleared}


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
    """The student's places on those of the courses that they are or were on, by course."""
    rows = Enrolment.objects.filter(student_id=student.pk)
    return {row.course_id: row for row in rows if row.course_id in course_ids}


def _concerns(session: Session, places: Mapping[UUID, Enrolment]) -> bool:
    place = places.get(session.course_id)
    return place is not None and was_on_course(place, session)


def student_overall(student: User, *, viewer: User, now: datetime) -> StudentStatistics:
    """Read how the student stands in each course, and in all."""
    return overall_of(history_of(student, viewer=viewer, now=now))


def overall_of(history: StudentHistory) -> StudentStatistics:
    """Work out how the student stands in each course, and in all."""
    counted = history.counted_in_all()
    return StudentStatistics(
        user_id=history.student.pk,
        role=Role(history.student.role),
        courses=[
            _standing(course, history) for course in sorted(history.courses.values(), key=by_code)
        ],
        total=StudentTotal(
            tally=rates.tally_counted(counted), absence_streak=rates.streak_counted(counted)
        ),
    )


def _standing(course: Course, history: StudentHistory) -> StudentCourse:
    stands = risk.standing_counted(history.counted_in(course.pk), limits=limits_of(course))
    return StudentCourse(
        tally=stands.tally,
        absence_streak=stands.absence_streak,
        course=CourseNames.of(course),
        count_by=CountBy(course.count_by),
        lates_per_absence=course.lates_per_absence,
        required_percent=course.at_risk_percent,
        at_risk=bool(stands.signs) and course.pk in history.places and history.student.is_active,
        allowance=rates.allowance_of(
            list(history.stands[course.pk].values()),
            rules_of(course),
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
            counts=history.counted[s.pk].counts,
            counted_as=history.counted[s.pk].counted_as.value,
            offering=s.offering,
            source=MarkSource(ways[s.pk][0]) if s.pk in ways else None,
            evidence=ways[s.pk][1] if s.pk in ways else [],
            excused_as=_status_ahead(history.excuses.get(s.pk)),
            excuse_kind=history.kind_of(s),
        )
        for s in reversed(history.sessions)
        if course_id in (None, s.course_id)
    ]


def student_today(student: User, *, viewer: User, now: datetime) -> StudentToday:
    """Read today's sessions of the student's courses, with what is recorded of each so far."""
    places = _places(student, _course_ids(student, viewer))
    course_ids = {pk for pk, place in places.items() if place.is_active}
    sessions = all_sessions_today(now=now, course_id__in=list(course_ids))
    statuses = _statuses(student, sessions)
    courses = courses_by_id(course_ids)
    unmarked = unmarked_check_ins(student, [s.pk for s in sessions if s.pk not in statuses])
    stands = {
        s.pk: stands_in(s, statuses.get(s.pk), places[s.course_id], is_over=_is_over(s, now))
        for s in sessions
    }
    excuses = _excuses_ahead(student, [s for s in sessions if _awaits_excuse(s, statuses)])
    excuses = _that_will_count(excuses, stands)
    return StudentToday(
        user_id=student.pk,
        role=Role(student.role),
        sessions=[
            StudentSessionToday(
                session=SessionSummary.of(s, courses[s.course_id]),
                status=statuses.get(s.pk),
                check_in=Outcome(unmarked[s.pk]) if s.pk in unmarked else None,
                excused_as=_status_ahead(excuses.get(s.pk)),
                excuse_kind=_kind_ahead(excuses.get(s.pk)),
                teacher_name=(s.substitute or s.teacher).full_name,
            )
            for s in sessions
        ],
        total=_total_of(student, sessions),
    )


def _total_of(student: User, sessions: list[Session]) -> rates.Tally:
    """The student's tally of these sessions."""
    odd = odd_rows({s.course_id for s in sessions}, student_id=student.pk)
    rows = Attendance.objects.filter(student_id=student.pk, session_id__in=[s.pk for s in sessions])
    by_id = {session.pk: session for session in sessions}
    found = rows.order_by("pk").values_list("pk", "session_id", "status")
    counted = [_counted(odd, pk, by_id[session_id], status) for pk, session_id, status in found]
    return rates.tally_counted(counted)


def _counted(odd: OddRows, pk: UUID, session: Session, status: str) -> Counted:
    """What a row counts as, which for most follows from their status alone."""
    if pk in odd.rows:
        return odd.rows[pk].counted
    weight_s = session.weight_s if session.course_id in odd.by_hours else None
    is_closed = session.state == SessionState.CLOSED
    counted_as = CountedAs.STATUS if is_closed else CountedAs.NOTHING
    return Counted(counted_as, status, weight_s)


def _statuses(student: User, sessions: list[Session]) -> dict[UUID, AttendanceStatus]:
    """The student's recorded statuses, by session."""
    recorded = Attendance.objects.filter(
        student_id=student.pk, session_id__in=[s.pk for s in sessions]
    )
    rows = recorded.order_by("pk").values_list("session_id", "status")
    return {session_id: AttendanceStatus(status) for session_id, status in rows}
