"""Warnings, and the people who were warned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from accounts.models import User
from verification.domain.reasons import Severity
from verification.models import Warning, WarningVerdict


def open_warnings(user: User) -> QuerySet[Warning]:
    """Warnings without a verdict, those first whose student has had their say."""
    rows = Warning.objects.visible_to(user).filter(verdict=WarningVerdict.OPEN)
    shown = ("student", "session__subject", "session__class_group")
    return rows.select_related(*shown).order_by("-appealed_at", "-created_at", "pk")


@dataclass(frozen=True)
class WarnedPerson:
    student: UUID
    full_name: str
    institution_number: str
    strikes: int
    warnings: list[Warning]


def warned_students(user: User) -> QuerySet[Any, dict[str, Any]]:
    """Ids of students with warnings that the user may see, most recently warned first."""
    return (
        Warning.objects.visible_to(user)
        .order_by()
        .values("student_id")
        .annotate(latest=Max("created_at"))
        .order_by("-latest", "student_id")
    )


def warned_people(user: User, student_ids: Sequence[UUID]) -> list[WarnedPerson]:
    """The students in the given order, each with the warnings that the user may see."""
    warnings: dict[UUID, list[Warning]] = {pk: [] for pk in student_ids}
    rows = Warning.objects.visible_to(user).filter(student_id__in=list(student_ids))
    for warning in rows.select_related("session__subject"):
        warnings[warning.student_id].append(warning)
    people = {p.pk: p for p in User.objects.filter(pk__in=list(student_ids))}
    return [
        WarnedPerson(
            student=pk,
            full_name=people[pk].full_name,
            institution_number=people[pk].institution_number,
            strikes=sum(_is_strike(w) for w in warnings[pk]),
            warnings=warnings[pk],
        )
        for pk in student_ids
    ]


def _is_strike(warning: Warning) -> bool:
    stands = warning.severity != Severity.LOW and warning.verdict != WarningVerdict.DISMISSED
    return stands and not warning.from_merge
