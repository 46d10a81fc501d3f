"""Courses, and how the students of each stand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from reports.domain import rates
from reports.domain.risk import RiskLimits, standing_counted
from reports.queries.counted import counted_of, rules_of
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
    places = _places(ids)
    active = _active({student_id for by_student in places.values() for student_id in by_student})
    return [
        _standing(course, sessions[course.pk], recorded[course.pk], places[course.pk], active, now)
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


def _places(ids: list[UUID]) -> dict[UUID, dict[UUID, Enrolment]]:
    """The places of those who are or were on each course, by course and student."""
    found: dict[UUID, dict[UUID, Enrolment]] = defaultdict(dict)
    for place in Enrolment.objects.filter(course_id__in=ids).order_by():
        found[place.course_id][place.student_id] = place
    return found


def _active(ids: set[UUID]) -> set[UUID]:
    """Those of the people whose accounts are switched on."""
    people = User.objects.filter(pk__in=list(ids), is_active=True)
    return set(people.order_by().values_list("pk", flat=True))


def _standing(
    course: Course,
    sessions: list[Session],
    recorded: dict[UUID, dict[UUID, str]],
    places: dict[UUID, Enrolment],
    active: set[UUID],
    now: datetime,
) -> CourseStanding:
    limits, rules = limits_of(course), rules_of(course)
    stands = {
        student_id: standing_counted(
            counted_of(sessions, statuses, places.get(student_id), rules).values(), limits=limits
        )
        for student_id, statuses in recorded.items()
    }
    at_present = {pk for pk, place in places.items() if place.is_active and pk in active}
    return CourseStanding(
        course=course,
        tally=sum((each.tally for each in stands.values()), rates.Tally()),
        at_risk=sum(bool(each.signs) for pk, each in stands.items() if pk in at_present),
        open_now=sum(session.is_open for session in sessions),
        forgotten=sum(session.is_forgotten(now) for session in sessions),
    )
