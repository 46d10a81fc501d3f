"""A table of sessions: what is planned, changed, cancelled, restored, and listed with why not."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import Role
from conftest import make_user
from sessions_app import imports, services
from sessions_app.imports import Action, ImportRefused
from sessions_app.models import ClosedDay, Course, Session
from sessions_app.tests.calendar_files import planned, told
from sessions_app.tests.test_overlaps import course_of

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
HEAD = "subject_code,class_code,date,begin,end,room\n"
LECTURE = HEAD + "OS,CSE-A,2026-12-01,09:00,10:30,B-204\n"


def plan(data: str | bytes, **options) -> imports.Plan:
    courses = Course.objects.all()
    given = {"courses": courses, "managed": courses, "by": None, "now": NOW, "file_name": "t.csv"}
    data = data.encode() if isinstance(data, str) else data
    return imports.plan_session_table(data, **given | options)


def run(data: str | bytes, **options) -> imports.Plan:
    made = plan(data, **options)
    imports.apply(made)
    return made


def refused(data: str | bytes, **options) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        plan(data, **options)
    return [str(problem) for problem in caught.value.problems]


def changes(made: imports.Plan, action: Action) -> list[str]:
    return [change.told for change in made.changes(action)]


def test_a_line_is_a_session_on_the_clock_of_its_course(course):
    run(LECTURE)
    assert planned() == ["12-01 09:00–10:30 B-204"]
    assert Session.objects.get().starts_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert plan(LECTURE).writes == []


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
        *("Di 01.12.26", "Dec 1 2026"),
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
        "line 2, date: is empty. Give the day of the session."
    ]


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


@pytest.mark.parametrize("duration", ["25 h", "999999999999 h", "9" * 90])
def test_a_session_longer_than_a_day_is_listed_whatever_its_length(course, duration):
    head = "subject_code,class_code,date,begin,duration\n"
    made = plan(f"{head}OS,CSE-A,2026-12-01,09:00,{duration}\n")
    assert told(made) == ["line 2: “OS CSE-A” lasts more than 24 hours."]


def test_lines_that_make_no_session_are_listed_with_why(course):
    lines = [
        "OS,CSE-A,2026-11-20,09:00,10:30,",
        "OS,CSE-A,2028-01-20,09:00,10:30,",
        "OS,CSE-A,2026-12-02,09:00,08:00,",
        "OS,CSE-Z,2026-12-03,09:00,10:30,",
        "Yoga,,2026-12-03,09:00,10:30,",
    ]
    assert told(plan(HEAD + "\n".join(lines) + "\n")) == [
        "line 2: “OS CSE-A” is past. (20 November 2026, 09:00)",
        "line 3: “OS CSE-A” is more than a year ahead. Import it again later. "
        "(20 January 2028, 09:00)",
        "line 4: “OS CSE-A” ends before it starts. Correct its times.",
        "line 5: “OS CSE-Z” names the class “CSE-Z”, which is not one of ours.",
        "line 6: “Yoga” names no course of yours.",
    ]


def test_a_course_is_exact_or_asked_about(course, teacher):
    course_of(teacher, "OS", "CSE-B")
    lines = [
        "os,cse-a,2026-12-01,09:00,10:30,",
        "Operating Systems,CSE-A,2026-12-02,09:00,10:30,",
        "OS/CSE-B,,2026-12-03,09:00,10:30,",
        '"OS CSE-A lecture",,2026-12-04,09:00,10:30,',
        "OS,,2026-12-07,09:00,10:30,",
        "OS-Lab,CSE-A,2026-12-08,09:00,10:30,",
    ]
    made = plan(HEAD + "\n".join(lines) + "\n")
    assert made.counts["added"] == 4
    unsure = made.unused_of(imports.UnusedKind.UNSURE)
    assert [one.line for one in unsure] == [6, 7]


def test_a_choice_is_remembered_for_the_next_table_with_these_columns(course):
    data = HEAD + "OS-Lab,CSE-A,2026-12-01,09:00,10:30,\n"
    assert plan(data).counts["added"] == 0
    run(data, choices=imports.Choices(titles={"OS-Lab CSE-A": course}))
    again = plan(data.replace("12-01", "12-02"), file_name="another.csv")
    assert again.counts["added"] == 1


def test_a_line_of_several_classes_is_a_session_of_each(course, teacher):
    course_of(teacher, "OS", "CSE-B")
    made = run(HEAD + '"OS","CSE-A, CSE-B",2026-12-01,09:00,10:30,B-204\n')
    assert made.counts["added"] == 2
    assert made.overlaps() == []
    assert "joint session" in made.notes[0]


def test_lines_of_another_course_than_the_chosen_one_are_listed(course, teacher):
    course_of(teacher, "MA", "CSE-A")
    made = plan(LECTURE + "MA,CSE-A,2026-12-02,09:00,10:30,\n", course=course)
    assert made.counts["added"] == 1
    assert told(made) == ["line 3: “MA CSE-A” names another course than the one that was chosen."]


def test_a_table_without_a_course_is_one_of_the_chosen_course(course):
    data = "date,begin,end\n2026-12-01,09:00,10:30\n"
    with pytest.raises(imports.ColumnsUnclear):
        plan(data)
    run(data, course=course)
    assert planned() == ["12-01 09:00–10:30"]


def test_a_course_that_the_importer_does_not_run_cannot_be_chosen(course):
    assert refused(LECTURE, courses=Course.objects.none(), course=course) == [
        "The course that was chosen is not one for which you may plan."
    ]


STAFFED = "subject_code,class_code,date,begin,end,teacher_number,substitute,weight_h,offering\n"


@pytest.fixture
def other_teacher(db):
    return make_user(Role.TEACHER, number="T9", full_name="Nina Nine")


def test_substitute_weight_and_offering_are_set_and_said(course, other_teacher):
    made = run(STAFFED + 'OS,CSE-A,2026-12-01,09:00,10:30,,Nina Nine,"1,5",Lab 1\n')
    session = Session.objects.get()
    assert (session.substitute, session.weight_h, session.offering) == (other_teacher, 1.5, "Lab 1")
    (change,) = made.changes(Action.ADDED)
    assert change.told == "weight in hours: 1.5, offering: Lab 1, substitute: Nina Nine"
    assert "Nina" not in str(made.record.changes)


@pytest.mark.parametrize("weight", ["1_0", "1.5.0", "inf", "nan", "1e1", "-1", "heavy"])
def test_what_is_no_weight_is_refused_with_its_line(course, weight):
    with pytest.raises(ImportRefused) as refused:
        plan(STAFFED + f"OS,CSE-A,2026-12-01,09:00,10:30,,,{weight},\n")
    assert str(refused.value.problems[0]).startswith("line 2, weight_h: ")


def test_a_teacher_of_the_line_who_is_not_the_courses_takes_the_session(course, other_teacher):
    run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,,\nOS,CSE-A,2026-12-02,09:00,10:30,T1,,,\n")
    assert [s.substitute for s in Session.objects.order_by("starts_at")] == [other_teacher, None]
    made = run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T1,,,\n")
    assert changes(made, Action.CHANGED) == ["substitute: –"]
    assert Session.objects.order_by("starts_at")[0].substitute is None


def test_the_teacher_of_the_line_and_not_the_substitute_tells_between_courses(
    course, other_teacher
):
    course_of(other_teacher, "OS", "CSE-B")
    head = "subject_code,date,begin,end,teacher_number,substitute\n"
    made = run(head + "OS,2026-12-01,09:00,10:30,T1,Nina Nine\n")
    session = Session.objects.get()
    assert (session.course, session.substitute) == (course, other_teacher)
    assert made.unused == []
    [unsure] = plan(head + "OS,2026-12-02,09:00,10:30,,Nina Nine\n").unused
    assert len(unsure.choices) == 2


def test_what_a_person_set_stays(course, other_teacher, colleague):
    run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,2,\n")
    session = Session.objects.get()
    Session.objects.update(substitute=colleague, weight_h=3)
    made = run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,1,\n")
    assert changes(made, Action.LEFT) == [
        "a person set it otherwise and it stays so: substitute, weight in hours"
    ]
    session.refresh_from_db()
    assert (session.substitute, session.weight_h) == (colleague, 3)


def test_a_teacher_nobody_knows_is_refused_by_number_and_told_by_name(course):
    assert refused(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T77,,,\n") == [
        "line 2, teacher_number: 'T77' is no teacher's. Correct it, or register them first."
    ]
    made = run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,,Dr Who,,\n")
    assert made.notes == [
        "Nobody known for sure, so that the course's own teacher stays: line 2 “Dr Who”."
    ]
    assert Session.objects.get().substitute is None


@pytest.mark.parametrize("weight", ["0", "25", "-1", "much", "nan", "inf"])
def test_a_weight_that_is_none_is_refused(course, weight):
    (told_,) = refused(STAFFED + f"OS,CSE-A,2026-12-01,09:00,10:30,,,{weight},\n")
    assert told_.startswith("line 2, weight_h: ")


def test_who_only_runs_a_course_sets_neither_weight_nor_substitute(course, other_teacher):
    data = STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,2,Lab\n"
    made = run(data, managed=Course.objects.none())
    session = Session.objects.get()
    assert (session.substitute, session.weight_h, session.offering) == (None, None, "")
    assert made.notes == [
        "Weights, offerings and substitutes were left out where you may not set them: "
        "Operating Systems · CSE-A."
    ]


STATUS = "subject_code,class_code,date,begin,end,status\n"
TWO = STATUS + "OS,CSE-A,2026-12-01,09:00,10:30,\nOS,CSE-A,2026-12-08,09:00,10:30,{}\n"


@pytest.mark.parametrize("status", ["cancelled", "Abgesagt", "annulé", "ausgefallen", "ملغاة"])
def test_a_cancelled_line_cancels_and_a_later_one_restores(course, status):
    run(TWO.format("planned"))
    made = run(TWO.format(status))
    assert changes(made, Action.DROPPED) == ["is cancelled in the timetable"]
    assert planned() == ["12-01 09:00–10:30"]
    made = run(TWO.format(""))
    assert changes(made, Action.RESTORED) == ["an import cancelled it"]
    assert len(planned()) == 2


def test_a_cancelled_line_needs_no_end(course):
    made = plan(STATUS + "OS,CSE-A,2026-12-01,09:00,,cancelled\n")
    assert told(made) == [
        "line 2: “OS CSE-A” is cancelled in the timetable. (1 December 2026, 09:00)"
    ]


def test_a_status_nobody_knows_is_told(course):
    made = plan(TWO.format("Postponed?"))
    assert made.notes == [
        "Statuses that are not known, whose sessions are planned: line 3 “Postponed?”."
    ]
    assert made.counts["added"] == 2


def test_a_person_who_cancelled_is_respected(course, teacher):
    run(LECTURE)
    services.cancel_session(Session.objects.get(), by=teacher, now=NOW)
    made = run(LECTURE)
    assert made.counts["left"] == 1
    assert planned() == []


def test_dropping_what_is_missing_leaves_other_origins_alone(course):
    run(LECTURE + "OS,CSE-A,2026-12-08,09:00,10:30,\n")
    services.create_session(
        course,
        starts_at=datetime(2026, 12, 9, 8, tzinfo=UTC),
        ends_at=datetime(2026, 12, 9, 9, tzinfo=UTC),
    )
    made = run(LECTURE, drop_missing=True)
    assert made.counts["dropped"] == 1
    assert planned() == ["12-01 09:00–10:30 B-204", "12-09 09:00–10:00"]


def test_a_line_with_an_id_moves_its_session(course):
    head = "session_id," + HEAD
    run(head + "A17,OS,CSE-A,2026-12-01,09:00,10:30,\n")
    pk = Session.objects.get().pk
    made = run(head + "A17,OS,CSE-A,2026-12-17,14:00,15:30,\n")
    assert made.counts["changed"] == 1
    assert Session.objects.get().pk == pk
    assert planned() == ["12-17 14:00–15:30"]


def test_doubles_in_the_file_are_one_session(course):
    line = "OS,CSE-A,2026-12-01,09:00,10:30,B-204\n"
    made = run(HEAD + line + line + line.replace("B-204", "B-205"))
    assert planned() == ["12-01 09:00–10:30 B-204, B-205"]
    assert len(made.notes) == 2


def test_overlaps_and_closed_days_are_said(course, colleague):
    ClosedDay.objects.create(date=date(2026, 12, 1), name="Founders' day")
    other = course_of(colleague, "MA", "CSE-A")
    run(LECTURE, course=None)
    made = plan(HEAD + "MA,CSE-A,2026-12-01,10:00,11:00,\n")
    assert made.overlaps() == [f"{course} takes place on Tue 1 Dec 2026, 09:00–10:30 (same class)."]
    assert "Founders' day" in made.notes[-1]
    assert other.sessions.count() == 0


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


def test_an_import_of_a_table_is_taken_back_as_a_whole(course, other_teacher):
    run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,2,Lab\n")
    later = "OS,CSE-A,2026-12-01,09:00,11:00,T1,,3,\nOS,CSE-A,2026-12-02,9:00,10:00,,,,\n"
    made = run(STAFFED + later)
    imports.take_back(made.record, by=None, now=NOW)
    session = Session.objects.get()
    assert planned() == ["12-01 09:00–10:30"]
    assert (session.substitute, session.weight_h, session.offering) == (other_teacher, 2, "Lab")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman", "utf-16"])
@pytest.mark.parametrize("ending", ["\r", "\r\n", "\n"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_files_of_any_system_are_read(course, encoding, ending, delimiter):
    lines = ["Fach;Klasse;Datum;Von;Bis;Raum", "OS;CSE-A;01.12.2026;9:00;10:30;Hörsaal 3"]
    text = "".join(line.replace(";", delimiter) + ending for line in lines)
    made = run(text.encode(encoding))
    assert planned()[0].startswith("12-01 09:00–10:30 H")
    is_guess = encoding in ("cp1252", "mac_roman")
    assert any("The encoding was detected as" in note for note in made.notes) == is_guess


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Fach;Klasse;Datum;Von;Bis;Raum", "OS;CSE-A;1. Dezember 2026;9.00 Uhr;10.30 Uhr;B-204"),
        ("Matière;Groupe;Date;Début;Fin;Salle", "OS;CSE-A;1er décembre 2026;9h;10h30;B-204"),
        (
            "Asignatura;Grupo;Fecha;Hora de inicio;Hora de fin;Aula",
            "OS;CSE-A;1 de diciembre de 2026;9:00 a. m.;10:30 a. m.;B-204",
        ),
        (
            "رمز المقرر;الشعبة;التاريخ;وقت البدء;وقت الانتهاء;القاعة",
            "OS;CSE-A;٢٠٢٦/١٢/١;٩:٠٠ ص;١٠:٣٠ ص;B-204",
        ),
        (
            "科目;班级;日期;开始时间;结束时间;教室",
            "OS;CSE-A;2026年12月1日;上午9:00;上午10:30;B-204",
        ),
        (
            "Title;Start Date;Start Time;End Time;Location",
            "OS CSE-A;1 Dec 2026;9 AM;10:30 AM;B-204",
        ),
    ],
)
def test_columns_are_known_in_many_languages(course, header, line):
    made = run(f"{header}\n{line}\n")
    assert planned() == ["12-01 09:00–10:30 B-204"]
    assert made.notes == []


def test_a_table_whose_ends_are_under_an_unknown_name_is_asked_about(course):
    data = "subject_code,class_code,date,begin,Schluss\nOS,CSE-A,2026-12-01,09:00,10:30\n"
    with pytest.raises(imports.ColumnsUnclear, match="No column is known as “End”"):
        plan(data)
    run(data, names={"Schluss": "end"})
    assert planned() == ["12-01 09:00–10:30"]
