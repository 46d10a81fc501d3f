"""Columns that nobody knows: chosen on the page or by the command, and remembered."""

import io

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from accounts.models import User
from attendance_project.tests.page_client import PageClient
from conftest import NOW
from sessions_app import services
from sessions_app.models import ColumnMapping, Enrolment
from sessions_app.tests.import_files import plan, refused, run
from sessions_app.tests.test_import_pages import PEOPLE, apply, digest_of, upload

COLUMNS = f"{PEOPLE}columns/"
FILE = b"Kennung,Wer,Post,Telefon\nS7,Ann Berg,ann@uni.example,123\n"
CHOICE = {
    "column-0": "student_number",
    "column-1": "student_name",
    "column-2": "student_email",
    "column-3": "",
}


@pytest.fixture
def office(admin_user) -> PageClient:
    client = PageClient()
    client.force_login(admin_user)
    return client


def test_columns_are_chosen_on_the_page_and_remembered(office):
    html = upload(office, PEOPLE, FILE)
    assert "Choose columns" in html
    assert "In the file: Ann Berg" in html
    preview = office.post(COLUMNS, CHOICE, follow=True).content.decode()
    assert "1 change. Nothing has been saved yet." in preview
    apply(office, PEOPLE, digest_of(preview))
    assert User.objects.get(institution_number="S7").full_name == "Ann Berg"
    mapping = ColumnMapping.objects.get()
    assert (mapping.kind, mapping.by.institution_number) == ("enrolments", "A1")
    again = FILE.replace(b"S7", b"S8").replace(b"ann@", b"bo@")
    assert "1 change." in upload(office, PEOPLE, again)
    office.post(COLUMNS, CHOICE | {"column-3": "student_department"})
    assert ColumnMapping.objects.get().columns["telefon"] == "student_department"


def test_a_choice_that_cannot_be_is_asked_for_again(office):
    upload(office, PEOPLE, FILE)
    html = office.post(COLUMNS, CHOICE | {"column-3": "student_name"}).content.decode()
    assert "student_name: appears twice" in html
    html = office.post(COLUMNS, CHOICE | {"column-3": "is_superuser"}).content.decode()
    assert "Select a valid choice" in html
    html = office.post(COLUMNS, {}).content.decode()
    assert "has to name the columns" in html
    assert not ColumnMapping.objects.exists()


def test_columns_of_a_file_that_was_understood_can_be_changed(office):
    html = upload(office, PEOPLE, b"Student ID,Email,Name\nS7,a@uni.example,Ann\n")
    assert f'href="{COLUMNS}"' in html
    html = office.get(COLUMNS).content.decode()
    assert '<option value="student_email" selected>' in html


def test_without_a_file_there_is_nothing_to_choose(office):
    response = office.post(COLUMNS, CHOICE)
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told == ["The file is no longer here. Choose it again."]


def test_a_slip_in_our_own_header_is_asked_about(office):
    html = upload(office, PEOPLE, b"student_number,student_email,student_nmae\nS7,a@b.example,A\n")
    assert "student_nmae: is not a column of this import" in html
    chosen = CHOICE | {"column-1": "student_email", "column-2": "student_name"}
    preview = office.post(COLUMNS, chosen, follow=True)
    assert "1 change." in preview.content.decode()


def test_all_students_of_a_file_are_put_on_the_chosen_course(office, course):
    data = b"First name,Last name,ID number,Email,Groups\nAnn,Berg,S7,a@uni.example,X\n"
    html = upload(office, PEOPLE, data, course=str(course.pk))
    assert "Ann Berg (S7) in OS" in html
    apply(office, PEOPLE, digest_of(html))
    assert Enrolment.objects.filter(course=course, student__institution_number="S7").exists()
    assert "is not a valid" in upload(office, PEOPLE, data, course="x")


def test_what_to_do_next_is_said_after_an_import(office):
    html = upload(office, PEOPLE, b"student_number,student_email,student_name\nS7,a@b.example,A\n")
    response = office.post(f"{PEOPLE}apply/", {"digest": digest_of(html)}, follow=True)
    assert "What to do next" in response.content.decode()
    assert "Invite 1 person who has no password yet." in response.content.decode()
    assert "What to do next" not in office.get(PEOPLE).content.decode()


def test_the_template_is_read_and_keeps_zeros(office):
    data = office.get(f"{PEOPLE}template.xlsx").content
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    assert sheet.column_dimensions["A"].width > 10
    sheet["A2"], sheet["B2"], sheet["C2"] = "007", "a@uni.example", "Ann"
    out = io.BytesIO()
    book.save(out)
    run(out.getvalue())
    assert User.objects.filter(institution_number="007").exists()


def test_the_command_is_told_what_columns_mean(db, course, tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_bytes(FILE)
    names = ["--map", "Kennung=student_number", "--map", "Wer=student_name"]
    names += ["--map", "Post=student_email", "--map", "Telefon="]
    call_command("import_enrolments", str(path), *names, "--course", "os/cse-a")
    assert Enrolment.objects.filter(course=course, student__institution_number="S7").exists()
    assert "> Invite 1 person" in capsys.readouterr().out
    with pytest.raises(CommandError, match="give NAME=COLUMN"):
        call_command("import_enrolments", str(path), "--map", "Wer=nobody")
    with pytest.raises(CommandError, match="is 0 courses"):
        call_command("import_enrolments", str(path), "--course", "OS/CSE-Z")


def test_the_command_names_the_columns_that_it_does_not_know(db):
    assert "has to name the columns" in refused(FILE)[0]
    assert "No column is known as “Student: " in refused(b"Name,Phone\nAnn,1\n")[0]


def test_a_class_of_another_system_is_the_one_course_that_is_there(db, course):
    text = "Student ID,Email,Name,Groups\nS7,a@uni.example,Ann,cse-a\nS8,b@uni.example,Bo,Other\n"
    made = plan(text.encode())
    assert any("Ann (S7) in OS · CSE-A" in str(step.change) for step in made.steps)
    assert "Nobody is enrolled by these lines" in "\n".join(made.notes)


# Whose choice counts

LIST = "Kennung,Tag,Da\nS1,{day},x\n"
MARKS = "/imports/marks/"


def look(person: User, session, **columns) -> str:
    """What the person sees of a list of marks, after choosing its columns if any are given."""
    client = PageClient()
    client.force_login(person)
    data = LIST.format(day=session.local_start.date().isoformat()).encode()
    html = upload(client, MARKS, data, course=str(session.course_id))
    if columns:
        html = client.post(f"{MARKS}columns/", columns, follow=True).content.decode()
    return html


def choice(status: str = "status") -> dict[str, str]:
    return {"column-0": "student_number", "column-1": "date", "column-2": status}


def test_no_teachers_choice_changes_what_another_ones_files_mean(
    course, open_session, teacher, colleague, admin_user
):
    services.add_staff(course, person=colleague, by=None, now=NOW)
    assert "Choose columns" in look(teacher, open_session)
    assert "1 change." in look(teacher, open_session, **choice())
    assert "as you chose them before" in look(teacher, open_session)
    html = look(colleague, open_session)
    assert "Say what each column of the file holds" in html
    look(colleague, open_session, **choice(""))
    assert ColumnMapping.objects.count() == 2
    assert "1 change." in look(teacher, open_session), "and each keeps their own"


def test_what_an_admin_chose_serves_everybody_who_has_not_chosen(
    course, open_session, teacher, admin_user
):
    look(admin_user, open_session, **choice())
    html = look(teacher, open_session)
    assert "1 change." in html
    assert "as Admin One chose them" in html
    look(teacher, open_session, **choice())
    assert "as you chose them before" in look(teacher, open_session)
