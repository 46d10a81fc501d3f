"""Attendance over a period, divided by day and by course.

It takes a fixed number of queries, however many rows there are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from attendance_project.weeks import first_day_of, week_of
from reports.domain import rates
from reports.queries.counted import OddRows, odd_rows_among
from sessions_app.models import Attendance, AttendanceStatus, Session, SessionState

_AHEAD = timedelta(days=2)
"""No session of today begins further ahead than this, in any time zone."""
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Slice:
    """The attendance of one course on one local day, ``YYYY-MM-DD``."""

    day: str
    course_id: UUID
    tally: rates.Tally


@dataclass(frozen=True, kw_only=True)
class Week:
    """The attendance of one week, named as in ``2026-W10``. It begins on ``first_day``, a
    Monday."""

    week: str
    first_day: date
    tally: rates.Tally


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """The weeks in which anything counts, oldest first, and all of them together."""

    weeks: list[Week]
    total: rates.Tally


def weeks(rows: QuerySet[Attendance], *, now: datetime) -> Weeks:
    """Divide those of the rows that count by week."""
    found = slices(rows, now=now)
    return Weeks(
        weeks=[
            Week(week=week, first_day=first_day_of(week), tally=tally)
            for week, tally in by_week(found).items()
        ],
        total=total(found),
    )


def slices(rows: QuerySet[Attendance], *, now: datetime) -> list[Slice]:
    """Divide those of the rows that count (see `reports.domain.rates`) by day and course."""
    odd = odd_rows_among(rows)
    return slices_of(counting(rows, now=now, odd=odd), odd)


def slices_of(counted: QuerySet[Attendance], odd: OddRows | None = None) -> list[Slice]:
    """Divide rows that `counting` has selected by day and course, with the same ``odd``."""
    odd = odd_rows_among(counted) if odd is None else odd
    found: dict[tuple[str, UUID], rates.Tally] = defaultdict(rates.Tally)
    for day, course_id, tally in (*_plain(counted, odd), *_odd(counted, odd)):
        found[day, course_id] += tally
    return [Slice(day, pk, tally) for (day, pk), tally in sorted(found.items(), key=_first)]


_Piece = tuple[str, UUID, rates.Tally]


def _plain(counted: QuerySet[Attendance], odd: OddRows) -> Iterator[_Piece]:
    """The rows of sessions that are of no offering, each as its status says."""
    rows = counted.exclude(session_id__in=list(odd.offered)) if odd.offered else counted
    grouped = rows.order_by().values_list("local_date", "course_id", "session_id", "status")
    counts: dict[tuple[str, UUID, UUID | None], dict[str, int]] = defaultdict(Counter)
    for day, course_id, session_id, status, n in grouped.annotate(n=Count("pk")):
        own = session_id if course_id in odd.by_hours else None
        counts[day, course_id, own][status] += n
    weights = _weights({session_id for _, _, session_id in counts if session_id})
    for (day, course_id, session_id), n in counts.items():
        weight_s = weights[session_id] if session_id else None
        yield day, course_id, rates.tally_of(n, weight_s=weight_s)


def _weights(ids: set[UUID]) -> dict[UUID, int]:
    """The weight of each of the sessions, in seconds."""
    if not ids:
        return {}
    rows = Session.objects.filter(pk__in=list(ids)).order_by()
    return {session.pk: session.weight_s for session in rows}


def _odd(counted: QuerySet[Attendance], odd: OddRows) -> Iterator[_Piece]:
    """The rows of offerings, and what turns lates into absences."""
    if not odd.rows:
        return
    may_be_odd = Q(session_id__in=list(odd.offered)) | Q(
        status=AttendanceStatus.LATE, course_id__in=list(odd.with_lates)
    )
    rows = counted.filter(may_be_odd).order_by().values_list("pk", "local_date", "course_id")
    for pk, day, course_id in rows:
        row = odd.rows.get(pk)
        if row is None:
            continue
        if row.session_id in odd.offered:
            yield day, course_id, rates.tally_counted([row.counted])
        else:
            yield day, course_id, rates.late_absences_of(1, weight_s=row.counted.weight_s)


def counting(
    rows: QuerySet[Attendance], *, now: datetime, odd: OddRows | None = None
) -> QuerySet[Attendance]:
    """Select the rows that count: those of closed sessions, and of an offering one row.

    ``odd`` are the odd rows among them, where the caller has read them already. Marks that were
    made ahead of time, for a session that is days away, are left out by their day.
    """
    last_day = (now + _AHEAD).date().isoformat()
    left_out = (odd_rows_among(rows) if odd is None else odd).left_out
    found = rows.filter(local_date__lte=last_day).exclude(session_id__in=_not_closed(now))
    return found.exclude(pk__in=left_out) if left_out else found


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


def by_week(found: Iterable[Slice]) -> dict[str, rates.Tally]:
    """Add up the slices of each week, oldest first. Weeks are named as in ``2026-W10``."""
    totals = summed(found, lambda piece: week_of(date.fromisoformat(piece.day)))
    return dict(sorted(totals.items()))


def total(found: Iterable[Slice]) -> rates.Tally:
    return sum((piece.tally for piece in found), rates.Tally())
