"""Finds the session to which a day and a time of a line of marks belong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from attendance_project.tables.moments import Moment
from sessions_app.models import Session

EARLY = timedelta(hours=1)
"""How long before its start a session's meeting or door may be open."""


def joined_up(day: Moment, start: Moment, session: Moment) -> Moment:
    """The day and the time of a session, from up to three cells."""
    told = day if day.tells_day else session
    time = start.time or day.time or session.time
    return Moment(told.days, time, day.at or session.at, told.yearly)


def nearest(sessions: Sequence[Session], moment: Moment, *, is_start: bool) -> list[Session]:
    """The sessions to which a time belongs. A session's own start has to be near the time, and
    somebody comes between an hour before a session and its end."""
    fitting = []
    for session in sessions:
        at = at_moment(moment, session, session.local_start.date())
        if at is None:
            continue
        until = session.starts_at + EARLY if is_start else session.ends_at
        if session.starts_at - EARLY <= at <= until:
            fitting.append((abs(at - session.starts_at), session))
    if not fitting:
        return []
    least = min(distance for distance, _session in fitting)
    return [session for distance, session in fitting if distance == least]


def at_moment(moment: Moment, session: Session, day: Any = None) -> datetime | None:
    """The moment on the session's own clock. A time without a day is on the session's day."""
    if moment.at is not None:
        return moment.at
    if moment.time is None:
        return None
    local = session.local_start
    chosen = day or (local.date() if local.date() in moment.days or not moment.days else None)
    chosen = chosen or moment.days[0]
    return datetime.combine(chosen, moment.time, tzinfo=local.tzinfo)
