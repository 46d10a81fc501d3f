"""The attendance at the sessions that one teacher takes, today and in all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Role, User
from reports.domain import rates
from reports.queries.courses import by_code, courses_by_id
from reports.queries.rows import CourseNames, SessionSummary
from reports.queries.sessions import all_sessions_today, tallies_by_session
from sessions_app.models import Course, Session, SessionState


@dataclass(frozen=True, kw_only=True)
class TeacherTotal:
    """How many sessions a teacher has, how many are closed, and how many students attended."""

    tally: rates.Tally
    sessions: int
    sessions_closed: int


@dataclass(frozen=True, kw_only=True)
class TeacherCourse:
    taught: TeacherTotal
    course: CourseNames


@dataclass(frozen=True, kw_only=True)
class TeacherStatistics:
    user_id: UUID
    role: Role
    courses: list[TeacherCourse]
    total: TeacherTotal


@dataclass(frozen=True, kw_only=True)
class TeacherSessionToday:
    tally: rates.Tally
    session: SessionSummary


@dataclass(frozen=True, kw_only=True)
class TeacherToday:
    user_id: UUID
    role: Role
    sessions: list[TeacherSessionToday]
    total: rates.Tally


def teacher_overall(teacher: User) -> TeacherStatistics:
    """Read how the sessions of each of the teacher's courses were attended, and of all."""
    courses = courses_by_id(_course_ids(teacher))
    sessions = list(Session.objects.filter(course_id__in=list(courses)).order_by("pk"))
    by_session = tallies_by_session(sessions)
    return TeacherStatistics(
        user_id=teacher.pk,
        role=Role(teacher.role),
        courses=[
            TeacherCourse(
                course=CourseNames.of(course),
                taught=_taught([s for s in sessions if s.course_id == course.pk], by_session),
            )
            for course in sorted(courses.values(), key=by_code)
        ],
        total=_taught(sessions, by_session),
    )


def _taught(sessions: list[Session], by_session: dict[UUID, rates.Tally]) -> TeacherTotal:
    return TeacherTotal(
        tally=sum((by_session[s.pk] for s in sessions), rates.Tally()),
        sessions=len(sessions),
        sessions_closed=sum(s.state == SessionState.CLOSED for s in sessions),
    )


def teacher_today(teacher: User, *, now: datetime) -> TeacherToday:
    """Read the sessions that the teacher takes today, with the counts of each register."""
    sessions = all_sessions_today(now=now, course_id__in=_course_ids(teacher))
    courses = courses_by_id({s.course_id for s in sessions})
    by_session = tallies_by_session(sessions)
    return TeacherToday(
        user_id=teacher.pk,
        role=Role(teacher.role),
        sessions=[
            TeacherSessionToday(
                tally=by_session[s.pk], session=SessionSummary.of(s, courses[s.course_id])
            )
            for s in sessions
        ],
        total=sum(by_session.values(), rates.Tally()),
    )


def _course_ids(teacher: User) -> list[UUID]:
    own = Course.objects.taught_by(teacher).order_by("pk")
    return list(own.values_list("pk", flat=True))
