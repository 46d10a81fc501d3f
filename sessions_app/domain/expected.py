"""Who is expected at a session, and may therefore be noted as absent from it.

A student is expected if they were on the course at the moment from which the session took place,
and if their account was switched on from that moment until the session's end. Somebody who came to
the course later has missed nothing of what was before, and nobody can check in with an account that
is switched off.
"""

from collections.abc import Iterable
from datetime import datetime

from attendance_project.spans import Span


def took_place_from(starts_at: datetime, ends_at: datetime, opened_at: datetime | None) -> datetime:
    """The moment from which a session took place: its planned start, or the first opening if that
    came during its time. Who opens early waits for the start, and who opens a session that is over
    does not hold it anew."""
    if opened_at is None or opened_at >= ends_at:
        return starts_at
    return max(starts_at, opened_at)


def ended_before_it_began(starts_at: datetime, closed_at: datetime | None) -> bool:
    """Whether the session was closed before its planned start, so that nobody could miss it."""
    return closed_at is not None and closed_at < starts_at


def had_left(spans: Iterable[Span], first_from_at: datetime, moment: datetime) -> bool:
    """Whether the student was on the course before the moment, from ``first_from_at`` on or
    earlier, and is on it no more, or not again yet."""
    known = list(spans)
    came_at = min([first_from_at, *(span.from_at for span in known)])
    return came_at <= moment and not was_on_course(known, moment)


def was_on_course(spans: Iterable[Span], moment: datetime) -> bool:
    """Whether one of the spans covers the moment."""
    return any(span.covers(moment) for span in spans)


def was_switched_off(off: Iterable[Span], from_at: datetime, until_at: datetime) -> bool:
    """Whether an account that was off in these spans was off at any time of a session that took
    place from the first moment until the second one."""
    return any(span.touches(from_at, until_at) for span in off)
