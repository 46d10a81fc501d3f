"""Files in an old encoding: the guess, and the choice of another one on the pages."""

from functools import partial

import pytest

from accounts.models import User
from attendance_project.tables.text import read_text
from attendance_project.tests.page_client import PageClient
from sessions_app import imports
from sessions_app.forms.imports import ENCODINGS
from sessions_app.imports.layout import ENROLMENTS
from sessions_app.models import ColumnMapping
from sessions_app.tests.test_import_pages import PEOPLE, apply, digest_of, upload

HEAD = "student_number,student_email,student_name\n"


@pytest.fixture
def as_admin(admin_user) -> PageClient:
    client = PageClient()
    client.force_login(admin_user)
    return client


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        *(("דן", "cp1255"), ("דן כהן", "cp1255"), ("علي", "cp1256"), ("علي حسن", "cp1256")),
        *(("Νίκος", "cp1253"), ("Νίκος Παππάς", "cp1253"), ("Анна", "cp1251"), ("Иван", "cp1251")),
        *(("田中", "cp932"), ("김철수", "cp949"), ("王伟", "gb18030"), ("张伟", "gb18030")),
        *(("Łukasz", "cp1250"), ("Müller", "cp1252"), ("Hélène Français", "cp1252")),
    ],
)
def test_a_short_name_under_an_english_header_is_read_in_its_own_script(name, encoding):
    data = f"{HEAD}S1,a@x.example,{name}\n".encode(encoding)
    read = read_text(data)
    assert read.text.endswith(f"{name}\n")
    assert read.is_guess


def test_the_readings_are_those_that_fit_the_one_that_was_taken_first():
    data = f"{HEAD}S1,a@x.example,Şahin Yıldız\n".encode("cp1254")
    readings = {one.encoding: one.sample for one in read_text(data).readings}
    assert readings["cp1254"] == "Şahin Yıldız"
    assert next(iter(readings)) == read_text(data).encoding
    chosen = read_text(data, "cp1254")
    assert (chosen.text, chosen.readings[0].encoding) == (data.decode("cp1254"), "cp1254")


@pytest.mark.parametrize("data", [HEAD.encode(), f"{HEAD}S1,a@x.example,Şahin\n".encode()])
def test_a_file_in_utf_8_has_nothing_to_choose(data):
    assert read_text(data).readings == ()


def test_encodings_that_read_the_file_alike_are_one():
    data = f"{HEAD}S1,a@x.example,Müller\n".encode("cp1252")
    samples = [one.sample for one in read_text(data).readings]
    assert samples.count("Müller") == 1


def test_the_preview_offers_the_other_encodings_and_reads_by_the_chosen_one(as_admin):
    data = f"{HEAD}S1,a@x.example,Şahin Yıldız\n".encode("cp1254")
    html = upload(as_admin, PEOPLE, data)
    assert "Are these names right?" in html
    assert '<input type="radio" name="encoding" value="cp1252" checked> <bdi>Þahin Yýldýz' in html
    sent = {"digest": digest_of(html), "encoding": "cp1254", "encoding_taken": "cp1252"}
    html = as_admin.post(f"{PEOPLE}apply/", sent, follow=True).content.decode()
    assert not User.objects.filter(institution_number="S1").exists()
    assert '<input type="radio" name="encoding" value="cp1254" checked> <bdi>Şahin Yıldız' in html
    assert "Şahin Yıldız (S1)" in html
    apply(as_admin, PEOPLE, digest_of(html))
    assert User.objects.get(institution_number="S1").full_name == "Şahin Yıldız"


@pytest.mark.parametrize("encoding", ["utf-7", "rot13", "cp1252"])
def test_an_encoding_that_is_not_offered_or_taken_already_changes_nothing(as_admin, encoding):
    data = f"{HEAD}S1,a@x.example,Şahin Yıldız\n".encode("cp1254")
    html = upload(as_admin, PEOPLE, data)
    sent = {"digest": digest_of(html), "encoding": encoding, "encoding_taken": "cp1252"}
    as_admin.post(f"{PEOPLE}apply/", sent)
    assert User.objects.get(institution_number="S1").full_name == "Þahin Yýldýz"


@pytest.mark.parametrize("path", ["/imports/marks/", "/imports/sessions/"])
def test_lists_of_marks_and_of_sessions_offer_it_as_well(course, student, teacher, path):
    client = PageClient()
    client.force_login(teacher)
    columns, cells = "date,begin,end,room", "2030-01-01,09:00,10:00,Şaloncu"
    if "marks" in path:
        columns, cells = "student_number,date,status,Note", "S1,2026-11-23,present,Şaloncu"
    data = f"subject_code,class_code,{columns}\nOS,CSE-A,{cells}\n".encode("cp1254")
    html = upload(client, path, data)
    assert 'name="encoding" value="cp1254"' in html


COLUMNS = f"{PEOPLE}columns/"
TURKISH = "Sicil,Öğrenci Adı,Posta\nS1,Şahin Yıldız,a@x.example\n".encode("cp1254")
CHOSEN = {
    "column-0": "student_number",
    "column-1": "student_name",
    "column-2": "student_email",
}


def test_the_choice_of_columns_offers_the_encodings_and_keeps_what_was_chosen(as_admin):
    html = upload(as_admin, PEOPLE, TURKISH)
    assert "Choose columns" in html
    assert '<input type="radio" name="encoding" value="cp1252" checked> <bdi>Öðrenci Adý' in html
    other = CHOSEN | {"encoding": "cp1254", "encoding_taken": "cp1252"}
    html = as_admin.post(COLUMNS, other).content.decode()
    assert '<input type="radio" name="encoding" value="cp1254" checked> <bdi>Öğrenci Adı' in html
    assert "In the file: Şahin Yıldız" in html
    assert '<option value="student_name" selected>' in html
    sent = CHOSEN | {"encoding": "cp1254", "encoding_taken": "cp1254"}
    html = as_admin.post(COLUMNS, sent, follow=True).content.decode()
    assert "Şahin Yıldız (S1)" in html


def test_columns_stay_as_chosen_when_the_preview_is_read_in_another_encoding(as_admin):
    upload(as_admin, PEOPLE, TURKISH)
    html = as_admin.post(COLUMNS, CHOSEN, follow=True).content.decode()
    assert "Þahin Yýldýz (S1)" in html
    sent = {"digest": digest_of(html), "encoding": "cp1254", "encoding_taken": "cp1252"}
    html = as_admin.post(f"{PEOPLE}apply/", sent, follow=True).content.decode()
    assert "Şahin Yıldız (S1)" in html
    assert "were not read" not in html


def test_columns_are_asked_for_again_where_the_encoding_that_was_taken_is_read_again(
    as_admin,
):
    upload(as_admin, PEOPLE, TURKISH)
    sent = CHOSEN | {"encoding": "cp1252", "encoding_taken": "cp1252", "show": "1"}
    html = as_admin.post(COLUMNS, sent).content.decode()
    assert "Choose columns" in html
    assert '<option value="student_name" selected>' in html
    assert not ColumnMapping.objects.exists()


def test_columns_are_asked_for_again_where_another_encoding_divides_them_otherwise(admin_user):
    r"""In Shift JIS the byte 0x7C, which is ``|``, may be the second half of a letter."""
    data = b"Nr|A\x83|Posta|Rolle\nS1|Ann|a@x.example|1\n"
    columns = {"nr": "student_number", "aƒ": "student_name", "posta": "student_email"}
    options = {"encoding": "cp1252", "columns": columns | {"rolle": ""}, "course": "1"}
    read = partial(imports.in_encoding, data, ENROLMENTS, options, by=admin_user)
    assert read("cp932") == {"encoding": "cp932", "course": "1"}
    assert list(read("cp1254")["columns"].values()) == list(options["columns"].values())


def test_all_imports_offer_the_encodings_where_columns_are_chosen(course, teacher):
    client = PageClient()
    client.force_login(teacher)
    data = "Wer,Anwesend\nŞahin,ja\n".encode("cp1254")
    for path in ("/imports/marks/", "/imports/sessions/"):
        html = upload(client, path, data)
        assert "Choose columns" in html
        assert 'name="encoding" value="cp1254"' in html


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        *(("陳怡君", "cp950"), ("สมชาย ใจดี", "cp874"), ("Jānis Bērziņš", "cp1257")),
        *(("Иванов Иван", "koi8_r"), ("Nguyê\u0303n", "cp1258")),
    ],
)
def test_a_rarer_encoding_is_offered_and_read_where_a_person_chooses_it(name, encoding):
    data = f"{HEAD}S1,a@x.example,{name}\n".encode(encoding)
    readings = {one.encoding: one.sample for one in read_text(data).readings}
    assert readings[encoding] == name
    chosen = read_text(data, encoding)
    assert chosen.text.endswith(f"{name}\n")
    assert chosen.readings[0].encoding == encoding
    assert encoding in dict(ENCODINGS)


def test_readings_with_signs_that_nobody_writes_are_not_offered():
    data = f"{HEAD}S1,a@x.example,陳怡君\n".encode("cp950")
    assert "gb18030" not in [one.encoding for one in read_text(data).readings]
