"""Subjects, classes, courses and who is on them, through the API."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from sessions_app.models import ClassGroup, Course, Enrolment, Session, Subject

API = "/api/v1"


def test_an_admin_builds_a_course_from_nothing(api_as, admin_user, teacher, student):
    api = api_as(admin_user)
    subject = api.post(f"{API}/subjects", {"code": "DB", "name": "Databases"}, "json").json()
    group = api.post(f"{API}/classes", {"code": "CSE-B", "name": "B"}, "json").json()
    body = {"subject": subject["id"], "class_group": group["id"], "teacher": str(teacher.pk)}
    course = api.post(f"{API}/courses", body | {"time_zone": "Asia/Kolkata"}, "json").json()
    assert (course["subject_name"], course["class_name"]) == ("Databases", "CSE-B")
    enrolments = f"{API}/courses/{course['id']}/enrolments"
    rows = api.post(enrolments, {"institution_numbers": ["S1"]}, "json").json()
    assert [row["student"] for row in rows] == [str(student.pk)]
    assert api_as(student).get(f"{API}/courses").json()["results"][0]["id"] == course["id"]


def test_what_is_taken_is_a_conflict(api_as, admin_user, course):
    api = api_as(admin_user)
    taken = [
        ("subjects", {"code": "OS", "name": "Again"}),
        ("classes", {"code": "CSE-A", "name": "Again"}),
        (
            "courses",
            {
                "subject": str(course.subject_id),
                "class_group": str(course.class_group_id),
                "teacher": str(course.teacher_id),
            },
        ),
    ]
    for path, body in taken:
        response = api.post(f"{API}/{path}", body, "json")
        assert (response.status_code, response.json()["code"]) == (409, "already_exists"), path


def test_only_a_teacher_can_be_given_a_course(api_as, admin_user, student, course):
    body = {
        "subject": str(course.subject_id),
        "class_group": str(course.class_group_id),
        "teacher": str(student.pk),
    }
    response = api_as(admin_user).post(f"{API}/courses", body, "json")
    assert response.status_code == 400
    assert "teacher" in response.json()["fields"]


def test_enrolling_again_is_harmless_and_brings_back_who_left(api_as, teacher, course, student):
    api, path = api_as(teacher), f"{API}/courses/{course.pk}/enrolments"
    assert api.delete(f"{path}/{student.pk}").status_code == 204
    assert api.get(path).json()["count"] == 1
    assert api.delete(f"{path}/{student.pk}").status_code == 404
    for _ in range(2):
        assert api.post(path, {"students": [str(student.pk)]}, "json").status_code == 201
    assert api.get(path).json()["count"] == 2
    assert Enrolment.objects.count() == 2


def test_one_unknown_student_and_nobody_is_enrolled(api_as, teacher, course, outsider):
    body = {"students": [str(outsider.pk), str(teacher.pk)], "institution_numbers": ["S404"]}
    response = api_as(teacher).post(f"{API}/courses/{course.pk}/enrolments", body, "json")
    assert response.status_code == 400
    assert response.json()["fields"] == {
        "students": [f"No such student: {teacher.pk}. Correct it, or register them first."],
        "institution_numbers": ["No such student: S404. Correct it, or register them first."],
    }
    assert not Enrolment.objects.filter(student=outsider).exists()


def test_sessions_are_filtered(api_as, admin_user, teacher, session):
    api = api_as(admin_user)
    start = session.starts_at.isoformat().replace("+00:00", "Z")
    expected = [
        ("", 1),
        (f"?course={session.course_id}", 1),
        (f"?course={session.pk}", 0),
        ("?state=planned", 1),
        ("?state=open", 0),
        (f"?starts_from={start}", 1),
        (f"?starts_before={start}", 0),
        ("?mine=true", 0),
        ("?mine=false", 1),
    ]
    for query, count in expected:
        assert api.get(f"{API}/sessions{query}").json()["count"] == count, query
    assert api_as(teacher).get(f"{API}/sessions?mine=true").json()["count"] == 1


@pytest.mark.parametrize(
    "query",
    ["course=x", "state=burning", "starts_from=yesterday", "starts_before=%00", "mine=maybe"],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(api_as, teacher, query):
    response = api_as(teacher).get(f"{API}/sessions?{query}")
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [query.partition("=")[0]]


def test_lists_are_paged(api_as, admin_user, db):
    Subject.objects.bulk_create([Subject(code=f"X{n:03}", name="X") for n in range(60)])
    page = api_as(admin_user).get(f"{API}/subjects").json()
    assert (page["count"], len(page["results"])) == (60, 50)
    assert len(api_as(admin_user).get(f"{API}/subjects?page=2").json()["results"]) == 10


def test_listing_sessions_takes_the_same_queries_for_one_and_for_many(
    api_as, teacher, session, django_assert_num_queries
):
    api = api_as(teacher)
    for _ in range(2):
        with django_assert_num_queries(4):  # two of them: the courses on whose staff one is
            api.get(f"{API}/sessions")
        Session.objects.bulk_create(
            [
                Session(
                    course=session.course,
                    subject=session.subject,
                    class_group=session.class_group,
                    teacher=teacher,
                    starts_at=session.starts_at,
                    ends_at=session.ends_at,
                    time_zone="UTC",
                )
                for _ in range(5)
            ]
        )


def test_courses_of_one_teacher_stay_hidden_from_another(api_as, colleague, course):
    other = Course.objects.create(
        subject=course.subject, class_group=course.class_group, teacher=colleague
    )
    found = api_as(colleague).get(f"{API}/courses").json()["results"]
    assert [row["id"] for row in found] == [str(other.pk)]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("subjects", {"code": "os", "name": "Again"}),
        ("subjects", {"code": "\uff2fS", "name": "Again"}),
        ("subjects", {"code": " O\u200bS", "name": "Again"}),
        ("classes", {"code": "cse\u2010a", "name": "Again"}),
    ],
)
def test_a_code_in_another_spelling_is_taken(api_as, admin_user, course, path, body):
    response = api_as(admin_user).post(f"{API}/{path}", body, "json")
    assert (response.status_code, response.json()["code"]) == (409, "already_exists")
    free = body | {"code": f"{body['code']}1"}
    assert api_as(admin_user).post(f"{API}/{path}", free, "json").status_code == 201


def test_the_database_itself_holds_spellings_apart(course):
    for row in (Subject(code="os", name="x"), ClassGroup(code="Cse-A", name="x")):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.bulk_create([row])
    assert Subject.objects.get().code_key == "os"


def test_doubles_from_before_stay_and_can_still_be_saved(course):
    double = Subject.objects.create(code="X", name="Double")
    Subject.objects.filter(pk=double.pk).update(code="os", code_key=f"os#{double.pk}")
    double.refresh_from_db()
    double.name = "Renamed"
    double.save()
    assert Subject.objects.get(pk=double.pk).code_key == f"os#{double.pk}"


def test_a_migration_keeps_doubles_apart(course):
    """The first of them keeps the plain key."""
    from importlib import import_module

    migration = import_module("sessions_app.migrations.0024_code_key")
    other = Subject.objects.create(code="os1", name="Double")
    Subject.objects.filter(pk=other.pk).update(code="Os", code_key="x")
    Subject.objects.filter(pk=course.subject_id).update(code_key="y")
    migration.fill_keys(apps, None)
    keys = dict(Subject.objects.values_list("pk", "code_key"))
    first, second = sorted(keys, key=str)
    assert keys == {first: "os", second: f"os#{second}"}
