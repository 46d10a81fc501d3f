"""Opens and closes sessions, each by compare-and-set, so that repeating is harmless."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.days import when
from attendance_project.refusals import Kind, Refusal
from sessions_app import hooks, live, queries
from sessions_app.models import (
    Attendance,
    AttendanceStatus,
    MarkSource,
    Session,
    SessionEvent,
    SessionEventKind,
    SessionState,
)
from sessions_app.services import marks, teaching

REOPEN_WITHIN = timedelta(hours=24)
"""How long after its planned end a session can be opened again, to correct a slip of that day."""
SOON = timedelta(minutes=30)
"""How long before its start a session that begins just after midnight is opened without asking."""


def open_session(session: Session, *, by: User, now: datetime, early: bool = False) -> Session:
    """Let check-ins in. A closed session opens again within a day of its end.

    Raises opening_early before the session's own day unless the caller insists by ``early``, and
    session_over where its time has passed, reopening_too_late, session_cancelled, session_annulled.
    """
    if session.state == SessionState.PLANNED and now >= session.closes_itself_at:
        raise _over()
    is_early = session.state == SessionState.PLANNED and is_before_its_day(session, now)
    if is_early and not early:
        raise _opening_early(session)
    rows = Session.objects.filter(pk=session.pk)
    opened = rows.filter(state=SessionState.PLANNED).update(
        state=SessionState.OPEN, opened_at=now, opened_by=by
    )
    if opened and is_early:
        kind = SessionEventKind.OPENED_EARLY
        SessionEvent.objects.create(session=session, kind=kind, by=by, at=now)
    if not opened and _may_reopen(session, now):
        rows.filter(state=SessionState.CLOSED).update(
            state=SessionState.OPEN, closed_at=None, finished_at=None, reopened_at=now
        )
    session.refresh_from_db()
    _require_open(session)
    tell_state(session)
    return session


def close_session(session: Session, *, by: User | None, now: datetime) -> Session:
    """Let no more check-ins in, decide the undecided ones, and note who was absent.

    Only who is expected can be absent (`queries.expected_at`): nobody in a session that is closed
    before it begins, and nobody who came to the course after it. Called again on a closed session,
    it finishes what a crash left undone. Raises session_not_open for a session that was never
    opened, session_annulled.
    """
    shut(session, by=by, now=now)
    if session.state == SessionState.ANNULLED:
        raise annulled()
    if session.state != SessionState.CLOSED:
        raise Refusal(
            "session_not_open",
            _("This session has not been opened yet. Cancel it if it does not take place."),
            Kind.CONFLICT,
        )
    finish(session, now=now)
    return session


def shut(session: Session, *, by: User | None, now: datetime) -> bool:
    """Let no more check-ins in. Returns whether this call did it."""
    open_one = Session.objects.filter(pk=session.pk, state=SessionState.OPEN)
    done = open_one.update(state=SessionState.CLOSED, closed_at=now, closed_by=by)
    session.refresh_from_db()
    return bool(done)


def finish(session: Session, *, now: datetime) -> None:
    """Do what follows from a session that is closed. Repeating is harmless.

    ``finished_at`` is written last, so that what a crash cut short is found (`close_overdue`).
    """
    for decide_pending in hooks.on_closing:
        decide_pending(session, now)
    teaching.move_attendance(session)
    note_absences(session, now=now)
    closed = Session.objects.filter(pk=session.pk, state=SessionState.CLOSED)
    if closed.update(finished_at=now):
        session.finished_at = now
    tell_state(session)


def note_absences(session: Session, *, now: datetime) -> None:
    """Note as absent or excused whoever is expected and was not seen."""
    excuses = queries.excuses_covering(session)
    # An absence that was noted at an earlier closing may have been excused since.
    noted = Attendance.objects.filter(session_id=session.pk)
    seen = {
        row.student_id for row in noted if not (row.student_id in excuses and is_excusable(row))
    }
    for student in queries.expected_at(session):
        if student.pk not in seen:
            marks.record_absence(session, student, now=now, excuse=excuses.get(student.pk))


def is_excusable(row: Attendance) -> bool:
    """Whether it is an absence that an excuse explains: noted on closing, or imported."""
    is_imported = row.source == MarkSource.IMPORT and row.status == AttendanceStatus.ABSENT
    return is_imported or row.source == MarkSource.CLOSING


def tell_state(session: Session) -> None:
    live.publish(session.pk, {"type": "state", "state": session.state})


def annulled() -> Refusal:
    return Refusal(
        "session_annulled",
        _("This session was annulled. Restore it first."),
        Kind.CONFLICT,
    )


def is_before_its_day(session: Session, now: datetime) -> bool:
    """Whether the session's day has not begun at its place, so that opening it is likely a slip."""
    if now >= session.starts_at - SOON:
        return False
    return session.local_time(now).date() < session.local_start.date()


def _opening_early(session: Session) -> Refusal:
    return Refusal(
        "opening_early",
        _("This session is planned for %(day)s. Open it now only if it takes place now.")
        % {"day": when(session.local_start, "long week day")},
        Kind.CONFLICT,
    )


def _over() -> Refusal:
    return Refusal(
        "session_over",
        _("This session's time is over. Say that it took place, and mark who was there."),
        Kind.CONFLICT,
    )


def _require_open(session: Session) -> None:
    if session.state == SessionState.ANNULLED:
        raise annulled()
    if session.state == SessionState.CANCELLED:
        raise Refusal(
            "session_cancelled",
            _("This session was cancelled. Restore it before you open it."),
            Kind.CONFLICT,
        )
    if not session.is_open:
        raise Refusal(
            "reopening_too_late",
            _("This session ended more than a day ago. Mark attendance by hand instead."),
            Kind.CONFLICT,
        )


def _may_reopen(session: Session, now: datetime) -> bool:
    return now < session.ends_at + REOPEN_WITHIN
