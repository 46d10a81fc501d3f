"""Where the sessions of a series go when the series is moved as a whole."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions_app.domain.series import (
    END_OF_DAY,
    ClockChange,
    Meeting,
    check_span,
    clock_changes,
    meeting,
)

_MIDNIGHT = time()


@dataclass(frozen=True)
class SeriesChange:
    """What becomes of each session that is moved. What is None stays as it is.

    ``days`` is by how many days a session moves, ``starts`` and ``ends`` are on the room's clock.
    With a start alone each session keeps its length.
    """

    days: int = 0
    starts: time | None = None
    ends: time | None = None
    room: str | None = None

    @property
    def moves_times(self) -> bool:
        return bool(self.days) or self.starts is not None or self.ends is not None


def moved(change: SeriesChange, old: Meeting, zone: ZoneInfo) -> tuple[Meeting, list[ClockChange]]:
    """The meeting's new times, and where a clock is set at one of them. Raises ImpossibleSeries."""
    if not change.moves_times:
        return old, []
    day, starts, ends = _on_the_clock(change, old, zone)
    if change.ends is not None:
        check_span(starts, ends)
    return meeting(day, starts, ends, zone), clock_changes(day, starts, ends, zone)


def weekday_shift(day: date, weekday: int) -> int:
    """The number of days from the day to this weekday of the same week. It may be negative."""
    return weekday - day.weekday()


def _on_the_clock(change: SeriesChange, old: Meeting, zone: ZoneInfo) -> tuple[date, time, time]:
    start, end = (_wall(moment, zone) for moment in (old.starts_at, old.ends_at))
    starts = start.time() if change.starts is None else change.starts
    ends = change.ends
    if ends is None:
        ends = (datetime.combine(start.date(), starts) + (end - start)).time()
        # An end at 00:00 is 24:00, also of a session that starts at 00:00.
        ends = END_OF_DAY if ends == _MIDNIGHT else ends
    return start.date() + timedelta(days=change.days), starts, ends


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
