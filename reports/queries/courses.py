"""Courses, and how the students of each stand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from reports.domain import rates
from reports.domain.risk import RiskLimits, standing_of
from sessions_app.models import Attendance, Course, Enrolment, Session


@dataclass(frozen=True, kw_only=True)
class CourseStanding:
    """How a course stands. ``at_risk`` is the number of its students who are at risk, ``open_now``
    that of its open sessions, and ``forgotten`` that of those that are over and never opened."""

    course: Course
    tally: rates.Tally
    at_risk: int
    open_now: int
    forgotten: int


def courses_by_id(ids: Iterable[UUID]) -> dict[UUID, Course]:
    """Read the courses with their subjects and class groups, in one query."""
    courses = Course.objects.filter(pk__in=list(ids)).select_related("subject", "class_group")
    return {course.pk: course for course in courses.order_by("pk")}


def by_code(course: Course) -> tuple[str, str, str]:
    """The key by which lists of courses are sorted."""
    return course.subject.code, course.class_group.code, str(course.pk)


def limits_of(course: Course) -> RiskLimits:
    """The course's own limits, which every sentence, figure and mail about it uses."""
    return RiskLimits(percent=course.at_risk_percent, absences=course.at_risk_absences)


def standings(courses: Sequence[Course], *, now: datetime) -> list[CourseStanding]:
    """Return how each course stands, in the order given. It takes four queries, however many."""
    ids = [course.pk for course in courses]
    sessions = _by_course(Session.objects.filter(course_id__in=ids).order_by("starts_at", "pk"))
    recorded = _recorded(ids)
    at_present = _at_present(ids)
    return [
        _standing(course, sessions[course.pk], recorded[course.pk], at_present[course.pk], now)
        for course in courses
    ]


def _by_course(rows: Iterable[Session]) -> dict[UUID, list[Session]]:
    found: dict[UUID, list[Session]] = defaultdict(list)
    for session in rows:
        found[session.course_id].append(session)
    return found


def _recorded(ids: list[UUID]) -> dict[UUID, dict[UUID, dict[UUID, str]]]:
    """The recorded statuses, by course, student and session."""
    rows = Attendance.objects.filter(course_id__in=ids).order_by()
    found: dict[UUID, dict[UUID, dict[UUID, str]]] = defaultdict(lambda: defaultdict(dict))
    for course_id, student_id, session_id, status in rows.values_list(
        "course_id", "student_id", "session_id", "status"
    ):
        found[course_id][student_id][session_id] = status
    return found


def _at_present(ids: list[UUID]) -> dict[UUID, set[UUID]]:
    """Who is on each course now, with an account that is switched on."""
    places = Enrolment.objects.filter(course_id__in=ids, is_active=True)
    pairs = list(places.order_by().values_list("course_id", "student_id"))
    active = User.objects.filter(pk__in=list({pk for _, pk in pairs}), is_active=True)
    ids_active = set(active.values_list("pk", flat=True))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for course_id, student_id in pairs:
        if student_id in ids_active:
            found[course_id].add(student_id)
    return found


def _standing(
    course: Course,
    sessions: list[Session],
    recorded: dict[UUID, dict[UUID, str]],
    at_present: set[UUID],
    now: datetime,
) -> CourseStanding:
    limits = limits_of(course)
    stands = {
        student_id: standing_of(
            [rates.StudentSession(s.state, statuses.get(s.pk)) for s in sessions], limits=limits
        )
        for student_id, statuses in recorded.items()
    }
    return CourseStanding(
        course=course,
        tally=sum((each.tally for each in stands.values()), rates.Tally()),
        at_risk=sum(bool(each.signs) for pk, each in stands.items() if pk in at_present),
        open_now=sum(session.is_open for session in sessions),
        forgotten=sum(session.is_forgotten(now) for session in sessions),
    )
