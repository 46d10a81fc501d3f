"""The dates of a series: each with its times in UTC, or with why it is none."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from enum import Enum

from sessions_app.domain.ical.events import Event, Series
from sessions_app.domain.ical.recurrence import Budget, Rule, TooMuch, walls_of
from sessions_app.domain.ical.values import At, Period
from sessions_app.domain.ical.zones import Zone, Zones, to_utc, to_wall

DAY = timedelta(days=1)
MOST_DATES = 2000
"""Dates of one series. A lecture on each day of a year has 366."""


class Why(Enum):
    """Why a date is no session."""

    CANCELLED = "cancelled"
    EXCLUDED = "excluded"
    """The series leaves it out (EXDATE)."""
    WHOLE_DAY = "whole_day"
    NO_END = "no_end"
    NO_LENGTH = "no_length"
    ENDS_BEFORE = "ends_before"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Date:
    """One date of an event. ``why`` tells why it is no session, or is None."""

    event: Event
    starts_at: datetime
    ends_at: datetime
    why: Why | None = None


@dataclass(frozen=True)
class Stray:
    """A moment that an event leaves out or changes, at which its series has no date, although it
    has another one on that day. Somebody has to look which of them is right."""

    event: Event
    at: datetime


@dataclass(frozen=True)
class Reader:
    """What is needed to reckon dates: the file's zones, the own zone, from when and until when."""

    zones: Zones
    own: tzinfo
    since: datetime
    until: datetime
    budget: Budget
    strays: list["Stray"] = field(default_factory=list)
    """Found while reading: what a series says of dates that it does not have."""

    def moment(self, at: At) -> datetime:
        return self.zones.moment(at, self.own)

    def zone_of(self, at: At) -> Zone:
        return self.zones.zone_of(at, self.own)


def dates_of(series: Series, reader: Reader) -> list[Date]:
    """The dates of a series whose events have a start and no fault. Raises TooMuch.

    Dates that end before ``reader.since`` or start after ``reader.until`` may be among them.
    """
    changes = _Changes(series, reader)
    found: dict[datetime, Date] = {}
    rest: list[Date] = list(_replaced_by(series.master, reader))
    for date in _own_dates(series.master, reader):
        found[date.starts_at] = applied = changes.applied(date)
        if applied.starts_at != date.starts_at:  # and it no longer takes place when it was
            rest.append(_because(date, Why.EXCLUDED))
        elif applied.why is Why.CANCELLED and applied.event in series.changes:
            rest.append(_because(_first(applied.event, reader), Why.EXCLUDED))
    for date in changes.unused():
        if date.starts_at in found and found[date.starts_at].event is series.master:
            found[date.starts_at] = date
        else:
            rest.append(date)
    rest = [date for date in rest if date.starts_at not in found]
    return sorted([*found.values(), *rest], key=lambda date: date.starts_at)


def _first(event: Event, reader: Reader) -> Date:
    """The date at the event's own start."""
    return next(_own_dates(event, reader))


def _replaced_by(event: Event, reader: Reader) -> Iterator[Date]:
    """The date that an event replaces whose series is not in the file: an invitation to a change of
    one date holds that event alone."""
    if event.instead_of is not None and not event.instead_of.is_day:
        at = reader.moment(event.instead_of)
        why = Why.CANCELLED if event.is_cancelled else Why.EXCLUDED
        yield Date(event, at, at, why)


def _own_dates(event: Event, reader: Reader) -> Iterator[Date]:
    """The dates of an event alone, with those that it leaves out."""
    zone, excluded = reader.zone_of(event.begin), _Excluded(event, reader)
    seen = set()
    for wall, period in _walls(event, zone, reader):
        starts_at = reader.moment(period.start) if period else to_utc(wall, zone)
        if starts_at in seen:
            continue
        seen.add(starts_at)
        date = _date(event, wall, starts_at, zone, period, reader)
        yield _because(date, Why.EXCLUDED) if excluded.has(wall, starts_at) else date
        if len(seen) > MOST_DATES:
            raise TooMuch
    reader.strays.extend(Stray(event, at) for at in excluded.strays(seen, zone, reader))


def _walls(event: Event, zone: Zone, reader: Reader) -> Iterator[tuple[datetime, Period | None]]:
    """Starts on the event's own wall clock, with the period that gives an end of its own."""
    yield event.begin.wall, None
    for rule in event.rules:
        for wall in _by_rule(rule, event.begin.wall, zone, reader):
            yield wall, None
    for period in event.more:
        start = period.start
        if start.is_day and not event.begin.is_day:
            yield datetime.combine(start.day, event.begin.wall.time()), None
        else:
            yield to_wall(reader.moment(start), zone), period


def _by_rule(rule: Rule, start: datetime, zone: Zone, reader: Reader) -> Iterator[datetime]:
    since, last = ((at.replace(tzinfo=None)) for at in (reader.since - 2 * DAY, reader.until + DAY))
    walls = walls_of(rule, start, since=since.date(), last=last.date(), budget=reader.budget)
    for wall in walls:
        if rule.until and _is_after(wall, zone, rule.until, reader):
            return
        if wall >= since:
            yield wall


def _is_after(wall: datetime, zone: Zone, until: At, reader: Reader) -> bool:
    """Whether a date comes after the rule's UNTIL. As a day it includes that day."""
    if until.is_day:
        return wall.date() > until.day
    if until.zone:
        return to_utc(wall, zone) > reader.moment(until)
    return wall > until.wall


class _Excluded:
    """The dates that a series leaves out: as moments, as days, and on its own wall clock."""

    def __init__(self, event: Event, reader: Reader) -> None:
        reader.budget.spend(len(event.excluded) + len(event.more))
        self.days = {day for at in event.excluded if (day := _whole_day(at, event, reader))}
        timed = [at for at in event.excluded if not at.is_day]
        self.walls = {at.wall for at in timed if not at.zone}
        self.moments = {reader.moment(at) for at in timed if at.zone}
        zone = reader.zone_of(event.begin)
        for rule in event.not_rules:
            self.walls |= set(_by_rule(rule, event.begin.wall, zone, reader))

    def has(self, wall: datetime, starts_at: datetime) -> bool:
        return wall.date() in self.days or wall in self.walls or starts_at in self.moments

    def strays(self, dates: Iterable[datetime], zone: Zone, reader: Reader) -> list[datetime]:
        """The moments that are left out and are none of the dates, on days that have one."""
        left = {at for at in self.moments if reader.since <= at <= reader.until} - set(dates)
        days = {to_wall(at, zone).date() for at in dates} - self.days if left else set()
        return sorted(at for at in left if to_wall(at, zone).date() in days)


def _whole_day(at: At, event: Event, reader: Reader) -> object:
    """The day that is meant where a date of a series is named by its day, or None.

    Some programs write midnight for it. A series that begins at midnight really has a date then.
    """
    if at.is_day:
        return at.day
    wall = at.wall
    if at.zone:
        wall = to_wall(reader.moment(at), reader.zone_of(event.begin))
    is_midnight = wall.time() == time() and event.begin.wall.time() != time()
    return wall.date() if is_midnight else None


def _date(
    event: Event,
    wall: datetime,
    starts_at: datetime,
    zone: Zone,
    period: Period | None,
    reader: Reader,
) -> Date:
    ends_at, why = _end(event, wall, starts_at, zone, period, reader)
    why = why or _why(event, wall, starts_at, ends_at)
    return Date(event, starts_at, ends_at, Why.CANCELLED if event.is_cancelled else why)


def _end(
    event: Event,
    wall: datetime,
    starts_at: datetime,
    zone: Zone,
    period: Period | None,
    reader: Reader,
) -> tuple[datetime, Why | None]:
    if event.lasts_days:
        return starts_at + DAY, Why.WHOLE_DAY
    if period and period.end:
        return reader.moment(period.end), None
    length = period.length if period and period.length is not None else event.length
    if event.end is not None and not (period and period.length is not None):
        if event.end.is_day:
            return starts_at, Why.NO_END
        if event.end.zone == event.begin.zone:  # 9:00 to 10:30 on the wall, on each date
            return to_utc(wall + (event.end.wall - event.begin.wall), zone), None
        length = reader.moment(event.end) - reader.moment(event.begin)
    return (starts_at, Why.NO_END) if length is None else (starts_at + length, None)


def _why(event: Event, wall: datetime, starts_at: datetime, ends_at: datetime) -> Why | None:
    if ends_at < starts_at:
        return Why.ENDS_BEFORE
    if ends_at == starts_at:
        return Why.NO_LENGTH
    if ends_at - starts_at > DAY:
        return Why.TOO_LONG
    is_midnight = wall.time() == time()
    return Why.WHOLE_DAY if is_midnight and ends_at - starts_at == DAY else None


def _because(date: Date, why: Why) -> Date:
    return Date(date.event, date.starts_at, date.ends_at, why)


class _Changes:
    """The changes of single dates, found by the moment or by the day that they replace."""

    def __init__(self, series: Series, reader: Reader) -> None:
        self.reader = reader
        self.master = series.master
        self.single: dict[object, Event] = {}
        self.later: list[tuple[datetime, Event]] = []
        self.used: set[int] = set()
        for change in series.changes:
            at = change.replaced
            if change.and_later:
                self.later.append((reader.moment(at), change))
            else:
                self.single[self._key(at)] = change
        self.later.sort(key=lambda pair: pair[0])
        self.has_days = any(not isinstance(key, datetime) for key in self.single)
        reader.budget.spend(len(series.changes))

    def _key(self, at: At) -> object:
        return _whole_day(at, self.master, self.reader) or self.reader.moment(at)

    def applied(self, date: Date) -> Date:
        """The date as the change of it says, or as it is."""
        zone = self.reader.zone_of(date.event.begin)
        change = self.single.get(date.starts_at) or self._of_day(date, zone)
        if change:
            self.used.add(change.line)
            return self._replaced(date, change)
        number = bisect_right(self.later, date.starts_at, key=lambda pair: pair[0])
        if not number:
            return date
        since, change = self.later[number - 1]
        self.used.add(change.line)
        return self._moved(date, since, change)

    def _of_day(self, date: Date, zone: Zone) -> Event | None:
        if not self.has_days:
            return None
        return self.single.get(to_wall(date.starts_at, zone).date())

    def _replaced(self, date: Date, change: Event) -> Date:
        found = _first(change, self.reader)
        # A date that is cancelled is cancelled at the time that it had.
        return Date(change, date.starts_at, date.ends_at, found.why) if found.why else found

    def _moved(self, date: Date, since: datetime, change: Event) -> Date:
        if change.is_cancelled:
            return Date(change, date.starts_at, date.ends_at, Why.CANCELLED)
        first = _first(change, self.reader)
        if first.why or date.why:
            return Date(change, date.starts_at, date.ends_at, first.why or date.why)
        # It moves on the wall clock, so that a later change of clocks does not move it again.
        own = self.reader.own
        by = to_wall(first.starts_at, own) - to_wall(since, own)
        starts_at = to_utc(to_wall(date.starts_at, own) + by, own)
        return Date(change, starts_at, starts_at + (first.ends_at - first.starts_at))

    def unused(self) -> Iterator[Date]:
        """Dates of changes that replace none, such as one that is out of the rule's reach."""
        for key, change in self.single.items():
            if change.line not in self.used:
                if isinstance(key, datetime):
                    self.reader.strays.append(Stray(change, key))
                yield _first(change, self.reader)
