"""The institution at a glance."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import Role, User
from reports.domain import rates
from reports.queries.statistics import counts, sessions_today, tallies_by_session
from sessions_app.models import Attendance, Session, SessionState
from verification.models import CheckInDecision, Outcome, Warning, WarningVerdict
from verification.queries import waiting_reviews

PERIOD_DAYS = 30


def institution(*, viewer: User, now: datetime) -> dict[str, Any]:
    """People, today's sessions and check-ins, what waits for someone, and present rates.

    "Today" is each session's own local day. The period is the last 30 days, today included,
    by the site's time zone.
    """
    today = sessions_today(now=now)
    states = Counter(session.state for session in today)
    decided = CheckInDecision.objects.filter(session_id__in=[session.pk for session in today])
    return {
        "people": _counted(User.objects.filter(is_active=True), "role", Role.values),
        "sessions_today": {state: states[state] for state in SessionState.values},
        "check_ins_today": _counted(decided, "outcome", Outcome.values),
        "refusals_today": _refusals_by_reason(decided),
        "reviews_waiting": waiting_reviews(viewer).count(),
        "warnings_open": Warning.objects.filter(verdict=WarningVerdict.OPEN).count(),
        "attendance_today": counts(sum(tallies_by_session(today).values(), rates.Tally())),
        "attendance_30_days": counts(_tally_of_period(now)),
    }


def _counted(rows: QuerySet[Any], field: str, values: list[str]) -> dict[str, int]:
    found = dict(rows.order_by(field).values_list(field).annotate(n=Count("pk")))
    return {value: found.get(value, 0) for value in values}


def _refusals_by_reason(decided: QuerySet[CheckInDecision]) -> dict[str, int]:
    """How many refused check-ins gave each reason; one refusal may give several."""
    refused = decided.filter(outcome=Outcome.REFUSED).values_list("reasons", flat=True)
    tally = Counter(reason for reasons in refused.order_by("pk") for reason in reasons)
    return dict(sorted(tally.items(), key=lambda item: (-item[1], item[0])))


def _tally_of_period(now: datetime) -> rates.Tally:
    last_day = timezone.localdate(now)
    first_day = last_day - timedelta(days=PERIOD_DAYS - 1)
    # East of the site's zone it may already be tomorrow.
    furthest = (last_day + timedelta(days=1)).isoformat()
    rows = Attendance.objects.filter(
        local_date__gte=first_day.isoformat(), local_date__lte=furthest
    )
    by_status = _counted(rows, "status", list(rates.STATUSES))
    unfinished = Session.objects.filter(
        state__in=[SessionState.PLANNED, SessionState.OPEN],
        starts_at__gte=now - timedelta(days=PERIOD_DAYS + 1),
        starts_at__lte=now + timedelta(days=2),
    )
    ids = list(unfinished.order_by("pk").values_list("pk", flat=True))
    by_status["absent"] -= rows.filter(session_id__in=ids, status="absent").count()
    return rates.Tally(**by_status)
