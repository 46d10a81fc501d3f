"""Importing a table of sessions by the page, the API and the command."""

import io
from io import StringIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import Role
from attendance_project import clock
from attendance_project.tests.page_client import PageClient
from conftest import make_user
from sessions_app.models import (
    CalendarMapping,
    ColumnMapping,
    Course,
    CourseStaff,
    ImportRecord,
    Session,
    StaffRole,
)
from sessions_app.tests.calendar_files import NOW, planned
from sessions_app.tests.test_import_pages import apply, digest_of, upload
from sessions_app.tests.test_overlaps import course_of

PAGE, API = "/imports/sessions/", "/api/v1/imports/sessions"
HEAD = "subject_code,class_code,date,begin,end,room\n"
LECTURE = (HEAD + "OS,CSE-A,2026-12-01,09:00,10:30,B-204\n").encode()


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The clock of these files."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def as_teacher(teacher) -> PageClient:
    client = PageClient()
    client.force_login(teacher)
    return client


def test_the_page_shows_the_diff_then_plans_and_takes_back(as_teacher, course, teacher):
    html = upload(as_teacher, PAGE, LECTURE, "term.csv")
    assert "Operating Systems · CSE-A, Tue 1 Dec 2026, 09:00–10:30, B-204" in html
    assert not Session.objects.exists()
    assert apply(as_teacher, PAGE, digest_of(html)) == ["Imported: 1 added, 0 changed, 0 removed."]
    record = ImportRecord.objects.get()
    assert (record.by, record.file_name, len(record.digest)) == (teacher, "term.csv", 64)
    assert record.kind == "sessions"
    assert "<td>Table of sessions</td>" in as_teacher.get("/imports/").content.decode()
    told = as_teacher.get(f"/imports/{record.pk}/").content.decode()
    assert "Taking it back removes the sessions that it planned" in told
    assert planned() == ["12-01 09:00–10:30 B-204"]
    as_teacher.post(f"/imports/{record.pk}/take-back/")
    assert not Session.objects.exists()


def test_columns_that_nobody_knows_are_chosen_and_remembered(as_teacher, course):
    data = "Kürzel;Gr;Wann;A;O\nOS;CSE-A;01.12.2026;09:00-10:30;B-204\n".encode()
    html = upload(as_teacher, PAGE, data)
    assert "Choose columns" in html
    columns = ("subject_code", "class_code", "date", "begin", "room")
    chosen = {f"column-{at}": column for at, column in enumerate(columns)}
    html = as_teacher.post(f"{PAGE}columns/", chosen, follow=True).content.decode()
    apply(as_teacher, PAGE, digest_of(html))
    assert planned() == ["12-01 09:00–10:30 B-204"]
    assert ColumnMapping.objects.get().kind == "sessions"
    assert "as you chose them before" in upload(as_teacher, PAGE, data)


def test_what_is_not_sure_is_asked_about_on_the_page(as_teacher, course):
    data = (HEAD + "OS-Lab,CSE-A,2026-12-01,09:00,10:30,\n").encode()
    html = upload(as_teacher, PAGE, data)
    assert "Which course is meant?" in html
    answer = {"digest": digest_of(html), "title": "OS-Lab CSE-A", "course": str(course.pk)}
    html = as_teacher.post(f"{PAGE}apply/", answer, follow=True).content.decode()
    answer["digest"] = digest_of(html)
    as_teacher.post(f"{PAGE}apply/", answer)
    assert planned() == ["12-01 09:00–10:30"]


def test_another_teachers_course_is_neither_planned_nor_chosen(as_teacher, course, colleague):
    other = course_of(colleague, "MA", "CSE-A")
    html = upload(as_teacher, PAGE, LECTURE.replace(b"OS,", b"MA,"))
    assert "is of a subject that you have no course of" in html
    data = {"file": SimpleUploadedFile("t.csv", LECTURE), "course": str(other.pk)}
    assert "Select a valid choice" in as_teacher.post(PAGE, data).content.decode()


def test_an_assistant_sets_neither_weight_nor_substitute(course, colleague):
    CourseStaff.objects.create(
        course=course, person=colleague, role=StaffRole.ASSISTANT, added_at=NOW
    )
    client = PageClient()
    client.force_login(colleague)
    data = b"subject_code,class_code,date,begin,end,weight_h,substitute\n"
    html = upload(client, PAGE, data + b"OS,CSE-A,2026-12-01,09:00,10:30,5,T1\n")
    assert "were left out where you may not set them" in html
    apply(client, PAGE, digest_of(html))
    session = Session.objects.get()
    assert (session.weight_h, session.substitute) == (None, None)


def test_the_template_is_read_once_it_is_filled_in(as_teacher, course):
    content = as_teacher.get(f"{PAGE}template.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    line = {"subject_code": "OS", "class_code": "CSE-A", "date": "2026-12-01"}
    line |= {"begin": "09:00", "end": "10:30", "weight_h": "2", "session_id": "7"}
    sheet.append([line.get(name, "") for name in names])
    out = io.BytesIO()
    book.save(out)
    html = upload(as_teacher, PAGE, out.getvalue(), "sessions.xlsx")
    assert "weight in hours: 2" in html


def call(user, data: bytes = LECTURE, **fields):
    client = APIClient()
    client.force_authenticate(user)
    body = {"file": SimpleUploadedFile("t.csv", data), **fields}
    return client.post(API, body, format="multipart")


def test_the_api_tells_and_then_carries_out(course, teacher):
    told = call(teacher).json()
    assert [change["action"] for change in told["changes"]] == ["added"]
    assert told["import_id"] is None
    assert not Session.objects.exists()
    done = call(teacher, digest=told["digest"]).json()
    assert done["import_id"] == str(ImportRecord.objects.get().pk)
    assert planned() == ["12-01 09:00–10:30 B-204"]


def test_the_api_refuses_what_was_not_looked_at(course, teacher):
    response = call(teacher, digest="0" * 64)
    assert (response.status_code, response.json()["code"]) == (409, "plan_changed")
    assert not Session.objects.exists()


def test_the_api_names_every_mistake(course, teacher, colleague):
    response = call(teacher, LECTURE.replace(b"2026-12-01", b"soon"))
    assert (response.status_code, response.json()["code"]) == (400, "invalid_file")
    assert response.json()["fields"]["file"][0].startswith("line 2, date:")
    assert call(teacher, columns=["A=b"]).json()["fields"].keys() == {"columns"}
    other = course_of(colleague, "MA", "CSE-A")
    assert call(teacher, course=str(other.pk)).status_code == 404
    assert call(teacher, encoding="punycode").status_code == 400


def test_the_api_takes_names_of_columns(course, teacher):
    data = "Kürzel;Gr;Wann;A;O\nOS;CSE-A;01.12.2026;09:00-10:30;B-204\n".encode()
    pairs = ["Kürzel=subject_code", "Gr=class_code", "Wann=date", "A=begin", "O=room"]
    told = call(teacher, data, columns=pairs).json()
    assert [change["action"] for change in told["changes"]] == ["added"]


def test_the_api_takes_a_course_for_a_title_that_is_not_sure(course, teacher):
    data = (HEAD + "OS-Lab,CSE-A,2026-12-01,09:00,10:30,\n").encode()
    [unsure] = call(teacher, data).json()["unused"]
    assert (unsure["kind"], unsure["text"]) == ("unsure", "OS-Lab CSE-A")
    assert unsure["choices"] == [str(course.pk)]
    choices = [f"{unsure['text']}={unsure['choices'][0]}"]
    digest = call(teacher, data, choices=choices).json()["digest"]
    call(teacher, data, choices=choices, digest=digest)
    assert planned() == ["12-01 09:00–10:30"]
    later = (HEAD + "OS-Lab,CSE-A,2026-12-08,09:00,10:30,\n").encode()
    told = call(teacher, later).json()  # the choice is remembered
    assert [change["action"] for change in told["changes"]] == ["added", "kept"]
    left = call(teacher, later, choices=["OS-Lab CSE-A="]).json()
    assert "added" not in [change["action"] for change in left["changes"]]
    assert [one["kind"] for one in left["unused"]] == ["left_out"]


def test_the_api_takes_no_course_that_the_caller_does_not_run(course, teacher, colleague):
    data = (HEAD + "OS-Lab,CSE-A,2026-12-01,09:00,10:30,\n").encode()
    other = course_of(colleague, "MA", "CSE-A")
    Course.objects.filter(pk=course.pk).update(is_active=False)
    for choice in (other.pk, course.pk, "x"):
        response = call(teacher, data, choices=[f"OS-Lab CSE-A={choice}"])
        assert (response.status_code, response.json()["code"]) == (400, "invalid_input")
        assert response.json()["fields"].keys() == {"choices"}
    for pair in ("OS-Lab CSE-A", "=", f"={course.pk}"):
        assert call(teacher, data, choices=[pair]).status_code == 400
    assert not CalendarMapping.objects.exists()


def test_the_command_shows_and_plans(course, teacher, tmp_path):
    file, out = tmp_path / "t.csv", StringIO()
    file.write_bytes(LECTURE)
    call_command("import_sessions", str(file), "--dry-run", stdout=out)
    assert "+ session Operating Systems · CSE-A" in out.getvalue()
    assert not Session.objects.exists()
    call_command("import_sessions", str(file), "--by", "t1", stdout=out)
    assert ImportRecord.objects.get().by == teacher
    assert planned() == ["12-01 09:00–10:30 B-204"]


def test_the_command_changes_only_courses_of_who_signs(course, tmp_path):
    make_user(Role.TEACHER, number="T9")
    file = tmp_path / "t.csv"
    file.write_bytes(LECTURE)
    call_command("import_sessions", str(file), "--by", "T9", stdout=StringIO())
    assert not Session.objects.exists()
    with pytest.raises(CommandError, match="not one for which you may plan"):
        call_command("import_sessions", str(file), "--by", "T9", "--course", "OS/CSE-A")


def test_the_preview_lists_the_lines_that_cannot_be_read_above_the_others(as_teacher, course):
    lines = b"OS,CSE-A,TBA,09:00,10:30,\nYoga,,2026-12-03,09:00,10:30,\n"
    html = upload(as_teacher, PAGE, LECTURE + lines, "term.csv")
    head = html.index('id="unread-head">Cannot be read (1)')
    why = "date: “TBA” is no day that can be read. Write it as YYYY-MM-DD."
    assert head < html.index(why) < html.index('id="unrelated-head"')
    assert "Operating Systems · CSE-A, Tue 1 Dec 2026" in html


def test_the_api_names_the_lines_that_cannot_be_read(course, teacher):
    client = APIClient()
    client.force_authenticate(teacher)
    file = SimpleUploadedFile("t.csv", LECTURE + b"OS,CSE-A,2026-12-02,n/a,,\n")
    answer = client.post(API, {"file": file}, format="multipart").json()
    assert [(one["line"], one["kind"]) for one in answer["unused"]] == [(3, "unread")]
    assert len(answer["changes"]) == 1


def test_what_to_do_about_past_sessions_stands_in_their_list_and_in_the_api(
    as_teacher, course, teacher
):
    past = (HEAD + "OS,CSE-A,2026-11-20,09:00,10:30,\n").encode()
    html = upload(as_teacher, PAGE, past)
    assert "course&#x27;s page, and then import their marks: 2." not in html.split("<details")[0]
    listed = html[html.index('id="left-out-head"') :]
    assert listed.count("course&#x27;s page, and then import their marks: 2.") == 1
    [note] = call(teacher, past).json()["notes"]
    assert note.startswith("Only sessions to come are imported.")
