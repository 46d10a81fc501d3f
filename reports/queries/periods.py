"""Attendance over a period, divided by day and by course.

It takes two queries, however many rows there are.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, QuerySet

from reports.domain import rates
from sessions_app.models import Attendance, Session, SessionState

_AHEAD = timedelta(days=2)
"""No session of today begins further ahead than this, in any time zone."""
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Slice:
    """The attendance of one course on one local day, ``YYYY-MM-DD``."""

    day: str
    course_id: UUID
    tally: rates.Tally


def slices(rows: QuerySet[Attendance], *, now: datetime) -> list[Slice]:
    """Divide those of the rows that count (see `reports.domain.rates`) by day and course."""
    return slices_of(counting(rows, now=now))


def slices_of(counted: QuerySet[Attendance]) -> list[Slice]:
    """Divide rows that `counting` has selected by day and course."""
    grouped = counted.order_by().values_list("local_date", "course_id", "status")
    found: dict[tuple[str, UUID], dict[str, int]] = defaultdict(dict)
    for day, course_id, status, n in grouped.annotate(n=Count("pk")):
        found[day, course_id][status] = n
    return [Slice(day, pk, rates.tally_of(n)) for (day, pk), n in sorted(found.items(), key=_first)]


def counting(rows: QuerySet[Attendance], *, now: datetime) -> QuerySet[Attendance]:
    """Select the rows that count, as `StudentSession.counts` says: those of closed sessions.

    Marks that were made ahead of time, for a session that is days away, are left out by their day.
    """
    last_day = (now + _AHEAD).date().isoformat()
    return rows.filter(local_date__lte=last_day).exclude(session_id__in=_not_closed(now))


def _first(item: tuple[tuple[str, UUID], object]) -> tuple[str, str]:
    return item[0][0], str(item[0][1])


def _not_closed(now: datetime) -> list[UUID]:
    """Ids of the sessions until two days from now that count for nobody, or not yet."""
    rows = Session.objects.filter(starts_at__lte=now + 2 * _AHEAD)
    return list(rows.exclude(state=SessionState.CLOSED).order_by().values_list("pk", flat=True))


def summed(found: Iterable[Slice], key: Callable[[Slice], K]) -> dict[K, rates.Tally]:
    """Add up the slices of each key. Keys come in the order in which they first appear."""
    totals: dict[K, rates.Tally] = {}
    for piece in found:
        totals[key(piece)] = totals.get(key(piece), rates.Tally()) + piece.tally
    return totals


def total(found: Iterable[Slice]) -> rates.Tally:
    return sum((piece.tally for piece in found), rates.Tally())
