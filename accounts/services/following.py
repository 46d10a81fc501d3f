"""How a student's rows follow when two accounts are merged, and go back when that is undone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Model, QuerySet

from accounts.models import AccountMerge, Device, DeviceStatus
from attendance_project.inserting import one_write


@dataclass(frozen=True)
class Rows:
    """Rows of one model that follow as they are, by the column with the student's id.

    Where the kept account has its like and the database allows one only (``is_unique``), the
    merged account's row stays with the merged account.
    """

    model: type[Model]
    column: str = "student_id"
    is_unique: bool = False

    def plan(self, merge: AccountMerge) -> Any:
        """The ids of the rows that should follow, as plain JSON."""
        return [str(pk) for pk in self._of(merge.merged_id).values_list("pk", flat=True)]

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        """Move the planned rows to the kept account. Repeating is harmless."""
        self._set(self._of(merge.merged_id).filter(pk__in=plan), merge.kept_id)

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        """Move those rows back that are still with the kept account. Repeating is harmless."""
        self._set(self._of(merge.kept_id).filter(pk__in=plan), merge.merged_id)

    def _of(self, user_id: UUID) -> QuerySet[Any]:
        return self.model._default_manager.filter(**{self.column: user_id}).order_by()

    def _set(self, rows: QuerySet[Any], user_id: UUID) -> None:
        if self.is_unique:
            set_one_by_one(rows, {self.column: user_id})
        else:
            rows.update(**{self.column: user_id})


def set_one_by_one(rows: QuerySet[Any], values: dict[str, Any]) -> None:
    """Update each row by itself, and leave those as they are that a unique constraint refuses."""
    ids: Collection[Any] = list(rows.values_list("pk", flat=True))
    for pk in ids:
        try:
            with one_write():
                rows.model._default_manager.filter(pk=pk).update(**values)
        except IntegrityError:
            continue


@dataclass(frozen=True)
class Devices(Rows):
    """Phones. A person has one active phone: where both accounts have one, the kept account's stays
    active, and the other one is revoked."""

    def move(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        mine = Device.objects.filter(user_id=merge.kept_id, status=DeviceStatus.ACTIVE)
        if mine.exclude(pk__in=plan).exists():
            active = Device.objects.filter(user_id=merge.merged_id, status=DeviceStatus.ACTIVE)
            active.update(status=DeviceStatus.REVOKED, revoked_at=merge.at)
        super().move(merge, plan, now)

    def move_back(self, merge: AccountMerge, plan: Any, now: datetime) -> None:
        super().move_back(merge, plan, now)
        revoked = Device.objects.filter(pk__in=plan, user_id=merge.merged_id, revoked_at=merge.at)
        set_one_by_one(revoked, {"status": DeviceStatus.ACTIVE, "revoked_at": None})
