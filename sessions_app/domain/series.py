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
    """Return the meeting on a day, from and to the times that the room's clock shows.

    Where the clock shows a time twice (set back), the first is meant. Where it skips a time (set
    forward), a start in the gap is moved on by the gap, as if the clock had not been set, and the
    session keeps its length.
    """
    starts_at, ends_at = _moment(day, starts, zone), _moment(day, ends, zone)
    if starts_at.astimezone(zone).time() != starts:
        length = datetime.combine(day, ends) - datetime.combine(day, starts)
        ends_at = starts_at + length
    return Meeting(starts_at, ends_at)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC, by PEP 495 with fold 0: the first of two, and before a gap the offset that
    was in force."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _check(starts: time, ends: time, first: date, until: date) -> None:
    if ends <= starts:
        raise ImpossibleSeries("ends", gettext_noop("Choose an end that is after the start."))
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
