"""The sessions that a calendar asks for, and the ones that it says do not take place."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from attendance_project.days import when
from sessions_app.domain.ical.dates import Date, Why
from sessions_app.domain.words import folded
from sessions_app.models import ROOM_LENGTH, Course, Session

Place = tuple[Any, datetime]
"""A course's id and a start."""
EventOf = tuple[Any, str]
"""A course's id and the key of an event."""


def session_id(course_id: UUID, starts_at: datetime, number: int = 0) -> UUID:
    """An id made from course and start, so that two imports at once make one session.

    ``number`` makes further ones, where a session took the first one along to another time.
    """
    further = f":{number}" if number else ""
    return uuid5(course_id, f"timetable:{starts_at.isoformat()}{further}")


def event_key(uid: str) -> str:
    """The key by which sessions of an event are found again: its UID, which may hold somebody's
    address, is not kept itself."""
    return hashlib.sha256(uid.encode()).hexdigest()[:40] if uid else ""


def session_name(course: Course, starts_at: datetime, ends_at: datetime, room: str) -> str:
    """What a session is called in a plan, on the course's own clock."""
    zone = ZoneInfo(course.time_zone)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    times = f"{when(start, 'week day and time')}–{when(end, 'time')}"
    return f"{course}, {times}" + (f", {room}" if room else "")


@dataclass(frozen=True)
class Wanted:
    """A session that the calendar asks for."""

    course: Course
    line: int
    title: str
    starts_at: datetime
    ends_at: datetime
    rooms: tuple[str, ...]
    event: str = ""
    """The key of the calendar's event (`event_key`), or empty."""
    more: tuple[tuple[str, Any], ...] = ()
    """Further fields that a table sets: ``substitute`` (a User or None), ``weight_h`` and
    ``offering``. What is not among them stays as it is."""

    @property
    def place(self) -> Place:
        return (self.course.pk, self.starts_at)

    @property
    def pk(self) -> UUID:
        return session_id(self.course.pk, self.starts_at)

    @property
    def values(self) -> dict[str, Any]:
        """The further fields, by the names of their columns in the database."""
        more = dict(self.more)
        if "substitute" in more:
            person = more.pop("substitute")
            more["substitute_id"] = person.pk if person else None
        return more

    @property
    def substitute(self) -> Any:
        """Who takes the session in the teacher's place, as far as the file says."""
        return dict(self.more).get("substitute")

    @property
    def room(self) -> str:
        """All rooms, cut where the last one does not fit any more."""
        room = ", ".join(self.rooms)
        return room if len(room) <= ROOM_LENGTH else room[: ROOM_LENGTH - 1].rstrip() + "…"

    @property
    def name(self) -> str:
        return session_name(self.course, self.starts_at, self.ends_at, self.room)


@dataclass
class Asked:
    """What a calendar asks for. Events of one course at one time are one session."""

    wanted: dict[Place, Wanted] = field(default_factory=dict)
    cancelled: set[Place] = field(default_factory=set)
    """The calendar says that these do not take place."""
    excluded: set[Place] = field(default_factory=set)
    """A series leaves these out, or moved them to another time."""
    gone: dict[EventOf, list[datetime]] = field(default_factory=dict)
    """The starts of dates that are cancelled or left out, by their event."""
    followed: set[EventOf] = field(default_factory=set)
    """Events of which the file tells all dates."""
    called_off: dict[EventOf, datetime | None] = field(default_factory=dict)
    """Events that are cancelled as a whole, or from this moment on."""
    courses: dict[Any, Course] = field(default_factory=dict)
    unread: set[Any] = field(default_factory=set)
    """Ids of courses of which a line may be that cannot be read. What is missing of these courses
    may be in such a line, so it is not cancelled."""
    notes: list[str] = field(default_factory=list)

    def want(self, want: Wanted) -> None:
        self.courses[want.course.pk] = want.course
        other = self.wanted.setdefault(want.place, want)
        if other is not want:
            self.wanted[want.place] = self._joined(other, want)

    def follow(self, course: Course, event: str) -> None:
        self.courses[course.pk] = course
        self.followed.add((course.pk, event))

    def cancel(self, course: Course, starts_at: datetime) -> None:
        """Note that the session of the course at this time does not take place."""
        self.courses[course.pk] = course
        self.cancelled.add((course.pk, starts_at))

    def keep_missing(self, courses: Iterable[Course]) -> None:
        """Note that a line which cannot be read may have a session of these courses."""
        self.unread |= {course.pk for course in courses}

    def call_off(self, course: Course, event: str, since: datetime | None) -> None:
        self.courses[course.pk] = course
        self.called_off[course.pk, event] = since

    def is_called_off(self, session: Session) -> bool:
        event = (session.course_id, session.calendar_event)
        if event not in self.called_off:
            return False
        since = self.called_off[event]
        return since is None or session.starts_at >= since

    def leave_out(self, course: Course, date: Date, event: str) -> None:
        self.courses[course.pk] = course
        self.gone.setdefault((course.pk, event), []).append(date.starts_at)
        place = (course.pk, date.starts_at)
        is_told = date.why is Why.CANCELLED or (
            date.why is Why.WHOLE_DAY and date.event.instead_of is not None
        )
        (self.cancelled if is_told else self.excluded).add(place)

    def _joined(self, one: Wanted, two: Wanted) -> Wanted:
        rooms = {folded(room): room for room in (*two.rooms, *one.rooms)}
        joined = tuple(dict.fromkeys(rooms[folded(room)] for room in (*one.rooms, *two.rooms)))
        if joined == one.rooms and one.ends_at == two.ends_at:
            self._note(
                _("The event “%(title)s” on line %(line)d is a copy of line %(other)d."), one, two
            )
        elif one.ends_at == two.ends_at:
            text = _("Lines %(other)d and %(line)d are one session in several rooms: %(at)s.")
            self._note(text, one, two)
        else:
            text = _(
                "Lines %(other)d and %(line)d begin at the same time and end at different ones. "
                "They are one session until the later end: %(at)s."
            )
            self._note(text, one, two)
        more = tuple((dict(two.more) | dict(one.more)).items())
        return replace(one, rooms=joined, ends_at=max(one.ends_at, two.ends_at), more=more)

    def _note(self, text: str, one: Wanted, two: Wanted) -> None:
        at = session_name(one.course, one.starts_at, max(one.ends_at, two.ends_at), "")
        values = {"title": two.title, "line": two.line, "other": one.line, "at": at}
        self.notes.append(text % values)

    def sorted(self) -> Iterator[Wanted]:
        yield from sorted(self.wanted.values(), key=lambda want: (want.starts_at, str(want.course)))
