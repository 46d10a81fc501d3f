"""Switches accounts off and on again, and keeps the times that they were off."""

from datetime import datetime
from typing import Any

from accounts.models import User
from attendance_project.spans import Span, as_json


def switch_off(person: User, *, now: datetime) -> bool:
    """Switch the account off. Returns False where it was off already."""
    rows = User.objects.filter(pk=person.pk, is_active=True)
    return bool(rows.update(**switching(person, on=False, now=now)))


def switch_on(person: User, *, now: datetime) -> bool:
    """Switch the account on again, as it stands in the database. Returns False where it was on."""
    row = User.objects.get(pk=person.pk)
    if row.is_active:
        return False
    as_read = User.objects.filter(pk=row.pk, is_active=False, switched_off_at=row.switched_off_at)
    return bool(as_read.update(**switching(row, on=True, now=now)))


def switching(person: User, *, on: bool, now: datetime) -> dict[str, Any]:
    """The fields of an account that was off and is switched on, or the other way round."""
    if not on:
        return {"is_active": False, "switched_off_at": now}
    over = Span(person.switched_off_at or person.created_at, now)
    return {
        "is_active": True,
        "switched_off_at": None,
        "earlier_off_spans": [*(person.earlier_off_spans or []), *as_json([over])],
    }
