"""Compares what a calendar asks for with the sessions that there are."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from sessions_app import live, services
from sessions_app.domain.pairing import pair
from sessions_app.imports.known import fetch
from sessions_app.imports.plans import Action, Addition, Change, Plan, Revision, RowKind
from sessions_app.imports.provenance import by_hand, keeps, rewritten, was_imported, written
from sessions_app.imports.wanted import Asked, Place, Wanted, session_id, session_name
from sessions_app.models import Session, SessionState, new_session_code

_GUARDS = ("state", "starts_at")


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
    give_free_codes(list(_added(plan)))


class _Comparing:
    def __init__(
        self, plan: Plan, asked: Asked, origin: str, by: User | None, now: datetime
    ) -> None:
        self.plan = plan
        self.asked = asked
        self.origin = origin
        self.by = by
        self.now = now
        self.left: dict[Place, list[Session]] = {}
        """Sessions that no event has asked for yet."""
        self.in_other_zone: dict[Place, list[Session]] = {}
        """Planned sessions whose zone is no longer their course's, by their own wall clock."""
        self.on_day: dict[tuple[Any, date], list[Session]] = {}
        self.by_id: dict[Any, Session] = {}
        """Sessions that have the id of one that is asked for, wherever they are by now."""
        self.claimed: set[Any] = set()

    def load(self, until: datetime) -> None:
        ahead = Session.objects.filter(starts_at__gte=self.now, starts_at__lt=until)
        ahead = ahead.select_related("cancelled_by")
        for session in fetch(ahead, "course_id", list(self.asked.courses)):
            course_id = session.course_id
            self.left.setdefault((course_id, session.starts_at), []).append(session)
            self.on_day.setdefault((course_id, session.starts_at.date()), []).append(session)
            is_elsewhere = session.time_zone != self.asked.courses[course_id].time_zone
            if is_elsewhere and session.state == SessionState.PLANNED:
                wall = session.local_start.replace(tzinfo=None)
                self.in_other_zone.setdefault((course_id, wall), []).append(session)
        ids = [want.pk for want in self.asked.wanted.values()]
        self.by_id = {session.pk: session for session in fetch(Session.objects.all(), "pk", ids)}

    def follow(self, *, drop_missing: bool) -> None:
        wanted = list(self.asked.sorted())
        found = self._sessions_of(wanted)
        for session in found.values():
            self.left[session.course_id, session.starts_at].remove(session)
            self.claimed.add(session.pk)
        for want in wanted:
            if want.place in found:
                self._meet(want, found[want.place])
        self._tell_doubles()
        for want in wanted:
            if want.place not in found:
                self._add(want)
        for session in sorted(
            (one for rows in self.left.values() for one in rows), key=lambda one: one.starts_at
        ):
            if session.state == SessionState.PLANNED:
                self._miss(session, drop=drop_missing)

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

    def _choices(self, want: Wanted) -> list[Session]:
        """The session at this time, and those by the wall clock of the zone before."""
        there = self.left.get(want.place, ())
        order = sorted(there, key=lambda one: (one.state != SessionState.PLANNED, str(one.pk)))
        wall = want.starts_at.astimezone(want.course.zone).replace(tzinfo=None)
        return [*order[:1], *self.in_other_zone.get((want.course.pk, wall), ())]

    def _meet(self, want: Wanted, session: Session) -> None:
        """Let the session follow the event."""
        if session.state == SessionState.PLANNED:
            self._change(want, session)
        elif session.state == SessionState.CANCELLED:
            self._restore(want, session)

    def _change(self, want: Wanted, session: Session) -> None:
        """Change what the calendar says otherwise, except what a person gave the session."""
        changes: dict[str, Any] = {}
        told, left = [], []
        zone, is_moved = want.course.zone, session.starts_at != want.starts_at
        if session.time_zone != want.course.time_zone and (is_moved or was_imported(session)):
            changes["time_zone"] = want.course.time_zone
            told.append(_arrow(_("time zone"), session.time_zone, want.course.time_zone))
        if is_moved:
            changes["starts_at"] = want.starts_at
            told.append(_moment(_("start"), session.starts_at, want.starts_at, zone))
        if session.ends_at != want.ends_at:
            words = _moment(_("end"), session.ends_at, want.ends_at, zone)
            if is_moved or self._follows(session, "ends_at"):
                changes["ends_at"] = want.ends_at
                told.append(words)
            else:
                left.append(words)
        if want.room and session.room != want.room:
            words = _arrow(_("room"), session.room or "–", want.room)
            if not session.room or self._follows(session, "room"):
                changes["room"] = want.room
                told.append(words)
            else:
                left.append(words)
        if left:
            detail = _("a person set it otherwise and it stays so: %(changes)s")
            self._leave(want, detail % {"changes": ", ".join(left)})
        if not changes:
            return
        change = Change(Action.CHANGED, RowKind.SESSION, want.name, ", ".join(told))
        revision = Revision(session, rewritten(session, changes, self.origin), guards=_GUARDS)
        self.plan.add(change, revision, want.line)
        if changes.keys() & {"starts_at", "time_zone"}:
            self.plan.afterwards.append(partial(_move_attendance, session.pk))

    def _follows(self, session: Session, name: str) -> bool:
        """Whether this value is the calendar's, and no person's."""
        return was_imported(session) and name not in by_hand(session)

    def _restore(self, want: Wanted, session: Session) -> None:
        """What an import cancelled comes back. What a person cancelled stays."""
        if session.cancelled_import_id is None:
            who = session.cancelled_by.full_name if session.cancelled_by else ""
            detail = _("was cancelled by %(name)s and stays so") % {"name": who}
            self._leave(want, detail if who else _("was cancelled by a person and stays so"))
            return
        values = services.restoration()
        if session.ends_at != want.ends_at and self._follows(session, "ends_at"):
            values["ends_at"] = want.ends_at
        if want.room and (not session.room or self._follows(session, "room")):
            values["room"] = want.room
        change = Change(Action.RESTORED, RowKind.SESSION, want.name, _("an import cancelled it"))
        revision = Revision(session, rewritten(session, values, self.origin), guards=_GUARDS)
        self.plan.add(change, revision, want.line)
        self._tell_live(session, SessionState.PLANNED)

    def _leave(self, want: Wanted, detail: str) -> None:
        self.plan.add(Change(Action.LEFT, RowKind.SESSION, want.name, detail), None)

    def _add(self, want: Wanted) -> None:
        pk = want.pk
        moved = self.by_id.get(pk)
        if moved is not None and moved.pk not in self.claimed:
            rows = self.left.get((moved.course_id, moved.starts_at), [])
            self.left[moved.course_id, moved.starts_at] = [r for r in rows if r.pk != moved.pk]
            at = date_format(moved.local_start, "j F Y, H:i")
            self._leave(want, _("moved by hand to %(at)s") % {"at": at})
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
        )
        change = Change(Action.ADDED, RowKind.SESSION, want.name, detail)
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
        if place in self.asked.cancelled:
            detail, stays = _("is cancelled in the calendar"), keeps(session, None)
        elif place in self.asked.excluded and was_imported(session):
            detail = _("was taken out of its series in the calendar")
            stays = keeps(session, self.origin)
        elif drop:
            detail, stays = _("is cancelled"), keeps(session, self.origin)
        else:
            detail, stays = "", _("not in the calendar")
        if not stays:
            self._drop(session, name, detail)
        elif place in self.asked.cancelled:
            told = f"{detail}; {stays}"
            self.plan.add(Change(Action.LEFT, RowKind.SESSION, name, told), None)
        else:
            self.plan.add(Change(Action.KEPT, RowKind.SESSION, name, stays), None)

    def _drop(self, session: Session, name: str, detail: str) -> None:
        record = self.plan.record
        values = services.cancellation(
            by=self.by, now=self.now, import_id=record.pk if record else None
        )
        change = Change(Action.DROPPED, RowKind.SESSION, name, detail)
        revision = Revision(session, rewritten(session, values, self.origin), guards=_GUARDS)
        self.plan.add(change, revision)
        self._tell_live(session, SessionState.CANCELLED)

    def _tell_live(self, session: Session, state: SessionState) -> None:
        event = {"type": "state", "state": state}
        self.plan.afterwards.append(partial(live.publish, session.pk, event))


def _arrow(what: str, old: str, new: str) -> str:
    return _("%(what)s: %(old)s → %(new)s") % {"what": what, "old": old, "new": new}


def _moment(what: str, old: datetime, new: datetime, zone: ZoneInfo) -> str:
    return _arrow(what, *(f"{at.astimezone(zone):%H:%M}" for at in (old, new)))


def _move_attendance(pk: Any) -> None:
    for session in Session.objects.filter(pk=pk):
        services.move_attendance(session)


def _added(plan: Plan) -> Iterator[Session]:
    for step in plan.steps:
        if isinstance(step.write, Addition) and isinstance(step.write.row, Session):
            yield step.write.row


def give_free_codes(sessions: Sequence[Session]) -> None:
    """Draw codes that no other session has. With 5,000 new sessions beside 100,000 old ones, one
    import in nine would fail by chance (5,000 * 100,000 / 2**32)."""
    free: set[int] = set()
    while sessions:
        codes = [session.code for session in sessions]
        taken = {s.code for s in fetch(Session.objects.only("code"), "code", codes)}
        clashing = []
        for session in sessions:
            if session.code in taken or session.code in free:
                session.code = new_session_code()
                clashing.append(session)
            else:
                free.add(session.code)
        sessions = clashing
