"""The decisions on check-ins at some sessions, and how many there are per minute."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from verification.models import CheckInDecision
from verification.queries import decisions_run_by

MINUTES_SHOWN = 30


def decisions_at(
    viewer: User, session_ids: list[UUID], *, outcome: str = "", reason: str = ""
) -> QuerySet[CheckInDecision]:
    """Decisions at those sessions, newest first.

    ``reason`` selects those that have it among their reasons.
    """
    rows = decisions_run_by(viewer).filter(session_id__in=session_ids)
    if outcome:
        rows = rows.filter(outcome=outcome)
    if reason:
        # The two databases search lists in JSON differently, so the search is done here.
        named = rows.order_by().values_list("pk", "reasons")
        rows = rows.filter(pk__in=[pk for pk, reasons in named if reason in reasons])
    return rows.order_by("-decided_at", "pk")


def per_minute(*, now: datetime) -> list[tuple[datetime, int]]:
    """How many check-ins were decided in each of the last 30 minutes, oldest first.

    The last of these minutes has only begun.
    """
    latest = now.replace(second=0, microsecond=0)
    minutes = [latest - timedelta(minutes=n) for n in range(MINUTES_SHOWN - 1, -1, -1)]
    found = dict.fromkeys(minutes, 0)
    decided = CheckInDecision.objects.filter(decided_at__gte=minutes[0], decided_at__lte=now)
    for at in decided.order_by().values_list("decided_at", flat=True):
        found[at.replace(second=0, microsecond=0)] += 1
    return list(found.items())
