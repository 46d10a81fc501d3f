"""Headers in two languages and in one column, and cells that are in the wrong one."""

import pytest

from sessions_app.tests.import_files import plan, refused
from sessions_app.tests.test_import_rosters import notes_of, numbers, people

HEAD = "Student ID,Email,Full name"


@pytest.mark.parametrize(
    "head",
    [
        "First name / Last name,ID number,Email address",
        "Vorname/Nachname;ID-Nummer;E-Mail-Adresse",
        "Name | Full name;Matrikelnummer / Student ID;E-Mail / Email (university)",
        "Surname / First name,Student ID,Email",
    ],
)
def test_one_column_with_two_names_is_known(db, head):
    sign = ";" if ";" in head else ","
    notes_of(head + "\n" + sign.join(("Ann Berg", "S701", "a@x.example")) + "\n")
    assert people() == {"S701": "Ann Berg"}


def test_names_with_a_slash_that_mean_two_things_are_asked_about(db):
    assert "No column is known" in refused(b"Student ID / Email,Full name\nS1,Ann Berg\n")[0]


@pytest.mark.parametrize("number", ["S701", "ab-12345", "K.42"])
def test_a_number_in_the_column_of_names_is_refused(db, number):
    told = refused(f"{HEAD}\nAnn Berg,a@x.example,{number}\n".encode())
    assert "is no name. Check the columns." in told[0]


@pytest.mark.parametrize("name", ["Ann 2", "X Æ A-12", "John Smith 3rd"])
def test_a_name_with_a_digit_is_a_name(db, name):
    notes_of(f"{HEAD}\nS701,a@x.example,{name}\n")
    assert people() == {"S701": name}


@pytest.mark.parametrize("day", ["01.02.2024", "1.2.2024", "1/2/24", "31/12/2024"])
def test_a_date_in_any_spelling_is_no_number(db, day):
    assert "is the date" in refused(f"{HEAD}\n{day},a@x.example,Ann Berg\n".encode())[0]


@pytest.mark.parametrize("number", ["1.2/2024", "01.02.20245", "1.02.03.2024"])
def test_a_number_with_other_signs_is_one(db, number):
    notes_of(f"{HEAD}\n{number},a@x.example,Ann Berg\n")
    assert numbers() == {number}


def test_the_mark_of_text_is_taken_off_where_the_whole_line_has_it(db):
    lines = "'S701,'a@x.example,'Ann Berg\nS702,b@x.example,'t Hooft Bo\n'S703,'c@x.example,Cy\n"
    notes_of(f"{HEAD}\n{lines}")
    assert people() == {"S701": "Ann Berg", "S702": "'t Hooft Bo", "S703": "Cy"}


def test_a_file_without_rows_says_so(db):
    assert "There are no rows below the names of the columns." in plan(HEAD.encode()).notes


def test_the_columns_of_campus_online_are_known(db):
    head = "REGISTRATION_NUMBER;FAMILY_NAME_OF_STUDENT;FIRST_NAME_OF_STUDENT;EMAIL;Status"
    notes_of(f"{head}\n01234567;Berg;Ann;a@x.example;Fixplatz\n")
    assert people() == {"01234567": "Ann Berg"}


@pytest.mark.parametrize(
    ("head", "cells", "name"),
    [
        ("Name,Preferred Name", "Ann Berg,Annie", "Ann Berg"),
        ("Preferred Name,Legal Name", "Annie,Ann Berg", "Ann Berg"),
        ("Preferred First Name,Last Name", "Annie,Berg", "Annie Berg"),
        ("Vorname,Name", "Ann,von der Berg", "Ann von der Berg"),
    ],
)
def test_a_preferred_name_is_not_joined_to_a_whole_one(db, head, cells, name):
    notes_of(f"Student ID,Email,{head}\nS701,a@x.example,{cells}\n")
    assert people() == {"S701": name}


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("cy @x.example", "'cy @x.example' is no e-mail address. Correct it."),
        ("di(at)x.example", "'di(at)x.example' is no e-mail address. Correct it."),
        ("a@x.example; b@x.example", "holds several addresses. Keep the one with which they log"),
        ("a@x.example/b@x.example", "holds several addresses. Keep the one with which they log"),
    ],
)
def test_a_cell_that_is_no_address_is_named(db, cell, told):
    (problem,) = refused(f"{HEAD}\nS701,{cell},Ann Berg\n".encode())
    assert problem.startswith("line 2, student_email: ")
    assert told in problem
