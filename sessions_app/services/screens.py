"""What the teacher's pages show, in plain JSON values: pushed, polled and rendered alike."""

from datetime import datetime
from typing import Any

from accounts.models import User
from sessions_app import queries
from sessions_app.hooks import Undo
from sessions_app.models import Session
from sessions_app.services import codes, undo


def teaches_it(session: Session, user: User) -> bool:
    """Whether the session is the user's own: as a teacher or assistant of the course, or as the
    substitute. To them the code is shown at once, and to an admin when asked for."""
    return Session.objects.taught_by(user).filter(pk=session.pk).exists()


def sees_code(session: Session, user: User, *, asked: bool) -> bool:
    """Whether the code is shown to a user who runs the session."""
    return teaches_it(session, user) or (asked and user.is_admin)


def code_on_screen(session: Session, *, now: datetime) -> dict[str, Any]:
    """The drawing of the code, without its token in text. Raises session_not_open."""
    code = codes.current_code(session, now=now)
    return {
        "type": "code",
        "svg": code.svg,
        "slot": code.slot,
        "slot_s": session.qr_slot_s,
        "changes_at": code.changes_at.isoformat(),
        "dies_at": code.dies_at.isoformat(),
        "server_time": now.isoformat(),
    }


def register_on_screen(session: Session, *, now: datetime) -> dict[str, Any]:
    """The register, where each row has what its author can still undo: ``undo`` is None or
    ``{"url", "by", "at"}``, and always None where nothing counts. ``heads`` is what the teacher
    counted, or None."""
    rows = queries.register_json(session)
    since = now - undo.UNDO_WITHIN
    undos = queries.undos_of(session, since=since) if session.has_effect else {}
    shown = {str(pk): _undo_as_json(each) for pk, each in undos.items()}
    return {
        "type": "register",
        "state": session.state,
        "ends_at": session.ends_at.isoformat(),
        "heads": session.head_count,
        "counts": queries.counts_of([(row["status"], row["source"]) for row in rows]),
        "rows": [row | {"undo": shown.get(row["student_id"])} for row in rows],
    }


def _undo_as_json(each: Undo) -> dict[str, str]:
    return {"url": each["url"], "by": str(each["by"]), "at": each["at"].isoformat()}
