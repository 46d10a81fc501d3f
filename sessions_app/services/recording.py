"""Records a session that took place without check-ins, from a list that somebody kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries
from sessions_app.models import (
    AttendanceMark,
    AttendanceStatus,
    MarkSource,
    Session,
    SessionEvent,
    SessionEventKind,
    SessionState,
)
from sessions_app.services import lifecycle, marks


def record_session(
    session: Session, *, statuses: Mapping[UUID, str], by: User, now: datetime
) -> Session:
    """State that a planned session which is over took place, with the status of each student.

    Who is expected and not in ``statuses`` is noted as absent, or as excused. The marks are written
    first, while the session still counts for nobody, so that a call that was cut short is simply
    made again. They are undone where somebody was faster. Raises session_not_over,
    session_not_planned, invalid_input for somebody who is not on the register.
    """
    if session.recorded_at is not None and session.is_unfinished:
        lifecycle.finish(session, now=now)
        return session
    _require_over(session, now)
    people = _on_register(session, statuses)
    for student in people:
        _mark(session, student, AttendanceStatus(statuses[student.pk]), by, now)
    if not _turn_closed(session, by, now):
        _undo(session, people, by, now)
        raise _not_planned()
    SessionEvent.objects.create(session=session, kind=SessionEventKind.RECORDED, by=by, at=now)
    lifecycle.finish(session, now=now)
    return session


def take_back_recording(
    session: Session, *, recorded_at: datetime, by: User | None, now: datetime
) -> bool:
    """Let a session that was recorded at this moment be planned again, as it was before: nobody
    knows if it was held. What was noted then counts no more.

    To be called in a transaction. Returns False where somebody has opened, annulled or recorded it
    again since.
    """
    rows = Session.objects.filter(pk=session.pk, state=SessionState.CLOSED, opened_at=None)
    rows = rows.filter(recorded_at=recorded_at, reopened_at=None)
    undone = rows.update(
        state=SessionState.PLANNED,
        closed_at=None,
        closed_by=None,
        finished_at=None,
        recorded_at=None,
        recorded_by=None,
    )
    if not undone:
        return False
    kind = SessionEventKind.UNRECORDED
    SessionEvent.objects.create(session=session, kind=kind, by=by, at=now)
    standing = AttendanceMark.objects.filter(session_id=session.pk, undone_at=None)
    noted = standing.filter(at__gte=recorded_at).select_related("student")
    session.refresh_from_db()
    for mark in list(noted):
        marks.take_out(mark, by=by, now=now)
        marks.update_attendance(session, mark.student)
    return True


def _require_over(session: Session, now: datetime) -> None:
    if session.is_forgotten(now):
        return
    if session.state == SessionState.PLANNED:
        raise Refusal(
            "session_not_over",
            _("This session is not over yet. Open it, and let students check in."),
            Kind.CONFLICT,
        )
    raise _not_planned()


def _on_register(session: Session, statuses: Mapping[UUID, str]) -> list[User]:
    people = list(queries.on_register(session).filter(pk__in=list(statuses)))
    if missing := statuses.keys() - {person.pk for person in people}:
        told = _("Not on this session's register: %(student)s.")
        raise Refusal(
            "invalid_input",
            _("Nothing was recorded. Please correct the fields marked below."),
            Kind.INVALID,
            fields={"marks": [told % {"student": pk} for pk in sorted(missing, key=str)]},
        )
    return people


def _mark(
    session: Session, student: User, status: AttendanceStatus, by: User, now: datetime
) -> None:
    marks.record_mark(
        session=session,
        student=student,
        status=status,
        source=MarkSource.MANUAL,
        key=_key(session, student, by, now),
        reason=_("Recorded from a list."),
        by=by,
        now=now,
    )


def _key(session: Session, student: User, by: User, now: datetime) -> str:
    return f"recorded:{session.pk.hex}:{student.pk.hex}:{by.pk.hex}:{now.timestamp()}"


def _undo(session: Session, people: Iterable[User], by: User, now: datetime) -> None:
    """Take back what this call marked."""
    for student in people:
        mark = AttendanceMark.objects.filter(key=_key(session, student, by, now), undone_at=None)
        mark.update(undone_at=now, undone_by=by)
        marks.update_attendance(session, student)


def _turn_closed(session: Session, by: User, now: datetime) -> bool:
    """Returns whether this call did it: somebody may have opened, recorded or cancelled it."""
    done = Session.objects.filter(pk=session.pk, state=SessionState.PLANNED).update(
        state=SessionState.CLOSED,
        closed_at=now,
        closed_by=by,
        recorded_at=now,
        recorded_by=by,
    )
    session.refresh_from_db()
    return bool(done)


def _not_planned() -> Refusal:
    return Refusal(
        "session_not_planned",
        _("This session was opened, recorded or cancelled already. Reload the page."),
        Kind.CONFLICT,
    )
