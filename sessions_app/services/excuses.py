"""Excuses students from a course's sessions, in advance or afterwards."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    Course,
    Excuse,
    MarkSource,
    Session,
    SessionState,
)
from sessions_app.services import marks

LONGEST_DAYS = 366
_NOTED_ON_CLOSING = (MarkSource.CLOSING, MarkSource.EXCUSE)


def give_excuse(
    course: Course,
    student: User,
    *,
    from_date: date,
    until_date: date,
    note: str,
    by: User,
    now: datetime,
) -> Excuse:
    """Excuse the student on these days, both included. Past absences change at once.

    The same excuse again adds nothing while it stands. Raises invalid_input.
    """
    _check(from_date, until_date, note)
    values = {
        "course": course,
        "student": student,
        "from_date": from_date.isoformat(),
        "until_date": until_date.isoformat(),
        "note": note.strip(),
    }
    standing = Excuse.objects.filter(**values, revoked_at=None).first()
    excuse = standing or Excuse.objects.create(**values, by=by, at=now)
    for session in _sessions_over(excuse):
        marks.record_absence(session, student, now=now, excuse=excuse)
    return excuse


def revoke_excuse(excuse: Excuse, *, by: User, now: datetime) -> Excuse:
    """Take the excuse back: absent students are absent again. Repeating is harmless."""
    Excuse.objects.filter(pk=excuse.pk, revoked_at=None).update(revoked_at=now, revoked_by=by)
    for session in _sessions_over(excuse):
        key = marks.excuse_key(excuse, session)
        AttendanceMark.objects.filter(key=key, undone_at=None).update(undone_at=now, undone_by=by)
        other = queries.excuses_covering(session).get(excuse.student_id)
        marks.record_absence(session, excuse.student, now=now, excuse=other)
    excuse.refresh_from_db()
    return excuse


def _sessions_over(excuse: Excuse) -> list[Session]:
    """Closed sessions on the excuse's days in which the student was noted as absent or excused, or
    would be if nothing else were known."""
    days = (excuse.from_date, excuse.until_date)
    near = queries.sessions_between(excuse.course_id, *days)
    closed = {session.pk: session for session in near if session.state == SessionState.CLOSED}
    noted = Attendance.objects.filter(session_id__in=list(closed), student_id=excuse.student_id)
    return [
        closed[session_id]
        for session_id, source in noted.values_list("session_id", "source")
        if source in _NOTED_ON_CLOSING or queries.is_expected(closed[session_id], excuse.student_id)
    ]


def _check(from_date: date, until_date: date, note: str) -> None:
    fields: dict[str, list[str]] = {}
    if until_date < from_date:
        fields["until_date"] = [_("Choose a last day that is not before the first.")]
    elif (until_date - from_date).days > LONGEST_DAYS:
        fields["until_date"] = [_("An excuse lasts a year at most. Choose an earlier last day.")]
    if not note.strip():
        fields["note"] = [_("Give a reason in a few words.")]
    if fields:
        raise Refusal(
            "invalid_input",
            _("Please correct the fields marked below."),
            Kind.INVALID,
            fields=fields,
        )
