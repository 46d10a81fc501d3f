"""Codes in letters of another script that look like those of a course: said or asked about."""

import pytest

from attendance_project.look_alikes import look_key
from sessions_app.imports import Action, Choices, UnusedKind
from sessions_app.imports.scripts_in_words import with_scripts
from sessions_app.models import ClassGroup, Course, Subject
from sessions_app.tests import calendar_files, table_files
from sessions_app.tests.import_files import ANN, TEACHING, csv_of, names, plan, refused, run
from sessions_app.tests.test_import_marks import plan as plan_marks
from sessions_app.tests.test_import_marks import session_at
from sessions_app.tests.test_overlaps import course_of

CYRILLIC_OS, GREEK_AB, CYRILLIC_AB = "ОЅ", "ΑΒ", "АВ"
CLASS_IN_CYRILLIC = "СЅЕ-А"


def test_letters_that_look_alike_have_one_key_in_either_case():
    assert look_key(CYRILLIC_OS) == look_key("OS") == look_key("os") == look_key("оѕ")
    assert look_key(GREEK_AB) == look_key(CYRILLIC_AB) == look_key("AB")
    assert look_key("ΠΛΗ") != look_key("PLH")


def test_the_scripts_of_a_text_are_named():
    assert with_scripts("ОS") == "“ОS” (Cyrillic, Latin)"
    assert with_scripts("٧") == "“٧”"


@pytest.mark.parametrize(("here", "written"), [("AB", GREEK_AB), (GREEK_AB, "AB"), ("AB", "ab")])
def test_a_list_of_people_makes_no_second_course_that_looks_the_same(teacher, here, written):
    course = course_of(teacher, here, "CSE-A")
    made = run(csv_of({"subject_code": written, "class_code": "CSE-A", "teacher_number": "T1"}))
    assert list(Course.objects.all()) == [course]
    assert len(made.notes) == (0 if written == "ab" else 1)


def test_what_was_read_as_another_code_is_said_with_its_scripts(teacher):
    course_of(teacher, GREEK_AB, "CSE-A")
    made = plan(csv_of({"subject_code": "AB", "class_code": "CSE-A", "teacher_number": "T1"}))
    assert made.notes == [
        "Codes that look like others, with letters of another script, are read as these: line 2, "
        "subject_code: “AB” (Latin) was read as “ΑΒ” (Greek). Look whether they are meant."
    ]


def test_a_code_that_is_here_in_just_these_letters_is_that_one(teacher):
    for code in (GREEK_AB, "AB"):
        course_of(teacher, code, "CSE-A")
    for code in (GREEK_AB, "AB"):
        made = plan(csv_of({"subject_code": code, "class_code": "CSE-A", **ANN}))
        added = names(made, Action.ADDED)
        assert any(f"in {code} · CSE-A" in name for name in added)
        assert made.notes == []


def test_a_code_that_looks_like_several_is_refused(teacher):
    for code in (GREEK_AB, "AB"):
        course_of(teacher, code, "CSE-A")
    assert refused(csv_of({"subject_code": CYRILLIC_AB, "class_code": "CSE-A", **ANN})) == [
        "line 2, subject_code: is “АВ” (Cyrillic), and several codes look like it: “AB” "
        "(Latin), “ΑΒ” (Greek). Write it with the letters of the one that is meant."
    ]


def test_a_new_code_in_two_scripts_of_one_file_is_one(db):
    made = run(csv_of(TEACHING | {"class_code": "КА"}, {"subject_code": "OS", "class_code": "KA"}))
    assert list(ClassGroup.objects.values_list("code", flat=True)) == ["КА"]
    assert "“KA” (Latin) was read as “КА” (Cyrillic)" in " ".join(made.notes)


def test_a_new_code_that_mixes_scripts_is_read_as_latin_and_a_pure_one_stays(db):
    run(csv_of(TEACHING | {"subject_code": "ОS"}, TEACHING | {"subject_code": "ΠΛΗ"}))
    assert set(Subject.objects.values_list("code", flat=True)) == {"OS", "ΠΛΗ"}


def test_marks_are_of_the_course_that_looks_like_it_and_it_is_said(course, student, teacher):
    session_at(course)
    made = plan_marks(
        f"student_number,subject_code,class_code,date,status\n"
        f"S1,{CYRILLIC_OS},CSE-A,2026-11-23,present\n",
        teacher,
    )
    assert made.counts["added"] == 1
    assert any("“ОЅ” (Cyrillic) was read as “OS” (Latin)" in note for note in made.notes)


@pytest.mark.parametrize(
    ("subject", "group", "why"),
    [
        (CYRILLIC_OS, "CSE-A", "“ОЅ” (Cyrillic) looks like “OS” (Latin)"),
        ("OS", CLASS_IN_CYRILLIC, "“СЅЕ-А” (Cyrillic) looks like “CSE-A” (Latin)"),
    ],
)
def test_sessions_of_a_code_that_only_looks_like_one_are_asked_about(course, subject, group, why):
    table = table_files.HEAD + f"{subject},{group},2026-12-01,09:00,10:30,\n"
    event = calendar_files.calendar(calendar_files.lecture(f"{subject} {group} lecture"))
    for made in (table_files.plan(table), calendar_files.plan(event)):
        (one,) = made.unused
        assert (one.kind, one.choices, made.writes) == (UnusedKind.UNSURE, (course.pk,), [])
        assert one.why == (f"names no course for sure: {why}, with letters of another script.")


def test_the_choice_for_a_code_that_looks_like_one_is_remembered(course):
    table = table_files.HEAD + f"{CYRILLIC_OS},CSE-A,2026-12-01,09:00,10:30,\n"
    table_files.run(table, choices=Choices(titles={f"{CYRILLIC_OS} CSE-A": course}))
    assert table_files.plan(table.replace("12-01", "12-02")).counts["added"] == 1


def test_a_table_in_the_letters_of_a_cyrillic_code_is_sure(teacher):
    for code in (CYRILLIC_OS, "OS"):
        course_of(teacher, code, "CSE-A")
    made = table_files.plan(table_files.HEAD + f"{CYRILLIC_OS},CSE-A,2026-12-01,09:00,10:30,\n")
    assert (made.counts["added"], made.unused) == (1, [])


def test_a_short_word_of_another_language_is_no_class(course, teacher):
    course_of(teacher, "DB", "B")
    event = calendar_files.calendar(calendar_files.lecture("OS CSE-A в 204"))
    assert calendar_files.plan(event).unused == []
