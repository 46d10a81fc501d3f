"""A table of sessions: what is planned, changed, cancelled, restored, and listed with why not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sessions_app import imports, services
from sessions_app.imports import Action
from sessions_app.models import ClosedDay, Course, Session
from sessions_app.tests.calendar_files import planned, told
from sessions_app.tests.table_files import HEAD, LECTURE, NOW, changes, plan, refused, run
from sessions_app.tests.test_overlaps import course_of


def test_a_line_is_a_session_on_the_clock_of_its_course(course):
    run(LECTURE)
    assert planned() == ["12-01 09:00–10:30 B-204"]
    assert Session.objects.get().starts_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert plan(LECTURE).writes == []


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


def test_what_has_passed_says_what_to_do(course):
    held = {"starts_at": datetime(2026, 11, 20, 8, tzinfo=UTC)}
    services.create_session(course, **held, ends_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    lines = ["2026-11-20,09:00,10:30,", "2026-11-21,09:00,10:30,", "2026-11-28,08:30,10:00,"]
    made = plan(HEAD + "".join(f"OS,CSE-A,{line}\n" for line in lines))
    assert told(made) == [
        "line 2: “OS CSE-A” is past. (20 November 2026, 09:00)",
        "line 3: “OS CSE-A” is past. (21 November 2026, 09:00)",
        "line 4: “OS CSE-A” has begun already. (28 November 2026, 08:30)",
    ]
    assert made.advice == [
        "If the sessions on these lines took place, import their marks: 2.",
        "Only sessions to come are imported. If those on these lines took place, plan them on "
        "their course's page, and then import their marks: 3.",
        "Only sessions to come are imported. To open those on these lines, plan them on their "
        "course's page: 4.",
    ]


def test_what_has_begun_and_is_here_is_opened(course):
    began = datetime(2026, 11, 28, 7, 30, tzinfo=UTC)
    there = services.create_session(course, starts_at=began, ends_at=NOW + timedelta(hours=1))
    data = HEAD + "OS,CSE-A,2026-11-28,08:30,10:00,\n"
    assert plan(data).advice == [
        "The sessions on these lines are planned already. Open them on their course's page: 2."
    ]
    Session.objects.filter(pk=there.pk).update(state="cancelled")
    assert "plan them on their course's page: 2." in plan(data).advice[0]


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
            "Μάθημα;Τμήμα;Ημερομηνία;Ώρα έναρξης;Ώρα λήξης;Αίθουσα",
            "OS;CSE-A;1 Δεκεμβρίου 2026;9:00 π.μ.;10:30 π.μ.;B-204",
        ),
        (
            "Subject Code;Division;Date;Timing;Room No",
            "OS;CSE-A;1-Dec-2026;9:00 AM to 10:30 AM;B-204",
        ),
        ("المقرر;الشعبة;التاريخ;الوقت;القاعة", "OS;CSE-A;1 كانون الأول 2026;9:00-10:30;B-204"),
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
