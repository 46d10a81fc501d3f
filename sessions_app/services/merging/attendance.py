"""How marks and attendance follow when two accounts of one student are merged, and go back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import AccountMerge, User
from accounts.services import set_one_by_one
from sessions_app import queries
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    MarkSource,
    Session,
)
from sessions_app.services import lifecycle, marks
from sessions_app.services.merging.plans import keep_plan

_BETTER = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LATE,
    AttendanceStatus.EXCUSED,
    AttendanceStatus.ABSENT,
)
"""Which of two statuses of one person at one session counts after a merge: the earlier in here."""
_STORED = ("status", "source", "evidence", "excuse_kind_id", "marked_at")


class Marks:
    """Marks, and the attendance that follows from them.

    Where both accounts have attendance or marks at one session, a mark says that the better one
    counts, unless it does anyway. A status counts more than a mark that was cleared. All marks of
    both stay readable in the history of the kept account.
    """

    def plan(self, merge: AccountMerge) -> dict[str, Any]:
        kept, merged = _attendance_of(merge.kept_id), _attendance_of(merge.merged_id)
        both = _sessions_of(merge.kept_id, kept) & _sessions_of(merge.merged_id, merged)
        given = AttendanceMark.objects.filter(student_id=merge.merged_id).order_by()
        return {
            "marks": [str(pk) for pk in given.values_list("pk", flat=True)],
            "moved": [str(row.pk) for pk, row in merged.items() if pk not in both],
            "both": {
                str(pk): {"kept": _stored(kept.get(pk)), "merged": _stored(merged.get(pk))}
                for pk in sorted(both)
            },
        }

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        _move_marks(plan, merge.merged_id, merge.kept_id)
        _move_attendance(plan, merge.merged_id, merge.kept_id)
        _compare_latecomers(merge, plan)
        for session in Session.objects.filter(pk__in=list(plan["both"])):
            _let_better_count(merge, session, plan["both"][str(session.pk)])

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        keys = [_key(merge, UUID(pk)) for pk in plan["both"]]
        added = AttendanceMark.objects.filter(key__in=keys, undone_at=None)
        added.update(undone_at=now, undone_by_id=merge.undone_by_id)
        _move_marks(plan, merge.kept_id, merge.merged_id)
        _move_attendance(plan, merge.kept_id, merge.merged_id)
        for session in Session.objects.filter(pk__in=list(plan["both"])):
            for who, person in (("kept", merge.kept), ("merged", merge.merged)):
                _put_back(session, person, plan["both"][str(session.pk)][who])
        _follow_later_marks(merge, plan, now)
        _excuse_again(merge, plan, now)


def _attendance_of(student_id: UUID) -> dict[UUID, Attendance]:
    rows = Attendance.objects.filter(student_id=student_id).order_by("pk")
    return {row.session_id: row for row in rows}


def _sessions_of(student_id: UUID, attendance: dict[UUID, Attendance]) -> set[UUID]:
    """The sessions at which the student has attendance, or a mark that counts, as a clearing."""
    marked = AttendanceMark.objects.filter(student_id=student_id, undone_at=None).order_by()
    return {*attendance, *marked.values_list("session_id", flat=True)}


def _stored(row: Attendance | None) -> dict[str, Any] | None:
    if row is None:
        return None
    values = {name: getattr(row, name) for name in _STORED}
    kind = str(row.excuse_kind_id) if row.excuse_kind_id else None
    return values | {"excuse_kind_id": kind, "marked_at": row.marked_at.isoformat()}


def _move_marks(plan: Any, from_id: UUID, to_id: UUID) -> None:
    rows = AttendanceMark.objects.filter(pk__in=plan["marks"], student_id=from_id)
    rows.update(student_id=to_id)


def _move_attendance(plan: Any, from_id: UUID, to_id: UUID) -> None:
    rows = Attendance.objects.filter(pk__in=plan["moved"], student_id=from_id)
    set_one_by_one(rows, {"student_id": to_id})


def _compare_latecomers(merge: AccountMerge, plan: Any) -> None:
    """Plan anew for attendance that the kept account got since it was planned to be moved to it."""
    rows = Attendance.objects.filter(pk__in=plan["moved"], student_id=merge.merged_id)
    for row in list(rows.order_by("pk")):
        kept = Attendance.objects.get(session_id=row.session_id, student_id=merge.kept_id)
        plan["both"][str(row.session_id)] = {"kept": _stored(kept), "merged": _stored(row)}
        plan["moved"].remove(str(row.pk))
        keep_plan(merge)


def better_of(one: str, other: str) -> str:
    """The status that counts of two that one person has at one session."""
    return min(one, other, key=lambda s: _BETTER.index(s) if s in _BETTER else len(_BETTER))


def _let_better_count(merge: AccountMerge, session: Session, both: dict[str, Any]) -> None:
    Attendance.objects.filter(session_id=session.pk, student_id=merge.merged_id).delete()
    shown = [both[who] for who in ("kept", "merged") if both[who]]
    if not shown:  # cleared for both
        marks.update_attendance(session, merge.kept)
        return
    status = better_of(shown[0]["status"], shown[-1]["status"])
    source = next(one for one in shown if one["status"] == status)
    if marks.status_by_marks(session, merge.kept) != status:
        marks.record_mark(
            session=session,
            student=merge.kept,
            status=status,
            source=MarkSource.MANUAL,
            key=_key(merge, session.pk),
            reason=_("Two accounts of one person were merged. The better mark counts."),
            evidence=source["evidence"],
            excuse_kind_id=source.get("excuse_kind_id"),
            by=merge.by,
            now=merge.at,
        )
    marks.update_attendance(session, merge.kept)


def _key(merge: AccountMerge, session_id: UUID) -> str:
    return f"merge:{merge.pk.hex}:{session_id.hex}"


def _put_back(session: Session, person: User, stored: dict[str, Any] | None) -> None:
    """Give a person the attendance that follows from the marks or, where there are none because it
    came about in another way, the one from before the merge."""
    if stored is None or marks.status_by_marks(session, person) is not None:
        marks.update_attendance(session, person)
        return
    values = stored | {"marked_at": parse_datetime(stored["marked_at"])}
    row = Attendance.objects.filter(session_id=session.pk, student_id=person.pk)
    if not row.update(**values):
        Attendance.objects.create(student=person, **marks.of_session(session), **values)


def _follow_later_marks(merge: AccountMerge, plan: Any, now: datetime) -> None:
    """Let the attendance of both say what their marks say, at sessions whose attendance went back
    with the merged account: where the kept one was marked after the merge, and where the row that
    was moved then has been replaced by another one since, as by a second merge."""
    gone = _sessions_that_went_back(plan)
    later = AttendanceMark.objects.filter(session_id__in=list(gone), undone_at=None)
    own = later.filter(student_id=merge.kept_id)
    session_ids = set(own.order_by().values_list("session_id", flat=True))
    session_ids |= gone - set(_attendance_of(merge.merged_id))
    _take_noted_back(own, merge, now)
    for session in Session.objects.filter(pk__in=list(session_ids)):
        marks.update_attendance(session, merge.kept)
        marks.update_attendance(session, merge.merged)


def _sessions_that_went_back(plan: Any) -> set[UUID]:
    """The sessions at which the merged account alone had attendance or a mark, as a clearing."""
    attendance = Attendance.objects.filter(pk__in=plan["moved"]).order_by()
    given = AttendanceMark.objects.filter(pk__in=plan["marks"], undone_at=None).order_by()
    found = {pk for rows in (attendance, given) for pk in rows.values_list("session_id", flat=True)}
    return found - {UUID(pk) for pk in plan["both"]}


def _excuse_again(merge: AccountMerge, plan: Any, now: datetime) -> None:
    """Let each person's own excuse count for their own absence, wherever the merge or its undoing
    changed which marks count: it may have been hidden until now by a mark of the other account."""
    people = (merge.kept, merge.merged)
    for session in Session.objects.filter(pk__in=list(_changed_sessions(merge, plan))):
        excuses = queries.excuses_covering(session)
        rows = {row.student_id: row for row in Attendance.objects.filter(session_id=session.pk)}
        for person in (one for one in people if one.pk in excuses and one.pk in rows):
            if lifecycle.is_excusable(rows[person.pk]):
                marks.record_absence(session, person, now=now, excuse=excuses[person.pk])


def _changed_sessions(merge: AccountMerge, plan: Any) -> set[UUID]:
    """The sessions in which other marks may count since the merge was undone."""
    undone = AttendanceMark.objects.filter(
        source=MarkSource.EXCUSE,
        student_id__in=[merge.kept_id, merge.merged_id],
        undone_at__gte=merge.undone_at,
    )
    excused = set(undone.order_by().values_list("session_id", flat=True))
    return excused | _sessions_that_went_back(plan) | {UUID(pk) for pk in plan["both"]}


def _take_noted_back(own: QuerySet[AttendanceMark], merge: AccountMerge, now: datetime) -> None:
    """Undo what was only noted of the kept account, as an absence or an excuse, at sessions at
    which nobody saw it: it was the other account that was absent there."""
    noted = (MarkSource.CLOSING, MarkSource.EXCUSE)
    seen_at = own.exclude(source__in=noted).order_by().values_list("session_id", flat=True)
    only_noted = own.exclude(session_id__in=list(seen_at))
    only_noted.update(undone_at=now, undone_by_id=merge.undone_by_id)
