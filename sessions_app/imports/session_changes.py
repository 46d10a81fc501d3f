"""The steps of a plan that turn a session into what a calendar says of it now."""

from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.days import when
from sessions_app import live, services
from sessions_app.imports.plans import Action, Change, Plan, Revision, RowKind
from sessions_app.imports.provenance import by_hand, rewritten, was_imported
from sessions_app.imports.wanted import Wanted
from sessions_app.models import Session, SessionState

_GUARDS = ("state", "starts_at")


class SessionChanges:
    """Adds the steps to a plan. ``origin`` is the calendar that asks for them."""

    def __init__(self, plan: Plan, origin: str, *, by: User | None, now: datetime) -> None:
        self.plan = plan
        self.origin = origin
        self.by = by
        self.now = now
        self.adopted: dict[str, list[Any]] = {}
        """Ids of sessions that belong to an event and do not say so yet, by the event."""

    def change(self, want: Wanted, session: Session) -> None:
        """Change what the calendar says otherwise, except what a person gave the session."""
        if want.event and session.calendar_event != want.event and was_imported(session):
            self.adopted.setdefault(want.event, []).append(session.pk)
        left: list[str] = []
        changes, told = self._moved(want, session, left)
        room, room_told = self._room(want, session, left)
        more, personal = self._more(want, session, left)
        told += room_told + [
            _arrow(_label(name), _shown(getattr(session, name)), _shown(value))
            for name, value in more.items()
            if name != "substitute_id"
        ]
        changes |= room | more
        if left:
            detail = _("a person set it otherwise and it stays so: %(changes)s")
            self.leave(want, detail % {"changes": ", ".join(left)})
        if not changes:
            return
        change = Change(Action.CHANGED, RowKind.SESSION, want.name, ", ".join(told), personal)
        revision = Revision(session, rewritten(session, changes, self.origin), guards=_GUARDS)
        self.plan.add(change, revision, want.line)
        if changes.keys() & {"starts_at", "time_zone"}:
            self.plan.following.append(partial(_move_attendance, session.pk))

    def _moved(
        self, want: Wanted, session: Session, left: list[str]
    ) -> tuple[dict[str, Any], list[str]]:
        """The new zone, start and end, and in words what they change. An end that a person set is
        told in ``left``."""
        changes: dict[str, Any] = {}
        told = []
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
                told += [words] if words else []
            else:
                left.append(words)
        return changes, told

    def _room(
        self, want: Wanted, session: Session, left: list[str]
    ) -> tuple[dict[str, Any], list[str]]:
        """The new room, and in words what it changes. One that a person set is told in ``left``."""
        if not want.room or session.room == want.room:
            return {}, []
        words = _arrow(_("room"), session.room or "–", want.room)
        if not session.room or self._follows(session, "room"):
            return {"room": want.room}, [words]
        left.append(words)
        return {}, []

    def _more(self, want: Wanted, session: Session, left: list[str]) -> tuple[dict[str, Any], str]:
        """The further fields that a table changes, and in words what names somebody. What a person
        set is told in ``left``."""
        new = {n: v for n, v in want.values.items() if getattr(session, n) != v}
        stay = {name for name in new if not self._may_set(session, name)}
        left += [str(_label(name)) for name in sorted(stay)]
        changes = {name: value for name, value in new.items() if name not in stay}
        return changes, _substitute_words(want) if "substitute_id" in changes else ""

    def _may_set(self, session: Session, name: str) -> bool:
        """Whether the field is the import's, or one that nobody has set yet."""
        return self._follows(session, name) or getattr(session, name) in (None, "")

    def _follows(self, session: Session, name: str) -> bool:
        """Whether this value is the calendar's, and no person's."""
        return was_imported(session) and name not in by_hand(session)

    def restore(self, want: Wanted, session: Session) -> None:
        """What an import cancelled comes back. What a person cancelled stays."""
        if session.cancelled_import_id is None:
            who = session.cancelled_by.full_name if session.cancelled_by else ""
            detail = _("was cancelled by %(name)s and stays so") % {"name": who}
            self.leave(want, detail if who else _("was cancelled by a person and stays so"))
            return
        values = services.restoration()
        if session.ends_at != want.ends_at and self._follows(session, "ends_at"):
            values["ends_at"] = want.ends_at
        if want.room and (not session.room or self._follows(session, "room")):
            values["room"] = want.room
        if want.event:
            values["calendar_event"] = want.event
        more, personal = self._more(want, session, [])
        values |= more
        told = _("an import cancelled it")
        change = Change(Action.RESTORED, RowKind.SESSION, want.name, told, personal)
        revision = Revision(session, rewritten(session, values, self.origin), guards=_GUARDS)
        self.plan.add(change, revision, want.line)
        self._tell_live(session, SessionState.PLANNED)

    def leave(self, want: Wanted, detail: str) -> None:
        self.plan.add(Change(Action.LEFT, RowKind.SESSION, want.name, detail), None)

    def drop(self, session: Session, name: str, detail: str) -> None:
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

    def adopt(self) -> None:
        """Note afterwards to which events sessions belong that do not say so yet."""
        for event, ids in self.adopted.items():
            self.plan.afterwards.append(partial(_adopt, event, ids))


def more_words(want: Wanted) -> tuple[str, str]:
    """What a new session is given besides time and room, in words: what is kept, and what names
    somebody and is not."""
    named = {name: value for name, value in want.values.items() if name != "substitute_id"}
    told = [f"{_label(name)}: {_shown(value)}" for name, value in named.items()]
    return ", ".join(told), _substitute_words(want) if want.substitute else ""


def _substitute_words(want: Wanted) -> str:
    person = want.substitute
    return _("substitute: %(name)s") % {"name": person.full_name if person else "–"}


def _label(name: str) -> str:
    labels = {
        "substitute_id": _("substitute"),
        "weight_h": _("weight in hours"),
        "offering": _("offering"),
    }
    return labels[name]


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value or "–")


def _arrow(what: str, old: str, new: str) -> str:
    return _("%(what)s: %(old)s → %(new)s") % {"what": what, "old": old, "new": new}


def _moment(what: str, old: datetime, new: datetime, zone: ZoneInfo) -> str:
    """What changes of a start or an end, with the day of a start that moves to another one. Empty
    for an end that stays at its time of day."""
    before, after = (at.astimezone(zone) for at in (old, new))
    if before.date() != after.date() and what == _("start"):
        return _arrow(what, *(when(at, "long day and time") for at in (before, after)))
    if before.time() == after.time():
        return ""
    return _arrow(what, when(before, "time"), when(after, "time"))


def _adopt(event: str, ids: list[Any]) -> None:
    """Note to which event sessions belong that were imported before this was kept."""
    Session.objects.filter(pk__in=ids).update(calendar_event=event)


def _move_attendance(pk: Any) -> None:
    for session in Session.objects.filter(pk=pk):
        services.move_attendance(session)
