"""Plans many sessions at once, and cancels sessions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import live
from sessions_app.domain.series import Meeting
from sessions_app.models import Course, Session, SessionState
from sessions_app.services import teaching


def plan_sessions(
    course: Course, meetings: Iterable[Meeting], *, key: UUID, **fields: Any
) -> list[Session]:
    """Plan a session for each meeting. Several share a series. Returns all of them.

    ``key`` makes a retry harmless. Each session's id follows from it, so that the same call again,
    or the rest after a crash, adds only what is not there yet.
    """
    wanted = {uuid5(course.pk, f"{key}:{m.starts_at.isoformat()}"): m for m in meetings}
    series = uuid5(course.pk, str(key)) if len(wanted) > 1 else None
    rows = Session.objects.filter(pk__in=list(wanted))
    there = set(rows.values_list("pk", flat=True))
    for pk, meeting in wanted.items():
        if pk not in there:
            teaching.create_session(
                course,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                **fields | {"pk": pk, "series": series},
            )
    return list(rows.order_by("starts_at"))


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
    """Cancel this session and every later one of its series. Returns how many were changed."""
    if session.series is None:
        cancel_session(session, by=by, now=now)
        return 1
    later = Session.objects.filter(
        series=session.series, course_id=session.course_id, starts_at__gte=session.starts_at
    )
    return _cancel(list(later.values_list("pk", flat=True)), by, now)


def restore_session(session: Session) -> Session:
    """Let a cancelled session take place after all. Repeating is harmless."""
    Session.objects.filter(pk=session.pk, state=SessionState.CANCELLED).update(**restoration())
    session.refresh_from_db()
    live.publish(session.pk, {"type": "state", "state": session.state})
    return session


def count_heads(session: Session, heads: int | None, *, now: datetime) -> Session:
    """Store how many people the teacher counted in the room. None forgets the number.

    Raises session_not_open before the session was opened.
    """
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
