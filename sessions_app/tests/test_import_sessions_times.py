"""A table of sessions: the days, times and lengths that its lines say."""

from datetime import time

import pytest

from attendance_project.tables.moments import Moment, dated_moment_of
from attendance_project.tables.several_days import has_several_days
from sessions_app.imports import Action, UnusedKind
from sessions_app.models import Session
from sessions_app.tests.calendar_files import planned, told
from sessions_app.tests.table_files import HEAD, plan, refused, run


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("22:00,01:00", "12-01 22:00–01:00"),
        ("22:00,24:00", "12-01 22:00–00:00"),
        ("24:00,01:00", "12-02 00:00–01:00"),
        ("2 pm,3:30 p.m.", "12-01 14:00–15:30"),
        ("10h,11h30", "12-01 10:00–11:30"),
        ("9.15,10.45", "12-01 09:15–10:45"),
        ("0900,1030", "12-01 09:00–10:30"),
        ("0.375,0.4375", "12-01 09:00–10:30"),
        ("09:00-10:30,", "12-01 09:00–10:30"),
        ("9:00 – 10:30 Uhr,", "12-01 09:00–10:30"),
        ("٩:٠٠ ص,١:٠٠ م", "12-01 09:00–13:00"),
        ("2026-12-01T09:00:00Z,2026-12-01T10:00:00Z", "12-01 10:00–11:00"),
    ],
)
def test_times_are_read_as_people_write_them(course, cells, expected):
    run(f"subject_code,class_code,date,begin,end\nOS,CSE-A,2026-12-01,{cells}\n")
    assert planned() == [expected]


@pytest.mark.parametrize(
    "day",
    [
        *("2026-12-01", "01.12.2026", "1. Dezember 2026", "1er décembre 2026", "46357"),
        *("1 de diciembre de 2026", "Tue 1 Dec 2026", "١ ديسمبر ٢٠٢٦", "2026年12月1日", "20261201"),
        *("Di 01.12.26", "Dec 1 2026", "2026/12/ 1", "2026. 12. 1."),
    ],
)
def test_days_are_read_as_people_write_them(course, day):
    run(f'subject_code;class_code;date;begin;end\nOS;CSE-A;"{day}";09:00;10:30\n')
    assert planned() == ["12-01 09:00–10:30"]


def test_a_number_that_is_read_as_a_day_is_said(course):
    made = plan("subject_code,class_code,date,begin,end\nOS,CSE-A,46357,09:00,10:30\n")
    assert made.notes == [
        "Numbers by which a spreadsheet keeps days were read as days: "
        "line 2 “46357” as 1 December 2026."
    ]


@pytest.mark.parametrize(
    ("duration", "ends"),
    [
        ("90", "10:30"),
        ("1:30", "10:30"),
        ("1h 30m", "10:30"),
        ("1h30", "10:30"),
        ("2 hours", "11:00"),
    ],
)
def test_a_duration_takes_the_place_of_an_end(course, duration, ends):
    run(f"subject_code,class_code,date,begin,duration\nOS,CSE-A,2026-12-01,09:00,{duration}\n")
    assert planned() == [f"12-01 09:00–{ends}"]


def test_what_cannot_be_read_is_refused_with_line_and_column(course):
    lines = [
        "OS,CSE-A,1.12.,09:00,10:30,",
        "OS,CSE-A,soon,09:00,10:30,",
        "OS,CSE-A,,09:00,10:30,",
        "OS,CSE-A,2026-12-01,noon,10:30,",
        "OS,CSE-A,2026-12-01,09:00,,",
    ]
    assert refused(HEAD + "\n".join(lines) + "\n") == [
        "line 2, date: “1.12.” has no year. Write it as YYYY-MM-DD.",
        "line 3, date: “soon” is no day that can be read. Write it as YYYY-MM-DD.",
        "line 4, date: is empty. Give the day of the session.",
        "line 5, begin: “noon” is no time that can be read. Write it as 10:30.",
        "line 6, end: is empty. Give the end or the duration.",
    ]
    assert not Session.objects.exists()


def test_a_day_that_may_be_two_is_asked_about(course):
    assert refused(HEAD + "OS,CSE-A,11/12/2026,09:00,10:30,\n") == [
        "line 2, date: “11/12/2026” may be 11 December 2026 or 12 November 2026. Write it as "
        "YYYY-MM-DD."
    ]


def test_another_day_of_the_file_shows_which_number_is_the_month(course):
    run(HEAD + "OS,CSE-A,12/08/2026,09:00,10:30,\nOS,CSE-A,12/15/2026,09:00,10:30,\n")
    assert planned() == ["12-08 09:00–10:30", "12-15 09:00–10:30"]


def test_a_length_of_a_few_minutes_or_hours_is_asked_about(course):
    head = "subject_code,class_code,date,begin,duration\n"
    assert refused(head + "OS,CSE-A,2026-12-01,09:00,2\n") == [
        "line 2, duration: “2” may be hours or minutes. Write it as 90 min or 1:30."
    ]


@pytest.mark.parametrize(
    ("day", "cells"),
    [
        ("9999-12-31", "24:00,24:00"),
        ("9999-12-31", "22:00,01:00"),
        ("9999-12-31", "00:00,24:00"),
        ("9999-12-31T23:30:00-12:00", "9999-12-31T23:30:00-12:00,24:00"),
        ("1999-12-31", "09:00,10:30"),
    ],
)
def test_a_day_in_a_year_that_cannot_be_meant_is_refused(course, day, cells):
    head = "subject_code,class_code,date,begin,end\n"
    assert refused(f"{head}OS,CSE-A,{day},{cells}\n") == [
        f"line 2, date: “{day}” is in a year that cannot be meant. Correct its day."
    ]


@pytest.mark.parametrize("begin", ["2026-02-30T09:00:00Z", "2026-12-01T25:00:00Z"])
def test_a_moment_that_there_is_not_is_refused(course, begin):
    head = "subject_code,class_code,begin,duration\n"
    assert refused(f"{head}OS,CSE-A,{begin},90 min\n") == [
        f"line 2, begin: “{begin}” has no day that can be read. Write it as YYYY-MM-DD HH:MM."
    ]


@pytest.mark.parametrize(
    ("columns", "cells", "problem"),
    [
        ("begin", "soon", "begin: “soon” has no day that can be read."),
        ("begin", "09:00", "begin: “09:00” has no day that can be read."),
        ("date,begin", ",soon", "begin: “soon” has no day that can be read."),
        ("date,begin", ",09:00", "date: is empty. Give the day of the session."),
        ("date,begin", ",", "date: is empty. Give the day of the session."),
        ("date,begin", "2026-12-01,soon", "begin: “soon” is no time that can be read."),
    ],
)
def test_a_begin_that_cannot_be_read_is_named_by_its_own_column(course, columns, cells, problem):
    (told_,) = refused(f"subject_code,class_code,{columns},duration\nOS,CSE-A,{cells},90 min\n")
    assert told_.startswith(f"line 2, {problem}")


def test_the_id_of_a_session_is_the_same_from_whichever_offset(course):
    head = "subject_code,class_code,begin,duration\n"
    run(f"{head}OS,CSE-A,2026-12-01T09:00:00+01:00,90 min\n")
    first = Session.objects.get().pk
    Session.objects.all().delete()
    run(f"{head}OS,CSE-A,2026-12-01T08:00:00Z,90 min\n")
    assert Session.objects.get().pk == first


def test_an_end_in_a_year_that_cannot_be_meant_is_refused(course):
    head = "subject_code,class_code,date,begin,end_date,end\n"
    assert refused(head + "OS,CSE-A,2026-12-01,09:00,9999-12-31,24:00\n") == [
        "line 2, end_date: “9999-12-31” is in a year that cannot be meant. Correct its day."
    ]


def test_a_series_in_one_line_is_listed_with_what_to_do(course):
    head = "subject_code,class_code,date,begin,end_date,end\n"
    made = plan(head + "OS,CSE-A,2026-12-01,09:00,2026-12-15,10:30\n")
    assert told(made) == [
        "line 2: “OS CSE-A” goes on until 15 December 2026. Give a line for each day on which "
        "there is a session."
    ]


def test_a_begin_at_night_is_pointed_out(course):
    made = plan(HEAD + "OS,CSE-A,2026-12-01,1.30,2.20,\nOS,CSE-A,2026-12-01,07:00,08:00,\n")
    assert made.notes == [
        "Sessions that begin between 1 and 6 at night. Is the afternoon meant? 2."
    ]


@pytest.mark.parametrize("duration", ["25 h", "999999999999 h", "9" * 90])
def test_a_session_longer_than_a_day_is_listed_whatever_its_length(course, duration):
    head = "subject_code,class_code,date,begin,duration\n"
    made = plan(f"{head}OS,CSE-A,2026-12-01,09:00,{duration}\n")
    assert told(made) == ["line 2: “OS CSE-A” lasts more than 24 hours."]


@pytest.mark.parametrize(
    ("day", "cells", "expected", "note"),
    [
        ("2027-03-28", "02:30,04:00", "03-28 03:30–05:00", "set forward"),
        ("2027-10-31", "02:30,04:00", "10-31 02:30–04:00", "set back"),
    ],
)
def test_a_time_that_the_clock_skips_or_repeats_is_said(course, day, cells, expected, note):
    made = run(f"subject_code,class_code,date,begin,end\nOS,CSE-A,{day},{cells}\n")
    assert planned() == [expected]
    assert note in made.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        *('"1.12.2026, 8.12.2026"', "2026-12-01 - 2026-12-15", "1.-15.12.2026", "1. und 8.12.2026"),
        *("1-8 December 2026", "1 & 8 Dec 2026", "1.12. - 15.12.2026", "1.12.2026 + 8.12."),
        *("01/12/2026;08/12/2026", "1/12/2026 to 8/12/2026", "2026-12-01 2026-12-08"),
        *("Mo 1.12.2026 / Di 2.12.2026 08:00-09:30", '"01.12.2026, 02.12.2026 08:00-09:30"'),
        *("2026-12-01 09:00-10:30; 2026-12-02 09:00-10:30", '"1. Dezember, 8. Dezember 2026"'),
        *('"1 Dec, 8 Dec 2026"', '"1 Dec, 15 Dec 2026"', "1/8 December 2026"),
        *('"1, 8 December 2026"', '"2026-12-01, 2026-12-01, 2026-12-08"', '"1.12., 8.12."'),
        *('"1., 8. und 15.12.2026"', "Mo 1. / Di 2.12.2026", '"December 1, December 8, 2026"'),
        *('"1/12, 8/12/2026"', "2026-12-01T09:00Z/2026-12-08T09:00Z", '"1 Dec, 8 Dec"'),
        *("1-12-2026 - 8-12-2026", "1.12.2026 - 2.12.2026 09:00-10:30"),
    ],
)
def test_several_days_in_a_cell_are_listed_and_not_read_as_the_first(course, text):
    made = plan(f"{HEAD}OS,CSE-A,{text},09:00,10:30,\nOS,CSE-A,2026-12-02,09:00,10:30,\n")
    assert made.counts["added"] == 1
    [unused] = made.unused
    assert (unused.line, unused.kind) == (2, UnusedKind.UNREAD)
    assert "holds several days. Write a line for each." in unused.why


@pytest.mark.parametrize(
    "text",
    [
        *("2026-12-01 09:00 - 2026-12-01 10:30", "1.12.2026 22:00 - 2.12.2026 00:30"),
        *("Di. 01.12.2026 9.00-10.30 Uhr", "KW 49: 1.12.2026", "Lecture 3 - 01.12.2026"),
        *("2026-12-01T09:00:00+01:00", "12-01-2026", "1 December 2026", "23.11.", "", "Tue"),
        *("1 - 07.10.2026", "2 - 01.10.2026", "Marketing 3 - 01.12.2026", "1 - Dec 8, 2026"),
        *("Mar 1.12.2026 9h30-11h", "Séance 3 mar 1.12.2026", "1 Dec 26 Tue 10:00"),
        *("2026-12-01T22:00:00+01:00/2026-12-02T00:30:00+01:00", "Di 1.12. (1.12.2026) 9.00-10.30"),
        *("1.12.2026 10:00 pm - 2.12.2026 1:00 am", "2026-12-01/2026-12-02 22:00-00:30"),
        *("1.12.2026 - 2.12.2026 22:00-00:30", "2026. 12. 1.", "2026/12/1", "2026年12月1日"),
    ],
)
def test_a_day_that_is_said_twice_or_has_a_night_is_one(text):
    assert not has_several_days(text)


def test_a_day_with_a_begin_and_an_end_says_nothing_of_a_time_zone(course):
    run("subject_code,class_code,date\nOS,CSE-A,2026-12-01 09:00-10:30\n")
    assert planned() == ["12-01 09:00–10:30"]


def test_a_day_does_not_begin_within_another_number():
    expected = Moment((), time(8, 10), yearly=((12, 1),))
    assert dated_moment_of("1.12. 8.10") == expected


@pytest.mark.parametrize(
    ("day", "at"),
    [
        ("Mon 07/12/2026", "12-07"),
        ("07/12/2026 (Monday)", "12-07"),
        ("Lundi 07/12/2026", "12-07"),
        ("Mon 12/07/2027", "07-12"),
        ("пн, 07/12/2026", "12-07"),
    ],
)
def test_a_weekday_tells_which_number_is_the_month(course, day, at):
    made = plan(f'subject_code,class_code,date,begin,end\nOS,CSE-A,"{day}",09:00,10:30\n')
    assert [str(one).count(" Dec ") for one in made.changes(Action.ADDED)] == [int(at == "12-07")]
    assert not [note for note in made.notes if "weekday" in note]


def test_a_weekday_that_is_none_of_the_two_days_decides_nothing(course):
    told = refused("subject_code,class_code,date,begin,end\nOS,CSE-A,Fri 07/12/2026,09:00,10:30\n")
    assert "may be 7 December 2026 or 12 July 2026" in told[0]


def test_a_day_on_another_weekday_than_the_file_says_is_pointed_out(course):
    days = ['"Tuesday, 7 December 2026"', '"Monday, 14 December 2026"', "Mo 15.12.2026"]
    rows = "".join(f"OS,CSE-A,{day},09:00,10:30\n" for day in days)
    made = plan(f"subject_code,class_code,date,begin,end\n{rows}")
    told = [note for note in made.notes if "weekday" in note]
    assert told == [
        "Days that are on another weekday than the file says. Check them: line 2 “Tuesday, 7 "
        "December 2026”; line 4 “Mo 15.12.2026”."
    ]
    assert len(made.changes(Action.ADDED)) == 3
