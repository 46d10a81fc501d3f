"""How what somebody chose for imports follows when two of their accounts are merged."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import AccountMerge
from accounts.services import set_one_by_one
from sessions_app.models import CalendarMapping, ColumnMapping


class Choices:
    """Columns of files and titles of calendars, which are kept by their owner's id.

    Where both accounts have chosen for the same header or title, the kept account's choice counts,
    and the other one stays with the emptied account.
    """

    models = {"columns": ColumnMapping, "titles": CalendarMapping}

    def plan(self, merge: AccountMerge) -> dict[str, list[str]]:
        return {name: _of(model, merge.merged_id) for name, model in self.models.items()}

    def move(self, merge: AccountMerge, plan: dict[str, list[str]], now: datetime) -> None:
        self._give(plan, merge.merged_id, merge.kept_id)

    def move_back(self, merge: AccountMerge, plan: dict[str, list[str]], now: datetime) -> None:
        self._give(plan, merge.kept_id, merge.merged_id)

    def _give(self, plan: dict[str, list[str]], from_id: UUID, to_id: UUID) -> None:
        for name, model in self.models.items():
            rows = model._default_manager.filter(pk__in=plan[name], owner=str(from_id)).order_by()
            set_one_by_one(rows, {"owner": str(to_id), "by_id": to_id})


def _of(model: type[Any], person_id: UUID) -> list[str]:
    rows = model._default_manager.filter(owner=str(person_id)).order_by("pk")
    return [str(pk) for pk in rows.values_list("pk", flat=True)]
