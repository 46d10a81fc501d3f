"""Takes imports back: a timetable while nothing of it was used, others as far as possible."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project import transactions
from attendance_project.refusals import Kind, Refusal
from sessions_app import live, services
from sessions_app.imports.plans import Action, RowKind
from sessions_app.imports.provenance import rewritten
from sessions_app.imports.records import values_of
from sessions_app.imports.taking_back_marks import check_owner, take_back_marks
from sessions_app.imports.taking_back_people import take_back_people
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    ImportKind,
    ImportRecord,
    Session,
    SessionState,
)

_UNTOUCHED = (SessionState.PLANNED, SessionState.CANCELLED)
AT_ONCE = 500


def is_revertible(record: ImportRecord) -> bool:
    """Whether this import was not taken back yet."""
    return record.taken_back_at is None


def take_back(record: ImportRecord, *, by: User | None, now: datetime) -> ImportRecord:
    """Undo what the import changed, in one transaction.

    Of a timetable everything or nothing: sessions that it planned are removed, cancelled ones
    restored, changed ones are as before. Of people and marks what nobody has used or changed since.
    What stays is kept in ``stayed``. Raises import_taken_back, import_marked, import_changed_since,
    import_not_yours, and what attendance_project.transactions raises.
    """
    transactions.run_whole(lambda: _take_back(record, by, now))
    record.refresh_from_db()
    _tell(record)
    return record


def _tell(record: ImportRecord) -> None:
    """Tell the open pages of the sessions that there still are."""
    ids = [change["id"] for change in _sessions(record) if change["action"] != Action.ADDED]
    for start in range(0, len(ids), AT_ONCE):
        for session in Session.objects.filter(pk__in=ids[start : start + AT_ONCE]):
            live.publish(session.pk, {"type": "state", "state": session.state})


def _sessions(record: ImportRecord) -> list[Mapping[str, Any]]:
    return [change for change in record.changes if change["kind"] == RowKind.SESSION]


def _take_back(record: ImportRecord, by: User | None, now: datetime) -> None:
    rows = ImportRecord.objects.filter(pk=record.pk, taken_back_at=None)
    if not rows.update(taken_back_at=now, taken_back_by=by):
        raise Refusal("import_taken_back", _("This import was taken back already."), Kind.CONFLICT)
    if record.plans_sessions:
        _take_back_sessions(record, by)
        return
    staying = (
        take_back_people(record, by)
        if record.kind == ImportKind.ENROLMENTS
        else take_back_marks(record, by, now)
    )
    ImportRecord.objects.filter(pk=record.pk).update(stayed=staying.stored)


def _take_back_sessions(record: ImportRecord, by: User | None) -> None:
    changes = _sessions(record)
    there = _found(changes, by)
    added = [one for one in changes if one["action"] == Action.ADDED]
    _remove([there[one["id"]] for one in added if one["id"] in there])
    others = [one for one in changes if one["action"] != Action.ADDED and one["id"] in there]
    marked = _marked_since(record.at, [there[one["id"]].pk for one in others])
    for change in others:
        _put_back(there[change["id"]], change, record, marked)


def _found(changes: Iterable[Mapping[str, Any]], by: User | None) -> dict[str, Session]:
    """The sessions of the import that there still are. Raises import_not_yours."""
    ids = [change["id"] for change in changes]
    found: dict[str, Session] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = Session.objects.filter(pk__in=ids[start : start + AT_ONCE])
        found |= {str(session.pk): session for session in rows}
    if by is not None:
        check_owner(list(found.values()), by)
    return found


def _remove(sessions: list[Session]) -> None:
    """Delete sessions that were planned and never used. Raises import_marked."""
    for start in range(0, len(sessions), AT_ONCE):
        part = [session.pk for session in sessions[start : start + AT_ONCE]]
        rows = Session.objects.filter(pk__in=part, state__in=_UNTOUCHED, opened_at=None)
        used = (
            rows.count() != len(part)
            or Attendance.objects.filter(session_id__in=part).exists()
            or AttendanceMark.objects.filter(session_id__in=part).exists()
        )
        if used:
            raise _marked()
        try:
            rows.delete()
        except ProtectedError as error:  # a code was shown, a beacon let in, a check-in tried
            raise _marked() from error


def _marked_since(moment: datetime, ids: list[UUID]) -> set[UUID]:
    """The sessions in which somebody was marked at this moment or later."""
    marked: set[UUID] = set()
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        marks = AttendanceMark.objects.filter(session_id__in=part, at__gte=moment).order_by()
        rows = Attendance.objects.filter(session_id__in=part, marked_at__gte=moment).order_by()
        marked.update(marks.values_list("session_id", flat=True))
        marked.update(rows.values_list("session_id", flat=True))
    return marked


def _put_back(
    session: Session, change: Mapping[str, Any], record: ImportRecord, marked: set[UUID]
) -> None:
    """Give the session the values from before, unless somebody has undone that already. Marks from
    before the import go along."""
    before, after = (values_of(Session, change[name]) for name in ("before", "after"))
    now = {name: getattr(session, name) for name in after}
    if change["action"] == Action.DROPPED:
        if session.cancelled_import_id != record.pk:
            return  # it takes place again, or a person has cancelled it since
    elif now == before:
        return
    elif now != after:
        raise Refusal(
            "import_changed_since",
            _("%(name)s was changed since. Take the later import back first, or change it by hand.")
            % {"name": change["name"]},
            Kind.CONFLICT,
        )
    rows = Session.objects.filter(pk=session.pk, state__in=_UNTOUCHED, opened_at=None)
    if session.pk in marked or not rows.update(**rewritten(session, before)):
        raise _marked()
    if before.keys() & {"starts_at", "time_zone"}:
        services.move_attendance(rows.get())


def _marked() -> Refusal:
    return Refusal(
        "import_marked",
        _(
            "A session of this import was opened, marked or used already, so the import can no "
            "longer be taken back. Cancel the other sessions by hand."
        ),
        Kind.CONFLICT,
    )
