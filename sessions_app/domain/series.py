"""The meetings of a course that meets every week, on the clock of its place."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions_app.domain.wording import gettext_noop

MOST = 400
"""How many sessions may be planned at once: five a week, all year, and some more."""
LONGEST = timedelta(days=2 * 366)
"""The longest time from the first day to the last: a course is planned by the term or the year."""
LONGEST_OVERNIGHT = timedelta(hours=12)
"""The longest session that may end on the next day. What would be longer, such as 09:00 to 08:00,
is a slip and not a night."""
END_OF_DAY = time.max
"""The end of a session that lasts until 24:00, which Python's clock does not have."""


class ImpossibleSeries(ValueError):
    """The series cannot be planned. ``field`` is the argument at fault.

    ``sentence`` is for the person who gave it and marked for translation. ``values`` fill its
    placeholders.
    """

    def __init__(self, field: str, sentence: str, **values: object) -> None:
        super().__init__(sentence % values)
        self.field, self.sentence, self.values = field, sentence, values


@dataclass(frozen=True, order=True)
class Meeting:
    """One time that a planned series would meet. Both moments are in UTC."""

    starts_at: datetime
    ends_at: datetime


def meetings(
    *,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    first: date,
    until: date,
    zone: ZoneInfo,
    skip: Collection[date] = (),
    every_weeks: int = 1,
) -> list[Meeting]:
    """All meetings from ``first`` to ``until``, both included, on these weekdays (Monday is 0).

    With ``every_weeks`` 2, every other week is left out, counted from the week of ``first``.
    Raises ImpossibleSeries.
    """
    _check(starts, ends, first, until)
    days = [
        day
        for day in _days(first, until)
        if day.weekday() in weekdays
        and day not in skip
        and _weeks_between(first, day) % every_weeks == 0
    ]
    if not days:
        raise ImpossibleSeries(
            "weekdays",
            gettext_noop("There are no sessions on these days. Choose other weekdays or dates."),
        )
    if len(days) > MOST:
        raise ImpossibleSeries(
            "until",
            gettext_noop("This is more than %(most)d sessions. Choose an earlier last day."),
            most=MOST,
        )
    return [meeting(day, starts, ends, zone) for day in days]


def meeting(day: date, starts: time, ends: time, zone: ZoneInfo) -> Meeting:
    """Return the meeting that starts on this day, from and to the times that the room's clock
    shows. An end that is not after the start is on the next day.

    Where the clock shows a time twice (set back), the first is meant. Where it skips a time (set
    forward), a start in the gap is moved on by the gap, as if the clock had not been set, and the
    session keeps its length. `clock_changes` tells where that happened.
    """
    end = _end(day, starts, ends)
    starts_at, ends_at = moment(day, starts, zone), moment(end.date(), end.time(), zone)
    if starts_at.astimezone(zone).time() != starts:
        ends_at = starts_at + (end - datetime.combine(day, starts))
    return Meeting(starts_at, ends_at)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which a clock in the zone shows this time.

    A time that the clock shows twice means the first of the two. A time that it skips is read with
    the offset from before (PEP 495, fold 0).
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class ClockChange:
    """A time that the room's clock skips or shows twice on its day, and what is meant by it.

    ``asked`` is without a zone. ``chosen`` is on the room's clock.
    """

    asked: datetime
    chosen: datetime
    skipped: bool


def clock_change(asked: datetime, zone: ZoneInfo) -> ClockChange | None:
    """What is meant by a time without a zone, where the clock skips it or shows it twice."""
    first, second = (asked.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return None
    chosen = first.astimezone(UTC).astimezone(zone)
    return ClockChange(asked, chosen, skipped=chosen.replace(tzinfo=None, fold=0) != asked)


def clock_changes(day: date, starts: time, ends: time, zone: ZoneInfo) -> list[ClockChange]:
    """Where the clock is set at the start or the end of a meeting."""
    asked = [datetime.combine(day, starts), _end(day, starts, ends)]
    return [change for at in asked if (change := clock_change(at, zone))]


def check_span(starts: time, ends: time) -> None:
    """Raises ImpossibleSeries where no session starts and ends at these times."""
    day = date(2000, 1, 1)
    if ends <= starts and _end(day, starts, ends) - datetime.combine(day, starts) > (
        LONGEST_OVERNIGHT
    ):
        raise ImpossibleSeries("ends", gettext_noop("Choose an end that is after the start."))


def _end(day: date, starts: time, ends: time) -> datetime:
    """The end on the room's clock, without a zone."""
    if ends == END_OF_DAY:
        return datetime.combine(day + timedelta(days=1), time())
    return datetime.combine(day if ends > starts else day + timedelta(days=1), ends)


def _check(starts: time, ends: time, first: date, until: date) -> None:
    check_span(starts, ends)
    if until < first:
        raise ImpossibleSeries(
            "until", gettext_noop("Choose a last day that is not before the first.")
        )
    if until - first > LONGEST:
        raise ImpossibleSeries(
            "until", gettext_noop("Plan two years ahead at most. Choose an earlier last day.")
        )


def _days(first: date, until: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((until - first).days + 1))


def _weeks_between(first: date, day: date) -> int:
    monday = first - timedelta(days=first.weekday())
    return (day - monday).days // 7
