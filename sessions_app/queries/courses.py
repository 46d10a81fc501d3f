"""What a course's pages show."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User, UserQuerySet
from attendance_project import clock
from attendance_project.alphabet import folded
from sessions_app.hooks import ToDo
from sessions_app.models import Course, CourseQuerySet, Enrolment, Excuse, Session, SessionState
from sessions_app.queries.excuses import excuses_on

_OVER = (SessionState.CLOSED, SessionState.ANNULLED)


@dataclass(frozen=True)
class CourseStudent:
    student: User
    excuses: list[Excuse]
    """The excuses that stand, latest days first."""


def with_sizes(courses: Iterable[Course]) -> list[tuple[Course, int]]:
    """Each course with the number of its students, in two queries."""
    rows = list(courses)
    enrolments = Enrolment.objects.filter(course_id__in=[c.pk for c in rows], is_active=True)
    sizes = Counter(enrolments.values_list("course_id", flat=True))
    return [(course, sizes[course.pk]) for course in rows]


def coming_sessions(course: Course, now: datetime) -> list[Session]:
    """The sessions of the course that are open now or still to come, soonest first."""
    rows = Session.objects.filter(course_id=course.pk).select_related("substitute")
    still = Q(state__in=(SessionState.PLANNED, SessionState.CANCELLED), ends_at__gt=now)
    return list(rows.filter(still | Q(state=SessionState.OPEN)).order_by("starts_at", "pk"))


def past_sessions(course: Course, now: datetime) -> QuerySet[Session]:
    """The sessions of the course that are over, the latest first, but for the forgotten ones."""
    rows = Session.objects.filter(course_id=course.pk).select_related("substitute")
    over = Q(state__in=_OVER) | Q(state=SessionState.CANCELLED, ends_at__lte=now)
    return rows.filter(over).order_by("-starts_at", "pk")


def forgotten_sessions(rows: QuerySet[Session], *, now: datetime) -> QuerySet[Session]:
    """Those of the sessions that are over and were never opened, the latest first.

    Nobody knows whether they were held, so they count nowhere until somebody says.
    """
    over = rows.filter(state=SessionState.PLANNED, ends_at__lte=now)
    return over.order_by("-starts_at", "pk")


def sessions_to_explain(user: User) -> list[ToDo]:
    """Count the forgotten sessions that the user runs, for the first page."""
    count = forgotten_sessions(Session.objects.run_by(user), now=clock.now()).count()
    words = ngettext(
        "session: not held or not recorded?", "sessions: not held or not recorded?", count
    )
    return [{"count": count, "words": words, "url": reverse("sessions-forgotten")}]


def students_of(course: Course) -> list[CourseStudent]:
    """Everyone who is on the course now, by name, in two queries."""
    enrolments = Enrolment.objects.filter(course_id=course.pk, is_active=True)
    people = [e.student for e in enrolments.select_related("student")]
    excuses: dict[object, list[Excuse]] = {person.pk: [] for person in people}
    given = excuses_on(course).filter(revoked_at=None, student_id__in=list(excuses))
    for excuse in given.select_related("kind"):
        excuses[excuse.student_id].append(excuse)
    rows = [CourseStudent(person, excuses[person.pk]) for person in people]
    return sorted(rows, key=lambda row: (folded(row.student.full_name), str(row.student.pk)))


def courses_to_move_to(course: Course, among: CourseQuerySet) -> CourseQuerySet:
    """The other courses among these to which a student of the course may be moved."""
    rows = among.filter(is_active=True).exclude(pk=course.pk)
    return rows.select_related("subject", "class_group").order_by(
        "subject__code", "class_group__code", "pk"
    )


def ever_on(course: Course) -> UserQuerySet:
    """Students who are or were on the course."""
    ids = Enrolment.objects.filter(course_id=course.pk).values_list("student_id", flat=True)
    return User.objects.filter(pk__in=list(ids))
