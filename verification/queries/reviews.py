"""Check-ins that wait for their teacher's verdict."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from sessions_app.models import (
    OF_NO_EFFECT,
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    MarkSource,
    Session,
)
from sessions_app.queries import clearing
from verification.domain.check_in import Outcome
from verification.models import CheckInDecision, ReviewVerdict


def decisions_run_by(user: User) -> QuerySet[CheckInDecision]:
    """Decisions at the sessions that the user runs."""
    decisions = CheckInDecision.objects.select_related("session", "student")
    if user.role == Role.ADMIN:
        return decisions
    ids = Session.objects.run_by(user).values_list("pk", flat=True)
    return decisions.filter(session_id__in=list(ids))


def waiting_reviews(user: User, *, session_id: UUID | None = None) -> QuerySet[CheckInDecision]:
    """Check-ins that wait, oldest first. A student who got in another way meanwhile waits no
    longer, and none waits at a session that was annulled or cancelled, as long as it is.

    A confirmed one without attendance is listed again: the confirmation was cut short, and
    giving it once more finishes it.
    """
    decisions = decisions_run_by(user).filter(outcome=Outcome.REVIEW)
    if session_id is not None:
        decisions = decisions.filter(session_id=session_id)
    asked = list(decisions.values_list("pk", "session_id", "student_id"))
    void = Session.objects.filter(
        pk__in={session for _, session, _ in asked}, state__in=OF_NO_EFFECT
    )
    of_no_effect = set(void.order_by().values_list("pk", flat=True))
    refused = ReviewVerdict.objects.filter(
        decision_id__in=[pk for pk, *_ in asked], verdict=ReviewVerdict.REFUSED, is_undone=False
    )
    answered = set(refused.values_list("decision_id", flat=True))
    here = Attendance.objects.filter(
        session_id__in={session for _, session, _ in asked},
        student_id__in={student for _, _, student in asked},
    ).exclude(Q(status=AttendanceStatus.ABSENT) | Q(source=MarkSource.EXCUSE))
    cleared = clearing(
        AttendanceMark.objects.filter(session_id__in={session for _, session, _ in asked})
    )
    marked = set(here.order_by().values_list("session_id", "student_id"))
    marked |= set(cleared.order_by().values_list("session_id", "student_id"))
    answered |= {pk for pk, *key in asked if tuple(key) in marked or key[0] in of_no_effect}
    return decisions.exclude(pk__in=list(answered)).order_by("decided_at")
