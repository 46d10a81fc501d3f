"""Lines that cannot be imported are left out where somebody wants that, and the others imported."""

import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from sessions_app import imports
from sessions_app.imports import Action, ImportRefused, UnusedKind
from sessions_app.models import AttendanceMark, CourseStaff, Enrolment
from sessions_app.tests.import_files import ANN, BO, CLASS, TEACHING, csv_of, names, plan, run
from sessions_app.tests.test_import_marks import HEAD, lecture
from sessions_app.tests.test_import_marks import plan as plan_marks
from sessions_app.tests.test_import_one_roster import SET, packed
from sessions_app.tests.test_import_pages import (
    PEOPLE,
    apply,
    as_admin,
    digest_of,
    upload,
)

__all__ = ["as_admin", "lecture"]

pytestmark = pytest.mark.django_db
CY = {"student_number": "S9", "student_email": "cy@school.test", "student_name": "Cy Clark"}
DI = {"student_number": "S10", "student_email": "di@school.test", "student_name": "Di Dahl"}
NO_ADDRESS = {**CY, "student_email": "cy at school"}


def left_out(made) -> list[int]:
    return sorted({one.line for one in made.unused_of(UnusedKind.FAULTY)})


def students() -> set[str]:
    return set(User.objects.filter(role="student").values_list("institution_number", flat=True))


def test_the_lines_that_are_right_are_imported():
    made = run(csv_of(TEACHING | ANN, TEACHING | NO_ADDRESS, TEACHING | BO), leave_out_faults=True)
    assert left_out(made) == [3]
    assert "1 line is left out" in made.notes[0]
    assert students() == {"S7", "S8"}


def test_nothing_is_left_out_unless_somebody_wants_it():
    with pytest.raises(ImportRefused):
        plan(csv_of(TEACHING | ANN, TEACHING | NO_ADDRESS))


def test_what_shows_only_without_the_first_faults_is_found_too():
    twice = {**BO, "student_email": ANN["student_email"]}
    made = run(
        csv_of(TEACHING | ANN, TEACHING | NO_ADDRESS, TEACHING | twice, TEACHING | DI),
        leave_out_faults=True,
    )
    assert left_out(made) == [2, 3, 4]
    assert students() == {"S10"}


def test_of_two_lines_that_contradict_each_other_neither_is_believed():
    other = {**ANN, "student_name": "Somebody Else"}
    made = run(csv_of(TEACHING | ANN, TEACHING | BO, TEACHING | other), leave_out_faults=True)
    assert left_out(made) == [2, 4]
    assert students() == {"S8"}


def test_nobody_is_withdrawn_by_a_file_of_which_lines_are_left_out():
    run(csv_of(TEACHING | ANN, TEACHING | BO))
    unreadable = {**BO, "student_email": "bo at school"}
    data = csv_of(TEACHING | ANN, TEACHING | unreadable, TEACHING | CY)
    made = run(data, leave_out_faults=True, drop_missing=True)
    assert names(made, Action.DROPPED) == []
    assert any("Nobody is removed" in note for note in made.notes)
    assert Enrolment.objects.filter(is_active=True).count() == 3
    whole = csv_of(TEACHING | ANN, TEACHING | CY)
    assert len(names(run(whole, leave_out_faults=True, drop_missing=True), Action.DROPPED)) == 1


def test_nobody_is_moved_by_a_file_of_which_lines_are_left_out():
    run(CLASS)
    elsewhere = TEACHING | {"class_code": "CSE-B", "class_name": "Computer Science B"}
    data = csv_of(elsewhere | ANN, TEACHING | NO_ADDRESS)
    run(data, leave_out_faults=True, move=True)
    assert Enrolment.objects.filter(student__institution_number="S7", is_active=True).count() == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"what,ever\n1,2\n", CLASS.replace(b"student_number", b"student_email", 1)],
    ids=["empty", "no known column", "a column twice"],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_as_before(data):
    with pytest.raises(ImportRefused):
        plan(data, leave_out_faults=True)


def test_marks_are_taken_from_the_lines_that_are_right(lecture, teacher):
    data = f"{HEAD}S1,2026-11-23,present\nS2,2026-11-23,perhaps\n"
    with pytest.raises(ImportRefused):
        plan_marks(data, teacher, course=lecture.course)
    made = plan_marks(data, teacher, course=lecture.course, leave_out_faults=True)
    assert left_out(made) == [3]
    assert len(names(made, Action.ADDED)) == 1


def test_no_student_gets_one_of_two_marks_that_contradict_each_other(lecture, teacher):
    lines = "S1,2026-11-23,present\nS2,2026-11-23,late\nS1,2026-11-23,absent\n"
    made = plan_marks(HEAD + lines, teacher, course=lecture.course, leave_out_faults=True)
    assert left_out(made) == [2, 4]
    assert [change for change in names(made, Action.ADDED) if "S1" in change] == []
    assert not AttendanceMark.objects.exists()


PARTS = "student_number,date,joined,left,status\n"


def test_a_stay_of_which_a_part_cannot_be_read_is_left_out_as_a_whole(lecture, teacher):
    lines = "S1,2026-11-23,09:55,10:45,perhaps\nS1,2026-11-23,10:50,11:30,\n"
    lines += "S2,2026-11-23,09:58,11:30,\n"
    made = plan_marks(PARTS + lines, teacher, course=lecture.course, leave_out_faults=True)
    assert left_out(made) == [2, 3]
    (added,) = names(made, Action.ADDED)
    assert "S2" in added


@pytest.mark.parametrize("number", ["=S1", "2,021E+11"])
def test_no_part_of_a_stay_is_left_out_while_it_is_not_known_whose_it_is(lecture, teacher, number):
    lines = f'"{number}",2026-11-23,09:55,10:45,perhaps\nS1,2026-11-23,10:50,11:30,\n'
    with pytest.raises(ImportRefused):
        plan_marks(PARTS + lines, teacher, course=lecture.course, leave_out_faults=True)


def test_no_teacher_loses_a_course_to_a_file_of_which_lines_are_left_out(course, colleague):
    there = {"subject_code": "OS", "class_code": "CSE-A"}
    other = there | {"teacher_number": colleague.institution_number, "student_number": "S1"}
    unreadable = there | {"teacher_number": "T1", **NO_ADDRESS}
    run(csv_of(other, unreadable), leave_out_faults=True)
    course.refresh_from_db()
    assert course.teacher.institution_number == "T1"
    assert CourseStaff.objects.get(course=course).person == colleague


def test_a_set_of_one_roster_is_imported_whole_or_not_at_all():
    users = SET["users.csv"].replace("bo@x.example", "nowhere")
    with pytest.raises(ImportRefused, match="nowhere"):
        plan(packed(SET | {"users.csv": users}), leave_out_faults=True)


def test_the_page_offers_what_is_right_and_imports_it_after_a_look(as_admin):
    html = upload(as_admin, PEOPLE, csv_of(TEACHING | ANN, TEACHING | NO_ADDRESS))
    assert "Leave out 1 line and see the other changes" in html
    assert not User.objects.filter(institution_number="S7").exists()
    address = re.search(r'href="(/imports/enrolments/preview/)"', html)[1]
    preview = as_admin.get(address).content.decode()
    assert "Left out, since it cannot be imported (1)" in preview
    assert "cy at school" in preview
    assert apply(as_admin, PEOPLE, digest_of(preview))[0].startswith("Imported:")
    assert students() == {"S7"}


def test_the_page_offers_nothing_where_no_line_is_right(as_admin):
    html = upload(as_admin, PEOPLE, csv_of(TEACHING | NO_ADDRESS))
    assert "see the other change" not in html
    assert as_admin.get(f"{PEOPLE}preview/").status_code == 302


def test_the_command_leaves_them_out_when_it_is_told_so(tmp_path, capsys):
    file = tmp_path / "class.csv"
    file.write_bytes(csv_of(TEACHING | ANN, TEACHING | NO_ADDRESS))
    with pytest.raises(CommandError, match="line 3"):
        call_command("import_enrolments", file)
    call_command("import_enrolments", file, "--leave-out-faults")
    assert "line 3" in capsys.readouterr().out
    assert students() == {"S7"}


@pytest.mark.parametrize(
    "data",
    [b"S7,ann@school.test,Ann\nS8,bo@school.test,Bo\n", b"\x00" * 400],
    ids=["a person in place of the names", "no table"],
)
def test_a_file_that_is_wrong_as_a_whole_is_read_once(as_admin, monkeypatch, data):
    read = []
    planned = imports.plan_enrolments

    def counted(*given, **more):
        read.append(more.get("leave_out_faults", False))
        return planned(*given, **more)

    monkeypatch.setattr(imports, "plan_enrolments", counted)
    upload(as_admin, PEOPLE, data)
    assert read == [False]
