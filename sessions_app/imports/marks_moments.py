"""Finds the session to which a day and a time of a line of marks belong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    if not moment.days:
        return _at_time(moment.time, session)
    chosen = day or (local.date() if local.date() in moment.days else None)
    chosen = chosen or moment.days[0]
    return datetime.combine(chosen, moment.time, tzinfo=local.tzinfo)


def _at_time(time: Any, session: Session) -> datetime:
    """This time of day at the session: on its day, or on the next one where it lasts until then."""
    local = session.local_start
    at = datetime.combine(local.date(), time, tzinfo=local.tzinfo)
    next_day = datetime.combine(local.date() + timedelta(days=1), time, tzinfo=local.tzinfo)
    is_over_midnight = at < session.starts_at - EARLY and next_day <= session.ends_at
    return next_day if is_over_midnight else at


@dataclass(frozen=True)
class When:
    """When the session of a line is: on a day, and near a time, if one is told. ``is_start`` says
    whether that is the time at which the session begins. Else somebody was there then."""

    day: Moment
    time: Moment | None = None
    is_start: bool = False


def when_of(line_day: Moment, joined: Moment, meeting: Moment, only_day: date | None) -> When:
    """What a line says of its session's ``line_day`` and when the person ``joined``, with the start
    of the ``meeting`` and the only day that the file names. A time without a day is on the first of
    these days that is known."""
    told = line_day if line_day.tells_day else meeting if meeting.tells_day else joined
    has_time = line_day.time is not None or joined.time is not None
    if not told.tells_day and has_time and only_day is not None:
        told = Moment((only_day,))
    if told.time is not None:
        return When(told, told, is_start=told is line_day)
    if line_day.time is not None:
        return When(told, Moment((), line_day.time), is_start=True)
    is_bare = joined.time is not None and not joined.tells_day
    return When(told, Moment((), joined.time) if is_bare else None)


def only_day_of(moments: Iterable[Moment]) -> date | None:
    """The one day of a file, if it names no other and none that may be another one."""
    told = [moment for moment in moments if moment.tells_day]
    days = {moment.days for moment in told}
    sure = len(days) == 1 and not any(moment.yearly for moment in told)
    (found,) = days if sure else ((),)
    return found[0] if len(found) == 1 else None
