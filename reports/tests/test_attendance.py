"""Whose rows of a class or a subject are listed, which ones, and in what order."""

import pytest

from conftest import NOW
from reports.tests.conftest import days_ago, meet, put_down, queries_of
from sessions_app.models import Course, Enrolment, Subject

CLASS = "/api/v1/attendance/data/class/{}"
SUBJECT = "/api/v1/attendance/data/subject/{}"


@pytest.fixture
def other_course(colleague, student, course) -> Course:
    """A colleague's course with the same class."""
    subject = Subject.objects.create(code="DB", name="Databases")
    other = Course.objects.create(
        subject=subject, class_group=course.class_group, teacher=colleague
    )
    Enrolment.objects.create(course=other, student=student, enrolled_at=NOW)
    return other


def rows(client, url: str, **query: str) -> list[dict]:
    response = client.get(url, query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_class_data_holds_a_teachers_own_courses_and_all_for_an_admin(
    as_user, student, teacher, colleague, admin_user, course, other_course
):
    put_down(meet(course), student)
    put_down(meet(other_course), student, "absent")
    url = CLASS.format(course.class_group_id)
    assert [r["subject"] for r in rows(as_user(teacher), url)] == ["Operating Systems"]
    assert [r["subject"] for r in rows(as_user(colleague), url)] == ["Databases"]
    assert len(rows(as_user(admin_user), url)) == 2


def test_subject_data_is_closed_to_teachers_of_other_subjects(
    as_user, student, teacher, colleague, admin_user, course, other_course
):
    put_down(meet(course), student)
    url = SUBJECT.format(course.subject_id)
    assert len(rows(as_user(teacher), url)) == len(rows(as_user(admin_user), url)) == 1
    assert as_user(colleague).get(url).status_code == 404


@pytest.mark.parametrize("url", [CLASS, SUBJECT])
def test_data_is_not_for_students(url, as_user, student, course):
    for pk in (course.class_group_id, course.subject_id, course.pk):
        response = as_user(student).get(url.format(pk))
        assert response.status_code == 403
        assert set(response.json()) == {"code", "detail", "fields"}


@pytest.mark.parametrize("url", [CLASS, SUBJECT])
def test_data_of_nothing_is_not_found(url, as_user, admin_user, teacher, course):
    for viewer in (admin_user, teacher):
        assert as_user(viewer).get(url.format(course.pk)).status_code == 404


def test_data_row_names_student_session_and_status(as_user, teacher, student, course):
    session = meet(course)
    put_down(session, student, "late")
    [row] = rows(as_user(teacher), CLASS.format(course.class_group_id))
    assert row["student_name"] == student.full_name
    assert row["institution_number"] == student.institution_number
    assert (row["session_id"], row["time_zone"]) == (str(session.pk), "Europe/Paris")
    assert (row["status"], row["source"], row["evidence"]) == ("late", "check_in", ["code", "face"])


def test_data_narrows_by_days_student_and_status(as_user, teacher, student, classmate, course):
    for days in (3, 2, 1):
        session = meet(course, days_ago(days))
        put_down(session, student)
        put_down(session, classmate, "absent")
    client, url = as_user(teacher), CLASS.format(course.class_group_id)
    days = sorted({row["local_date"] for row in rows(client, url)})
    assert {r["local_date"] for r in rows(client, url, **{"from": days[1]})} == set(days[1:])
    assert {r["local_date"] for r in rows(client, url, to=days[1])} == set(days[:2])
    both = {"from": days[1], "to": days[1], "student": str(student.pk)}
    assert [r["local_date"] for r in rows(client, url, **both)] == [days[1]]
    absent = rows(client, url, status="absent")
    assert {r["student_id"] for r in absent} == {str(classmate.pk)}
    assert len(absent) == 3
    assert rows(client, url, student=str(teacher.pk)) == []


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2026-02-30"},
        {"to": "0001-01-01"},
        {"to": "9999-12-31"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"student": "1"},
        {"status": "asleep"},
    ],
)
def test_data_refuses_filters_that_make_no_sense(query, as_user, teacher, course):
    response = as_user(teacher).get(CLASS.format(course.class_group_id), query)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid_input"
    assert set(response.json()["fields"]) <= set(query)


def test_data_pages_hold_every_row_once_in_one_order(as_user, teacher, student, classmate, course):
    for _ in range(6):
        session = meet(course)
        put_down(session, student)
        put_down(session, classmate)
    client, url = as_user(teacher), CLASS.format(course.class_group_id)
    whole = [r["attendance_id"] for r in rows(client, url)]
    paged = [
        r["attendance_id"] for n in range(1, 4) for r in rows(client, url, page=n, page_size=5)
    ]
    assert len(set(paged)) == 12
    assert paged == whole
    assert client.get(url, {"page": 99}).status_code == 404
    assert client.get(url, {"page_size": 5}).json()["count"] == 12


@pytest.mark.parametrize(("who", "expected"), [("teacher", 12), ("admin_user", 11)])
def test_data_asks_as_many_queries_for_much_as_for_little(
    who, expected, request, as_user, student, classmate, course
):
    client = as_user(request.getfixturevalue(who))
    url = CLASS.format(course.class_group_id)
    put_down(meet(course), student)
    assert queries_of(lambda: client.get(url)) == expected
    for _ in range(10):
        session = meet(course)
        put_down(session, student)
        put_down(session, classmate)
    assert queries_of(lambda: client.get(url)) == expected
