"""Calendars with a zone of their own for times without one, and several versions of an event."""

import pytest

from sessions_app.tests.calendar_files import calendar, lecture, plan, planned, run

LONDON = "X-WR-TIMEZONE:Europe/London"
NOTE = (
    "Times without a zone were read by the calendar's own zone, “Europe/London”: check them where "
    "a course is elsewhere."
)


def test_times_without_a_zone_follow_the_calendars_own_one(course):
    made = run(calendar(lecture(zone=""), head=LONDON))
    assert planned() == ["12-01 10:00–11:30"]
    assert made.notes == [NOTE]


def test_other_times_and_whole_days_do_not_follow_it(course):
    day = lecture("OS CSE-A", "20261203", "20261204", zone=";VALUE=DATE", uid="2")
    made = run(calendar(lecture(), day, head=LONDON))
    assert planned() == ["12-01 09:00–10:30"]
    assert made.notes == []


def test_a_series_without_a_zone_leaves_out_and_ends_by_it(course):
    rules = ("RRULE:FREQ=WEEKLY;UNTIL=20261222T090000Z", "EXDATE:20261208T090000")
    run(
        calendar(
            lecture("OS CSE-A", "20261201T090000", "20261201T103000", *rules, zone=""), head=LONDON
        )
    )
    assert planned() == ["12-01 10:00–11:30", "12-15 10:00–11:30", "12-22 10:00–11:30"]


def test_a_zone_that_nobody_knows_is_said(course):
    made = run(calendar(lecture(zone=""), head="X-WR-TIMEZONE:Nowhere/Land"))
    assert planned() == ["12-01 09:00–10:30"]
    assert "“Nowhere/Land” is not known" in made.notes[0]


def version(start: str, modified: str, *more: str, title: str = "OS CSE-A") -> str:
    lines = [f"LAST-MODIFIED:{modified}"] if modified else []
    return lecture(title, f"{start}T090000", f"{start}T103000", *lines, *more)


NEW, OLD = "20261120T100000Z", "20261020T100000Z"


@pytest.mark.parametrize("order", [1, -1])
def test_of_versions_without_a_sequence_the_one_changed_last_counts(course, order):
    versions = [version("20261201", OLD), version("20261203", NEW)]
    made = run(calendar(*versions[::order]))
    assert planned() == ["12-03 09:00–10:30"]
    assert any("have one UID" in note and "changed last" in note for note in made.notes)
    assert "is replaced by a newer version" in str(made.unused[0])


def test_a_sequence_counts_before_it(course):
    newer = version("20261201", OLD, "SEQUENCE:2")
    run(calendar(version("20261203", NEW, "SEQUENCE:1"), newer))
    assert planned() == ["12-01 09:00–10:30"]


def test_the_newest_counts_where_an_older_one_is_cancelled(course):
    cancelled = version("20261201", OLD, "STATUS:CANCELLED")
    run(calendar(version("20261201", NEW), cancelled))
    assert planned() == ["12-01 09:00–10:30"]


def test_events_that_were_changed_at_one_time_are_no_versions(course):
    made = plan(calendar(version("20261201", NEW), version("20261203", NEW)))
    assert made.counts["added"] == 2
    assert plan(calendar(version("20261201", NEW), version("20261203", ""))).counts["added"] == 2


def test_many_events_with_one_uid_are_no_versions(course):
    many = [version(f"202612{day:02}", f"202611{day:02}T100000Z") for day in range(1, 11)]
    assert plan(calendar(*many)).counts["added"] == 10


def test_of_two_changes_of_one_date_the_one_changed_last_counts(course):
    series = lecture("OS CSE-A", "20261201T090000", "20261201T103000", "RRULE:FREQ=WEEKLY;COUNT=1")

    def change(hour: int, modified: str) -> str:
        at = (f"20261201T{hour}0000", f"20261201T{hour}3000")
        more = ("RECURRENCE-ID;TZID=Europe/Paris:20261201T090000", f"LAST-MODIFIED:{modified}")
        return lecture("OS CSE-A", *at, *more)

    run(calendar(series, change(14, NEW), change(16, OLD)))
    assert planned() == ["12-01 14:00–14:30"]
