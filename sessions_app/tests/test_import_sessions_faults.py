"""A table of sessions with lines that cannot be used: they are listed, and the rest is planned."""

import pytest

from sessions_app import imports
from sessions_app.imports import Action, UnusedKind
from sessions_app.models import Session
from sessions_app.tests.calendar_files import planned, told
from sessions_app.tests.table_files import HEAD, LECTURE, changes, plan, refused, run
from sessions_app.tests.test_overlaps import course_of

FULL = "subject_code,class_code,date,begin,end,duration,room,teacher_number,weight_h,session_id\n"
FULL_LECTURE = "OS,CSE-A,2026-12-01,09:00,10:30,,,,,\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("OS,CSE-A,TBA,09:00,10:30,", "date: “TBA” is no day that can be read. Write it as"),
        ("OS,CSE-A,-,09:00,10:30,", "date: “-” is no day that can be read. Write it as"),
        ("OS,CSE-A,,09:00,10:30,", "date: is empty. Give the day of the session."),
        ("OS,CSE-A,1.12.,09:00,10:30,", "date: “1.12.” has no year. Write it as YYYY-MM-DD."),
        ("OS,CSE-A,2026-12-02,TBA,TBA,", "begin: “TBA” is no time that can be read."),
        ("OS,CSE-A,2026-12-02,n/a,n/a,", "begin: “n/a” is no time that can be read."),
        ("OS,CSE-A,2026-12-02,noon,13:00,", "begin: “noon” is no time that can be read."),
        ("OS,CSE-A,2026-12-02,09:00,TBA,", "end: “TBA” is no end. Give the end or the duration."),
        ("OS,CSE-A,2026-12-02,09:00,,", "end: is empty. Give the end or the duration."),
        ("OS,CSE-A,2026-12-02,09:00,10:30,=A1", "room: begins with '=', which spreadsheets read"),
        ("OS,CSE-A,2026-12-02,09:00,10:30,,x", "has 7 cells, but the header has 6."),
    ],
)
def test_a_line_that_cannot_be_used_is_listed_beside_the_rest(course, line, why):
    made = run(LECTURE + line + "\n")
    assert planned() == ["12-01 09:00–10:30 B-204"]
    (unused,) = made.unused
    assert (unused.line, unused.title, unused.kind) == (3, "OS CSE-A", UnusedKind.UNREAD)
    assert unused.why.startswith(why)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (",,,2 h,,NOBODY,,", "teacher_number: 'NOBODY' is no teacher's. Correct it, or"),
        (",,,2 h,,,heavy,", "weight_h: 'heavy' is no number of hours."),
        (",,,2,,,,", "duration: “2” may be hours or minutes. Write it as 90 min or 1:30."),
    ],
)
def test_a_line_with_another_cell_that_cannot_be_read_is_listed_as_well(course, cells, why):
    line = "OS,CSE-A,2026-12-02 09:00" + cells + "\n"
    made = plan(FULL + FULL_LECTURE + line)
    assert made.counts["added"] == 1
    assert told(made)[0].startswith(f"line 3: “OS CSE-A” {why}")


def test_all_that_is_wrong_in_a_line_is_said_at_once(course):
    (line,) = told(plan(FULL + FULL_LECTURE + "OS,CSE-A,TBA,09:00,10:30,,,NOBODY,heavy,\n"))
    assert "date: " in line
    assert "teacher_number: " in line
    assert "weight_h: " in line


def test_a_file_of_which_no_line_can_be_used_is_refused(course):
    assert refused(HEAD + "OS,CSE-A,TBA,09:00,10:30,\nOS,CSE-A,2026-12-01,-,-,\n") == [
        "line 2, date: “TBA” is no day that can be read. Write it as YYYY-MM-DD.",
        "line 3, begin: “-” is no time that can be read. Write it as 10:30.",
    ]


@pytest.mark.parametrize("word", ["-", "–", "n/a", "N/A", "TBA", "tbd.", "?", "noch offen", "待定"])
def test_words_for_nothing_in_cells_that_are_not_needed_change_nothing(course, word):
    begins = FULL + f"OS,CSE-A,2026-12-01,09:00,{word},90 min,-,{word},{word},{word}\n"
    run(begins + f"OS,CSE-A,2026-12-02,09:00,10:30,{word},n/a,{word},{word},{word}\n")
    run(begins + f"OS,CSE-A,2026-12-03,09:00-10:30,{word},{word},,{word},{word},{word}\n")
    assert planned() == ["12-01 09:00–10:30", "12-02 09:00–10:30", "12-03 09:00–10:30"]
    assert set(Session.objects.values_list("calendar_event", "substitute")) == {("", None)}


def test_a_room_that_is_to_be_announced_stands_as_the_file_says_it(course):
    run(HEAD + "OS,CSE-A,2026-12-01,09:00,10:30,TBA\n")
    assert planned() == ["12-01 09:00–10:30 TBA"]


def test_a_line_of_others_that_cannot_be_read_is_in_the_folded_list(course):
    made = plan(LECTURE + "Yoga,,TBA,09:00,10:30,\n")
    assert [(one.line, one.kind) for one in made.unused] == [(3, UnusedKind.UNRELATED)]


def test_a_line_whose_course_is_not_sure_is_not_asked_about_before_it_can_be_read(course):
    made = plan(LECTURE + "OS-Lab,CSE-A,TBA,09:00,10:30,\n")
    assert [(one.line, one.kind) for one in made.unused] == [(3, UnusedKind.UNREAD)]


@pytest.mark.parametrize(
    "line", ["OS,CSE-A,TBA,09:00,10:30,", "OS,CSE-A,2026-12-02,11:00,10:30,", "#REF!,,,,,"]
)
def test_nothing_is_cancelled_for_being_missing_that_may_be_in_a_line_at_fault(course, line):
    run(LECTURE + "OS,CSE-A,2026-12-02,09:00,10:30,\n")
    made = run(LECTURE + line + "\n", drop_missing=True)
    assert len(planned()) == 2
    assert changes(made, Action.KEPT) == ["not in what could be read of the file"]


def test_other_courses_than_that_of_a_line_at_fault_lose_what_is_missing(course, teacher):
    course_of(teacher, "DB", "CSE-A")
    other = "DB,CSE-A,2026-12-01,13:00,14:00,\n"
    run(LECTURE + other + "DB,CSE-A,2026-12-02,13:00,14:00,\n")
    run(LECTURE + other + "OS,CSE-A,TBA,09:00,10:30,\n", drop_missing=True)
    assert planned() == ["12-01 09:00–10:30 B-204", "12-01 13:00–14:00"]


def test_a_table_that_lacks_ends_asks_for_the_column_despite_a_line_at_fault(course):
    head = "subject_code,class_code,date,begin,Bitte\n"
    lines = "OS,CSE-A,2026-12-01,09:00,10:30\nOS,CSE-A,TBA,09:00,10:30\n"
    with pytest.raises(imports.ColumnsUnclear):
        plan(head + lines)
