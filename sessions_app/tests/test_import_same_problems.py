"""What is wrong on many lines of a file in the same words is said once."""

import copy
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from attendance_project.tables import ImportRefused, Problem
from attendance_project.tests.page_client import PageClient
from sessions_app.tests.import_files import ANN, BO, TEACHING, csv_of
from sessions_app.tests.test_import_marks import PAGE, session_at
from sessions_app.tests.test_import_pages import upload

NO_COURSE = "does not say which course it is. Choose the course or the session, or name both."
LIST = "student_number,date,status\n" + "".join(f"S{n},2026-11-23,present\n" for n in range(1, 40))


def told(lines: list[int], rows: int = 0) -> str:
    problems = [Problem(line, "date", "is empty.") for line in lines]
    (same,) = ImportRefused(problems, rows=rows).told
    return str(same)


@pytest.mark.parametrize(
    ("lines", "rows", "expected"),
    [
        ([7], 1, "line 7, date: is empty."),
        ([2, 3, 4], 3, "all 3 lines (2–4), date: is empty."),
        ([2, 3, 4], 4, "3 lines (2–4), date: is empty."),
        ([9, 2, 3, 9], 4, "3 lines (2–3, 9), date: is empty."),
        ([0, 0], 4, "date: is empty."),
        (list(range(2, 60, 2)), 0, "29 lines (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24 and 17 "
         "more), date: is empty."),
    ],
)  # fmt: skip
def test_lines_of_one_problem_are_named_together(lines, rows, expected):
    assert told(lines, rows) == expected


def test_other_words_or_columns_are_other_problems_in_the_order_of_the_file():
    problems = [
        Problem(3, "a", "x"),
        Problem(2, "b", "x"),
        Problem(4, "a", "x"),
        Problem(5, "a", "y"),
    ]
    same = map(str, ImportRefused(problems, rows=4).told)
    assert list(same) == ["line 2, b: x", "2 lines (3–4), a: x", "line 5, a: y"]


def test_a_refusal_comes_whole_from_the_process_that_reads_files():
    refused = ImportRefused([Problem(2, "a", "x"), Problem(3, "a", "x")], "file_too_costly", rows=2)
    copied = copy.copy(refused)
    assert (copied.told, copied.code) == (refused.told, "file_too_costly")
    assert copied.told[0].is_everywhere


def test_a_list_of_marks_without_a_course_says_so_once(course, teacher):
    session_at(course)
    client = PageClient()
    client.force_login(teacher)
    html = upload(client, PAGE, LIST.encode())
    assert "class.csv was not imported: 1 problem<" in html
    assert html.count(NO_COURSE) == 1
    assert "<details><summary>all 39 lines</summary>2–40</details>" in html


def test_the_command_says_it_once_as_well(course, teacher, tmp_path):
    file = tmp_path / "marks.csv"
    file.write_text(LIST)
    with pytest.raises(CommandError) as refused:
        call_command("import_marks", str(file), by="T1", stdout=StringIO())
    assert str(refused.value).splitlines()[0] == (
        f"marks.csv: all 39 lines (2–40), subject_code: {NO_COURSE}"
    )
    assert str(refused.value).count(NO_COURSE) == 1


def test_the_api_says_it_once_as_well(course, teacher):
    client = APIClient()
    client.force_authenticate(teacher)
    lines = "OS,CSE-A,TBA,09:00,10:30\n" * 2
    table = f"subject_code,class_code,date,begin,end\n{lines}".encode()
    answer = client.post("/api/v1/imports/sessions", {"file": SimpleUploadedFile("t.csv", table)})
    why = "date: “TBA” is no day that can be read. Write it as YYYY-MM-DD."
    assert answer.json()["fields"]["file"] == [f"all 2 lines (2–3), {why}"]


def test_a_list_of_people_says_it_once_as_well(admin_user):
    client = PageClient()
    client.force_login(admin_user)
    rows = [TEACHING | ANN | {"class_code": ""}, TEACHING | BO | {"class_code": ""}]
    html = upload(client, "/imports/enrolments/", csv_of(*rows))
    assert html.count("is empty, but the line names a class. Give its code.") == 1
    assert "<summary>all 2 lines</summary>2–3</details>" in html
