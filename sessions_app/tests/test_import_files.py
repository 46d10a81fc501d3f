"""Files for imports: how they are read, written, and given to the commands."""

import csv
import io
import os
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from attendance_project.spreadsheets import formula_sign
from attendance_project.tables import MOST_BYTES, MOST_ROWS
from sessions_app import imports
from sessions_app.imports import Action
from sessions_app.models import ClassGroup, Course, Enrolment, Subject
from sessions_app.tests.import_files import (
    ANN,
    BO,
    CLASS,
    TEACHING,
    csv_of,
    names,
    plan,
    refused,
    run,
)

# Reading


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found_out(db, delimiter, encoding):
    data = csv_of(TEACHING | ANN, TEACHING | BO, delimiter=delimiter)
    made = run(data.decode().encode(encoding))
    assert User.objects.get(institution_number="S7").full_name == "Ann Ågren"
    assert any("detected as cp1252" in note for note in made.notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        *(("Łukasz Żółć", "cp1250"), ("Иван Петров", "cp1251"), ("山田太郎", "cp932")),
        *(("علي حسن", "cp1256"), ("Γιώργος Νικολάου", "cp1253")),
    ],
)
def test_other_countries_code_pages_are_found_out_or_given(db, name, encoding):
    data = csv_of(ANN | {"student_name": name}).decode().encode(encoding)
    run(data)
    assert User.objects.get().full_name == name
    assert plan(data, encoding=encoding).steps == []


def test_what_a_spreadsheet_writes_for_itself_is_read(db):
    rows = csv_of(ANN, delimiter=";").decode()
    run(f"\ufeffsep=;\r\n{rows}\r\n;;\r\n".encode())
    assert User.objects.get().full_name == "Ann Ågren"
    assert refused(b"sep=;\nstudent_number\n\n=1\n")[0].startswith("line 4, student_number")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "line 1: The first line has to name the columns"),
        (b"\x00\x01\x02\xff\xfe\x80", "This file cannot be read as text"),
        (b"PK\x03\x04" + b"\0" * 100, "This file cannot be read as a workbook"),
        (b"\xff\xfe\x00\xd8\x00", "The file is not utf-16 text"),
        (b"a,b\n1,2\n", "line 1: The first line has to name the columns"),
        (b"student_number,student_number\nS1,S1\n", "student_number: appears twice"),
        (b'student_number,student_name\nS1,"Ann\nS2,Bo\n', "line 2: The quotes"),
        (b"student_number,student_name\nS1,A,B\n", "line 2: has 3 cells, but the header has 2"),
        (b"student_number\n" + b"x" * 200_000, "line 2: The quotes or the length"),
        (b"x" * (MOST_BYTES + 1), "The file is larger than 5 MB"),
        (b"student_number\n" + b"S1\n" * (MOST_ROWS + 1), f"more than {MOST_ROWS} rows"),
    ],
    ids=range(11),
)
def test_files_that_are_none_are_refused(db, data, told):
    assert told in refused(data)[0]


def test_an_unknown_encoding_is_refused(db):
    assert "is not klingon text" in refused(b"student_number\n", encoding="klingon")[0]


# Export


def test_the_export_reads_back_without_a_change(db, course, outsider, colleague):
    Subject.objects.create(code="DB", name='Data, "bases"; and more')
    ClassGroup.objects.create(code="CSE-B", name="Ünïcode; B")
    run(CLASS)
    exported = "".join(imports.export_enrolments()).encode()
    assert exported.startswith(b"\xef\xbb\xbf")
    assert plan(exported, drop_missing=True).steps == []
    for text in ("Ünïcode; B", "S9", "T2", "Ann Ågren"):
        assert text in exported.decode()


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "|", "%", "＝", "\u200b=", "\u2060+", "'=", '"=']
)
def test_the_export_defuses_every_field_and_reads_back_without_a_change(
    db, start, course, student, colleague
):
    Subject.objects.update(name=f"{start}subject", department=f"{start}unit", code=f"{start}OS")
    ClassGroup.objects.update(name=f"{start}class", code=f"{start}A")
    User.objects.filter(pk=student.pk).update(department=f"{start}unit")
    for person in (student, colleague, course.teacher):
        User.objects.filter(pk=person.pk).update(
            full_name=f"{start}{person.full_name}",
            institution_number=f"{start}{person.institution_number}",
        )
    exported = "".join(imports.export_enrolments())
    for row in csv.DictReader(io.StringIO(exported.removeprefix("\ufeff"), newline="")):
        assert not [cell for cell in row.values() if formula_sign(cell) and cell[0] != "'"]
    assert plan(exported.encode(), drop_missing=True).steps == []


def test_the_export_makes_the_same_school_elsewhere(db, course, outsider, colleague):
    exported = "".join(imports.export_enrolments())
    Course.objects.all().delete()
    for model in (User, Subject, ClassGroup):
        model.objects.all().delete()
    run(exported.encode())
    assert "".join(imports.export_enrolments()) == exported


# Commands


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "class.csv"
    path.write_bytes(CLASS)
    return path


def test_the_command_shows_first_and_writes_when_told(db, file, capsys):
    call_command("import_enrolments", str(file), "--dry-run")
    shown = capsys.readouterr().out
    assert "+ student Ann Ågren (S7)" in shown
    assert "8 added, 0 changed, 0 dropped, 0 kept" in shown
    assert "Nothing was written" in shown
    assert not User.objects.exists()
    call_command("import_enrolments", str(file))
    assert Enrolment.objects.count() == 2
    call_command("import_enrolments", str(file))
    assert "0 added, 0 changed" in capsys.readouterr().out


def test_the_command_names_each_problem(db, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_bytes(csv_of(ANN | {"student_email": "nowhere"}))
    with pytest.raises(CommandError, match=r"bad.csv: line 2, student_email: .nowhere. is no"):
        call_command("import_enrolments", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_enrolments", str(tmp_path / "none.csv"))


def test_the_export_command_round_trips(db, course, tmp_path, capsys):
    path = tmp_path / "out.csv"
    call_command("export_enrolments", str(path))
    call_command("import_enrolments", str(path), "--drop-missing")
    assert "0 added, 0 changed, 0 dropped, 0 kept" in capsys.readouterr().out
    call_command("export_enrolments", "-")
    assert capsys.readouterr().out.encode() == path.read_bytes()


@pytest.mark.parametrize("is_there", [False, True])
def test_an_exported_file_is_for_its_owner_alone(db, tmp_path, is_there):
    path = tmp_path / "out.csv"
    if is_there:
        path.write_text("x" * 10_000)
        path.chmod(0o644)
    before = os.umask(0o022)
    try:
        call_command("export_enrolments", str(path))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "x" not in path.read_text()


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u200e", "\u2060", "\ufe0f"])
def test_signs_that_nobody_sees_are_taken_out_and_said(db, sign):
    row = BO | {"student_name": f"Bo{sign} Berg", "student_number": f"S{sign}8"}
    made = plan(csv_of(row))
    assert names(made, Action.ADDED) == ["student Bo Berg (S8)"]
    assert made.notes == [
        "Signs that nobody sees were taken out: line 2, student_number “S8”; "
        "line 2, student_name “Bo Berg”."
    ]


def test_joiners_that_a_name_needs_are_kept_and_not_mentioned(db):
    made = plan(csv_of(BO | {"student_name": "علی‌رضا"}))
    assert names(made, Action.ADDED) == ["student علی‌رضا (S8)"]
    assert made.notes == []
