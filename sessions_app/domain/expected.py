"""Who is expected at a session, and may therefore be noted as absent from it.

A student is expected if they were on the course at the moment from which the session took place.
Somebody who came to the course later has missed nothing of what was before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Span:
    """A time on a course: from the enrolment until the withdrawal, or None while it lasts."""

    from_at: datetime
    until_at: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        return self.from_at <= moment and (self.until_at is None or moment < self.until_at)


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


def was_on_course(spans: Iterable[Span], moment: datetime) -> bool:
    """Whether one of the spans covers the moment."""
    return any(span.covers(moment) for span in spans)
