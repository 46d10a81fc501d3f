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
        added = AttendanceMark.objects.filter(
            student_id=merge.kept_id, key__endswith=marks.merged_excuse_ending(merge)
        )
        session_ids = list(added.order_by().values_list("session_id", flat=True))
        added.filter(undone_at=None).update(undone_at=now, undone_by_id=merge.undone_by_id)
        for session in Session.objects.filter(pk__in=session_ids):
            marks.update_attendance(session, merge.kept)


def _excuses_of(student_id: UUID) -> QuerySet[Excuse]:
    return Excuse.objects.filter(student_id=student_id, revoked_at=None).order_by("at", "pk")


def _is_noted(session: Session, student: User) -> bool:
    """Whether the student counts as absent or excused because nothing else is known of them."""
    rows = Attendance.objects.filter(session_id=session.pk, student_id=student.pk)
    return rows.filter(source__in=(MarkSource.CLOSING, MarkSource.EXCUSE)).exists()
