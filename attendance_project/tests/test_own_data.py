"""What a student can see of what is stored about them, and what never leaves the server."""

import json

import pytest
from rest_framework.test import APIClient

from accounts.models import Device, Role
from accounts.services import merge_accounts, undo_merge
from accounts.tests.phone import Phone
from attendance_project import clock
from conftest import make_user
from reports.tests.conftest import days_ago, meet, put_down
from sessions_app import services
from sessions_app.models import Session
from verification.models import FaceTemplate
from verification.tests.support import StudentPhone

PARTS = {
    *("made_at", "account", "devices", "courses", "statistics", "attendance", "marks", "excuses"),
    *(
        "decisions",
        "warnings",
        "notices",
        "spared_checks",
        "face_lots",
        "guest_visits",
        "merges",
        "consents",
        "face",
        "erasure_requests",
        "name_requests",
    ),
}


def as_user(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def own(world, student, open_session, settings):
    settings.FACE_ENGINE = "fake"
    FaceTemplate.objects.all().delete()
    Device.objects.filter(user=student).delete()
    phone = StudentPhone(student)
    assert phone.enrol().status_code == 201
    return phone.get("/my-data")


def test_every_part_is_there_and_filled(own, student, open_session):
    data = own.json()
    assert set(data) == PARTS
    empty = {name for name, part in data.items() if part in ([], {})}
    assert empty == {
        *("notices", "spared_checks", "face_lots"),
        *("guest_visits", "merges", "erasure_requests"),
    }
    assert data["account"]["email"] == student.email
    assert [row["new_name"] for row in data["name_requests"]] == ["Sam Student"]
    assert [row["session_id"] for row in data["attendance"]] == [str(open_session.pk)]
    assert data["marks"][0]["by"] == "Teacher T1"
    assert data["consents"][0]["action"] == "given"
    assert [row["words"] for row in data["face"]["accesses"]] == ["Your face was enrolled"]
    assert "attachment" in own.headers["Content-Disposition"]


def test_reasons_come_in_words(own, world):
    warning = own.json()["warnings"][0]
    assert warning["reason"] == "code_of_another_session"
    assert len(warning["message"]) > 20


def test_no_key_and_nothing_biometric_is_in_it(own):
    text = json.dumps(own.json())
    for device in Device.objects.all():
        assert device.jkt not in text
    names = text.lower()
    for word in ("jwk", "ciphertext", "template", "score", "evidence_", 'measured"', "password"):
        assert word not in names, word


def test_visits_as_a_guest_and_merges_are_in_it(
    student, outsider, open_session, teacher, admin_user
):
    twin, now = make_user(Role.STUDENT, "S1X"), clock.now()
    for name, number in (("Student S1X", "S1X"), ("Student S9", "S9"), ("Ada", "")):
        services.add_guest(
            open_session, name=name, number=number, by=teacher, now=now, key=f"guest-{number}"
        )
    merge = merge_accounts(student, twin, by=admin_user, now=now)
    data = as_user(student).get("/api/v1/my-data").json()
    assert [(row["number"], row["by"]) for row in data["guest_visits"]] == [("S1X", "Teacher T1")]
    [told] = data["merges"]
    assert (told["is_kept"], told["other_number"], told["by"]) == (True, "S1X", "Admin One")
    undo_merge(merge, by=admin_user, now=now)
    data = as_user(student).get("/api/v1/my-data").json()
    assert data["guest_visits"] == []
    assert data["merges"][0]["other_number"] == ""


def test_it_holds_nobody_elses(own, classmate, outsider):
    text = json.dumps(own.json())
    for other in (classmate, outsider):
        assert str(other.pk) not in text
        assert other.email not in text


def test_as_many_queries_however_much_there_is(student, course, django_assert_max_num_queries):
    phone = Phone(student)
    for n in range(12):
        put_down(meet(course, days_ago(n)), student)
    with django_assert_max_num_queries(40):
        assert len(phone.get("/my-data").json()["attendance"]) == 12


# --- the list of sessions -----------------------------------------------------------------


def test_sessions_come_latest_first_with_what_is_recorded(student, course):
    old, new = meet(course, days_ago(9)), meet(course, days_ago(2))
    put_down(old, student, "late")
    answer = as_user(student).get(f"/api/v1/attendance/statistics/sessions/{student.pk}").json()
    rows = [(row["session_id"], row["status"], row["counts"]) for row in answer["results"]]
    assert rows == [(str(new.pk), None, False), (str(old.pk), "late", True)]
    assert answer["results"][1]["source"] == "check_in"
    assert answer["results"][1]["evidence"] == ["code", "face"]


def test_sessions_can_be_narrowed_to_a_course(student, course, world):
    client = as_user(student)
    path = f"/api/v1/attendance/statistics/sessions/{student.pk}"
    assert client.get(path, {"course": str(course.pk)}).json()["count"] == 1
    assert client.get(path, {"course": str(student.pk)}).json()["count"] == 0
    assert client.get(path, {"course": "x"}).status_code == 400


def test_a_teacher_has_no_such_list(teacher, course):
    path = f"/api/v1/attendance/statistics/sessions/{teacher.pk}"
    assert as_user(teacher).get(path).status_code == 404


def test_today_tells_of_a_check_in_that_waits_for_the_teacher(world, student):
    path = f"/api/v1/attendance/statistics/today/{student.pk}"
    [row] = as_user(student).get(path).json()["sessions"]
    assert (row["status"], row["check_in"], row["teacher_name"]) == (None, "review", "Teacher T1")


def test_today_names_the_substitute_who_takes_the_session(world, student, colleague):
    path = f"/api/v1/attendance/statistics/today/{student.pk}"
    Session.objects.update(substitute=colleague)
    [row] = as_user(student).get(path).json()["sessions"]
    assert row["teacher_name"] == colleague.full_name


def test_today_tells_of_a_refused_one_once_the_teacher_refused_it(world, student, teacher):
    decision = world.ids["decision_id"]
    answer = as_user(teacher).post(
        f"/api/v1/attendance/reviews/{decision}", {"verdict": "refused"}, format="json"
    )
    assert answer.status_code == 200
    path = f"/api/v1/attendance/statistics/today/{student.pk}"
    [row] = as_user(student).get(path).json()["sessions"]
    assert (row["status"], row["check_in"]) == (None, "refused")
