"""What programs write beside the standard: read where it is sure, and told where it is not."""

import pytest

from sessions_app.tests.calendar_files import calendar, lecture, plan, planned, run, told
from sessions_app.tests.test_calendar_cases import FIRST, GOOD, THREE, WEEKLY, changed

TITLE = "SUMMARY:OS CSE-A lecture"
AT_NINE = "DTSTART;TZID=Europe/Paris:20261208T090000"


def series(*more: str, changes: tuple[str, ...] = ()) -> bytes:
    event = lecture("OS CSE-A lecture", "20261201T090000", "20261201T103000", WEEKLY, *more)
    return calendar(event, *changes)


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=Europe/Paris:20261208T000000",
        "EXDATE:20261208T000000",
        "EXDATE:20261207T230000Z",
        "EXDATE:20261208T080000Z;20261222T080000Z",
    ],
    ids=["midnight", "midnight-floating", "midnight-in-utc", "semicolon"],
)
def test_a_date_that_is_left_out_in_an_odd_way_is_left_out(course, line):
    run(series(line))
    assert planned() == THREE[::2]


def test_midnight_is_a_time_of_its_own_where_the_series_begins_at_midnight(course):
    night = lecture(
        "OS CSE-A", "20261201T000000", "20261201T010000", WEEKLY, "EXDATE:20261208T000000"
    )
    run(calendar(night))
    assert planned() == ["12-01 00:00–01:00", "12-15 00:00–01:00"]


@pytest.mark.parametrize("instead_of", ["20261208T000000", "20261208T090000"])
def test_a_cancelled_date_may_be_named_by_its_midnight(course, instead_of):
    run(series(changes=(changed(instead_of, "STATUS:CANCELLED", TITLE, AT_NINE),)))
    assert planned() == THREE[::2]


@pytest.mark.parametrize(
    "data",
    [
        series("EXDATE;TZID=Europe/Paris:20261208T100000"),
        series(changes=(changed("20261208T100000", "STATUS:CANCELLED", TITLE),)),
    ],
    ids=["left-out", "cancelled"],
)
def test_a_date_that_the_series_does_not_have_is_told(course, data):
    made = run(data)
    assert planned() == THREE
    assert [note for note in made.notes if "8 December 2026, 10:00. Check the dates" in note]


def test_a_date_that_is_left_out_on_another_day_is_no_news(course):
    assert run(series("EXDATE;TZID=Europe/Paris:20261209T100000")).notes == []


def test_a_change_that_names_a_date_wrongly_counts_at_its_own_start(course):
    run(series(changes=(changed("20261208T100000", "STATUS:CANCELLED", TITLE, AT_NINE),)))
    assert planned() == THREE[::2]


def test_an_invitation_to_one_changed_date_takes_it_from_its_old_time(course):
    run(series())
    start = "DTSTART;TZID=Europe/Paris:20261209T140000"
    run(calendar(changed("20261208T090000", TITLE, start, "DURATION:PT1H")))
    assert planned() == [FIRST, "12-09 14:00–15:00", THREE[2]]


def test_a_date_that_was_moved_is_cancelled_where_it_is_by_now(course):
    start = "DTSTART;TZID=Europe/Paris:20261208T140000"
    run(series(changes=(changed("20261208T090000", TITLE, start, "DURATION:PT1H"),)))
    assert "12-08 14:00–15:00" in planned()
    cancelled = changed("20261208T090000", TITLE, start, "DURATION:PT1H", "STATUS:CANCELLED")
    run(series(changes=(cancelled,)))
    assert planned() == THREE[::2]


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=WEEKLY;COUNT=3;X-EVOLUTION-ENDDATE=20261215T080000Z",
        "RRULE:RSCALE=GREGORIAN;FREQ=WEEKLY;SKIP=OMIT;COUNT=3",
        "RRULE:\r\nRRULE:FREQ=WEEKLY;COUNT=3",
    ],
    ids=["own-part", "rfc-7529", "empty"],
)
def test_a_rule_with_parts_that_say_nothing_is_followed(course, rule):
    run(calendar(lecture("OS CSE-A lecture", "20261201T090000", "20261201T103000", rule)))
    assert planned() == THREE


@pytest.mark.parametrize(
    "title",
    [
        "Cancelled: OS CSE-A",
        "OS CSE-A (CANCELED)",
        "OS CSE-A - no lecture",
        "Operating Systems CSE-A cancelled",
        "Abgesagt: OS CSE-A Vorlesung",
        "OS CSE-A (fällt aus)",
        "OS CSE-A cours ANNULÉ",
        "[取消] OS CSE-A",
    ],
)
def test_a_title_that_says_cancelled_cancels(course, title):
    run(calendar(GOOD))
    made = run(calendar(GOOD.replace("SUMMARY:OS CSE-A lecture", f"SUMMARY:{title}")))
    assert planned() == []
    assert "is cancelled in the timetable" in told(made)[0]


@pytest.mark.parametrize("title", ["OS CSE-A: cancelled orders in a queue", "OS CSE-A no smoking"])
def test_a_title_that_only_speaks_of_it_is_planned(course, title):
    run(calendar(GOOD.replace("SUMMARY:OS CSE-A lecture", f"SUMMARY:{title}")))
    assert planned() == [FIRST]


ZONE = "\r\n".join(
    [
        *("BEGIN:VTIMEZONE", "TZID:{name}", "BEGIN:STANDARD", "DTSTART:19700101T000000"),
        *("TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE"),
    ]
)


@pytest.mark.parametrize(
    ("defined", "used"),
    [('"Our zone"', "Our zone"), ("our  ZONE", "Our zone"), ("Our: zone", '"Our: zone"')],
)
def test_a_zone_is_found_by_its_name_whatever_the_quotes_and_case(course, defined, used):
    event = lecture("OS CSE-A", "20261201T110000", "20261201T123000", zone=f";TZID={used}")
    made = run(calendar(ZONE.replace("{name}", defined), event))
    assert planned() == [FIRST]
    assert made.notes == []


def test_a_series_in_utc_that_a_change_of_clocks_moves_is_told(course):
    event = lecture("OS CSE-A", "20270316T080000Z", "20270316T093000Z", WEEKLY, zone="")
    made = plan(calendar(event))
    assert any("09:00, 10:00. Check whether that is meant" in note for note in made.notes)


@pytest.mark.parametrize("title", ["OS CSE-A, CSE-Z", "OS CSE-A & CSE-Z"])
def test_a_class_of_a_joint_lecture_that_is_none_of_ours_is_told(course, title):
    made = run(calendar(lecture(title)))
    assert planned() == [FIRST]
    assert any("also names CSE-Z" in note for note in made.notes)


def test_a_class_may_stand_late_in_a_very_long_title(course):
    run(calendar(lecture("x " * 900 + "OS CSE-A")))
    assert planned() == [FIRST]


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_an_event_at_the_ends_of_all_time_is_listed(course, year):
    odd = lecture("OS CSE-A", f"{year}1231T230000Z", f"{year}1231T235900Z", zone="", uid="odd")
    made = run(calendar(odd, GOOD))
    assert planned() == [FIRST]
    assert len(told(made)) == 1


@pytest.mark.parametrize(
    "data",
    [
        calendar(GOOD).decode().encode("utf-16"),
        calendar(GOOD).decode().encode("utf-16-le"),
        calendar(GOOD).decode().encode("utf-16-be"),
        GOOD.encode(),
    ],
    ids=["utf-16", "utf-16-le", "utf-16-be", "no-calendar-around"],
)
def test_a_calendar_in_an_odd_wrapping_is_read(course, data):
    run(data)
    assert planned() == [FIRST]


@pytest.mark.parametrize(
    ("params", "value"),
    [
        ("ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8", "H=C3=B6rsaal"),
        ("CHARSET=ISO-8859-1;ENCODING=quoted-printable", "H=F6rsaal"),
        ("ENCODING=QUOTED-PRINTABLE;CHARSET=punycode", "H=C3=B6rsaal"),
    ],
)
def test_a_room_of_an_old_program_is_read(course, params, value):
    room = f"LOCATION;{params}:{value}"
    run(calendar(lecture("OS CSE-A", "20261201T090000", "20261201T103000", room)))
    assert planned() == [f"{FIRST} Hörsaal"]


@pytest.mark.parametrize(
    "date",
    ["RDATE:20261208T080000Z", "RDATE;TZID=America/New_York:20261208T030000"],
    ids=["utc", "elsewhere"],
)
def test_a_further_date_in_another_zone_lasts_as_long_as_the_others(course, date):
    run(calendar(lecture("OS CSE-A lecture", "20261201T090000", "20261201T103000", date)))
    assert planned() == THREE[:2]


@pytest.mark.parametrize(
    "zone",
    [
        ";TZID=(UTC+01:00) Brussels\\, Copenhagen\\, Madrid\\, Paris",
        ";TZID=(UTC+01:00) Brussels, Copenhagen, Madrid, Paris",
        ";TZID=(GMT+01.00) Paris;VALUE=DATE-TIME",
    ],
)
def test_a_zone_with_a_colon_that_is_not_in_quotes_is_read(course, zone):
    run(calendar(lecture(zone=zone)))
    assert planned() == ["12-01 09:00–10:30"]


def test_a_day_before_2000_is_told_as_it_stands_in_the_file(course):
    lines = ["UID:b", "SUMMARY:OS day", "DTSTART;VALUE=DATE:19910917", "RRULE:FREQ=YEARLY"]
    made = plan(calendar("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])))
    assert "from 17 September 1991 to" in told(made)[0]


@pytest.mark.parametrize(
    "name", ["America/New York", "america/new york", "/x.example/America/New York"]
)
def test_a_zone_that_is_written_with_a_blank_is_known(course, name):
    made = run(
        calendar(lecture("OS CSE-A", "20261208T030000", "20261208T043000", zone=f";TZID={name}"))
    )
    assert planned() == ["12-08 09:00–10:30"]
    assert made.notes == []
