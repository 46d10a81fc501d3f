"""Rules by which events repeat (RFC 5545, 3.3.10), walked day by day up to a last day."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sessions_app.domain.ical.values import At, Unreadable, moment_of

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LISTS = {
    # The least and the most of each number, and whether it may count from the end.
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYSETPOS": (1, 366, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 59, False),
}
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"} | _LISTS.keys()
_SAYS_NOTHING = {"RSCALE=GREGORIAN", "SKIP=OMIT"}
"""What RFC 7529 adds, with the values that rules have without it."""
_MOST_TIMES = 24
"""Times in one day. A lecture has one, and all seconds of a day would be 86,400."""
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


class TooMuch(Exception):
    """The rules of this file would take too long to walk."""


class Budget:
    """Days that may still be walked for one file, so that no file keeps a core busy."""

    def __init__(self, days: int) -> None:
        self.days = days

    def spend(self, days: int) -> None:
        """Raises TooMuch."""
        self.days -= days
        if self.days < 0:
            raise TooMuch


@dataclass(frozen=True)
class Rule:
    frequency: str
    interval: int
    count: int | None
    until: At | None
    by_day: frozenset[tuple[int, int]]
    """Weekdays, Monday being 0, each with which one of the month or year it is, or 0 for all."""
    lists: dict[str, tuple[int, ...]]
    week_start: int

    def numbers(self, name: str) -> tuple[int, ...]:
        return self.lists.get(name, ())


def rule_of(text: str) -> Rule:
    """The rule that a text such as ``FREQ=WEEKLY;COUNT=4`` says. Raises Unreadable."""
    written = [part.strip() for part in text.strip().upper().split(";") if part.strip()]
    pairs = [part.split("=") for part in written if not _says_nothing(part)]
    if any(len(pair) != 2 for pair in pairs):
        raise Unreadable(text)
    parts = {name.strip(): value.strip() for name, value in pairs}
    if len(parts) != len(pairs) or not parts.keys() <= _PARTS:
        raise Unreadable(text)
    if parts.get("FREQ") not in _FREQUENCIES:
        raise Unreadable(text)
    rule = Rule(
        frequency=parts["FREQ"],
        interval=_number(parts.get("INTERVAL", "1"), 1, 1000),
        count=_number(parts["COUNT"], 1, 100_000) if "COUNT" in parts else None,
        until=moment_of(parts["UNTIL"]) if "UNTIL" in parts else None,
        by_day=frozenset(_weekday(one) for one in parts["BYDAY"].split(","))
        if "BYDAY" in parts
        else frozenset(),
        lists={name: _numbers(parts[name], name) for name in _LISTS if name in parts},
        week_start=_weekday(parts.get("WKST", "MO"))[1],
    )
    if len(list(_times(rule, time()))) > _MOST_TIMES:
        raise Unreadable(text)
    return rule


def _says_nothing(part: str) -> bool:
    """Whether the part is a program's own, such as X-EVOLUTION-ENDDATE, or has no effect."""
    return part.startswith("X-") or part in _SAYS_NOTHING


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,6}", text) or not least <= int(text) <= most:
        raise Unreadable(text)
    return int(text)


def _numbers(text: str, name: str) -> tuple[int, ...]:
    least, most, may_count_back = _LISTS[name]
    found = []
    for part in text.split(","):
        if not re.fullmatch(r"[+-]?\d{1,3}", part.strip()):
            raise Unreadable(text)
        number = int(part)
        if not least <= abs(number) <= most or (number < 0 and not may_count_back):
            raise Unreadable(text)
        found.append(number)
    return tuple(dict.fromkeys(found))


def _weekday(text: str) -> tuple[int, int]:
    found = _BY_DAY.fullmatch(text.strip())
    if not found or abs(int(found[1] or 0)) > 53:
        raise Unreadable(text)
    return int(found[1] or 0), _WEEKDAYS.index(found[2])


def walls_of(
    rule: Rule, start: datetime, *, since: date, last: date, budget: Budget
) -> Iterator[datetime]:
    """The rule's times from ``start`` on and up to the day ``last``, in order, on the wall clock.

    Times before ``since`` may be left out. ``rule.until`` is not looked at, as it may be in another
    zone. Raises TooMuch.
    """
    found = -1
    for days in _periods(rule, start.date(), since, last):
        budget.spend(len(days))
        walls = _chosen(rule, days, start)
        if found < 0:  # a start that the rule does not match counts as a date all the same
            found = 0 if start in walls else 1
        for wall in walls:
            if wall < start:
                continue
            if wall.date() > last or (rule.count is not None and found >= rule.count):
                return
            found += 1
            yield wall


def _chosen(rule: Rule, days: list[date], start: datetime) -> list[datetime]:
    own = start.date()
    months = rule.numbers("BYMONTH")
    if months and len(days) == 1 and days[0].month not in months:
        return []
    matching = [day for day in days if _matches(rule, day, own)]
    walls = [datetime.combine(day, at) for day in matching for at in _times(rule, start.time())]
    places = rule.numbers("BYSETPOS")
    if not places:
        return walls
    picks = {place - 1 if place > 0 else len(walls) + place for place in places}
    return [wall for place, wall in enumerate(walls) if place in picks]


def _times(rule: Rule, own: time) -> list[time]:
    hours = rule.numbers("BYHOUR") or (own.hour,)
    minutes = rule.numbers("BYMINUTE") or (own.minute,)
    seconds = rule.numbers("BYSECOND") or (own.second,)
    if len(hours) * len(minutes) * len(seconds) > _MOST_TIMES:
        raise Unreadable("BYHOUR")
    return sorted(time(h, m, s) for h in hours for m in minutes for s in seconds)


def _periods(rule: Rule, start: date, since: date, last: date) -> Iterator[list[date]]:
    """The days of each day, week, month or year in which the rule may match."""
    step = 0 if rule.count is not None else _steps_before(rule, start, since)
    while True:
        try:
            first, length = _period(rule, start, step * rule.interval)
        except (OverflowError, ValueError):
            return  # the calendar ends with the year 9999
        if first > last:
            return
        yield [first + timedelta(days=n) for n in range(length)]
        step += 1


def _steps_before(rule: Rule, start: date, since: date) -> int:
    """Periods that lie surely before ``since``, so that they need not be walked."""
    days = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}[rule.frequency]
    return max(0, ((since - start).days // days - 2) // rule.interval)


def _period(rule: Rule, start: date, number: int) -> tuple[date, int]:
    """The first day of the period so many after the start's, and how many days it has."""
    if rule.frequency == "DAILY":
        return start + timedelta(days=number), 1
    if rule.frequency == "WEEKLY":
        back = (start.weekday() - rule.week_start) % 7
        return start + timedelta(days=7 * number - back), 7
    if rule.frequency == "MONTHLY":
        year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
        return date(year, month + 1, 1), calendar.monthrange(year, month + 1)[1]
    year = start.year + number
    return date(year, 1, 1), 366 if calendar.isleap(year) else 365


def _matches(rule: Rule, day: date, start: date) -> bool:
    months, month_days = rule.numbers("BYMONTH"), rule.numbers("BYMONTHDAY")
    if months and day.month not in months:
        return False
    if month_days and not _is_month_day(day, month_days):
        return False
    if (year_days := rule.numbers("BYYEARDAY")) and not _is_year_day(day, year_days):
        return False
    weeks = rule.numbers("BYWEEKNO")
    if weeks and not (rule.frequency == "YEARLY" and _is_week(day, weeks)):
        return False
    if rule.by_day:
        return any(_is_weekday(rule, day, which, weekday) for which, weekday in rule.by_day)
    return _matches_start(rule, day, start, is_free=not (month_days or year_days))


def _matches_start(rule: Rule, day: date, start: date, *, is_free: bool) -> bool:
    """Whether the day is like the first one, in what the rule says nothing of."""
    if rule.frequency == "WEEKLY" or rule.numbers("BYWEEKNO"):
        return day.weekday() == start.weekday()
    if rule.frequency == "DAILY" or not is_free:
        return True
    is_month = rule.frequency == "MONTHLY" or rule.numbers("BYMONTH") or day.month == start.month
    return bool(is_month) and day.day == start.day


def _is_month_day(day: date, numbers: tuple[int, ...]) -> bool:
    from_end = day.day - calendar.monthrange(day.year, day.month)[1] - 1
    return day.day in numbers or from_end in numbers


def _is_year_day(day: date, numbers: tuple[int, ...]) -> bool:
    number = day.timetuple().tm_yday
    length = 366 if calendar.isleap(day.year) else 365
    return number in numbers or number - length - 1 in numbers


def _is_week(day: date, numbers: tuple[int, ...]) -> bool:
    """Whether the day is in one of the weeks, which begin on Monday as in ISO 8601."""
    year, week, _weekday_number = day.isocalendar()
    weeks = date(year, 12, 28).isocalendar()[1]
    return week in numbers or week - weeks - 1 in numbers


def _is_weekday(rule: Rule, day: date, which: int, weekday: int) -> bool:
    if day.weekday() != weekday:
        return False
    if not which or rule.frequency in ("DAILY", "WEEKLY") or rule.numbers("BYWEEKNO"):
        return True
    if rule.frequency == "MONTHLY" or rule.numbers("BYMONTH"):
        number, length = day.day, calendar.monthrange(day.year, day.month)[1]
    else:
        number, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    return which in ((number - 1) // 7 + 1, -((length - number) // 7 + 1))
