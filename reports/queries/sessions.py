"""The sessions of some days, by the calendar of each session's own place, and their tallies."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count

from accounts.models import User
from reports.domain import rates
from reports.domain.counting import Counted
from reports.queries.counted import OddRows, odd_rows
from sessions_app.models import Attendance, Session, SessionState

LONGEST_DAY = timedelta(hours=25)
"""A local day that contains a moment starts and ends at most this far away from that moment. The
longest day is the one on which clocks go back by an hour."""


def local_day(moment: datetime, time_zone: str) -> str:
    """The calendar day of a moment in a zone: ``YYYY-MM-DD``, as in `Attendance.local_date`."""
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()


def all_sessions_today(*, now: datetime, **filters: Any) -> list[Session]:
    """Sessions that take place today by the calendar of their own time zone, sorted by start."""
    near = Session.objects.filter(
        starts_at__gte=now - LONGEST_DAY, starts_at__lte=now + LONGEST_DAY, **filters
    ).order_by("starts_at", "pk")
    near = near.select_related("teacher", "substitute")
    return [session for session in near if session.is_today(now)]


def sessions_of_today(viewer: User, *, now: datetime, **exact: Any) -> list[Session]:
    """Those of `all_sessions_today` that the viewer runs."""
    return _run_by(viewer, all_sessions_today(now=now, **exact))


def sessions_between(
    viewer: User, *, first_day: date, last_day: date, **exact: Any
) -> list[Session]:
    """Sessions that the viewer runs on those local days, both included, sorted by start."""
    rows = Session.objects.filter(
        starts_at__gte=_midnight(first_day) - LONGEST_DAY,
        starts_at__lte=_midnight(last_day) + 2 * LONGEST_DAY,
        **exact,
    ).order_by("starts_at", "pk")
    first, last = first_day.isoformat(), last_day.isoformat()
    days = [s for s in rows if first <= local_day(s.starts_at, s.time_zone) <= last]
    return _run_by(viewer, days)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _run_by(viewer: User, sessions: list[Session]) -> list[Session]:
    if viewer.is_admin:
        return sessions
    own = Session.objects.run_by(viewer).filter(pk__in=[s.pk for s in sessions]).order_by()
    ids = set(own.values_list("pk", flat=True))
    return [s for s in sessions if s.pk in ids]


def tallies_by_session(sessions: list[Session]) -> dict[UUID, rates.Tally]:
    """Count the statuses of every session given. Those of open sessions are the counts so far,
    which are not final.

    It takes three queries, and three more where a course counts lates as absences or has offerings.
    """
    odd = odd_rows({session.course_id for session in sessions})
    recorded = _recorded([session.pk for session in sessions])
    corrections = _corrections(odd)
    return {s.pk: _tally_of(s, recorded[s.pk], odd, corrections) for s in sessions}


def _recorded(ids: list[UUID]) -> dict[UUID, dict[str, int]]:
    """How often each status is recorded, by session."""
    found: dict[UUID, dict[str, int]] = {pk: {} for pk in ids}
    rows = Attendance.objects.filter(session_id__in=ids).order_by("session_id", "status")
    for session_id, status, n in rows.values_list("session_id", "status").annotate(n=Count("pk")):
        found[session_id][status] = n
    return found


def _corrections(odd: OddRows) -> dict[UUID, list[Counted]]:
    """What the odd rows count as, by session."""
    found: dict[UUID, list[Counted]] = defaultdict(list)
    for row in odd.rows.values():
        found[row.session_id].append(row.counted)
    return found


def _tally_of(
    session: Session,
    counts: Mapping[str, int],
    odd: OddRows,
    corrections: Mapping[UUID, list[Counted]],
) -> rates.Tally:
    if session.state != SessionState.CLOSED:
        statuses = [status for status, n in counts.items() for _ in range(n)]
        return rates.of_one_session(session.state, statuses)
    odd_ones = corrections.get(session.pk, [])
    if session.pk in odd.offered:
        return rates.tally_counted(odd_ones)
    weight_s = session.weight_s if session.course_id in odd.by_hours else None
    plain = rates.tally_of(counts, weight_s=weight_s)
    return plain + rates.late_absences_of(len(odd_ones), weight_s=weight_s)


def is_dead(session: Session, now: datetime) -> bool:
    """Whether it is still open, but lets nobody in any more."""
    return session.is_open and not session.shows_code_at(now)
