"""Finds sessions that would take place at the same time as others of the same people or room."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from sessions_app.domain.offerings import is_same_offering
from sessions_app.domain.rooms import names_in, rooms_in, share_room
from sessions_app.models import Course, CourseStaff, Session, SessionState

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
    event: str = ""
    """The key of the calendar's event from which it comes, if any."""


def wanted_of(session: Session, **changes: Any) -> Wanted:
    """A session that there is, with these fields of `Wanted` changed."""
    there = Wanted(
        session.course,
        session.starts_at,
        session.ends_at,
        session.room,
        session.substitute_id,
        session.pk,
        session.offering,
        session.calendar_event,
    )
    return replace(there, **changes)


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
    people = _people_of(rows)
    others = list(near.filter(_shared(rows, people, near)).select_related(*_NAMED))
    return list(_overlapping(rows, [*others, *also], partial(_same, people)))


def busy_elsewhere(person_id: UUID, sessions: Iterable[Session]) -> list[Overlap]:
    """Where the person, if they take these sessions as well, teaches another one at that time. In a
    fixed number of queries. A lecture of several courses at once is one."""
    rows = sorted(map(wanted_of, sessions), key=lambda want: want.starts_at)
    if not rows:
        return []
    people = _People({person_id})
    here = Q(teacher_id=person_id) | Q(substitute_id=person_id)
    here |= Q(course_id__in=list(people.staff))
    others = list(_near(rows, ()).filter(here).select_related(*_NAMED))
    others = [other for other in others if person_id in people.at_session(other)]

    def same(want: Wanted, other: Session) -> tuple[str, ...]:
        is_own = want.course.pk == other.course_id and other.substitute_id != person_id
        return () if is_own or _is_joint(want, other) else ("teacher",)

    return list(_overlapping(rows, others, same))


_NAMED = ("course", "subject", "class_group", "teacher")


class _People:
    """Who of these people teaches or assists on which course, beside its main teacher."""

    def __init__(self, ids: Collection[UUID]) -> None:
        self.ids = ids
        self.staff: dict[UUID, set[UUID]] = defaultdict(set)
        for course_id, person_id in _staff(person_id__in=list(ids)):
            self.staff[course_id].add(person_id)

    def at_session(self, session: Session) -> set[UUID]:
        return self._at(session.course_id, session.substitute_id or session.teacher_id)

    def at_wanted(self, want: Wanted) -> set[UUID]:
        return self._at(want.course.pk, want.substitute_id or want.course.teacher_id)

    def _at(self, course_id: UUID, leads: UUID) -> set[UUID]:
        """Whoever leads the session, and the course's staff. A substitute leads it in the place of
        the main teacher."""
        return {leads, *self.staff.get(course_id, ())}


def _people_of(rows: Sequence[Wanted]) -> _People:
    """All who have to do with the wanted sessions."""
    courses = {want.course.pk: want.course for want in rows}
    ids = {want.substitute_id or want.course.teacher_id for want in rows}
    return _People(ids | {person_id for _course, person_id in _staff(course_id__in=list(courses))})


def _staff(**where: object) -> Iterable[tuple[UUID, UUID]]:
    rows = CourseStaff.objects.filter(**where).order_by()
    return rows.values_list("course_id", "person_id")


def _near(rows: Sequence[Wanted], leaving: Collection[UUID]) -> QuerySet[Session]:
    last = max(want.ends_at for want in rows)
    near = Session.objects.filter(
        starts_at__gt=rows[0].starts_at - _LONGEST, starts_at__lt=last, state__in=_TAKES_PLACE
    )
    return near.exclude(pk__in=list(leaving)) if leaving else near


def _shared(rows: Sequence[Wanted], people: _People, near: QuerySet[Session]) -> Q:
    ids, groups = list(people.ids), list({want.course.class_group_id for want in rows})
    courses = list({want.course.pk for want in rows} | set(people.staff))
    who = Q(course_id__in=courses) | Q(teacher_id__in=ids) | Q(substitute_id__in=ids)
    return who | Q(class_group_id__in=groups) | Q(room__in=_spellings(rows, near))


def _spellings(rows: Sequence[Wanted], near: QuerySet[Session]) -> list[str]:
    """The texts of other sessions that may name a wanted room."""
    names = set().union(*(names_in(want.room) | rooms_in(want.room) for want in rows))
    if not names:
        return []
    rooms = near.order_by().values_list("room", flat=True).distinct()
    return [room for room in rooms if names & (names_in(room) | rooms_in(room))]


def _overlapping(
    rows: Sequence[Wanted],
    others: list[Session],
    same: Callable[[Wanted, Session], tuple[str, ...]],
) -> Iterable[Overlap]:
    others.sort(key=lambda session: session.starts_at)
    starts = [session.starts_at for session in others]
    longest = max((other.ends_at - other.starts_at for other in others), default=_LONGEST)
    for want in rows:
        first = bisect_left(starts, want.starts_at - longest)
        for other in others[first : bisect_left(starts, want.ends_at)]:
            is_another = other.ends_at > want.starts_at and other.pk != want.pk
            if is_another and (shared := same(want, other)):
                yield Overlap(want, other, shared)


def _same(people: _People, want: Wanted, other: Session) -> tuple[str, ...]:
    shared = {
        "course": want.course.pk == other.course_id,
        "class": want.course.class_group_id == other.class_group_id,
        "teacher": bool(people.at_wanted(want) & people.at_session(other)),
        "room": share_room(want.room, other.room),
    }
    if shared["course"] and is_same_offering(want.offering, other.offering):
        return ("room",) if shared["room"] else ()
    if shared["teacher"] and _is_joint(want, other):
        return ()
    # Two sessions of one course share all the rest too, so that only the course is named.
    return ("course",) if shared["course"] else tuple(name for name in SAME if shared[name])


def _is_joint(want: Wanted, other: Session) -> bool:
    """Whether both are one lecture of several courses: at the same time, one event of a calendar or
    one subject in one room."""
    at_once = want.starts_at == other.starts_at and want.ends_at == other.ends_at
    if not at_once or want.course.pk == other.course_id:
        return False
    is_one_event = bool(want.event) and want.event == other.calendar_event
    is_one_subject = want.course.subject_id == other.subject_id
    return is_one_event or (is_one_subject and share_room(want.room, other.room))
