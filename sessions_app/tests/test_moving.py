"""Moving a student to another course in the middle of a term."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from attendance_project import clock
from sessions_app import imports, queries, services
from sessions_app.models import (
    Attendance,
    ClassGroup,
    Course,
    CourseStaff,
    Enrolment,
    Excuse,
    Session,
)
from sessions_app.tests.test_import_pages import PEOPLE, apply, digest_of, upload

API = "/api/v1"


@pytest.fixture
def other(course) -> Course:
    """The same subject for another class, by the same teacher."""
    group = ClassGroup.objects.create(code="CSE-B", name="Computer Science B")
    return Course.objects.create(
        subject=course.subject, class_group=group, teacher=course.teacher, time_zone="Europe/Paris"
    )


def on(course) -> set[str]:
    rows = Enrolment.objects.filter(course=course, is_active=True).select_related("student")
    return {row.student.institution_number for row in rows}


def test_a_student_is_moved_by_page_with_what_was_recorded(
    client, teacher, student, course, other, open_session
):
    services.mark_by_hand(
        open_session, student, status="late", reason="x", by=teacher, now=clock.now(), key="k"
    )
    client.force_login(teacher)
    page = f"/courses/{course.pk}/students/{student.pk}/move/"
    assert "CSE-B" in client.get(page).content.decode()
    assert client.post(page, {"to": str(other.pk)}).status_code == 302
    assert (on(course), on(other)) == ({"S2"}, {"S1"})
    assert Attendance.objects.get(student=student).course == course
    left = Enrolment.objects.get(course=course, student=student)
    assert left.withdrawn_at is not None


def test_sessions_of_before_are_not_missed_on_the_new_course(teacher, student, course, other):
    begins = clock.now() - timedelta(days=2)
    before = services.create_session(other, starts_at=begins, ends_at=begins + timedelta(hours=1))
    services.move_student(course, student, to=other, now=clock.now())
    Session.objects.filter(pk=before.pk).update(state="open", opened_at=before.starts_at)
    before.refresh_from_db()
    services.close_session(before, by=teacher, now=clock.now())
    assert not Attendance.objects.filter(student=student).exists()


def test_moving_back_keeps_both_times_on_the_course(student, course, other):
    for source, target in ((course, other), (other, course)):
        services.move_student(source, student, to=target, now=clock.now())
    again = Enrolment.objects.get(course=course, student=student)
    assert again.is_active
    assert len(again.spans) == 2


def test_the_api_moves_and_says_what_cannot_be_moved(
    api_as, teacher, colleague, student, course, other
):
    api = api_as(teacher)
    address = f"{API}/courses/{course.pk}/enrolments/{student.pk}/move"
    same = api.post(address, {"to": str(course.pk)}, "json")
    assert (same.status_code, same.json()["code"]) == (400, "same_course")
    assert api.post(address, {"to": str(other.pk)}, "json").status_code == 200
    again = api.post(address, {"to": str(other.pk)}, "json")
    assert (again.status_code, again.json()["code"]) == (409, "not_enrolled")
    assert (on(course), on(other)) == ({"S2"}, {"S1"})


def test_nobody_is_moved_to_a_course_of_others(client, api_as, teacher, colleague, student, course):
    theirs = Course.objects.create(
        subject=course.subject, class_group=course.class_group, teacher=colleague
    )
    address = f"{API}/courses/{course.pk}/enrolments/{student.pk}/move"
    assert api_as(teacher).post(address, {"to": str(theirs.pk)}, "json").status_code == 404
    CourseStaff.objects.create(
        course=theirs, person=teacher, role="assistant", added_at=clock.now()
    )
    assert api_as(teacher).post(address, {"to": str(theirs.pk)}, "json").status_code == 403
    client.force_login(teacher)
    page = f"/courses/{course.pk}/students/{student.pk}/move/"
    assert client.post(page, {"to": str(theirs.pk)}).status_code == 400
    assert on(theirs) == set()


def test_an_assistant_moves_nobody(client, colleague, student, course, other):
    for each in (course, other):
        CourseStaff.objects.create(
            course=each, person=colleague, role="assistant", added_at=clock.now()
        )
    client.force_login(colleague)
    page = f"/courses/{course.pk}/students/{student.pk}/move/"
    assert client.post(page, {"to": str(other.pk)}).status_code == 404
    assert on(course) == {"S1", "S2"}


def test_a_file_moves_a_student_with_the_history(student, course, other):
    text = "".join(imports.export_enrolments())
    moved = "\n".join(
        line.replace("CSE-A", "CSE-B").replace("Computer Science A", "Computer Science B")
        if "S1," in line or ",S1" in line
        else line
        for line in text.splitlines()
    )
    plan = imports.plan_enrolments(moved.encode(), now=clock.now(), drop_missing=True)
    imports.apply(plan)
    assert (on(course), on(other)) == ({"S2"}, {"S1"})
    assert student in queries.ever_on(course)


def excused(student, course, teacher, first: int, last: int, **times) -> Excuse:
    """Excused from so many days from today until so many."""
    today = clock.now().astimezone(course.zone).date()
    days = {"from_date": today + timedelta(days=first), "until_date": today + timedelta(days=last)}
    about = {"note": "Ill.", "by": teacher, "now": clock.now()}
    return services.give_excuse(course, student, **days, **times, **about)


def test_an_excuse_goes_along_to_the_new_course(teacher, student, course, other):
    excuse = excused(student, course, teacher, -2, 2)
    later = excused(student, course, teacher, 5, 5, from_time="10:00", until_time="12:00")
    excused(student, course, teacher, -4, -3)
    taken_back = excused(student, course, teacher, 0, 3)
    services.revoke_excuse(taken_back, by=teacher, now=clock.now())
    services.move_student(course, student, to=other, now=clock.now())
    first, second = Excuse.objects.filter(course=other).order_by("from_date")
    today = clock.now().astimezone(course.zone).date().isoformat()
    assert (first.from_date, first.until_date) == (today, excuse.until_date)
    assert (second.span, second.note, second.by) == (later.span, "Ill.", teacher)
    begins = clock.now() + timedelta(days=1)
    session = services.create_session(other, starts_at=begins, ends_at=begins + timedelta(hours=1))
    Session.objects.filter(pk=session.pk).update(state="open", opened_at=begins)
    session.refresh_from_db()
    services.close_session(session, by=teacher, now=session.ends_at)
    assert Attendance.objects.get(student=student).status == "excused"


def test_moving_there_and_back_doubles_no_excuse(teacher, student, course, other):
    excused(student, course, teacher, 0, 2)
    for source, target in ((course, other), (other, course), (course, other)):
        services.move_student(source, student, to=target, now=clock.now())
    assert Excuse.objects.filter(student=student).count() == 2


# By a file

HEAD = "student_number,subject_code,class_code\n"


def planned(text: str, **options) -> imports.Plan:
    return imports.plan_enrolments((HEAD + text).encode(), now=clock.now(), **options)


def told(plan: imports.Plan) -> list[str]:
    return [f"{step.change.action.label}: {step.change}" for step in plan.steps]


def test_a_file_moves_students_to_another_class_with_their_excuses(
    course, other, student, classmate, teacher, open_session
):
    excuse = excused(student, course, teacher, 1, 3)
    services.mark_by_hand(
        open_session, student, status="late", reason="x", by=teacher, now=clock.now(), key="k"
    )
    plan = planned("S1,OS,CSE-B\n", move=True)
    days = f"{excuse.from_date} – {excuse.until_date}"
    assert told(plan) == [
        "Added: enrolment Student S1 (S1) in OS · CSE-B · T1",
        "Removed: enrolment Student S1 (S1) in OS · CSE-A (moves to OS · CSE-B)",
        f"Added: excuse Student S1 (S1) in OS · CSE-B ({days})",
    ]
    imports.apply(plan)
    assert (on(course), on(other)) == ({"S2"}, {"S1"})
    assert Enrolment.objects.get(course=course, student=student).withdrawn_at is not None
    assert Attendance.objects.get(student=student).course == course
    assert Excuse.objects.get(course=other).span == excuse.span
    assert planned("S1,OS,CSE-B\n", move=True).steps == []
    imports.apply(planned("S1,OS,CSE-A\n", move=True))
    assert (on(course), on(other)) == ({"S1", "S2"}, set())
    assert Excuse.objects.filter(student=student).count() == 2


def test_who_is_on_two_classes_is_told_where_nobody_said_to_move(course, other, student):
    plan = planned("S1,OS,CSE-B\n")
    assert "Student S1 (S1) in OS · CSE-A" in plan.notes[0]
    imports.apply(plan)
    assert (on(course), on(other)) == ({"S1", "S2"}, {"S1"})


def test_a_file_with_both_classes_moves_nobody_and_drops_nobody_twice(course, other, student):
    both = "S1,OS,CSE-A\nS1,OS,CSE-B\nS2,OS,CSE-A\n"
    imports.apply(planned(both, move=True))
    assert (on(course), on(other)) == ({"S1", "S2"}, {"S1"})
    plan = planned("S1,OS,CSE-B\nS2,OS,CSE-A\n", move=True, drop_missing=True)
    assert len(plan.steps) == 1
    imports.apply(plan)
    assert (on(course), on(other)) == ({"S2"}, {"S1"})


def test_moving_leaves_other_subjects_and_new_students_alone(course, other, student, teacher):
    subject = type(course.subject).objects.create(code="DB", name="Databases")
    third = Course.objects.create(
        subject=subject, class_group=course.class_group, teacher=teacher, time_zone="Europe/Paris"
    )
    Enrolment.objects.create(course=third, student=student, enrolled_at=clock.now())
    text = (
        "student_number,student_email,student_name,subject_code,class_code\n"
        "S1,,,OS,CSE-B\nS77,n@school.test,New One,OS,CSE-B\n"
    )
    imports.apply(imports.plan_enrolments(text.encode(), now=clock.now(), move=True))
    assert (on(third), on(other)) == ({"S1"}, {"S1", "S77"})


def test_a_file_moves_to_a_course_that_it_makes(course, student, teacher):
    excused(student, course, teacher, 0, 3)
    text = (
        "student_number,subject_code,class_code,class_name,teacher_number,time_zone\n"
        "S1,OS,CSE-C,Computer Science C,T1,Europe/Paris\n"
    )
    imports.apply(imports.plan_enrolments(text.encode(), now=clock.now(), move=True))
    new = Course.objects.get(class_group__code="CSE-C")
    assert (on(course), on(new)) == ({"S2"}, {"S1"})
    assert Excuse.objects.filter(course=new, student=student).count() == 1


def test_the_page_and_the_command_move(client, admin_user, course, other, student, tmp_path):
    client.force_login(admin_user)
    data = f"{HEAD}S1,OS,CSE-B\n".encode()
    html = upload(client, PEOPLE, data, move="on")
    assert "moves to OS · CSE-B" in html
    apply(client, PEOPLE, digest_of(html))
    assert (on(course), on(other)) == ({"S2"}, {"S1"})
    path = tmp_path / "list.csv"
    path.write_bytes(f"{HEAD}S1,OS,CSE-A\n".encode())
    call_command("import_enrolments", str(path), "--move")
    assert (on(course), on(other)) == ({"S1", "S2"}, set())
