"""Importing people, courses and enrolments: what it does, and what it cannot be made to do."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from accounts.services import new_person
from attendance_project.api_errors import ApiError
from conftest import make_user
from sessions_app import imports
from sessions_app.imports import Act, ImportRefused
from sessions_app.imports.files import MOST_BYTES, MOST_ROWS
from sessions_app.imports.rows import COLUMNS
from sessions_app.models import ClassGroup, Course, Enrolment, Subject

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TEACHING = {
    "subject_code": "OS",
    "subject_name": "Operating Systems",
    "class_code": "CSE-A",
    "class_name": "Computer Science A",
    "teacher_number": "T7",
    "teacher_email": "t7@school.test",
    "teacher_name": "Tea Cher",
}
ANN = {"student_number": "S7", "student_email": "ann@school.test", "student_name": "Ann Ågren"}
BO = {"student_number": "S8", "student_email": "bo@school.test", "student_name": "Bo Berg"}


def csv_of(*rows: dict[str, str], delimiter: str = ",", columns: list[str] | None = None) -> bytes:
    out = io.StringIO()
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def plan(data: bytes, **options) -> imports.Plan:
    return imports.plan_enrolments(data, now=NOW, **options)


def run(data: bytes, **options) -> imports.Plan:
    made = plan(data, **options)
    imports.apply(made)
    return made


def refused(data: bytes, **options) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        plan(data, **options)
    return [str(problem) for problem in caught.value.problems]


def names(made: imports.Plan, act: Act) -> list[str]:
    return [str(change) for change in made.changes(act)]


CLASS = csv_of(TEACHING | ANN, TEACHING | BO)


def test_a_class_is_made_with_all_that_it_refers_to(db):
    made = run(CLASS)
    assert names(made, Act.ADDED) == [
        "subject OS Operating Systems",
        "class CSE-A Computer Science A",
        "teacher Tea Cher (T7)",
        "student Ann Ågren (S7)",
        "student Bo Berg (S8)",
        "course OS · CSE-A · T7",
        "enrolment Ann Ågren (S7) in OS · CSE-A · T7",
        "enrolment Bo Berg (S8) in OS · CSE-A · T7",
    ]
    course = Course.objects.get()
    assert (course.subject.code, course.class_group.code) == ("OS", "CSE-A")
    numbers = Enrolment.objects.values_list("student__institution_number", flat=True)
    assert sorted(numbers) == ["S7", "S8"]


def test_a_plan_alone_writes_nothing(db):
    assert len(plan(CLASS).writes) == 8
    assert not Subject.objects.exists()
    assert not User.objects.exists()


def test_importing_again_changes_nothing(db):
    run(CLASS)
    assert plan(CLASS).steps == []


def test_new_people_have_no_password_and_teachers_wait_for_approval(db):
    made = run(CLASS)
    ann, teacher = User.objects.get(email="ann@school.test"), User.objects.get(role=Role.TEACHER)
    assert not ann.has_usable_password()
    assert (ann.role, ann.is_approved, ann.is_superuser) == (Role.STUDENT, True, False)
    assert (teacher.is_approved, teacher.has_usable_password()) == (False, False)
    assert "waits for an administrator's approval" in made.notes[0]


def test_changes_are_named_and_made(db, course, student):
    changed = {"student_number": "s1", "student_name": "Anna  Smith", "student_department": "CS"}
    made = run(csv_of(changed, {"subject_code": "OS", "subject_name": "Operating systems"}))
    assert names(made, Act.CHANGED) == [
        "subject OS (subject_name: Operating Systems → Operating systems)",
        "student S1 (student_name: Student S1 → Anna Smith, student_department: – → CS)",
    ]
    student.refresh_from_db()
    assert (student.full_name, student.department) == ("Anna Smith", "CS")
    assert Subject.objects.get().name == "Operating systems"


EXISTING = {"subject_code": "OS", "class_code": "CSE-A", "teacher_number": "T1"}


def test_a_re_import_drops_nobody_unless_told(db, course, student, classmate):
    data = csv_of(EXISTING | {"student_number": "S1"})
    made = run(data)
    assert names(made, Act.KEPT) == [
        "enrolment Student S2 (S2) in OS · CSE-A · T1 (not in the file)"
    ]
    assert Enrolment.objects.filter(is_active=True).count() == 2
    made = run(data, drop_missing=True)
    assert names(made, Act.DROPPED) == ["enrolment Student S2 (S2) in OS · CSE-A · T1"]
    assert [e.student_id for e in Enrolment.objects.filter(is_active=True)] == [student.pk]


def test_dropping_keeps_to_the_courses_of_the_file(db, course):
    run(CLASS, drop_missing=True)
    assert Enrolment.objects.filter(course=course, is_active=True).count() == 2


def test_who_had_left_comes_back(db, course, student):
    Enrolment.objects.filter(student=student).update(is_active=False)
    made = run(csv_of(EXISTING | {"student_number": "S1"}))
    assert names(made, Act.CHANGED) == ["enrolment Student S1 (S1) in OS · CSE-A · T1 (comes back)"]
    assert Enrolment.objects.get(student=student).is_active


# Attacks and slips


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADMIN])
@pytest.mark.parametrize("kind", ["student", "teacher"])
def test_no_import_changes_a_role(db, role, kind):
    if kind == role:
        role = Role.STUDENT
    person = make_user(role, "X1")
    row = {f"{kind}_number": "X1", f"{kind}_email": "x1@school.test", f"{kind}_name": "New Name"}
    assert "An import never changes a role" in refused(csv_of(row))[0]
    person.refresh_from_db()
    assert (person.role, person.full_name) == (role, f"{role.label} X1")


@pytest.mark.parametrize("column", ["role", "is_superuser", "is_approved", "password", "is_staff"])
def test_there_is_no_column_that_grants_anything(db, column):
    problems = refused(csv_of(ANN | {column: "admin"}))
    assert problems == [
        f"line 1, {column}: is not a column of this import. Rename it, or take it out."
    ]


def test_accounts_made_by_an_import_are_never_administrators(db):
    with pytest.raises(ApiError, match="Administrators need an invitation"):
        new_person(role=Role.ADMIN, email="x@school.test", institution_number="X", full_name="X")


def test_the_address_of_a_used_account_cannot_be_taken_over(db, student):
    row = {"student_number": "S1", "student_email": "thief@evil.test", "student_name": "S"}
    assert refused(csv_of(row)) == [
        "line 2, student_email: Student S1 (S1) logs in as s1@school.test. "
        "Only they or an administrator change that: leave the address as it is."
    ]


def test_an_address_is_corrected_until_its_owner_has_set_a_password(db):
    run(csv_of(ANN))
    made = run(csv_of(ANN | {"student_email": "ann.agren@school.test"}))
    assert names(made, Act.CHANGED) == [
        "student S7 (student_email: ann@school.test → ann.agren@school.test)"
    ]
    late = plan(csv_of(ANN | {"student_email": "thief@evil.test"}))
    ann = User.objects.get()
    ann.set_password("her own long words")
    ann.save()
    with pytest.raises(
        ImportRefused, match=r"student S7 \(student_email: .*somebody else changed it"
    ):
        imports.apply(late)
    assert User.objects.get().email == "ann.agren@school.test"


def test_two_people_do_not_share_an_address(db, student):
    row = {"student_number": "S77", "student_email": "S1@school.test", "student_name": "Other"}
    assert "is the address of Student S1 (S1)" in refused(csv_of(row))[0]


def test_planning_asks_no_more_for_a_larger_class(db, django_assert_num_queries):
    many = [
        {"student_number": f"M{n}", "student_email": f"m{n}@school.test", "student_name": f"M {n}"}
        for n in range(40)
    ]
    few, larger = CLASS, csv_of(*(TEACHING | student for student in many))
    run(few)
    run(larger)
    with CaptureQueriesContext(connection) as asked:
        plan(few)
    with django_assert_num_queries(len(asked)):
        plan(larger)


def test_applying_asks_no_more_for_a_larger_class(db, django_assert_num_queries):
    rows = [
        {"student_number": f"M{n}", "student_email": f"m{n}@school.test", "student_name": f"M {n}"}
        for n in range(80)
    ]
    few, many = (plan(csv_of(*rows[part])) for part in (slice(40), slice(40, 80)))
    few.steps = few.steps[:2]
    with CaptureQueriesContext(connection) as asked:
        imports.apply(few)
    with django_assert_num_queries(len(asked)):
        imports.apply(many)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_formulas_are_refused_unless_they_are_marked_as_text(db, start):
    formula = f"{start}HYPERLINK(1)"
    problems = refused(csv_of(ANN | {"student_name": formula}))
    assert problems[0].startswith("line 2, student_name: begins with")
    run(csv_of(ANN | {"student_name": f"'{formula}"}))
    assert User.objects.get().full_name == formula
    exported = "".join(imports.export_enrolments())
    assert f",'{formula}," in exported
    assert plan(exported.encode()).steps == []


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\n", "\u202e", "\x7f"])
def test_invisible_characters_are_refused(db, character):
    problems = refused(csv_of(ANN | {"student_name": f"Ann{character}Lee"}))
    assert problems[0].startswith("line 2, student_name: has a line break or an invisible")


def test_every_problem_is_told_with_its_line_and_column(db):
    data = csv_of(
        TEACHING | ANN | {"time_zone": "Mars/Olympus"},
        TEACHING | ANN,
        TEACHING | BO | {"student_email": "no address"},
        {"subject_name": "Nameless"},
        {"student_number": "S7", "student_name": "Someone Else"},
        columns=COLUMNS,
    )
    assert refused(data) == [
        "line 3, student_number: is on line 2 for this course too. Take one of them out.",
        "line 5, subject_code: is empty, but the line names a subject. Give its code.",
        "line 6, student_name: says 'Someone Else', but line 2 says 'Ann Ågren' of S7. "
        "Make both the same.",
    ]
    data = csv_of(
        TEACHING | ANN | {"time_zone": "Mars/Olympus"},
        TEACHING | BO | {"student_email": "no address", "subject_code": "O" * 30},
        {"student_number": "S" * 60, "student_email": "x@school.test", "student_name": "X"},
        columns=COLUMNS,
    )
    assert [problem.split(":")[0] for problem in refused(data)] == [
        "line 2, time_zone",
        "line 3, student_email",
        "line 3, subject_code",
        "line 4, student_number",
    ]
    assert not Subject.objects.exists()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"student_number": "S7", "student_email": "a@school.test"}, "line 2, student_name"),
        ({"student_number": "S7", "student_name": "Ann"}, "line 2, student_email"),
        ({"student_email": "a@school.test", "student_name": "A"}, "line 2, student_number"),
        ({"subject_code": "X"}, "line 2, subject_name"),
        (ANN | {"subject_code": "X", "subject_name": "X"}, "line 2, class_code"),
        (ANN | {"time_zone": "UTC"}, "line 2, subject_code"),
    ],
)
def test_what_is_missing_is_named(db, row, problem):
    assert [p.split(":")[0] for p in refused(csv_of(row))] == [problem]


def test_people_who_would_share_an_account_are_told_apart(db):
    problems = refused(csv_of(ANN, BO | {"student_email": "ANN@school.test"}))
    assert problems == [
        "line 3, student_email: ann@school.test is someone else's on line 2. Correct one of them."
    ]
    both = TEACHING | ANN | {"student_number": "T7"}
    assert "T7 is someone else's on line 2." in refused(csv_of(both))[0]


def test_switched_off_accounts_and_courses_are_not_switched_on(db, course, student):
    User.objects.filter(pk=student.pk).update(is_active=False)
    assert "is switched off" in refused(csv_of({"student_number": "S1"}))[0]
    Course.objects.update(is_active=False)
    assert "The course OS · CSE-A · T1 is switched off" in refused(csv_of(EXISTING))[0]


# Files


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found_out(db, delimiter, encoding):
    data = csv_of(TEACHING | ANN, TEACHING | BO, delimiter=delimiter)
    made = run(data.decode().encode(encoding))
    assert User.objects.get(institution_number="S7").full_name == "Ann Ågren"
    assert any("it was read as cp1252" in note for note in made.notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("Łukasz Żółć", "cp1250"), ("Иван Петров", "cp1251"), ("山田太郎", "cp932")],
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
        (b"\x00\x01\x02\xff\xfe\x80", "This is not text"),
        (b"PK\x03\x04" + b"\0" * 100, "This is a workbook"),
        (b"\xff\xfe\x00\xd8\x00", "The file is not utf-16 text"),
        (b"a,b\n1,2\n", "line 1: The first line has to name the columns"),
        (b"student_number,student_number\nS1,S1\n", "student_number: stands there twice"),
        (b'student_number,student_name\nS1,"Ann\nS2,Bo\n', "line 2: The quotes"),
        (b"student_number,student_name\nS1\n", "line 2: has 1 cells where the header has 2"),
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
    with pytest.raises(CommandError, match=r"bad.csv: line 2, student_email: Enter a valid"):
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
