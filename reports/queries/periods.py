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
    return [Slice(day, pk, rates.Tally(**n)) for (day, pk), n in sorted(found.items(), key=_first)]


def counting(rows: QuerySet[Attendance], *, now: datetime) -> QuerySet[Attendance]:
    """Select the rows that count, as `rates.counting_statuses` says."""
    for state, session_ids in _not_counting_all(now).items():
        rows = rows.exclude(session_id__in=session_ids, status__in=_left_out(state))
    return rows


def _left_out(state: str) -> list[str]:
    """The statuses that do not count in a session of this state."""
    counting = rates.counting_statuses(state)
    return [status for status in rates.STATUSES if status not in counting]


def _first(item: tuple[tuple[str, UUID], object]) -> tuple[str, str]:
    return item[0][0], str(item[0][1])


def _not_counting_all(now: datetime) -> dict[str, list[UUID]]:
    """Ids of the sessions in which some status does not count, by the session's state.

    A session that is planned for later has no rows yet, so two days ahead are enough.
    """
    states = [state for state in SessionState.values if _left_out(state)]
    rows = Session.objects.filter(starts_at__lte=now + timedelta(days=2), state__in=states)
    ids: dict[str, list[UUID]] = defaultdict(list)
    for pk, state in rows.order_by().values_list("pk", "state"):
        ids[state].append(pk)
    return ids


def summed(found: Iterable[Slice], key: Callable[[Slice], K]) -> dict[K, rates.Tally]:
    """Add up the slices of each key. Keys come in the order in which they first appear."""
    totals: dict[K, rates.Tally] = {}
    for piece in found:
        totals[key(piece)] = totals.get(key(piece), rates.Tally()) + piece.tally
    return totals


def total(found: Iterable[Slice]) -> rates.Tally:
    return sum((piece.tally for piece in found), rates.Tally())
