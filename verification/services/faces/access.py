"""The log of who touched what is biometric. Its student reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import User
from verification.models import TemplateAccess


def log_access(student: User, *, actor: User | None, purpose: str, now: datetime) -> None:
    TemplateAccess.objects.create(student=student, actor=actor, purpose=purpose, at=now)


def log_accesses(student_ids: Iterable[UUID], *, purpose: str, now: datetime) -> None:
    """A row for each of many students, by the system itself."""
    rows = [TemplateAccess(student_id=pk, purpose=purpose, at=now) for pk in student_ids]
    TemplateAccess.objects.bulk_create(rows)
