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
from sessions_app.models import Attendance, AttendanceStatus, Session, SessionState

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
    """Select the rows that count.

    Absences of sessions that are not closed are left out, and so is all of cancelled sessions.
    """
    unfinished, cancelled = _unsettled(now)
    return rows.exclude(session_id__in=cancelled).exclude(
        session_id__in=unfinished, status=AttendanceStatus.ABSENT
    )


def _first(item: tuple[tuple[str, UUID], object]) -> tuple[str, str]:
    return item[0][0], str(item[0][1])


def _unsettled(now: datetime) -> tuple[list[UUID], list[UUID]]:
    """Ids of the sessions whose absences do not count yet, and of those of which nothing counts.

    A session that is planned for later has no rows yet, so two days ahead are enough.
    """
    rows = Session.objects.filter(starts_at__lte=now + timedelta(days=2)).exclude(
        state=SessionState.CLOSED
    )
    states = list(rows.order_by().values_list("pk", "state"))
    cancelled = [pk for pk, state in states if state == SessionState.CANCELLED]
    return [pk for pk, state in states if state != SessionState.CANCELLED], cancelled


def summed(found: Iterable[Slice], key: Callable[[Slice], K]) -> dict[K, rates.Tally]:
    """Add up the slices of each key. Keys come in the order in which they first appear."""
    totals: dict[K, rates.Tally] = {}
    for piece in found:
        totals[key(piece)] = totals.get(key(piece), rates.Tally()) + piece.tally
    return totals


def total(found: Iterable[Slice]) -> rates.Tally:
    return sum((piece.tally for piece in found), rates.Tally())
