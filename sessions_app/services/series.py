"""Moves a series as a whole, and moves it back.

First the act is stored with what each session is before and after it, and then each session is
moved by compare-and-set. So the act can be repeated after a crash, and undone as one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries
from sessions_app.domain.moving import SeriesChange, moved
from sessions_app.domain.series import ClockChange, ImpossibleSeries, Meeting
from sessions_app.models import SeriesMove, Session, SessionState
from sessions_app.queries.overlaps import Overlap, overlaps_of, wanted_of
from sessions_app.services import plan_notes, teaching

WHY_LEFT = {
    "open": gettext_lazy("It is open now."),
    "closed": gettext_lazy("It was held and closed."),
    "cancelled": gettext_lazy("It is cancelled."),
    "annulled": gettext_lazy("It is annulled."),
    "past": gettext_lazy("It has begun or is past."),
    "moved_by_hand": gettext_lazy("Somebody moved it by hand."),
    "closed_day": gettext_lazy("The institution is closed on its new day."),
    "would_be_past": gettext_lazy("Its new time is past."),
    "no_such_time": gettext_lazy("It would end before it starts, or last more than 24 hours."),
    "changed_meanwhile": gettext_lazy("Somebody changed it at the same time."),
}
"""Why a session stays where it is: a stable code, and the sentence for people."""


@dataclass(frozen=True)
class Moved:
    """A session with the times and the room that it gets."""

    session: Session
    times: Meeting
    room: str

    def record(self) -> dict[str, Any]:
        """The row that `SeriesMove.changes` keeps."""
        old = self.session
        return {
            "session": str(old.pk),
            "before": _plain(Meeting(old.starts_at, old.ends_at), old.room),
            "after": _plain(self.times, self.room),
        }


@dataclass(frozen=True)
class Left:
    """A session that stays where it is. ``why`` is a key of `WHY_LEFT`."""

    session: Session
    why: str

    @property
    def sentence(self) -> str:
        return str(WHY_LEFT[self.why])


@dataclass
class MovePlan:
    """What moving a series would do. Nothing is written."""

    series: UUID
    moved: list[Moved] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    clock_changes: list[ClockChange] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        return plan_notes.clocks_in_words(self.clock_changes)


def plan_move(
    session: Session,
    change: SeriesChange,
    *,
    from_day: date,
    only_weekday: bool = False,
    with_moved: bool = False,
    now: datetime,
) -> MovePlan:
    """What would become of the sessions of this one's series from a day on.

    With ``only_weekday`` only those that are on this session's day of the week are moved. Sessions
    that a person moved by hand stay, unless ``with_moved``. Raises not_a_series.
    """
    series, rows = _series_of(session, from_day)
    if only_weekday:
        weekday = session.local_start.weekday()
        rows = [row for row in rows if row.local_start.weekday() == weekday]
    plan = MovePlan(series)
    for row in rows:
        _place(plan, row, change, with_moved=with_moved, now=now)
    _leave_closed(plan, change)
    plan.overlaps = _overlaps(plan.moved)
    return plan


def move_series(
    session: Session,
    plan: MovePlan,
    *,
    key: UUID,
    allow_overlaps: bool = False,
    by: User,
    now: datetime,
) -> tuple[SeriesMove, MovePlan]:
    """Move the sessions as planned. ``key`` makes a retry harmless: it finishes the same act.

    Returns the act, and the plan as it came about. Raises nothing_to_move, sessions_overlap.
    """
    pk = uuid5(session.course_id, f"move:{key}")
    act = SeriesMove.objects.filter(pk=pk).first()
    if act is None:
        _check(plan, allow_overlaps=allow_overlaps)
        act = _stored(pk, session, plan, by, now)
    else:
        plan = _done_before(act)
    if act.undone_at is None:
        failed = _apply(act, "before", "after")
        late = [row for row in plan.moved if str(row.session.pk) in failed]
        plan.left += [Left(row.session, "changed_meanwhile") for row in late]
        plan.moved = [row for row in plan.moved if row not in late]
    return act, plan


def undo_move(act: SeriesMove, *, by: User, now: datetime) -> int:
    """Move the sessions back that are still as the act left them. Returns how many stay where they
    are now, because they were opened, cancelled or moved since. Repeating is harmless."""
    if act.undone_at is not None:
        return 0
    stayed = _apply(act, "after", "before")
    SeriesMove.objects.filter(pk=act.pk, undone_at=None).update(undone_at=now, undone_by=by)
    act.refresh_from_db()
    return len(stayed)


def overlaps_of_undone(act: SeriesMove) -> list[Overlap]:
    """What takes place at the same time as the sessions that were moved back: others may have been
    planned there since the series had moved away."""
    places = {row["session"]: row["before"] for row in act.changes}
    rows = Session.objects.filter(pk__in=list(places), state=SessionState.PLANNED)
    moved_back = [
        row
        for row in rows.select_related("course")
        if _plain(Meeting(row.starts_at, row.ends_at), row.room) == places[str(row.pk)]
    ]
    return overlaps_of(map(wanted_of, moved_back))


def _series_of(session: Session, from_day: date) -> tuple[UUID, list[Session]]:
    if session.series is None:
        raise Refusal(
            "not_a_series",
            _("This session belongs to no series. Change it alone."),
            Kind.CONFLICT,
        )
    rows = Session.objects.filter(series=session.series, course_id=session.course_id)
    rows = rows.select_related("course").order_by("starts_at", "pk")
    return session.series, [row for row in rows if row.local_start.date() >= from_day]


def _place(
    plan: MovePlan, row: Session, change: SeriesChange, *, with_moved: bool, now: datetime
) -> None:
    """Put the session among those that move or those that stay."""
    if why := _why_left(row, now, with_moved=with_moved):
        plan.left.append(Left(row, why))
        return
    try:
        times, clocks = moved(change, Meeting(row.starts_at, row.ends_at), row.zone)
        teaching.check_times(times.starts_at, times.ends_at)
    except (ImpossibleSeries, Refusal):
        plan.left.append(Left(row, "no_such_time"))
        return
    room = row.room if change.room is None else change.room
    if times.starts_at <= now:
        plan.left.append(Left(row, "would_be_past"))
    elif (times, room) != (Meeting(row.starts_at, row.ends_at), row.room):
        plan.moved.append(Moved(row, times, room))
        plan.clock_changes += clocks


def _why_left(row: Session, now: datetime, *, with_moved: bool) -> str:
    if row.state != SessionState.PLANNED:
        return str(row.state)
    if row.starts_at <= now:
        return "past"
    return "moved_by_hand" if row.moved_at and not with_moved else ""


def _leave_closed(plan: MovePlan, change: SeriesChange) -> None:
    """Leave the sessions that would come to a closed day, where the day changes at all."""
    if not change.moves_times:
        return
    day_of = {
        row.session.pk: row.times.starts_at.astimezone(row.session.zone).date()
        for row in plan.moved
    }
    closed = queries.closed_on(day_of.values())
    to_closed = [
        row
        for row in plan.moved
        if day_of[row.session.pk] in closed
        and day_of[row.session.pk] != row.session.local_start.date()
    ]
    plan.left += [Left(row.session, "closed_day") for row in to_closed]
    plan.moved = [row for row in plan.moved if row not in to_closed]


def _overlaps(rows: Sequence[Moved]) -> list[Overlap]:
    wanted = [
        wanted_of(
            row.session, starts_at=row.times.starts_at, ends_at=row.times.ends_at, room=row.room
        )
        for row in rows
    ]
    return overlaps_of(wanted, leaving=[row.session.pk for row in rows])


def _check(plan: MovePlan, *, allow_overlaps: bool) -> None:
    if not plan.moved:
        raise Refusal(
            "nothing_to_move",
            _("No session of the series would move. Choose another time, room or first day."),
            Kind.CONFLICT,
        )
    if not allow_overlaps:
        plan_notes.refuse_overlaps(plan.overlaps, field="starts")


def _stored(pk: UUID, session: Session, plan: MovePlan, by: User, now: datetime) -> SeriesMove:
    act = SeriesMove(
        pk=pk,
        course_id=session.course_id,
        series=plan.series,
        by=by,
        at=now,
        changes=[row.record() for row in plan.moved],
    )
    try:
        return teaching.add(act)
    except Refusal:  # the same act has just been stored by another request
        return SeriesMove.objects.get(pk=pk)


def _done_before(act: SeriesMove) -> MovePlan:
    """The plan of an act that was stored by an earlier request."""
    rows = Session.objects.select_related("course").in_bulk([row["session"] for row in act.changes])
    by_id = {str(pk): session for pk, session in rows.items()}
    plan = MovePlan(act.series)
    for row in act.changes:
        if session := by_id.get(row["session"]):
            fields = _fields(row["after"])
            times = Meeting(fields["starts_at"], fields["ends_at"])
            plan.moved.append(Moved(session, times, fields["room"]))
    return plan


def _apply(act: SeriesMove, old: str, new: str) -> set[str]:
    """Move each session from the one to the other. Returns the ids of those that are at neither."""
    return {
        row["session"] for row in act.changes if not _moved_now(row["session"], row[old], row[new])
    }


def _moved_now(pk: str, old: dict[str, str], new: dict[str, str]) -> bool:
    planned = Session.objects.filter(pk=pk, state=SessionState.PLANNED)
    planned.filter(**_fields(old)).update(**_fields(new))
    moved = planned.filter(**_fields(new)).first()
    if moved is not None:  # by this call or by an earlier one, which may not have come further
        teaching.move_attendance(moved)
    return moved is not None


def _plain(times: Meeting, room: str) -> dict[str, str]:
    return {
        "starts_at": times.starts_at.isoformat(),
        "ends_at": times.ends_at.isoformat(),
        "room": room,
    }


def _fields(plain: dict[str, str]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(plain[name]) for name in ("starts_at", "ends_at")}
    return {**times, "room": plain["room"]}
