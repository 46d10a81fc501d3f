"""Importing people, courses and enrolments: what it does, and what it cannot be made to do."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User, no_number
from accounts.services import confirm_email, new_person
from accounts.services.new_emails import change_email
from attendance_project import clock
from attendance_project.refusals import Refusal
from conftest import make_user
from sessions_app import imports
from sessions_app.imports import Action, ImportRefused
from sessions_app.imports.rows import COLUMNS
from sessions_app.models import Course, Enrolment, Subject
from sessions_app.tests.import_files import (
    ANN,
    BO,
    CLASS,
    EXISTING,
    TEACHING,
    csv_of,
    names,
    plan,
    refused,
    run,
)


def test_a_class_is_made_with_all_that_it_refers_to(db):
    made = run(CLASS)
    assert names(made, Action.ADDED) == [
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
    assert "is waiting for approval by an admin" in made.notes[0]


def test_changes_are_named_and_made(db, course, student):
    changed = {"student_number": "s1", "student_name": "Anna  Smith", "student_department": "CS"}
    made = run(csv_of(changed, {"subject_code": "OS", "subject_name": "Operating systems"}))
    assert names(made, Action.CHANGED) == [
        "subject OS (subject_name: Operating Systems → Operating systems)",
        "student S1 (student_name: Student S1 → Anna Smith, student_department: – → CS)",
    ]
    student.refresh_from_db()
    assert (student.full_name, student.department) == ("Anna Smith", "CS")
    assert Subject.objects.get().name == "Operating systems"


def test_a_re_import_drops_nobody_unless_told(db, course, student, classmate):
    data = csv_of(EXISTING | {"student_number": "S1"})
    made = run(data)
    assert names(made, Action.KEPT) == [
        "enrolment Student S2 (S2) in OS · CSE-A · T1 (not in the file)"
    ]
    assert Enrolment.objects.filter(is_active=True).count() == 2
    made = run(data, drop_missing=True)
    assert names(made, Action.DROPPED) == ["enrolment Student S2 (S2) in OS · CSE-A · T1"]
    assert [e.student_id for e in Enrolment.objects.filter(is_active=True)] == [student.pk]


def test_dropping_keeps_to_the_courses_of_the_file(db, course):
    run(CLASS, drop_missing=True)
    assert Enrolment.objects.filter(course=course, is_active=True).count() == 2


def test_who_had_left_comes_back(db, course, student):
    Enrolment.objects.filter(student=student).update(is_active=False)
    made = run(csv_of(EXISTING | {"student_number": "S1"}))
    assert names(made, Action.CHANGED) == [
        "enrolment Student S1 (S1) in OS · CSE-A · T1 (enrolled again)"
    ]
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
        f"line 1, {column}: is not a column of this import. Rename it, or remove it."
    ]


def test_accounts_made_by_an_import_are_never_admins(db):
    with pytest.raises(Refusal, match="Admins need an invitation"):
        new_person(role=Role.ADMIN, email="x@school.test", institution_number="X", full_name="X")


def test_the_address_of_a_used_account_cannot_be_taken_over(db, student):
    row = {"student_number": "S1", "student_email": "thief@evil.test", "student_name": "S"}
    assert refused(csv_of(row)) == [
        "line 2, student_email: Student S1 (S1) logs in as s1@school.test. "
        "Only they or an admin can change the address. Keep it as it is."
    ]


def test_an_address_is_corrected_until_its_owner_has_set_a_password(db):
    run(csv_of(ANN))
    made = run(csv_of(ANN | {"student_email": "ann.agren@school.test"}))
    assert names(made, Action.CHANGED) == [
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


@pytest.mark.parametrize(
    "start",
    [
        *("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠", "｜", "％", "﹢", "⁼", "−"),
        *("\u200b=", "\u2060＝", "\u00ad-", "\u3164@", '"=', '" =', "'=", "''|", "'\u200b%"),
    ],
)
def test_a_formula_is_refused_unless_marked_as_text_and_comes_back_from_an_export(db, start):
    formula = f"{start}HYPERLINK(1)"
    if not formula.startswith("'"):
        problems = refused(csv_of(ANN | {"student_name": formula}))
        assert problems[0].startswith("line 2, student_name: begins with")
    run(csv_of(ANN | {"student_name": f"'{formula}"}))
    assert User.objects.get().full_name == formula
    exported = "".join(imports.export_enrolments())
    [row] = csv.DictReader(io.StringIO(exported, newline=""))
    assert row["student_name"] == f"'{formula}"
    assert plan(exported.encode()).steps == []


@pytest.mark.parametrize("blank", [" ", "\t", "\r", "\n", "\u00a0", "\u3000", "\x1f"])
def test_a_blank_before_a_formula_hides_it_from_no_import(db, blank):
    problems = refused(csv_of(ANN | {"student_name": f"{blank}=1+1"}))
    assert problems[0].startswith("line 2, student_name: begins with")


@pytest.mark.parametrize("mark", ["\ufeff", "\u200e", "\u202e"])
def test_a_mark_that_turns_text_hides_no_formula(db, mark):
    problems = refused(csv_of(ANN | {"student_name": f"{mark}=1+1"}))
    assert "begins with '='" in problems[0]
    problems = refused(csv_of(ANN | {"student_name": f"'{mark}=1+1"}))
    assert "an invisible character" in problems[0]


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\n", "\x7f"])
def test_control_characters_are_refused(db, character):
    problems = refused(csv_of(ANN | {"student_name": f"Ann{character}Lee"}))
    assert problems[0].startswith("line 2, student_name: contains a line break or an invisible")


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
        "line 5, subject_code: is empty, but the line names a subject. Give its code.",
        "line 6, student_name: is 'Someone Else', but line 2 has 'Ann Ågren' for S7. "
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
        "line 3, student_email: ann@school.test belongs to somebody else on line 2. "
        "Correct one of them."
    ]
    both = TEACHING | ANN | {"student_number": "T7"}
    assert "T7 belongs to somebody else on line 2." in refused(csv_of(both))[0]


def test_switched_off_accounts_and_courses_are_not_switched_on(db, course, student):
    User.objects.filter(pk=student.pk).update(is_active=False)
    assert "is inactive" in refused(csv_of({"student_number": "S1"}))[0]
    Course.objects.update(is_active=False)
    assert "The course OS · CSE-A · T1 is inactive" in refused(csv_of(EXISTING))[0]


# Addresses that somebody registered and never confirmed


def squatter(email: str, number: str) -> User:
    return User.objects.create_user(
        email,
        "a quiet blue lamp",
        full_name="Not Ann",
        institution_number=no_number(),
        claimed_number=number,
        email_confirmed_at=None,
    )


def test_import_takes_an_address_that_was_never_confirmed(db):
    """The institution's word goes first, and no password of somebody else stays in the account."""
    thief = squatter(ANN["student_email"], "S7")
    made = run(CLASS)
    assert any("never confirmed" in change for change in names(made, Action.CHANGED))
    ann = User.objects.get(email=ANN["student_email"])
    assert (ann.institution_number, ann.is_confirmed, ann.has_usable_password()) == (
        *("S7", True, False),
    )
    thief.refresh_from_db()
    assert (thief.is_active, thief.claimed_number, thief.has_usable_password()) == (
        False,
        "",
        False,
    )
    assert plan(CLASS).steps == []


def holder_of_anns_number(**fields) -> User:
    """A stranger who confirmed an address of their own, with Ann's number."""
    return User.objects.create_user(
        "mallory@school.test",
        "a quiet blue lamp",
        full_name="Not Ann",
        institution_number="S7",
        **{"name_vouched_at": None, "is_active": False} | fields,
    )


def test_import_takes_a_number_from_a_switched_off_account_that_nobody_answered_for(db):
    thief = holder_of_anns_number()
    made = run(CLASS)
    assert any("loses the number" in change for change in names(made, Action.CHANGED))
    assert User.objects.get(institution_number="S7").email == ANN["student_email"]
    thief.refresh_from_db()
    assert thief.institution_number.startswith("?")
    assert plan(CLASS).steps == []


@pytest.mark.parametrize("known", [{"is_active": True}, {"name_vouched_at": clock.now()}])
def test_import_takes_no_number_from_whom_somebody_knows_or_who_is_there(db, known):
    holder = holder_of_anns_number(**known)
    assert refused(CLASS)
    holder.refresh_from_db()
    assert holder.institution_number == "S7"


def test_number_of_an_account_that_is_switched_on_meanwhile_stops_the_import(db):
    holder = holder_of_anns_number()
    late = plan(CLASS)
    User.objects.filter(pk=holder.pk).update(is_active=True)
    with pytest.raises(ImportRefused):
        imports.apply(late)
    assert not User.objects.filter(email=ANN["student_email"]).exists()


@pytest.mark.parametrize("name", ["Ann Ågren", "Ann Other"])
def test_import_answers_for_the_name_of_an_account_from_before(db, name):
    User.objects.create_user(
        ANN["student_email"],
        full_name=name,
        institution_number="S7",
        name_vouched_at=None,
    )
    made = run(CLASS)
    assert any("answers for the name" in change for change in names(made, Action.CHANGED))
    ann = User.objects.get(institution_number="S7")
    assert ann.name_vouched_at is not None
    assert ann.full_name == "Ann Ågren"
    assert plan(CLASS).steps == []


def test_address_that_is_confirmed_meanwhile_stops_the_import(db):
    thief = squatter(ANN["student_email"], "S99")
    late = plan(CLASS)
    confirm_email(thief, now=clock.now())
    with pytest.raises(ImportRefused):
        imports.apply(late)
    assert User.objects.get(email=ANN["student_email"]) == thief


def test_line_with_an_address_alone_finds_no_account_that_is_not_confirmed(db):
    squatter(ANN["student_email"], "S7")
    line = TEACHING | {"student_email": ANN["student_email"]}
    assert refused(csv_of(line))


def test_an_address_that_its_owner_changed_here_stays_whatever_the_file_still_has(db, student):
    change_email(student, "new@school.test", now=clock.now())
    row = {"student_number": "S1", "student_email": "s1@school.test", "student_name": "New Name"}
    made = run(csv_of(row))
    assert names(made, Action.CHANGED) == ["student S1 (student_name: Student S1 → New Name)"]
    assert "Addresses that were changed here since stay as they are: line 2" in " ".join(made.notes)
    student.refresh_from_db()
    assert student.email == "new@school.test"


def test_an_address_that_somebody_else_gave_up_is_still_refused(db, student, classmate):
    change_email(classmate, "new@school.test", now=clock.now())
    row = {"student_number": "S1", "student_email": "s2@school.test", "student_name": "S"}
    assert "logs in as s1@school.test" in refused(csv_of(row))[0]
