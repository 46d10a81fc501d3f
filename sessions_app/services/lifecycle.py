"""Opens and closes sessions, each by compare-and-set, so that repeating is harmless."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import hooks, live, queries
from sessions_app.models import Attendance, MarkSource, Session, SessionState
from sessions_app.services import marks

REOPEN_WITHIN = timedelta(hours=24)
"""How long after its planned end a session can be opened again, to correct a slip of that day."""


def open_session(session: Session, *, by: User, now: datetime) -> Session:
    """Let check-ins in. A closed session opens again within a day of its end.

    Raises reopening_too_late, session_cancelled.
    """
    rows = Session.objects.filter(pk=session.pk)
    opened = rows.filter(state=SessionState.PLANNED).update(
        state=SessionState.OPEN, opened_at=now, opened_by=by
    )
    if not opened and _may_reopen(session, now):
        rows.filter(state=SessionState.CLOSED).update(state=SessionState.OPEN, closed_at=None)
    session.refresh_from_db()
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
    _tell(session)
    return session


def close_session(session: Session, *, by: User, now: datetime) -> Session:
    """Let no more check-ins in, decide the undecided ones, and note who was absent.

    Only who is expected can be absent (`queries.expected_at`): nobody in a session that is closed
    before it begins, and nobody who came to the course after it. Called again on a closed session,
    it finishes what a crash left undone. Raises session_not_open for a session that was never
    opened.
    """
    Session.objects.filter(pk=session.pk, state=SessionState.OPEN).update(
        state=SessionState.CLOSED, closed_at=now, closed_by=by
    )
    session.refresh_from_db()
    if session.state != SessionState.CLOSED:
        raise Refusal(
            "session_not_open",
            _("This session has not been opened yet. Cancel it if it does not take place."),
            Kind.CONFLICT,
        )
    for decide_pending in hooks.on_closing:
        decide_pending(session, now)
    _note_absences(session, now)
    _tell(session)
    return session


def _may_reopen(session: Session, now: datetime) -> bool:
    return now < session.ends_at + REOPEN_WITHIN


def _note_absences(session: Session, now: datetime) -> None:
    excuses = queries.excuses_covering(session)
    # An absence that was noted at an earlier closing may have been excused since.
    noted = Attendance.objects.filter(session_id=session.pk).values_list("student_id", "source")
    seen = {pk for pk, source in noted if not (source == MarkSource.CLOSING and pk in excuses)}
    for student in queries.expected_at(session):
        if student.pk not in seen:
            marks.record_absence(session, student, now=now, excuse=excuses.get(student.pk))


def _tell(session: Session) -> None:
    live.publish(session.pk, {"type": "state", "state": session.state})
