"""Takes back an import of marks: its marks no longer count, unless somebody marked after it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries, services
from sessions_app.imports.known import fetch
from sessions_app.imports.plans import RowKind
from sessions_app.imports.staying import Staying, Stays
from sessions_app.models import (
    AttendanceMark,
    ImportRecord,
    MarkSource,
    Session,
    SessionState,
)
from sessions_app.services import marks

_NOTED = (MarkSource.CLOSING, MarkSource.EXCUSE)
"""Sources of marks that are noted because nothing was seen."""


def take_back_marks(record: ImportRecord, by: User | None, now: datetime) -> Staying:
    """Undo the marks that still are the newest of their student. Sessions that only the import
    recorded as held are planned again, and nobody knows if they were. Returns what stays.

    A session in which somebody marked since, or which was opened or annulled, stays as it is.
    Raises import_not_yours.
    """
    sessions = fetch(Session.objects.all(), "pk", _ids(record, RowKind.MARK))
    if by is not None:
        check_owner(sessions, by)
    recorded = set(_ids(record, RowKind.SESSION))
    staying = Staying()
    for session in sessions:
        if str(session.pk) not in recorded:
            _take_back_in(session, record, by, now, staying)
        elif _is_used(session, record):
            staying.add(RowKind.SESSION, Stays.HAS_MARKS)
        elif not services.take_back_recording(session, recorded_at=record.at, by=by, now=now):
            staying.add(RowKind.SESSION, Stays.CHANGED)
    return staying


def _ids(record: ImportRecord, kind: RowKind) -> list[str]:
    return sorted({change["id"] for change in record.changes if change["kind"] == kind})


def _is_used(session: Session, record: ImportRecord) -> bool:
    """Whether somebody marked in the session since, or at the moment of this import."""
    standing = AttendanceMark.objects.filter(session_id=session.pk, undone_at=None)
    standing = standing.filter(at__gte=record.at)
    others = standing.exclude(source__in=_NOTED).values_list("source", "at")
    return any((source, at) != (MarkSource.IMPORT, record.at) for source, at in others)


def _take_back_in(
    session: Session, record: ImportRecord, by: User | None, now: datetime, staying: Staying
) -> None:
    rows = AttendanceMark.objects.filter(session_id=session.pk, undone_at=None)
    standing = list(rows.select_related("session", "student").order_by("at", "pk"))
    newest = _newest(standing)
    for mark in standing:
        if mark.source != MarkSource.IMPORT or mark.at != record.at or mark.by_id != record.by_id:
            continue
        if newest[mark.student_id].pk == mark.pk:
            _undo(mark, by, now)
        else:
            staying.add(RowKind.MARK, Stays.CHANGED)


def _undo(mark: AttendanceMark, by: User | None, now: datetime) -> None:
    """Let the mark count no more. Who is expected in a closed session is absent or excused then.

    What was noted when the session closed counts again by itself. It is not noted a second time,
    since a key that is there already would end a transaction on MongoDB.
    """
    rows = AttendanceMark.objects.filter(pk=mark.pk, undone_at=None)
    rows.update(undone_at=now, undone_by=by)
    session, student = mark.session, mark.student
    left = marks.update_attendance(session, student)
    is_closed = session.state == SessionState.CLOSED
    if left is None and is_closed and queries.is_expected(session, student.pk):
        excuse = queries.excuses_covering(session).get(student.pk)
        marks.record_absence(session, student, now=now, excuse=excuse)


def _newest(standing: list[AttendanceMark]) -> Mapping[Any, AttendanceMark]:
    """The newest mark of each student, besides what was noted because nothing was seen."""
    return {mark.student_id: mark for mark in standing if mark.source not in _NOTED}


def check_owner(sessions: list[Session], by: User) -> None:
    """Raises import_not_yours."""
    own = set(Session.objects.run_by(by).values_list("pk", flat=True))
    if any(session.pk not in own for session in sessions):
        raise Refusal(
            "import_not_yours",
            _("Some of these sessions are no longer yours. Ask an admin to take the import back."),
            Kind.NOT_ALLOWED,
        )
