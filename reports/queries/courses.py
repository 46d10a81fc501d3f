"""Courses, and how the students of each stand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from reports.domain import rates
from reports.domain.risk import RiskLimits, signs
from reports.queries.periods import counting
from sessions_app.models import Attendance, Course


@dataclass(frozen=True, kw_only=True)
class CourseStanding:
    """How a course stands. ``below_limit`` is the number of students whose rate lies below the
    course's limit."""

    course: Course
    tally: rates.Tally
    below_limit: int


def courses_by_id(ids: Iterable[UUID]) -> dict[UUID, Course]:
    """Read the courses with their subjects and class groups, in one query."""
    courses = Course.objects.filter(pk__in=list(ids)).select_related("subject", "class_group")
    return {course.pk: course for course in courses.order_by("pk")}


def by_code(course: Course) -> tuple[str, str, str]:
    """The key by which lists of courses are sorted."""
    return course.subject.code, course.class_group.code, str(course.pk)


def standings(courses: Sequence[Course], *, now: datetime) -> list[CourseStanding]:
    """Return how each course stands, in the order given. It takes two queries, however many."""
    rows = counting(Attendance.objects.filter(course_id__in=[c.pk for c in courses]), now=now)
    grouped = rows.order_by().values_list("course_id", "student_id", "status")
    counts: dict[UUID, dict[UUID, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for course_id, student_id, status, n in grouped.annotate(n=Count("pk")):
        counts[course_id][student_id][status] = n
    return [_standing(course, counts[course.pk]) for course in courses]


def _standing(course: Course, counts: dict[UUID, dict[str, int]]) -> CourseStanding:
    limits = RiskLimits(percent=course.at_risk_percent, absences=0)
    tallies = [rates.Tally(**by_status) for by_status in counts.values()]
    low = sum(bool(signs(tally, absence_streak=0, limits=limits)) for tally in tallies)
    return CourseStanding(course=course, tally=sum(tallies, rates.Tally()), below_limit=low)
