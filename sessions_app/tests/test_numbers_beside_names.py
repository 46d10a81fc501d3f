"""Numbers of people that stand beside their names or behind a label."""

import pytest

from accounts.models import User
from sessions_app.imports.beside_names import number_in_name, numbers_beside, without_label
from sessions_app.tests.import_files import refused, run
from sessions_app.tests.test_import_marks import run as run_marks
from sessions_app.tests.test_import_marks import session_at, statuses


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Nr. 20240012", "20240012"),
        ("ID:20240012", "20240012"),
        ("Matr.-Nr.: 20240012", "20240012"),
        ("Student ID: 20240012", "20240012"),
        ("Roll No. 12", "12"),
        ("№ 20240012", "20240012"),
        ("N° 12", "12"),
        ("Number: 12", "12"),
        ("No 20240012", "20240012"),
        ("20240012", "20240012"),
        ("ID20240012", "ID20240012"),
        ("NO 123", "NO 123"),
        ("REG-2024-001", "REG-2024-001"),
        ("S1", "S1"),
        ("Nr. S1", "Nr. S1"),
        ("", ""),
    ],
)
def test_a_label_with_a_sign_is_taken_off_a_number(text, number):
    assert without_label(text) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ann Berg (20240012)", ("Ann Berg", "20240012")),
        ("Ann (20240012) Berg", ("Ann Berg", "20240012")),
        ("Ann Berg [CS-2024-001]", ("Ann Berg", "CS-2024-001")),
        ("Ann Berg (2)", ("Ann Berg (2)", "")),
        ("Ann Berg (2024)", ("Ann Berg (2024)", "")),
        ("Ann Berg (Annie)", ("Ann Berg (Annie)", "")),
        ("Ann Berg (20240012) (20240013)", ("Ann Berg (20240012) (20240013)", "")),
        ("(20240012)", ("(20240012)", "")),
    ],
)
def test_a_number_in_brackets_is_told_from_the_name(text, found):
    assert number_in_name(text) == found


def test_numbers_count_as_whole_words_only():
    numbers = {"s1", "s12", "s1-2", "ann", "7", "cs-2026-0001"}
    assert numbers_beside("s12 Ann", numbers) == ["s12"]
    assert numbers_beside("S1-2_Ann", numbers) == ["s1-2"]
    assert numbers_beside("CS-A, S1", numbers) == ["s1"]
    assert numbers_beside("Ann CS-2026-0001", numbers) == ["cs-2026-0001"]
    assert numbers_beside("Ann 77", numbers) == []
    assert numbers_beside("ann " * 50_000, numbers) == []


def test_a_list_of_names_with_numbers_makes_accounts(db):
    made = run(b'Name,Email\n"Berg, Ann (20240012)",ann@x.example\n')
    person = User.objects.get()
    assert (person.full_name, person.institution_number) == ("Ann Berg", "20240012")
    assert "Numbers were read without what stands beside them: line 2" in " ".join(made.notes)


def test_a_label_in_a_column_of_numbers_makes_no_other_account(db):
    body = "Nr. 20240012,Ann Berg,ann@x.example\nID: 20240013,Bo Dahl,bo@x.example\n"
    made = run(f"student_number,student_name,student_email\n{body}".encode())
    numbers = set(User.objects.values_list("institution_number", flat=True))
    assert numbers == {"20240012", "20240013"}
    assert "line 2 “Nr. 20240012”; line 3 “ID: 20240013”" in " ".join(made.notes)


def test_a_name_with_a_short_number_still_needs_a_number(db):
    told = refused(b"Name,Email\nAnn Berg (2),ann@x.example\n")
    assert told == [
        "line 2, student_number: is empty, but the line names a student. Give their number."
    ]


@pytest.mark.parametrize(
    "name", ["S1 Student S1", "S1 - Student", "Student_S1", '"S1, Student (S1)"', "Student (s1)"]
)
def test_marks_find_who_wrote_their_number_beside_their_name(course, teacher, student, name):
    User.objects.filter(pk=student.pk).update(full_name="Student Åberg")
    session_at(course)
    run_marks(f"Name,Date,Status\n{name},2026-11-23,present\n", teacher, course=course)
    assert statuses() == {"S1": "present"}


@pytest.mark.parametrize("name", ["Guest S1", "Student S1 S2", "Student S12", "Ann Berg"])
def test_marks_of_a_name_that_is_not_surely_anybodys_are_left_out(course, teacher, student, name):
    User.objects.filter(pk=student.pk).update(full_name="Student Åberg")
    session_at(course)
    made = run_marks(f"Name,Date,Status\n{name},2026-11-23,present\n", teacher, course=course)
    assert "not on the register" in " ".join(made.notes)
    assert statuses() == {}
