"""Compares what a calendar asks for with the sessions that there are."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.days import when
from sessions_app import services
from sessions_app.domain.pairing import pair
from sessions_app.imports.free_codes import give_free_codes
from sessions_app.imports.known import fetch
from sessions_app.imports.moved_events import moved_events
from sessions_app.imports.plans import Action, Addition, Change, Plan, RowKind
from sessions_app.imports.provenance import (
    by_hand,
    is_where_it_was,
    keeps,
    last_start,
    was_imported,
    written,
)
from sessions_app.imports.session_changes import SessionChanges, more_words
from sessions_app.imports.wanted import Asked, EventOf, Place, Wanted, session_id, session_name
from sessions_app.models import Session, SessionState

_WEEK = timedelta(days=7)
"""How far a date of a series may be moved and is still known as the same one."""
_YEARS = timedelta(days=3660)


def compare(
    plan: Plan,
    asked: Asked,
    *,
    origin: str,
    by: User | None,
    now: datetime,
    until: datetime,
    drop_missing: bool,
) -> None:
    """Add to the plan what turns the sessions that there are into the ones that are asked for.

    ``origin`` is by what the calendar is told from others whose sessions it must not cancel.
    """
    plan.notes += dict.fromkeys(asked.notes)
    comparing = _Comparing(plan, asked, origin, by, now)
    comparing.load(until)
    comparing.follow(drop_missing=drop_missing)
    steps = (step.write for step in plan.steps if isinstance(step.write, Addition))
    give_free_codes([write.row for write in steps if isinstance(write.row, Session)])


class _Comparing:
    def __init__(
        self, plan: Plan, asked: Asked, origin: str, by: User | None, now: datetime
    ) -> None:
        self.plan = plan
        self.asked = asked
        self.origin = origin
        self.now = now
        self.changes = SessionChanges(plan, origin, by=by, now=now)
        self.left: dict[Place, list[Session]] = {}
        """Sessions that no event has asked for yet."""
        self.in_other_zone: dict[Place, list[Session]] = {}
        """Planned sessions whose zone is no longer their course's, by their own wall clock."""
        self.on_day: dict[tuple[Any, date], list[Session]] = {}
        self.by_id: dict[Any, Session] = {}
        """Sessions that have the id of one that is asked for, wherever they are by now."""
        self.claimed: set[Any] = set()
        self.of_event: dict[EventOf, list[Session]] = {}
        """Sessions by the events that asked for them in imports before."""
        self.gone: set[Any] = set()
        """Ids of sessions whose date was moved in the calendar and then cancelled there."""
        self.times = Counter((want.course.pk, want.event) for want in asked.wanted.values())
        """How many dates each event has in the file."""

    def load(self, until: datetime) -> None:
        ahead = Session.objects.filter(starts_at__gte=self.now, starts_at__lt=until)
        ahead = ahead.select_related("cancelled_by")
        for session in fetch(ahead, "course_id", list(self.asked.courses)):
            course_id = session.course_id
            self.left.setdefault((course_id, session.starts_at), []).append(session)
            self.on_day.setdefault((course_id, session.starts_at.date()), []).append(session)
            if session.calendar_event:
                self.of_event.setdefault((course_id, session.calendar_event), []).append(session)
            is_elsewhere = session.time_zone != self.asked.courses[course_id].time_zone
            if is_elsewhere and session.state == SessionState.PLANNED:
                wall = session.local_start.replace(tzinfo=None)
                self.in_other_zone.setdefault((course_id, wall), []).append(session)
        ids = [want.pk for want in self.asked.wanted.values()]
        self.by_id = {session.pk: session for session in fetch(Session.objects.all(), "pk", ids)}

    def follow(self, *, drop_missing: bool) -> None:
        wanted = list(self.asked.sorted())
        found = moved_events(wanted, self._only_session, self.left)
        for session in found.values():
            self._take(session)
        by_time = self._sessions_of([want for want in wanted if want.place not in found])
        for session in by_time.values():
            self._take(session)
        found |= by_time
        for want in wanted:
            if want.place in found:
                self._meet(want, found[want.place])
        later = [want for want in wanted if want.place not in found]
        later = [want for want in later if not self._meets_by_event(want)]
        self._find_gone()
        self._tell_doubles()
        for want in later:
            self._add(want)
        for session in sorted(
            (one for rows in self.left.values() for one in rows), key=lambda one: one.starts_at
        ):
            if session.state == SessionState.PLANNED:
                self._miss(session, drop=drop_missing)
        self.changes.adopt()

    def _take(self, session: Session) -> None:
        """Take the session from those that no event has asked for."""
        self.left[session.course_id, session.starts_at].remove(session)
        self.claimed.add(session.pk)

    def _sessions_of(self, wanted: Sequence[Wanted]) -> dict[Place, Session]:
        """The session of each event that has one: the one at this time, or the one by whose wall
        clock it is this time in the zone that the course had before.

        So a course whose zone was corrected does not have each session twice, also where a session
        stood at the time that another one has now.
        """
        choices = {want.place: self._choices(want) for want in wanted}
        by_id = {one.pk: one for sessions in choices.values() for one in sessions}
        at_once = {
            place: sessions[0].pk
            for place, sessions in choices.items()
            if sessions and sessions[0].starts_at == place[1]
        }
        ids = {place: [one.pk for one in sessions] for place, sessions in choices.items()}
        return {place: by_id[pk] for place, pk in pair(ids, at_once).items()}

    def _only_session(self, want: Wanted) -> Session | None:
        """The one session of an event that has one date, where the calendar alone decides on it."""
        event = (want.course.pk, want.event)
        rows = self.of_event.get(event, []) if want.event else []
        if len(rows) != 1 or self.times[event] != 1 or event not in self.asked.followed:
            return None
        session = rows[0]
        is_planned = session.state == SessionState.PLANNED
        is_on_its_clock = session.time_zone == want.course.time_zone
        return session if is_planned and is_on_its_clock and is_where_it_was(session) else None

    def _choices(self, want: Wanted) -> list[Session]:
        """The session at this time, and those by the wall clock of the zone before."""
        there = self.left.get(want.place, ())
        order = sorted(there, key=lambda one: (one.state != SessionState.PLANNED, str(one.pk)))
        wall = want.starts_at.astimezone(want.course.zone).replace(tzinfo=None)
        return [*order[:1], *self.in_other_zone.get((want.course.pk, wall), ())]

    def _meet(self, want: Wanted, session: Session) -> None:
        """Let the session follow the event."""
        if session.state == SessionState.PLANNED:
            self.changes.change(want, session)
        elif session.state == SessionState.CANCELLED:
            self.changes.restore(want, session)

    def _meets_by_event(self, want: Wanted) -> bool:
        """Whether the event moved a session that it has already, or a person did.

        A date of a series is known again within a week. What lies further apart are two dates.
        """
        rows = self.of_event.get((want.course.pk, want.event), []) if want.event else []
        free = [one for one in rows if one.pk not in self.claimed and one.state == "planned"]
        if moved := [one for one in free if last_start(one) == want.starts_at]:
            self._stays_moved(want, moved[0])
            return True
        is_only_one = len(rows) == 1 and self.times[want.course.pk, want.event] == 1
        if is_only_one and free and "starts_at" in by_hand(free[0]):
            self._stays_moved(want, free[0])
            return True
        near = [one for one in free if self._may_become(one)]
        session = _nearest(near, want.starts_at, within=_YEARS if is_only_one else _WEEK)
        if session is None:
            return False
        self._take(session)
        self.changes.change(want, session)
        return True

    def _may_become(self, session: Session) -> bool:
        is_known = (session.course_id, session.calendar_event) in self.asked.followed
        return is_known and self._is_loose(session)

    def _is_loose(self, session: Session) -> bool:
        """Whether the calendar asked for the session and no longer does."""
        place = (session.course_id, session.starts_at)
        return is_where_it_was(session) and place not in self.asked.wanted

    def _find_gone(self) -> None:
        """Find sessions whose date the calendar moved first, and then cancelled or left out."""
        told_off = self.asked.cancelled | self.asked.excluded
        for event, starts in self.asked.gone.items():
            rows = [one for one in self.of_event.get(event, []) if one.pk not in self.claimed]
            at_place = {one.starts_at for one in rows}
            for start in starts if event in self.asked.followed else ():
                loose = [one for one in rows if self._is_loose(one) and one.pk not in self.gone]
                loose = [one for one in loose if (event[0], one.starts_at) not in told_off]
                if start not in at_place and (session := _nearest(loose, start, within=_WEEK)):
                    self.gone.add(session.pk)

    def _stays_moved(self, want: Wanted, session: Session) -> None:
        self._take(session)
        at = when(session.local_start, "long day and time")
        self.changes.leave(want, _("moved by hand to %(at)s") % {"at": at})

    def _add(self, want: Wanted) -> None:
        pk = want.pk
        moved = self.by_id.get(pk)
        if moved is not None and moved.pk not in self.claimed and not is_where_it_was(moved):
            rows = self.left.get((moved.course_id, moved.starts_at), [])
            self.left[moved.course_id, moved.starts_at] = [r for r in rows if r.pk != moved.pk]
            at = when(moved.local_start, "long day and time")
            self.changes.leave(want, _("moved by hand to %(at)s") % {"at": at})
            return
        if moved is not None:  # its id went along with a session that another event asks for
            pk = self._free_id(want)
        detail = ""
        if near := self._overlapping(want):
            at = session_name(want.course, near.starts_at, near.ends_at, near.room)
            detail = _("overlaps with a planned session: %(session)s") % {"session": at}
        session = services.new_session(
            want.course,
            starts_at=want.starts_at,
            ends_at=want.ends_at,
            room=want.room,
            pk=pk,
            imported=written(self.origin, want),
            calendar_event=want.event,
            **dict(want.more),
        )
        more, personal = more_words(want)
        detail = ", ".join(filter(None, (detail, more)))
        change = Change(Action.ADDED, RowKind.SESSION, want.name, detail, personal)
        self.plan.add(change, Addition(session), want.line)

    def _free_id(self, want: Wanted) -> UUID:
        """The next id for this start that no session has."""
        ids = (session_id(want.course.pk, want.starts_at, number) for number in count(1))
        return next(pk for pk in ids if not Session.objects.filter(pk=pk).exists())

    def _overlapping(self, want: Wanted) -> Session | None:
        """A planned session of the course that no event asks for and that overlaps with this."""
        first = want.starts_at.date()
        for day in (first - timedelta(days=1), first, first + timedelta(days=1)):
            for session in self.on_day.get((want.course.pk, day), ()):
                is_free = session.pk not in self.claimed and session.state == SessionState.PLANNED
                is_near = session.starts_at < want.ends_at and session.ends_at > want.starts_at
                if is_free and is_near:
                    return session
        return None

    def _tell_doubles(self) -> None:
        for (course_id, starts_at), rows in self.left.items():
            doubles = [row for row in rows if row.state == SessionState.PLANNED]
            if doubles and (len(doubles) > 1 or (course_id, starts_at) in self.asked.wanted):
                course = self.asked.courses[course_id]
                name = session_name(course, starts_at, doubles[0].ends_at, doubles[0].room)
                self.plan.notes.append(
                    _("Planned twice at the same time: %(session)s. Cancel one of them.")
                    % {"session": name}
                )

    def _miss(self, session: Session, *, drop: bool) -> None:
        course = self.asked.courses[session.course_id]
        name = session_name(course, session.starts_at, session.ends_at, session.room)
        place = (session.course_id, session.starts_at)
        if place in self.asked.wanted:
            return  # the other one of a double
        is_cancelled = place in self.asked.cancelled or self.asked.is_called_off(session)
        is_taken_out = place in self.asked.excluded or session.pk in self.gone
        if is_cancelled:
            detail, stays = _("is cancelled in the timetable"), keeps(session, None)
        elif is_taken_out and was_imported(session):
            detail = _("was taken out of its series in the calendar")
            stays = keeps(session, self.origin)
        elif drop and session.course_id in self.asked.unread:
            detail, stays = "", _("not in what could be read of the file")
        elif drop:
            detail, stays = _("is cancelled"), keeps(session, self.origin)
        else:
            detail, stays = "", _("not in the timetable")
        if not stays:
            self.changes.drop(session, name, detail)
        elif is_cancelled:
            told = f"{detail}; {stays}"
            self.plan.add(Change(Action.LEFT, RowKind.SESSION, name, told), None)
        else:
            self.plan.add(Change(Action.KEPT, RowKind.SESSION, name, stays), None)


def _nearest(sessions: Sequence[Session], start: datetime, *, within: timedelta) -> Session | None:
    """The session that begins nearest to this start and less than so long before or after it."""
    near = [one for one in sessions if abs(one.starts_at - start) < within]
    return min(near, key=lambda one: (abs(one.starts_at - start), one.starts_at), default=None)
