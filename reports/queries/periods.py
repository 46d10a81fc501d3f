"""Attendance over a period, cut by day and by course: two queries, however many rows."""

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
    """One course on one local day, ``YYYY-MM-DD``."""

    day: str
    course_id: UUID
    tally: rates.Tally


def slices(rows: QuerySet[Attendance], *, now: datetime) -> list[Slice]:
    """What of the rows counts (see `reports.domain.rates`), by day and course."""
    return slices_of(counting(rows, now=now))


def slices_of(counted: QuerySet[Attendance]) -> list[Slice]:
    """Rows that `counting` has been through, by day and course."""
    grouped = counted.order_by().values_list("local_date", "course_id", "status")
    found: dict[tuple[str, UUID], dict[str, int]] = defaultdict(dict)
    for day, course_id, status, n in grouped.annotate(n=Count("pk")):
        found[day, course_id][status] = n
    return [Slice(day, pk, rates.Tally(**n)) for (day, pk), n in sorted(found.items(), key=_first)]


def counting(rows: QuerySet[Attendance], *, now: datetime) -> QuerySet[Attendance]:
    """Without the absences of sessions that are not closed, and without cancelled sessions."""
    unfinished, cancelled = _unsettled(now)
    return rows.exclude(session_id__in=cancelled).exclude(
        session_id__in=unfinished, status=AttendanceStatus.ABSENT
    )


def _first(item: tuple[tuple[str, UUID], object]) -> tuple[str, str]:
    return item[0][0], str(item[0][1])


def _unsettled(now: datetime) -> tuple[list[UUID], list[UUID]]:
    """Sessions whose absences do not count yet, and those of which nothing counts.

    One that is planned for later has no rows yet, so the look ahead is short.
    """
    rows = Session.objects.filter(starts_at__lte=now + timedelta(days=2)).exclude(
        state=SessionState.CLOSED
    )
    states = list(rows.order_by().values_list("pk", "state"))
    cancelled = [pk for pk, state in states if state == SessionState.CANCELLED]
    return [pk for pk, state in states if state != SessionState.CANCELLED], cancelled


def summed(found: Iterable[Slice], key: Callable[[Slice], K]) -> dict[K, rates.Tally]:
    """The slices of each key added up; keys come in the order in which they appear."""
    totals: dict[K, rates.Tally] = {}
    for piece in found:
        totals[key(piece)] = totals.get(key(piece), rates.Tally()) + piece.tally
    return totals


def total(found: Iterable[Slice]) -> rates.Tally:
    return sum((piece.tally for piece in found), rates.Tally())
