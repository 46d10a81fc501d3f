"""The figures of the whole institution: of today, and of the last 30 days."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import Role, User
from reports.domain import rates
from reports.queries.periods import slices, total
from reports.queries.sessions import all_sessions_today, tallies_by_session
from sessions_app.models import Attendance, SessionState
from verification.domain.check_in import Outcome
from verification.models import CheckInDecision, Warning, WarningVerdict
from verification.queries import waiting_reviews

PERIOD_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Today:
    """Today's figures, where "today" is each session's own local day.

    ``sessions_today`` counts by state, ``check_ins_today`` by outcome. ``refusals_today`` counts
    refused check-ins by reason, and one check-in may have several reasons.
    """

    sessions_today: dict[str, int]
    check_ins_today: dict[str, int]
    refusals_today: dict[str, int]
    reviews_waiting: int
    attendance_today: rates.Tally


@dataclass(frozen=True, kw_only=True)
class Institution:
    """The figures of the institution. ``people`` counts active accounts by role.

    ``attendance_30_days`` is of the last 30 days by the site's time zone, today included.
    """

    people: dict[str, int]
    today: Today
    warnings_open: int
    attendance_30_days: rates.Tally


def institution(*, viewer: User, now: datetime) -> Institution:
    """Read all figures of the institution, with the reviews that wait for the viewer."""
    return Institution(
        people=people(),
        today=today(viewer=viewer, now=now),
        warnings_open=Warning.objects.filter(verdict=WarningVerdict.OPEN).count(),
        attendance_30_days=total(slices(rows_of_period(now), now=now)),
    )


def people() -> dict[str, int]:
    """Count the active accounts of each role."""
    return _counted(User.objects.filter(is_active=True), "role", Role.values)


def today(*, viewer: User, now: datetime) -> Today:
    """Read today's figures, with the reviews that wait for the viewer."""
    sessions = all_sessions_today(now=now)
    states = Counter(session.state for session in sessions)
    decided = CheckInDecision.objects.filter(session_id__in=[session.pk for session in sessions])
    return Today(
        sessions_today={state: states[state] for state in SessionState.values},
        check_ins_today=_counted(decided, "outcome", [outcome.value for outcome in Outcome]),
        refusals_today=_refusals_by_reason(decided),
        reviews_waiting=waiting_reviews(viewer).count(),
        attendance_today=sum(tallies_by_session(sessions).values(), rates.Tally()),
    )


def _counted(rows: QuerySet[Any], field: str, values: list[str]) -> dict[str, int]:
    found = dict(rows.order_by(field).values_list(field).annotate(n=Count("pk")))
    return {value: found.get(value, 0) for value in values}


def _refusals_by_reason(decided: QuerySet[CheckInDecision]) -> dict[str, int]:
    """Count the refused check-ins of each reason, the most frequent first."""
    refused = decided.filter(outcome=Outcome.REFUSED).values_list("reasons", flat=True)
    tally = Counter(reason for reasons in refused.order_by("pk") for reason in reasons)
    return dict(sorted(tally.items(), key=lambda item: (-item[1], item[0])))


def days_of_period(now: datetime) -> tuple[date, date]:
    """The first and the last day of the period, by the site's time zone.

    It is the last 30 days and tomorrow, which may have begun already further east.
    """
    today = timezone.localdate(now)
    return today - timedelta(days=PERIOD_DAYS - 1), today + timedelta(days=1)


def rows_of_period(now: datetime) -> QuerySet[Attendance]:
    first_day, last_day = days_of_period(now)
    return Attendance.objects.filter(
        local_date__gte=first_day.isoformat(), local_date__lte=last_day.isoformat()
    )
