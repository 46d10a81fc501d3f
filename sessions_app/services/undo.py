"""Takes back a mark by hand, while its author still looks at it."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import live, queries
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    MarkSource,
    Session,
    SessionState,
)
from sessions_app.services import marks

UNDO_WITHIN = timedelta(seconds=10)
"""It is enough to see a slip of the finger. Later, another mark with a reason corrects it."""


def undo_mark(mark: AttendanceMark, *, by: User, now: datetime) -> Attendance | None:
    """Undo one's own mark by hand. The row stays, but does not count. Repeating is harmless.

    Returns the attendance that then holds. Raises not_yours, undo_too_late, and
    session_cancelled or session_annulled where nothing counts.
    """
    if mark.by_id != by.pk or mark.source != MarkSource.MANUAL:
        raise Refusal(
            "not_yours",
            _("Only the person who marked this can undo it. Mark again instead."),
            Kind.NOT_ALLOWED,
        )
    marks.require_effect(mark.session)
    if not (mark.undone_at or is_undoable(mark.at, now=now)):
        raise too_late()
    return take_back(mark, by=by, now=now)


def is_undoable(at: datetime, *, now: datetime) -> bool:
    return now - at < UNDO_WITHIN


def too_late() -> Refusal:
    return Refusal(
        "undo_too_late",
        _("This can only be undone within %(seconds)s seconds. Mark again instead.")
        % {"seconds": UNDO_WITHIN.seconds},
        Kind.CONFLICT,
    )


def take_back(mark: AttendanceMark, *, by: User, now: datetime) -> Attendance | None:
    """Mark it undone and bring the attendance up to date, whoever asks and whenever."""
    rows = AttendanceMark.objects.filter(pk=mark.pk, undone_at=None)
    rows.update(undone_at=now, undone_by=by)
    left = _updated_attendance(mark, now)
    live.publish(
        mark.session_id,
        {
            "type": "undone",
            "student_id": str(mark.student_id),
            "status": left.status if left else queries.MISSING,
        },
    )
    return left


def _updated_attendance(mark: AttendanceMark, now: datetime) -> Attendance | None:
    """The attendance after the mark is gone. In a closed session everyone who is expected has one,
    at least of being absent or excused."""
    left = marks.update_attendance(mark.session, mark.student)
    session = Session.objects.filter(pk=mark.session_id, state=SessionState.CLOSED).first()
    noted = left is None or left.source == MarkSource.CLOSING  # an excuse may have come since
    if not noted or session is None or not queries.is_expected(session, mark.student_id):
        return left
    excuse = queries.excuses_covering(session).get(mark.student_id)
    return marks.record_absence(session, mark.student, now=now, excuse=excuse)
