"""Finds sessions that would take place at the same time as others of the same people or room."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from sessions_app.models import Course, CourseStaff, Session, SessionState, room_key_of

_LONGEST = timedelta(hours=24)
"""No session is longer, so what overlaps one started at most so long before it."""
_TAKES_PLACE = (SessionState.PLANNED, SessionState.OPEN, SessionState.CLOSED)
SAME = ("course", "class", "teacher", "room")
"""What two sessions at the same time may share, in the order in which it is said."""


@dataclass(frozen=True)
class Wanted:
    """A session that somebody wants to plan or move."""

    course: Course
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    substitute_id: UUID | None = None
    pk: UUID | None = None
    """Its id, where the session itself may stand among the others."""
    offering: str = ""
    """Sessions of its course with the same text are alternatives, and may be at the same time."""


@dataclass(frozen=True)
class Overlap:
    """A wanted session and one that is there at the same time. ``same`` is what they share."""

    wanted: Wanted
    other: Session
    same: tuple[str, ...]


def overlaps_of(
    wanted: Iterable[Wanted], *, leaving: Collection[UUID] = (), also: Iterable[Session] = ()
) -> list[Overlap]:
    """All overlaps, by start, in a fixed number of queries. Sessions that were cancelled do not
    count, and neither do those in ``leaving``, which are the ones that are about to move. Those in
    ``also`` count although they are not stored yet."""
    rows = sorted(wanted, key=lambda want: want.starts_at)
    if not rows:
        return []
    near = _near(rows, leaving)
    people = _People({want.course.pk: want.course for want in rows}.values())
    others = list(near.filter(_shared(rows, people, near)).select_related(*_NAMED))
    return list(_overlapping(rows, [*others, *also], people))


_NAMED = ("course", "subject", "class_group", "teacher")


class _People:
    """Who teaches the wanted sessions' courses, and which other courses these people teach."""

    def __init__(self, courses: Iterable[Course]) -> None:
        self.of_course: dict[UUID, set[UUID]] = {c.pk: {c.teacher_id} for c in courses}
        for course_id, person_id in self._staff(course_id__in=list(self.of_course)):
            self.of_course[course_id].add(person_id)
        self.all = set().union(*self.of_course.values())
        self.elsewhere: dict[UUID, set[UUID]] = defaultdict(set)
        for course_id, person_id in self._staff(person_id__in=list(self.all)):
            self.elsewhere[course_id].add(person_id)

    @staticmethod
    def _staff(**where: object) -> Iterable[tuple[UUID, UUID]]:
        rows = CourseStaff.objects.filter(**where).order_by()
        return rows.values_list("course_id", "person_id")

    def wanted_at(self, want: Wanted) -> set[UUID]:
        substitute = {want.substitute_id} if want.substitute_id else set()
        return self.of_course[want.course.pk] | substitute

    def at(self, other: Session) -> set[UUID]:
        teacher = other.substitute_id or other.teacher_id
        return self.elsewhere[other.course_id] | {teacher}


def _near(rows: Sequence[Wanted], leaving: Collection[UUID]) -> QuerySet[Session]:
    last = max(want.ends_at for want in rows)
    near = Session.objects.filter(
        starts_at__gt=rows[0].starts_at - _LONGEST, starts_at__lt=last, state__in=_TAKES_PLACE
    )
    return near.exclude(pk__in=list(leaving)) if leaving else near


def _shared(rows: Sequence[Wanted], people: _People, near: QuerySet[Session]) -> Q:
    ids = list(people.all | {w.substitute_id for w in rows if w.substitute_id})
    courses = [*people.of_course, *people.elsewhere]
    groups = list({want.course.class_group_id for want in rows})
    who = Q(course_id__in=courses) | Q(teacher_id__in=ids) | Q(substitute_id__in=ids)
    return who | Q(class_group_id__in=groups) | Q(room__in=_spellings(rows, near))


def _spellings(rows: Sequence[Wanted], near: QuerySet[Session]) -> list[str]:
    """The wanted rooms, as the other sessions write them."""
    keys = {room_key_of(want.room) for want in rows} - {""}
    if not keys:
        return []
    rooms = near.order_by().values_list("room", flat=True).distinct()
    return [room for room in rooms if room_key_of(room) in keys]


def _overlapping(
    rows: Sequence[Wanted], others: list[Session], people: _People
) -> Iterable[Overlap]:
    others.sort(key=lambda session: session.starts_at)
    starts = [session.starts_at for session in others]
    longest = max((other.ends_at - other.starts_at for other in others), default=_LONGEST)
    for want in rows:
        first = bisect_left(starts, want.starts_at - longest)
        for other in others[first : bisect_left(starts, want.ends_at)]:
            is_another = other.ends_at > want.starts_at and other.pk != want.pk
            if is_another and (same := _same(want, other, people)):
                yield Overlap(want, other, same)


def _same(want: Wanted, other: Session, people: _People) -> tuple[str, ...]:
    key = room_key_of(want.room)
    shared = {
        "course": want.course.pk == other.course_id,
        "class": want.course.class_group_id == other.class_group_id,
        "teacher": bool(people.wanted_at(want) & people.at(other)),
        "room": key != "" and key == room_key_of(other.room),
    }
    if shared["course"] and want.offering and want.offering == other.offering:
        return ("room",) if shared["room"] else ()
    # Two sessions of one course share all the rest too, so that only the course is named.
    return ("course",) if shared["course"] else tuple(name for name in SAME if shared[name])
