"""What of faces, decisions and warnings a person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from accounts.models import Role, User
from sessions_app.hooks import RegisterExtra
from sessions_app.models import Course, Enrolment, Session
from verification.domain.reasons import RULES, Reason
from verification.models import (
    CheckInDecision,
    FaceTemplate,
    Outcome,
    ReviewVerdict,
    Severity,
    TemplateStatus,
    Warning,
    WarningVerdict,
)


def faces_approvable_by(user: User) -> QuerySet[FaceTemplate]:
    """An admin's are all; a teacher's those of students in the teacher's courses."""
    faces = FaceTemplate.objects.select_related("student")
    if user.role == Role.ADMIN:
        return faces
    courses = Course.objects.visible_to(user).values_list("pk", flat=True)
    students = Enrolment.objects.filter(course_id__in=list(courses), is_active=True)
    return faces.filter(student_id__in=list(students.values_list("student_id", flat=True)))


def waiting_faces(user: User) -> QuerySet[FaceTemplate]:
    return faces_approvable_by(user).filter(status=TemplateStatus.WAITING).order_by("enrolled_at")


def decisions_run_by(user: User) -> QuerySet[CheckInDecision]:
    """Decisions at the sessions that the user runs."""
    decisions = CheckInDecision.objects.select_related("session", "student")
    if user.role == Role.ADMIN:
        return decisions
    ids = Session.objects.run_by(user).values_list("pk", flat=True)
    return decisions.filter(session_id__in=list(ids))


def waiting_reviews(user: User, *, session_id: UUID | None = None) -> QuerySet[CheckInDecision]:
    """Oldest first. A student who got in another way meanwhile waits no longer."""
    decisions = decisions_run_by(user).filter(outcome=Outcome.REVIEW)
    if session_id is not None:
        decisions = decisions.filter(session_id=session_id)
    answered = ReviewVerdict.objects.filter(
        decision_id__in=list(decisions.values_list("pk", flat=True))
    )
    ids = list(answered.values_list("decision_id", flat=True))
    return decisions.exclude(pk__in=ids).order_by("decided_at")


def register_extras(session: Session) -> dict[UUID, RegisterExtra]:
    """Each student's latest check-in that made no attendance, for the live register."""
    decisions = list(CheckInDecision.objects.filter(session=session).order_by("decided_at"))
    in_review = [d.pk for d in decisions if d.outcome == Outcome.REVIEW]
    verdicts = dict(
        ReviewVerdict.objects.filter(decision_id__in=in_review).values_list(
            "decision_id", "verdict"
        )
    )
    latest = {decision.student_id: decision for decision in decisions}
    return {
        student_id: _extra(decision, verdicts.get(decision.pk))
        for student_id, decision in latest.items()
        if decision.outcome in (Outcome.REVIEW, Outcome.REFUSED)
        and verdicts.get(decision.pk) != ReviewVerdict.CONFIRMED
    }


def _extra(decision: CheckInDecision, verdict: str | None) -> RegisterExtra:
    waits = decision.outcome == Outcome.REVIEW and verdict is None
    return {
        "outcome": "review" if waits else "refused",
        "reasons": [RULES[Reason(code)].words for code in decision.reasons],
        "decision_id": str(decision.pk) if waits else None,
        "at": decision.decided_at,
    }


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
    for warning in Warning.objects.visible_to(user).filter(student_id__in=list(student_ids)):
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
    return warning.severity != Severity.LOW and warning.verdict != WarningVerdict.DISMISSED
