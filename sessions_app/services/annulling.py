"""Annuls sessions that were opened by mistake, and restores them. Both are harmless to repeat."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import (
    AttendanceMark,
    Session,
    SessionEvent,
    SessionEventKind,
    SessionState,
)
from sessions_app.services import lifecycle

ANNUL_WITHIN = timedelta(hours=24)
"""How long after its closing a teacher may annul a session, and after that restore it again: until
then after its start, where it was annulled before. Admins always may."""
REASON_LENGTH = 300
_WAS = (SessionState.OPEN, SessionState.CLOSED)


def annul(session: Session, *, by: User, reason: str, now: datetime) -> Session:
    """Make a session that was opened count for nobody. Its marks stay and can be read.

    Its code and its beacon are refused from this moment. Raises reason_required,
    session_not_opened, annulling_too_late.
    """
    reason = _checked(reason)
    if session.state == SessionState.ANNULLED:
        return session
    if session.state not in _WAS:
        raise Refusal(
            "session_not_opened",
            _("This session was never opened. Cancel it instead."),
            Kind.CONFLICT,
        )
    if not may_annul(session, by, now=now):
        raise _too_late(_("This session was closed more than a day ago. Ask an admin to annul it."))
    done = Session.objects.filter(pk=session.pk, state=session.state).update(
        state=SessionState.ANNULLED,
        state_before_annulled=session.state,
        annulled_at=now,
        annulled_by=by,
        annul_reason=reason,
    )
    if done:
        _keep(session, SessionEventKind.ANNULLED, by, now, reason)
    return _as_it_became(session, {SessionState.ANNULLED})


def restore(session: Session, *, by: User, now: datetime) -> Session:
    """Let an annulled session count again, as it stood before. Its marks were kept.

    Absences are noted as on closing, since an excuse may have been given meanwhile. A session that
    was open is open again, and closes by itself if its time is over. One that was opened before its
    day, and in which nobody was marked, is planned again. Raises session_not_annulled,
    restoring_too_late.
    """
    if session.is_unfinished:
        lifecycle.finish(session, now=now)
    if session.state in _WAS or _was_restored_before(session):
        return session
    if session.state != SessionState.ANNULLED:
        raise Refusal(
            "session_not_annulled",
            _("This session was not annulled. Reload the page to see how it stands."),
            Kind.CONFLICT,
        )
    if not may_restore(session, by, now=now):
        raise _too_late(
            _("This session was annulled more than a day ago. Ask an admin to restore it."),
            code="restoring_too_late",
        )
    annulled = Session.objects.filter(pk=session.pk, state=SessionState.ANNULLED)
    if annulled.update(**_as_before(session, now)):
        _keep(session, SessionEventKind.RESTORED, by, now)
    session = _as_it_became(session, {*_WAS, SessionState.PLANNED})
    if session.state == SessionState.CLOSED:
        lifecycle.finish(session, now=now)
    elif session.is_open and not session.shows_code_at(now):
        lifecycle.close_session(session, by=by, now=now)
    return session


def _was_restored_before(session: Session) -> bool:
    return session.state == SessionState.PLANNED and session.annulled_at is not None


def _as_before(session: Session, now: datetime) -> dict[str, Any]:
    """The values of the session's fields that restoring writes."""
    if session.state_before_annulled == SessionState.CLOSED:
        return {"state": SessionState.CLOSED, "finished_at": None}
    marked = AttendanceMark.objects.filter(session_id=session.pk).exists()
    if marked or not lifecycle.is_before_its_day(session, now):
        return {"state": SessionState.OPEN}
    return {"state": SessionState.PLANNED, "opened_at": None, "opened_by": None}


def may_annul(session: Session, user: User, *, now: datetime) -> bool:
    """Whether the user, who runs the session, may annul it now."""
    if session.state not in _WAS:
        return False
    in_time = session.closed_at is None or now < session.closed_at + ANNUL_WITHIN
    return user.is_admin or in_time


def may_restore(session: Session, user: User, *, now: datetime) -> bool:
    """Whether the user, who runs the session, may restore it now after it was annulled."""
    if session.state != SessionState.ANNULLED or session.annulled_at is None:
        return False
    latest = max(session.annulled_at, session.starts_at)
    return user.is_admin or now < latest + ANNUL_WITHIN


def _checked(reason: str) -> str:
    told = reason.strip()
    if not told or len(told) > REASON_LENGTH:
        sentence = (
            _("Use at most %(n)d characters.") % {"n": REASON_LENGTH}
            if told
            else _("Give a reason in a few words.")
        )
        raise Refusal(
            "reason_required",
            _("Give a reason in a few words. It is stored with the session."),
            Kind.INVALID,
            fields={"reason": [sentence]},
        )
    return told


def _keep(
    session: Session, kind: SessionEventKind, by: User, now: datetime, reason: str = ""
) -> None:
    SessionEvent.objects.create(session=session, kind=kind, by=by, at=now, reason=reason)


def _as_it_became(session: Session, wanted: set[SessionState]) -> Session:
    session.refresh_from_db()
    if session.state not in wanted:
        raise Refusal(
            "changed_meanwhile",
            _("Somebody else has just changed this session. Reload it and try again."),
            Kind.CONFLICT,
        )
    lifecycle.tell_state(session)
    return session


def _too_late(sentence: str, code: str = "annulling_too_late") -> Refusal:
    return Refusal(code, sentence, Kind.CONFLICT)
