"""How excuses follow when two accounts of one student are merged, and go back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import AccountMerge, User
from accounts.services import Rows
from sessions_app.models import Attendance, AttendanceMark, Excuse, MarkSource, Session
from sessions_app.services import excuses, marks


class Excuses(Rows):
    """Excuses. Those of either account count afterwards for the absences of both."""

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        super().move(merge, plan, now)
        for excuse in _excuses_of(merge.kept_id).select_related("kind", "student"):
            for session in excuses.sessions_over(excuse):
                if _is_noted(session, merge.kept):
                    marks.record_merged_excuse(session, merge.kept, excuse=excuse, merge=merge)

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        super().move_back(merge, plan, now)
        standing = AttendanceMark.objects.filter(student_id=merge.kept_id, undone_at=None)
        added = [
            *standing.filter(key__endswith=marks.merged_excuse_ending(merge)),
            *_given_since(standing.filter(at__gt=merge.at), plan),
        ]
        for mark in added:
            AttendanceMark.objects.filter(pk=mark.pk).update(
                key=_freed(mark, merge), undone_at=now, undone_by_id=merge.undone_by_id
            )
        for session in Session.objects.filter(pk__in={mark.session_id for mark in added}):
            marks.update_attendance(session, merge.kept)


def _given_since(rows: QuerySet[AttendanceMark], excuse_ids: Any) -> list[AttendanceMark]:
    """Those of the marks by which one of these excuses counts."""
    keys = tuple(marks.excuse_key(excuse) for excuse in Excuse.objects.filter(pk__in=excuse_ids))
    return [mark for mark in rows.filter(source=MarkSource.EXCUSE) if mark.key.startswith(keys)]


def _freed(mark: AttendanceMark, merge: AccountMerge) -> str:
    """Another key for a mark that is undone, so that the excuse can count for its own student in
    the same session. The mark's own id is in it, since the key may have been freed before."""
    ending = marks.merged_excuse_ending(merge)
    return mark.key if mark.key.endswith(ending) else f"{mark.key}:{mark.pk.hex[:7]}"


def _excuses_of(student_id: UUID) -> QuerySet[Excuse]:
    return Excuse.objects.filter(student_id=student_id, revoked_at=None).order_by("at", "pk")


def _is_noted(session: Session, student: User) -> bool:
    """Whether the student counts as absent or excused because nothing else is known of them."""
    rows = Attendance.objects.filter(session_id=session.pk, student_id=student.pk)
    return rows.filter(source__in=(MarkSource.CLOSING, MarkSource.EXCUSE)).exists()
