"""What follows in teaching when two accounts of one student are merged, and how it goes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import AccountMerge, User
from accounts.services import set_one_by_one
from sessions_app.domain import spans
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    Enrolment,
    MarkSource,
    Session,
)
from sessions_app.services import marks

_BETTER = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LATE,
    AttendanceStatus.EXCUSED,
    AttendanceStatus.ABSENT,
)
"""Which of two statuses of one person at one session counts after a merge: the earlier in here."""
_STORED = ("status", "source", "evidence", "excuse_kind_id", "marked_at")


class Enrolments:
    """Places on courses. Where both accounts have one on the same course, the kept account's covers
    the times of both, and the other one ends."""

    def plan(self, merge: AccountMerge) -> dict[str, Any]:
        kept = {row.course_id: row for row in _enrolments(merge.kept_id)}
        moved, joined = [], []
        for row in _enrolments(merge.merged_id):
            if row.course_id in kept:
                joined.append(_pair(kept[row.course_id], row))
            else:
                moved.append(str(row.pk))
        return {"moved": moved, "joined": joined}

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        rows = Enrolment.objects.filter(pk__in=plan["moved"], student_id=merge.merged_id)
        set_one_by_one(rows, {"student_id": merge.kept_id})
        _join_latecomers(merge, plan)
        for pair in plan["joined"]:
            _set_enrolment(pair["kept"], pair["together"])
            _set_enrolment(pair["merged"], pair["merged_was"] | {"is_active": False})

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        rows = Enrolment.objects.filter(pk__in=plan["moved"], student_id=merge.kept_id)
        set_one_by_one(rows, {"student_id": merge.merged_id})
        for pair in plan["joined"]:
            _set_enrolment(pair["merged"], pair["merged_was"])
            # Where the place on the course changed since, what was done since counts.
            kept = Enrolment.objects.filter(pk=pair["kept"]).first()
            if kept is not None and _values_of(kept) == pair["together"]:
                _set_enrolment(pair["kept"], pair["kept_was"])


def _enrolments(student_id: UUID) -> list[Enrolment]:
    return list(Enrolment.objects.filter(student_id=student_id).order_by("pk"))


def _join_latecomers(merge: AccountMerge, plan: Any) -> None:
    """Plan anew for places that the kept account got since they were planned to be moved to it."""
    rows = Enrolment.objects.filter(pk__in=plan["moved"], student_id=merge.merged_id)
    for row in list(rows.order_by("pk")):
        kept = Enrolment.objects.get(course_id=row.course_id, student_id=merge.kept_id)
        plan["joined"].append(_pair(kept, row))
        plan["moved"].remove(str(row.pk))
        _keep_plan(merge)


def _keep_plan(merge: AccountMerge) -> None:
    """Store what will be moved before it is, so that it can be moved back."""
    AccountMerge.objects.filter(pk=merge.pk).update(moved=merge.moved)


def _pair(kept: Enrolment, merged: Enrolment) -> dict[str, Any]:
    return {
        "kept": str(kept.pk),
        "kept_was": _values_of(kept),
        "merged": str(merged.pk),
        "merged_was": _values_of(merged),
        "together": _together(kept, merged),
    }


def _together(kept: Enrolment, merged: Enrolment) -> dict[str, Any]:
    """The values of one enrolment that covers the times of both."""
    known = spans.union([*kept.spans, *merged.spans])
    if not known:
        return _values_of(kept)
    *earlier, last = known
    return {
        "is_active": last.until_at is None,
        "enrolled_at": last.from_at.isoformat(),
        "withdrawn_at": last.until_at.isoformat() if last.until_at else None,
        "earlier_spans": [_as_json(span) for span in earlier] or None,
    }


def _as_json(span: Any) -> list[str]:
    return [span.from_at.isoformat(), span.until_at.isoformat()]


def _values_of(row: Enrolment) -> dict[str, Any]:
    return {
        "is_active": row.is_active,
        "enrolled_at": row.enrolled_at.isoformat(),
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        "earlier_spans": row.earlier_spans,
    }


def _set_enrolment(pk: str, values: dict[str, Any]) -> None:
    moments = {
        name: parse_datetime(values[name]) if values[name] else None
        for name in ("enrolled_at", "withdrawn_at")
    }
    Enrolment.objects.filter(pk=pk).update(**values | moments)


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
        _follow_later_marks(merge, plan)


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
        _keep_plan(merge)


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


def _follow_later_marks(merge: AccountMerge, plan: Any) -> None:
    """Let the kept account have attendance where it was marked after the merge, at sessions whose
    attendance went back with the merged account."""
    gone = Attendance.objects.filter(pk__in=plan["moved"]).values_list("session_id", flat=True)
    later = AttendanceMark.objects.filter(session_id__in=list(gone), undone_at=None)
    own = later.filter(student_id=merge.kept_id).order_by().values_list("session_id", flat=True)
    for session in Session.objects.filter(pk__in=list(own)):
        marks.update_attendance(session, merge.kept)
        marks.update_attendance(session, merge.merged)
