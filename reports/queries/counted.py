"""What sessions count as: marks, places on a course and the rules of the course, put together.

`reports.domain.counting` has the definition. Here it is given its facts: for one student of a
course or, for sums, for all rows of some courses that count otherwise than as their status says.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from reports.domain.counting import (
    PLAIN,
    Counted,
    CountedAs,
    CourseRules,
    StudentSession,
    count,
)
from sessions_app.models import (
    Attendance,
    AttendanceStatus,
    CountBy,
    Course,
    Enrolment,
    Session,
    SessionState,
)
from sessions_app.queries import had_left, was_on_course


def rules_of(course: Course) -> CourseRules:
    return CourseRules(
        lates_per_absence=course.lates_per_absence, by_hours=course.count_by == CountBy.HOURS
    )


def stands_in(
    session: Session, status: str | None, place: Enrolment | None, *, is_over: bool = False
) -> StudentSession | None:
    """How a student stands in a session, or None where it does not concern them.

    What is recorded always concerns them. ``place`` is their place on the course, if they ever had
    one.
    """
    is_after = False
    if status is None:
        if place is None:
            return None
        was_on = was_on_course(place, session)
        if not (was_on and (place.is_active or session.state == SessionState.CLOSED)):
            is_after = bool(session.offering) and (was_on or had_left(place, session))
            if not is_after:
                return None
    return StudentSession(
        session.state,
        status,
        is_over,
        weight_s=session.weight_s,
        offering=session.offering,
        had_left=is_after,
    )


def counted_of(
    sessions: Iterable[Session],
    statuses: Mapping[UUID, str],
    place: Enrolment | None,
    rules: CourseRules,
) -> dict[UUID, Counted]:
    """What each session of a course that counts in any way counts as for one student.

    ``sessions`` are those of the course, oldest first, and ``statuses`` the student's recorded
    statuses by session. Sessions without a status are asked about only where they are of an
    offering, since nothing else follows from them.
    """
    stands = {
        session.pk: stands_in(session, statuses.get(session.pk), place)
        for session in sessions
        if session.offering or session.pk in statuses
    }
    concerned = {pk: one for pk, one in stands.items() if one is not None}
    return dict(zip(concerned, count(list(concerned.values()), rules), strict=True))


# --- sums over many rows --------------------------------------------------------------


@dataclass(frozen=True)
class OddRow:
    """A row of the register that does not simply count as its status."""

    session_id: UUID
    counted: Counted


@dataclass(frozen=True)
class OddRows:
    """The rows of some courses that do not simply count as their status says.

    ``rows`` has every row of a session that is of an offering, and every late that counts as an
    absence, by the row's id. ``offered`` are the ids of the sessions that are of an offering.
    ``by_hours`` are the ids of the courses that count by hours, and ``with_lates`` of those in
    which lates count as absences.
    """

    rows: Mapping[UUID, OddRow] = field(default_factory=dict)
    offered: frozenset[UUID] = frozenset()
    by_hours: frozenset[UUID] = frozenset()
    with_lates: frozenset[UUID] = frozenset()

    @property
    def left_out(self) -> list[UUID]:
        """Ids of the rows that count nowhere, or not yet, though their sessions may be closed."""
        return [pk for pk, row in self.rows.items() if not row.counted.counts]

    def in_offered(self) -> Iterable[OddRow]:
        return (row for row in self.rows.values() if row.session_id in self.offered)

    def late_absences(self) -> Iterable[OddRow]:
        """The lates that count as absences, in sessions that are of no offering."""
        return (row for row in self.rows.values() if row.session_id not in self.offered)


def odd_rows_among(rows: QuerySet[Attendance]) -> OddRows:
    """The odd rows of all courses from which these rows are."""
    ids = rows.order_by().values_list("course_id", flat=True).distinct()
    return odd_rows(list(ids))


def odd_rows(course_ids: Collection[UUID], *, student_id: UUID | None = None) -> OddRows:
    """The odd rows of these courses, maybe of one student alone.

    It takes two queries, and three more where a course has such rules or offerings.
    """
    rules = _rules(course_ids)
    offered = _offered(course_ids)
    with_lates = {pk for pk, rule in rules.items() if rule.lates_per_absence}
    found = OddRows(
        offered=frozenset(offered),
        by_hours=frozenset(pk for pk, rule in rules.items() if rule.by_hours),
        with_lates=frozenset(with_lates),
    )
    concerned = with_lates | set(offered.values())
    if not concerned:
        return found
    whose = {"student_id": student_id} if student_id else {}
    register = _register(concerned, found.offered, whose)
    places = _places(set(offered.values()), whose)
    sessions = _sessions(concerned)
    rows = {
        pk: row
        for (course_id, student), marks in register.items()
        for pk, row in _odd(
            sessions[course_id],
            marks,
            places.get((course_id, student)),
            rules.get(course_id, PLAIN),
            found.offered,
        )
    }
    return OddRows(rows, found.offered, found.by_hours, found.with_lates)


def _rules(course_ids: Collection[UUID]) -> dict[UUID, CourseRules]:
    """The rules of those courses that have any."""
    has_rules = Q(lates_per_absence__gt=0) | Q(count_by=CountBy.HOURS)
    courses = Course.objects.filter(has_rules, pk__in=list(course_ids)).order_by()
    return {course.pk: rules_of(course) for course in courses}


def _offered(course_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The course of each session that is of an offering, by the session's id."""
    rows = Session.objects.filter(course_id__in=list(course_ids)).exclude(offering="")
    return dict(rows.order_by().values_list("pk", "course_id"))


@dataclass(frozen=True)
class _Mark:
    pk: UUID
    status: str


_Marks = dict[UUID, _Mark]
"""The rows of one student in one course, by session."""


def _register(
    course_ids: Collection[UUID], offered: Collection[UUID], whose: Mapping[str, UUID]
) -> dict[tuple[UUID, UUID], _Marks]:
    """The lates, and all rows of sessions that are of an offering, by course and student."""
    may_be_odd = Q(status=AttendanceStatus.LATE) | Q(session_id__in=list(offered))
    rows = Attendance.objects.filter(may_be_odd, course_id__in=list(course_ids), **whose)
    found: dict[tuple[UUID, UUID], _Marks] = defaultdict(dict)
    for pk, course_id, student_id, session_id, status in rows.order_by().values_list(
        "pk", "course_id", "student_id", "session_id", "status"
    ):
        found[course_id, student_id][session_id] = _Mark(pk, status)
    return found


def _places(
    course_ids: Collection[UUID], whose: Mapping[str, UUID]
) -> dict[tuple[UUID, UUID], Enrolment]:
    if not course_ids:
        return {}
    rows = Enrolment.objects.filter(course_id__in=list(course_ids), **whose).order_by()
    return {(row.course_id, row.student_id): row for row in rows}


def _sessions(course_ids: Collection[UUID]) -> dict[UUID, list[Session]]:
    """The sessions of each course, oldest first."""
    found: dict[UUID, list[Session]] = defaultdict(list)
    rows = Session.objects.filter(course_id__in=list(course_ids))
    for session in rows.order_by("starts_at", "pk"):
        found[session.course_id].append(session)
    return found


def _odd(
    sessions: Sequence[Session],
    marks: _Marks,
    place: Enrolment | None,
    rules: CourseRules,
    offered: frozenset[UUID],
) -> Iterable[tuple[UUID, OddRow]]:
    statuses = {session_id: mark.status for session_id, mark in marks.items()}
    for session_id, one in counted_of(sessions, statuses, place, rules).items():
        is_odd = session_id in offered or one.counted_as == CountedAs.LATE_ABSENCE
        if is_odd and session_id in marks:
            yield marks[session_id].pk, OddRow(session_id, one)
