"""How places on courses follow when two accounts of one student are merged, and go back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from accounts.models import AccountMerge
from accounts.services import set_one_by_one
from attendance_project import spans
from attendance_project.spans import Span
from sessions_app.models import Attendance, Enrolment
from sessions_app.services.merging.plans import keep_plan


class Enrolments:
    """Places on courses. Where both accounts have one on the same course, the kept account's covers
    the times of both, and the other one ends.

    The times that the merged account was switched off are taken out of its places, since nobody
    is absent from a session at which they could not check in.
    """

    def plan(self, merge: AccountMerge) -> dict[str, Any]:
        kept = {row.course_id: row for row in _enrolments(merge.kept_id)}
        moved, joined, cut = [], [], []
        for row in _enrolments(merge.merged_id):
            known = _times_while_on(merge, row)
            if row.course_id in kept:
                joined.append(_pair(kept[row.course_id], row, known))
                continue
            moved.append(str(row.pk))
            if known != row.spans:
                cut.append({"pk": str(row.pk), "was": _values_of(row), "is": _covering(known, row)})
        return {"moved": moved, "joined": joined, "cut": cut}

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        rows = Enrolment.objects.filter(pk__in=plan["moved"], student_id=merge.merged_id)
        set_one_by_one(rows, {"student_id": merge.kept_id})
        _join_latecomers(merge, plan)
        for row in plan.get("cut", []):
            _set_enrolment(row["pk"], row["is"])
        for pair in plan["joined"]:
            _set_enrolment(pair["kept"], pair["together"])
            _set_enrolment(pair["merged"], pair["merged_was"] | {"is_active": False})

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        rows = Enrolment.objects.filter(pk__in=plan["moved"], student_id=merge.kept_id)
        gone = list(rows.values_list("course_id", flat=True))
        set_one_by_one(rows, {"student_id": merge.merged_id})
        for row in plan.get("cut", []):
            _put_back_enrolment(row["pk"], row["is"], row["was"])
        for pair in plan["joined"]:
            _set_enrolment(pair["merged"], pair["merged_was"])
            _put_back_enrolment(pair["kept"], pair["together"], pair["kept_was"])
        _keep_places(merge, gone, now)


def _join_latecomers(merge: AccountMerge, plan: Any) -> None:
    """Plan anew for places that the kept account got since they were planned to be moved to it."""
    rows = Enrolment.objects.filter(pk__in=plan["moved"], student_id=merge.merged_id)
    for row in list(rows.order_by("pk")):
        kept = Enrolment.objects.get(course_id=row.course_id, student_id=merge.kept_id)
        plan["joined"].append(_pair(kept, row, _times_while_on(merge, row)))
        plan["moved"].remove(str(row.pk))
        keep_plan(merge)


def _keep_places(merge: AccountMerge, course_ids: list[UUID], now: datetime) -> None:
    """Give the kept account a place that is over on courses on which it was marked meanwhile."""
    own = Attendance.objects.filter(student_id=merge.kept_id, course_id__in=course_ids)
    for course_id in set(own.order_by().values_list("course_id", flat=True)):
        values = {"is_active": False, "enrolled_at": merge.at, "withdrawn_at": now}
        Enrolment.objects.get_or_create(
            course_id=course_id, student_id=merge.kept_id, defaults=values
        )


def _times_while_on(merge: AccountMerge, row: Enrolment) -> list[Span]:
    """The times on the course at which the merged account was switched on, before the merge."""
    off = [
        Span(span.from_at, min(span.until_at or merge.at, merge.at))
        for span in merge.merged.off_spans
        if span.from_at < merge.at
    ]
    return spans.without(row.spans, off)


def _put_back_enrolment(pk: str, now_is: dict[str, Any], was: dict[str, Any]) -> None:
    """Give a place its former times, unless it changed since: then what was done since counts."""
    row = Enrolment.objects.filter(pk=pk).first()
    if row is not None and _values_of(row) == now_is:
        _set_enrolment(pk, was)


def _enrolments(student_id: UUID) -> list[Enrolment]:
    return list(Enrolment.objects.filter(student_id=student_id).order_by("pk"))


def _pair(kept: Enrolment, merged: Enrolment, merged_times: list[Span]) -> dict[str, Any]:
    return {
        "kept": str(kept.pk),
        "kept_was": _values_of(kept),
        "merged": str(merged.pk),
        "merged_was": _values_of(merged),
        "together": _covering([*kept.spans, *merged_times], kept),
    }


def _covering(times: list[Span], row: Enrolment) -> dict[str, Any]:
    """The values of an enrolment that covers these times. Without any it stays as it is."""
    if not times:
        return _values_of(row)
    *earlier, last = spans.union(times)
    return {
        "is_active": last.until_at is None,
        "enrolled_at": last.from_at.isoformat(),
        "withdrawn_at": last.until_at.isoformat() if last.until_at else None,
        "earlier_spans": spans.as_json(earlier) or None,
    }


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
