"""Rules by which events repeat, compared with another implementation of RFC 5545."""

from datetime import date, datetime, timedelta

import pytest
from dateutil import rrule
from hypothesis import example, given
from hypothesis import strategies as st

from sessions_app.domain.ical.recurrence import Budget, rule_of, walls_of

LAST = date(2027, 12, 31)
WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


def several(numbers) -> st.SearchStrategy[str]:
    return st.lists(numbers, min_size=1, max_size=3, unique=True).map(
        lambda found: ",".join(str(one) for one in found)
    )


PLAIN = {
    "BYMONTH": several(st.integers(1, 12)),
    "BYMONTHDAY": several(st.integers(1, 31) | st.integers(-31, -1)),
    "BYDAY": several(WEEKDAYS),
    "BYSETPOS": several(st.integers(1, 4) | st.integers(-4, -1)),
    "WKST": st.sampled_from(["MO", "SU"]),
}
WHICH = several(
    st.tuples(st.integers(1, 4) | st.integers(-4, -1), WEEKDAYS).map("{0[0]}{0[1]}".format)
)


@st.composite
def rules(draw) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    names = draw(st.sets(st.sampled_from(sorted(PLAIN)), max_size=3))
    if frequency == "WEEKLY":  # RFC 5545 has no days of the month in weeks
        names -= {"BYMONTHDAY"}
    if not names & {"BYDAY", "BYMONTHDAY", "BYMONTH"}:
        names -= {"BYSETPOS"}
    parts = {name: draw(PLAIN[name]) for name in sorted(names)}
    if "BYDAY" in parts and frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts["BYDAY"] = draw(WHICH)
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 4)))} | parts
    return ";".join(f"{name}={value}" for name, value in parts.items())


def walls(text: str, start: datetime, since: date) -> list[datetime]:
    return list(walls_of(rule_of(text), start, since=since, last=LAST, budget=Budget(10**6)))


def first_compared(text: str, start: datetime) -> datetime:
    """From when on both libraries mean the same dates.

    RFC 5545 counts BYSETPOS in whole weeks. The other library counts in the first week only from
    the start on, so the first week of such a rule is left out.
    """
    in_weeks = text.startswith("FREQ=WEEKLY") and "BYSETPOS" in text
    return start + timedelta(days=7) if in_weeks else start


def by_another_library(
    rule: str, start: datetime, since: datetime, end: datetime
) -> list[datetime]:
    """The dates from `since` to `end`. The library looks for a date in every year there is.

    A rule without any date, as of each 31 February, would cost it ten seconds, so the years end.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rrule.datetime, "MAXYEAR", end.year + 1)
        return list(rrule.rrulestr(rule, dtstart=start).between(since, end, inc=True))


@example("FREQ=YEARLY;INTERVAL=1;BYMONTH=2;BYMONTHDAY=31", date(2026, 1, 1))
@example("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TH;BYSETPOS=1", date(2026, 1, 1))
@given(rules(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_a_rule_has_the_dates_that_another_library_finds(text, day):
    start = datetime(day.year, day.month, day.day, 9, 30)  # noqa: DTZ001, a wall clock
    since = first_compared(text, start)
    end = datetime(2027, 12, 31, 23, 59)  # noqa: DTZ001
    theirs = by_another_library(f"{text};UNTIL=20271231T235900", start, since, end)
    assert [wall for wall in walls(text, start, day) if wall >= since] == theirs


def test_positions_are_counted_in_the_whole_week_in_which_a_rule_begins():
    thursday = datetime(2026, 1, 1, 9, 30)  # noqa: DTZ001
    dates = walls("FREQ=WEEKLY;BYDAY=MO,TH;BYSETPOS=1", thursday, thursday.date())
    assert dates[0] == datetime(2026, 1, 5, 9, 30)  # noqa: DTZ001, the Monday after


@given(rules(), st.integers(1, 20))
def test_a_count_ends_a_rule(text, count):
    start = datetime(2026, 9, 1, 9, 0)  # noqa: DTZ001
    every = walls(text, start, start.date())
    counted = walls(f"{text};COUNT={count}", start, start.date())
    left = count if start in every else count - 1  # the start counts, whatever the rule
    assert counted == every[:left]


@given(rules(), st.dates(date(2025, 1, 1), date(2027, 6, 1)))
def test_dates_from_a_later_day_on_are_the_same(text, since):
    start = datetime(2024, 2, 29, 9, 0)  # noqa: DTZ001
    every, later = walls(text, start, start.date()), walls(text, start, since)
    assert [w for w in every if w.date() >= since] == [w for w in later if w.date() >= since]
