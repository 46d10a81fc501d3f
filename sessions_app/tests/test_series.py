"""Weekly meetings: on which days, and what happens when clocks are set."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.domain.series import MOST, ImpossibleSeries, Meeting, meeting, meetings

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")
NINE, TEN = time(9), time(10)


def plan(**changes):
    given = {
        "weekdays": [0, 3],
        "starts": NINE,
        "ends": TEN,
        "first": date(2026, 3, 2),  # a Monday
        "until": date(2026, 3, 15),
        "zone": PARIS,
    }
    return meetings(**given | changes)


def local_days(rows, zone=PARIS):
    return [row.starts_at.astimezone(zone).date().isoformat() for row in rows]


def test_both_ends_are_included_and_other_weekdays_are_not():
    days = local_days(plan(until=date(2026, 3, 9)))
    assert days == ["2026-03-02", "2026-03-05", "2026-03-09"]


def test_skipped_dates_are_left_out_and_others_to_skip_change_nothing():
    rows = plan(skip=[date(2026, 3, 5), date(2026, 3, 6)])
    assert local_days(rows) == ["2026-03-02", "2026-03-09", "2026-03-12"]


def test_every_other_week_counts_from_the_week_of_the_first_day():
    rows = plan(first=date(2026, 3, 4), until=date(2026, 3, 31), every_weeks=2)
    assert local_days(rows) == ["2026-03-05", "2026-03-16", "2026-03-19", "2026-03-30"]


def test_the_clock_on_the_wall_stays_when_summer_time_begins_and_ends():
    """Paris sets its clocks forward on 29 March and back on 25 October 2026."""
    spring = plan(weekdays=[0], first=date(2026, 3, 23), until=date(2026, 3, 30))
    assert [row.starts_at.hour for row in spring] == [8, 7]
    autumn = plan(weekdays=[0], first=date(2026, 10, 19), until=date(2026, 10, 26))
    assert [row.starts_at.hour for row in autumn] == [7, 8]
    for row in [*spring, *autumn]:
        assert row.starts_at.tzinfo is UTC
        assert row.starts_at.astimezone(PARIS).time() == NINE


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "starts_utc", "ends_utc"),
    [
        pytest.param(PARIS, (2026, 3, 29), (2, 30), (4, 0), "01:30", "03:00", id="gap-start"),
        pytest.param(PARIS, (2026, 3, 29), (2, 30), (3, 10), "01:30", "02:10", id="gap-both"),
        pytest.param(PARIS, (2026, 3, 29), (1, 30), (2, 30), "00:30", "01:30", id="gap-end"),
        pytest.param(PARIS, (2026, 10, 25), (2, 30), (3, 30), "00:30", "02:30", id="fold-start"),
        pytest.param(PARIS, (2026, 10, 25), (1, 30), (2, 30), "23:30", "00:30", id="fold-end"),
        pytest.param(NEW_YORK, (2026, 3, 8), (2, 0), (3, 0), "07:00", "08:00", id="gap-new-york"),
        pytest.param(NEW_YORK, (2026, 11, 1), (1, 0), (1, 50), "05:00", "05:50", id="fold-both"),
    ],
)
def test_times_that_a_clock_skips_or_shows_twice(zone, day, starts, ends, starts_utc, ends_utc):
    row = meeting(date(*day), time(*starts), time(*ends), zone)
    assert (f"{row.starts_at:%H:%M}", f"{row.ends_at:%H:%M}") == (starts_utc, ends_utc)


@given(
    st.sampled_from([PARIS, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")]),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.times(),
    st.times(),
)
def test_a_session_always_ends_after_it_starts(zone, day, one, other):
    starts, ends = sorted([one, other])
    if starts < ends:
        row = meeting(day, starts, ends, zone)
        assert timedelta() < row.ends_at - row.starts_at <= timedelta(hours=25)


def test_the_day_is_the_places_own_even_where_utc_has_another():
    row = meeting(date(2026, 6, 1), time(7), time(8), ZoneInfo("Pacific/Auckland"))
    assert row == Meeting(
        datetime(2026, 5, 31, 19, tzinfo=UTC), datetime(2026, 5, 31, 20, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends": NINE}, "ends"),
        ({"ends": time(8)}, "ends"),
        ({"until": date(2026, 3, 1)}, "until"),
        ({"until": date(2099, 1, 1)}, "until"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [5], "until": date(2026, 3, 6)}, "weekdays"),
        ({"until": date(2026, 3, 2), "skip": [date(2026, 3, 2)]}, "weekdays"),
        ({"weekdays": range(7), "until": date(2027, 12, 31)}, "until"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_field_at_fault(changes, field):
    with pytest.raises(ImpossibleSeries) as caught:
        plan(**changes)
    assert caught.value.field == field


def test_the_most_that_can_be_planned_is_planned():
    until = date(2026, 3, 2) + timedelta(days=MOST - 1)
    assert len(plan(weekdays=range(7), until=until)) == MOST
