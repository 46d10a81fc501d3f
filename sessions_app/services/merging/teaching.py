"""How what somebody teaches follows when two accounts of one teacher are merged, and goes back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db.models import Model
from django.utils.dateparse import parse_datetime

from accounts.models import AccountMerge
from attendance_project.inserting import one_write
from sessions_app.models import (
    Attendance,
    Course,
    CourseStaff,
    Session,
    StaffEventKind,
    StaffRole,
)
from sessions_app.services import staffing


class Teaching:
    """Courses, places on the staff of courses, and sessions, also as a substitute.

    The kept account teaches afterwards what either of the two taught. Of two places on one staff
    the teacher's counts before the assistant's. A course that cannot be handed over, since the kept
    account is the main teacher of another one of the same subject and class, keeps its main
    teacher, and the kept account teaches it too.
    """

    def plan(self, merge: AccountMerge) -> dict[str, Any]:
        courses = _ids(Course, teacher_id=merge.merged_id)
        staff = _places(merge.merged_id)
        own = _places(merge.kept_id)
        concerned = {*courses, *(place["course"] for place in staff)}
        return {
            "courses": courses,
            "sessions": _ids(Session, teacher_id=merge.merged_id),
            "substitutes": _ids(Session, substitute_id=merge.merged_id),
            "staff": staff,
            "own": [place for place in own if place["course"] in concerned],
        }

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        _hand_over(plan["courses"], merge.merged_id, merge.kept_id, by=merge.by_id, now=now)
        _take_sessions(plan, merge.merged_id, merge.kept_id)
        for course_id in _concerned(plan):
            _set_place(course_id, merge.kept_id, _together(merge, plan, course_id, now))
            _set_place(course_id, merge.merged_id, None)
            staffing.tell_watchers(course_id)

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        by = merge.undone_by_id
        _hand_over(plan["courses"], merge.kept_id, merge.merged_id, by=by, now=now)
        _take_sessions(plan, merge.kept_id, merge.merged_id)
        # What was planned since goes with its course.
        ahead = Session.objects.filter(course_id__in=plan["courses"], state__in=staffing.AHEAD)
        back = _ids(Course, pk__in=plan["courses"], teacher_id=merge.merged_id)
        ahead.filter(course_id__in=back).update(teacher_id=merge.merged_id)
        for course_id in _concerned(plan):
            _set_place(course_id, merge.merged_id, _place_in(plan["staff"], course_id))
            _set_place(course_id, merge.kept_id, _place_in(plan["own"], course_id))
            staffing.tell_watchers(course_id)


def _ids(model: type[Model], **about: Any) -> list[str]:
    rows = model._default_manager.filter(**about).order_by("pk")
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def _places(person_id: UUID) -> list[dict[str, Any]]:
    """The person's places on the staff of courses, as plain JSON."""
    return [
        {
            "course": str(row.course_id),
            "role": row.role,
            "added_at": row.added_at.isoformat(),
            "added_by": str(row.added_by_id) if row.added_by_id else None,
        }
        for row in CourseStaff.objects.filter(person_id=person_id).order_by("pk")
    ]


def _place_in(places: Iterable[dict[str, Any]], course_id: UUID) -> dict[str, Any] | None:
    return next((place for place in places if place["course"] == str(course_id)), None)


def _concerned(plan: Any) -> list[UUID]:
    staffed = (place["course"] for place in plan["staff"])
    return [UUID(pk) for pk in sorted({*plan["courses"], *staffed})]


def _hand_over(
    course_ids: Collection[str], from_id: UUID, to_id: UUID, *, by: UUID | None, now: datetime
) -> None:
    for course in Course.objects.filter(pk__in=list(course_ids), teacher_id=from_id):
        try:
            with one_write():
                done = Course.objects.filter(pk=course.pk, teacher_id=from_id).update(
                    teacher_id=to_id
                )
        except IntegrityError:  # the other one teaches this subject to this class already
            continue
        if done:
            about = {"former_id": from_id, "by_id": by}
            staffing.note_event(course, StaffEventKind.MAIN, to_id, now=now, **about)


def _take_sessions(plan: Any, from_id: UUID, to_id: UUID) -> None:
    """Give the sessions to the other account, with what the register repeats of them. Those of
    courses that were not handed over stay with their course."""
    stay = _ids(Course, pk__in=plan["courses"], teacher_id=from_id)
    rows = Session.objects.filter(pk__in=plan["sessions"], teacher_id__in=[from_id, to_id])
    ids = list(rows.exclude(course_id__in=stay).order_by().values_list("pk", flat=True))
    Session.objects.filter(pk__in=ids).update(teacher_id=to_id)
    Attendance.objects.filter(session_id__in=ids).update(teacher_id=to_id)
    substituted = Session.objects.filter(pk__in=plan["substitutes"], substitute_id=from_id)
    substituted.update(substitute_id=to_id, change_stamp=uuid4())


def _together(
    merge: AccountMerge, plan: Any, course_id: UUID, now: datetime
) -> dict[str, Any] | None:
    """The kept account's place on the staff of a course of either account."""
    teacher_id = Course.objects.values_list("teacher_id", flat=True).get(pk=course_id)
    if teacher_id == merge.kept_id:
        return None
    if teacher_id == merge.merged_id:
        by = str(merge.by_id) if merge.by_id else None
        return {"role": StaffRole.TEACHER, "added_at": merge.at.isoformat(), "added_by": by}
    both = (_place_in(plan[whose], course_id) for whose in ("own", "staff"))
    return max(filter(None, both), key=lambda place: place["role"] == StaffRole.TEACHER)


def _set_place(course_id: UUID, person_id: UUID, place: dict[str, Any] | None) -> None:
    """Give the person this place on the course's staff, or take them off it."""
    rows = CourseStaff.objects.filter(course_id=course_id, person_id=person_id)
    if place is None:
        rows.delete()
        return
    values = {
        "role": place["role"],
        "added_at": parse_datetime(place["added_at"]),
        "added_by_id": place["added_by"],
    }
    if not rows.update(**values):
        staffing.add_row(CourseStaff(course_id=course_id, person_id=person_id, **values))
