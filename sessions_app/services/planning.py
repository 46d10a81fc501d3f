"""Plans many sessions at once, and cancels sessions."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project import spellings
from attendance_project.refusals import Kind, Refusal
from sessions_app import live
from sessions_app.domain.offerings import offering_of_week
from sessions_app.domain.series import ClockChange, Meeting, clock_change, moment
from sessions_app.models import Course, Session, SessionState
from sessions_app.queries.overlaps import Overlap, Wanted, overlaps_of, wanted_of
from sessions_app.services import closed_days, marks, plan_notes, teaching


def plan_sessions(
    course: Course,
    meetings: Iterable[Meeting],
    *,
    key: UUID,
    offering_each_week: bool = False,
    **fields: Any,
) -> list[Session]:
    """Plan a session for each meeting. Several share a series. Returns all of them.

    With ``offering_each_week`` those of one week, on the course's calendar, are one offering.

    ``key`` makes a retry harmless. Each session's id follows from it, so that the same call again,
    or the rest after a crash, adds only what is not there yet.
    """
    wanted = {_id_of(course, key, m): m for m in meetings}
    series = uuid5(course.pk, str(key)) if len(wanted) > 1 else None
    rows = Session.objects.filter(pk__in=list(wanted))
    there = set(rows.values_list("pk", flat=True))
    for pk, meeting in wanted.items():
        if pk not in there:
            teaching.create_session(
                course,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                **fields | _offering(course, meeting, fields, offering_each_week),
                pk=pk,
                series=series,
            )
    return list(rows.order_by("starts_at", "pk"))


def plan_session(
    course: Course,
    *,
    starts_at: datetime,
    ends_at: datetime,
    allow_overlaps: bool = False,
    allow_closed_day: bool = False,
    **fields: Any,
) -> Session:
    """Plan one session, unless the institution is closed or others take place at that time.

    A time without a zone is on the session's own clock. Raises closed_day, sessions_overlap,
    invalid_input.
    """
    zone = ZoneInfo(fields.get("time_zone") or course.time_zone)
    times = Meeting(on_clock_of(zone, starts_at), on_clock_of(zone, ends_at))
    teaching.check_times(times.starts_at, times.ends_at)
    if not allow_closed_day:
        closed_days.refuse_closed(closed_days.split_closed([times], zone)[1], field="starts_at")
    if not allow_overlaps:
        plan_notes.refuse_overlaps(overlaps_with(course, [times], **fields))
    return teaching.create_session(
        course, starts_at=times.starts_at, ends_at=times.ends_at, **fields
    )


def reschedule_session(
    session: Session, *, now: datetime, allow_overlaps: bool = False, **changes: Any
) -> Session:
    """Change one session by hand, unless others take place at its new time or in its new room.

    A time without a zone is on the session's own clock. Raises what `change_session` raises, and
    sessions_overlap.
    """
    zone = ZoneInfo(changes.get("time_zone") or session.time_zone)
    for name in {"starts_at", "ends_at"} & changes.keys():
        changes[name] = on_clock_of(zone, changes[name])
    if not allow_overlaps:
        plan_notes.refuse_overlaps(overlaps_of_change(session, changes))
    return teaching.change_session(session, now=now, **changes)


def overlaps_of_change(session: Session, changes: dict[str, Any]) -> list[Overlap]:
    """Which sessions would take place at the same time, once a planned one is changed so."""
    if session.state != SessionState.PLANNED or not teaching.moves(session, changes):
        return []
    new = {name: changes.get(name, getattr(session, name)) for name in teaching.PLACE_AND_TIME}
    offering = changes.get("offering", session.offering)
    wanted = wanted_of(session, **new, offering=offering)
    return overlaps_of([wanted], leaving=[session.pk])


def overlaps_with(
    course: Course,
    meetings: Collection[Meeting],
    *,
    room: str = "",
    key: UUID | None = None,
    offering_each_week: bool = False,
    **fields: Any,
) -> list[Overlap]:
    """Which sessions would take place at the same time as these of the course, planned with these
    fields. Those that were planned with the same ``key`` are these themselves."""
    wanted = [
        Wanted(
            course,
            m.starts_at,
            m.ends_at,
            room,
            offering=_offering_of(course, m, fields, offering_each_week),
        )
        for m in meetings
    ]
    return overlaps_of(wanted, leaving=[_id_of(course, key, m) for m in meetings if key])


def _offering_of(course: Course, meeting: Meeting, fields: dict[str, Any], each_week: bool) -> str:
    """The offering of the session that is planned for the meeting, as it would be stored."""
    planned = fields | _offering(course, meeting, fields, each_week)
    return spellings.visible(planned.get("offering", ""))


def _id_of(course: Course, key: UUID, meeting: Meeting) -> UUID:
    return uuid5(course.pk, f"{key}:{meeting.starts_at.isoformat()}")


def clock_changes_of(zone: ZoneInfo, given: Mapping[str, Any]) -> list[ClockChange]:
    """Where a start or an end that was given without a zone is skipped or shown twice by the
    clock."""
    times = (given.get(name) for name in ("starts_at", "ends_at"))
    walls = [at for at in times if isinstance(at, datetime) and not at.tzinfo]
    return [change for at in walls if (change := clock_change(at, zone))]


def on_clock_of(zone: ZoneInfo, at: datetime) -> datetime:
    """The moment, in UTC. A time without a zone is read from this zone's clock.

    Raises invalid_input for a time that UTC does not have, at either end of the calendar.
    """
    try:
        return at.astimezone(UTC) if at.tzinfo else moment(at.date(), at.time(), zone)
    except OverflowError:
        raise teaching.impossible_date() from None


def _offering(
    course: Course, meeting: Meeting, fields: dict[str, Any], each_week: bool
) -> dict[str, str]:
    offering = fields.get("offering", "")
    if not (offering and each_week):
        return {}
    day = meeting.starts_at.astimezone(course.zone).date()
    return {"offering": offering_of_week(offering, day)}


def cancel_session(session: Session, *, by: User, now: datetime) -> Session:
    """Cancel a session that has not been opened: it counts for nothing. Repeating is harmless.

    Raises session_not_planned, session_annulled.
    """
    _cancel([session.pk], by, now)
    session.refresh_from_db()
    if session.state == SessionState.ANNULLED:
        raise Refusal(
            "session_annulled",
            _("This session was annulled already, so it counts for nobody."),
            Kind.CONFLICT,
        )
    if session.state != SessionState.CANCELLED:
        raise Refusal(
            "session_not_planned",
            _("This session was opened, so it can no longer be cancelled. Annul it instead."),
            Kind.CONFLICT,
        )
    live.publish(session.pk, {"type": "state", "state": session.state})
    return session


def cancel_from(session: Session, *, by: User, now: datetime) -> int:
    """Cancel this session and every later one of its series. Returns how many were changed.

    Raises nothing_to_cancel where none of them is still planned, and what cancel_session raises.
    """
    if session.series is None:
        cancel_session(session, by=by, now=now)
        return 1
    later = Session.objects.filter(
        series=session.series, course_id=session.course_id, starts_at__gte=session.starts_at
    )
    cancelled = _cancel(list(later.values_list("pk", flat=True)), by, now)
    if not cancelled:
        raise Refusal(
            "nothing_to_cancel",
            _("Nothing was cancelled: no session from this one on is still planned."),
            Kind.CONFLICT,
        )
    return cancelled


def restore_session(session: Session) -> Session:
    """Let a cancelled session take place after all. Repeating is harmless."""
    Session.objects.filter(pk=session.pk, state=SessionState.CANCELLED).update(**restoration())
    session.refresh_from_db()
    live.publish(session.pk, {"type": "state", "state": session.state})
    return session


def count_heads(session: Session, heads: int | None, *, now: datetime) -> Session:
    """Store how many people the teacher counted in the room. None forgets the number.

    Raises session_not_open before the session was opened, session_cancelled, session_annulled.
    """
    marks.require_effect(session)
    rows = Session.objects.filter(pk=session.pk, state__in=[SessionState.OPEN, SessionState.CLOSED])
    counted_at = None if heads is None else now
    if not rows.update(head_count=heads, head_counted_at=counted_at):
        raise Refusal("session_not_open", _("Open the session before you count."), Kind.CONFLICT)
    session.refresh_from_db()
    live.publish(session.pk, {"type": "heads", "heads": heads})
    return session


def cancellation(
    *, by: User | None, now: datetime, import_id: UUID | None = None
) -> dict[str, Any]:
    """The fields of a session that is cancelled, by a person or by the import with this id."""
    return {
        "state": SessionState.CANCELLED,
        "cancelled_at": now,
        "cancelled_by_id": by.pk if by else None,
        "cancelled_import_id": import_id,
    }


def restoration() -> dict[str, Any]:
    """The fields of a session that takes place after all."""
    return {
        "state": SessionState.PLANNED,
        "cancelled_at": None,
        "cancelled_by_id": None,
        "cancelled_import_id": None,
    }


def _cancel(ids: list[UUID], by: User, now: datetime) -> int:
    rows = Session.objects.filter(pk__in=ids, state=SessionState.PLANNED)
    return rows.update(**cancellation(by=by, now=now))
