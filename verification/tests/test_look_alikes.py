"""One face under two accounts: found among classmates, told to who may know, never refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from accounts.tests.phone import signed_in
from conftest import NOW, make_user
from sessions_app.models import ClassGroup, Course, Enrolment, Subject
from verification.domain.calibration import CALIBRATIONS
from verification.models import FaceTemplate, LookAlike, TemplateAccess
from verification.services.faces import comparing, sealing
from verification.tests.support import StudentPhone, enrol, face_of


def keep_face(student, template, status="approved", engine="fake"):
    return FaceTemplate.objects.create(
        student=student,
        engine=engine,
        ciphertext=sealing.seal_template(student.pk, sealing.FACE, template),
        consent_version="2027-01",
        status=status,
        enrolled_at=NOW,
        compared_with=0,
    )


def enrolled_as(bare, who="me"):
    assert enrol(bare, who, consent_version="2027-01").status_code == 201
    return FaceTemplate.objects.get(student_id=bare.user_id, status="waiting")


def row_of(user, student):
    rows = signed_in(user).get("/api/v1/face/waiting").json()["results"]
    [row] = [row for row in rows if row["student"] == str(student.pk)]
    return row


def names(row):
    return [person["full_name"] for person in row["look_alikes"]]


@pytest.mark.parametrize("status", ["waiting", "approved"])
def test_a_face_that_a_classmate_enrolled_is_told_to_who_approves(
    bare, student, classmate, course, teacher, client, status
):
    keep_face(classmate, face_of("me"), status=status)
    enrolled_as(bare)
    row = row_of(teacher, student)
    assert (names(row), row["needs_note"]) == ([classmate.full_name], True)
    assert (row["compared_with"], row["unnamed_look_alikes"]) == (1, 0)
    client.force_login(teacher)
    page = client.get("/approvals/").content.decode()
    assert f"Looks like the enrolled face of {classmate.full_name} (S2)" in page


def test_the_earlier_enrolment_is_told_as_well_while_it_waits(
    bare, student, classmate, course, teacher
):
    keep_face(classmate, face_of("me"), status="waiting")
    enrolled_as(bare)
    assert names(row_of(teacher, classmate)) == [student.full_name]


def test_it_is_not_refused_and_approved_with_a_note(bare, classmate, course, teacher):
    keep_face(classmate, face_of("me"))
    face = enrolled_as(bare)
    desk, path = signed_in(teacher), f"/api/v1/face/waiting/{face.pk}"
    bare_word = desk.post(path, {"verdict": "approve"}, format="json")
    assert (bare_word.status_code, bare_word.json()["code"]) == (400, "note_required")
    twins = desk.post(path, {"verdict": "approve", "note": "They are twins."}, format="json")
    assert twins.json()["status"] == "approved"


@pytest.mark.parametrize("likeness", [0.1, 0.3])
def test_another_face_is_no_look_alike(bare, student, classmate, course, teacher, likeness):
    keep_face(classmate, face_of("me", likeness=likeness))
    enrolled_as(bare)
    row = row_of(teacher, student)
    assert (names(row), row["needs_note"], row["compared_with"]) == ([], False, 1)


@pytest.mark.parametrize(
    "change", [{"engine": "older"}, {"status": "rejected", "ciphertext": b""}, {"ciphertext": b"x"}]
)
def test_what_cannot_be_compared_is_left_out(bare, student, classmate, course, teacher, change):
    keep_face(classmate, face_of("me"))
    FaceTemplate.objects.update(**change)
    enrolled_as(bare)
    row = row_of(teacher, student)
    assert (names(row), row["compared_with"]) == ([], 0)


def test_students_of_other_courses_are_not_searched(bare, outsider, course, teacher, student):
    keep_face(outsider, face_of("me"))
    enrolled_as(bare)
    assert row_of(teacher, student)["compared_with"] == 0
    assert not TemplateAccess.objects.filter(student=outsider).exists()


def test_whom_a_teacher_does_not_teach_is_counted_and_not_named(
    bare, student, outsider, course, colleague, teacher, admin_user, client
):
    """The student shares a course of the colleague's with the outsider. The teacher has neither."""
    subject = Subject.objects.create(code="DB", name="Databases")
    group = ClassGroup.objects.create(code="CSE-B", name="Computer Science B")
    other = Course.objects.create(subject=subject, class_group=group, teacher=colleague)
    for person in (student, outsider):
        Enrolment.objects.create(course=other, student=person, enrolled_at=NOW)
    keep_face(outsider, face_of("me"))
    enrolled_as(bare)
    row = row_of(teacher, student)
    assert (names(row), row["unnamed_look_alikes"], row["needs_note"]) == ([], 1, True)
    client.force_login(teacher)
    page = client.get("/approvals/").content.decode()
    assert outsider.full_name not in page
    assert "a student you do not teach" in page
    for user in (colleague, admin_user):
        row = row_of(user, student)
        assert (names(row), row["unnamed_look_alikes"]) == ([outsider.full_name], 0)


def test_each_face_that_was_compared_has_it_in_its_log_without_a_name(
    bare, student, classmate, course
):
    keep_face(classmate, face_of("another"))
    enrolled_as(bare)
    [access] = TemplateAccess.objects.filter(student=classmate)
    assert (access.purpose, access.actor_id) == ("compared", None)
    [told] = StudentPhone(classmate).get("/face/accesses").json()["results"]
    assert told["by"] == "the system"
    assert student.full_name not in str(told)


def test_erasing_either_face_takes_the_finding_with_it(bare, classmate, course):
    keep_face(classmate, face_of("me"))
    enrolled_as(bare)
    assert LookAlike.objects.count() == 1
    assert StudentPhone(classmate).delete("/face").status_code == 204
    assert not LookAlike.objects.exists()
    keep_face(classmate, face_of("me"))
    enrolled_as(bare)
    assert LookAlike.objects.count() == 1
    bare.delete("/face")
    assert not LookAlike.objects.exists()


def test_a_rejected_face_looks_like_nobody(bare, classmate, course, teacher):
    keep_face(classmate, face_of("me"))
    face = enrolled_as(bare)
    path = f"/api/v1/face/waiting/{face.pk}"
    signed_in(teacher).post(path, {"verdict": "reject"}, format="json")
    assert not LookAlike.objects.exists()


def test_an_enrolment_that_was_not_compared_says_so(bare, course, teacher, client):
    face = enrolled_as(bare)
    FaceTemplate.objects.filter(pk=face.pk).update(compared_with=None)
    client.force_login(teacher)
    assert "Not compared yet" in client.get("/approvals/").content.decode()


def test_the_more_faces_the_stricter():
    reached = [
        min(s / 100 for s in range(100) if comparing.is_look_alike("fake", s / 100, among=n))
        for n in (1, 30, 300, 1000)
    ]
    assert reached == sorted(reached)
    assert reached[0] < reached[-1] < 0.6


@pytest.mark.parametrize("engine", CALIBRATIONS)
def test_the_strictest_can_be_reached_with_every_engine(engine):
    among = comparing.COMPARED_AT_MOST
    assert comparing.is_look_alike(engine, 1000.0, among=among)
    stranger = CALIBRATIONS[engine].score_at(1e-3)
    assert not comparing.is_look_alike(engine, stranger, among=1)


def test_no_more_than_the_limit_are_compared(bare, course, student, monkeypatch):
    monkeypatch.setattr(comparing, "COMPARED_AT_MOST", 2)
    for n in range(4):
        person = make_user(Role.STUDENT, f"C{n}")
        Enrolment.objects.create(course=course, student=person, enrolled_at=NOW)
        keep_face(person, face_of(f"classmate {n}"))
    assert enrolled_as(bare).compared_with == 2


def queries_with(client, course, count):
    """How many queries the page takes with so many faces waiting, each like the one before."""
    before = None
    for n in range(count):
        person = make_user(Role.STUDENT, f"C{count}-{n}")
        Enrolment.objects.create(course=course, student=person, enrolled_at=NOW)
        face = keep_face(person, face_of("one face"), status="waiting")
        if before is not None:
            LookAlike.objects.create(template=face, other=before, found_at=NOW)
        before = face
    with CaptureQueriesContext(connection) as taken:
        assert client.get("/approvals/").content.decode().count("Looks like") >= count
    return len(taken)


def test_more_faces_take_no_more_queries(client, course, teacher):
    client.force_login(teacher)
    assert queries_with(client, course, 3) == queries_with(client, course, 12)
