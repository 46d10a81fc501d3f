"""One face under two accounts that come onto one course only after both enrolled it."""

import pytest
from django.core.management import call_command

from accounts.tests.phone import signed_in
from conftest import NOW
from sessions_app import services as teaching
from sessions_app.models import ClassGroup, Course, Enrolment, Subject
from verification import queries, services
from verification.models import CourseComparison, FaceTemplate, LookAlike, TemplateAccess
from verification.tests.support import SEEN, StudentPhone, enrol, face_of
from verification.tests.test_look_alikes import keep_face


@pytest.fixture
def elsewhere(colleague, outsider) -> Course:
    """A course of the colleague's, with the outsider alone on it."""
    course = Course.objects.create(
        subject=Subject.objects.create(code="DB", name="Databases"),
        class_group=ClassGroup.objects.create(code="CSE-B", name="Computer Science B"),
        teacher=colleague,
    )
    Enrolment.objects.create(course=course, student=outsider, enrolled_at=NOW)
    return course


@pytest.fixture
def second(fake_engine, elsewhere, outsider) -> StudentPhone:
    """The cheat's second account, with the same face enrolled on the other course."""
    phone = StudentPhone(outsider)
    assert enrol(phone, "me", consent_version="2027-01").status_code == 201
    return phone


def waiting(student):
    return FaceTemplate.objects.get(student=student, status="waiting")


def row_of(user, student):
    rows = signed_in(user).get("/api/v1/face/waiting").json()["results"]
    [row] = [row for row in rows if row["student"] == str(student.pk)]
    return row


def join(course, teacher, student):
    """Put the student on the course as its teacher does, over HTTP."""
    body = {"students": [str(student.pk)]}
    path = f"/api/v1/courses/{course.pk}/enrolments"
    answer = signed_in(teacher).post(path, body, format="json")
    assert answer.status_code in (200, 201), answer.content


def approve(user, face, note=SEEN):
    body = {"verdict": "approve", "note": note}
    return signed_in(user).post(f"/api/v1/face/waiting/{face.pk}", body, format="json")


def pairs_of(user):
    return signed_in(user).get("/api/v1/face/look-alikes").json()["results"]


def numbers(pair):
    return {person["institution_number"] for person in pair["students"]}


def joined_by_import(course, student):
    """A place as a large import makes it, which compares nothing while somebody waits."""
    Enrolment.objects.create(course=course, student=student, enrolled_at=NOW)


@pytest.fixture
def both_approved(phone, second, course, teacher, colleague, outsider, student):
    """Both accounts' faces are approved, each on a course of its own, before they share one."""
    assert approve(colleague, waiting(outsider)).status_code == 200
    return second


def test_a_face_compared_with_nobody_reads_so_and_needs_a_note(
    bare, student, teacher, client, course
):
    assert enrol(bare, "me", consent_version="2027-01").status_code == 201
    row = row_of(teacher, student)
    assert (row["compared_with"], row["needs_note"], row["courses_left"]) == (0, True, 0)
    client.force_login(teacher)
    assert "Not compared yet" in client.get("/approvals/").text
    answer = approve(teacher, waiting(student), note="  ")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_compared_yet")
    url = f"/faces/{waiting(student).pk}/verdict/"
    page = client.post(url, {"verdict": "approve", "back": "approvals"}, follow=True)
    assert "not compared with any other yet" in page.text
    assert approve(teacher, waiting(student)).json()["status"] == "approved"


def test_joining_a_course_finds_the_same_face_there(
    bare, second, student, outsider, course, teacher
):
    assert enrol(bare, "me", consent_version="2027-01").status_code == 201
    assert not LookAlike.objects.exists()
    join(course, teacher, outsider)
    names = [other["full_name"] for other in row_of(teacher, outsider)["look_alikes"]]
    assert names == [student.full_name]
    assert LookAlike.objects.count() == 1


def test_joining_finds_it_also_where_both_are_approved(
    both_approved, course, teacher, outsider, client
):
    join(course, teacher, outsider)
    [pair] = pairs_of(teacher)
    assert numbers(pair) == {"S1", "S9"}
    client.force_login(teacher)
    page = client.get("/approvals/").text
    assert "Approved faces that look alike" in page
    assert [(d["count"], d["url"]) for d in client.get("/").context["to_dos"]] == [
        (1, "/approvals/#pairs")
    ]


def test_after_an_import_approving_compares_first(
    bare, second, student, outsider, course, teacher, colleague, client
):
    """The approver's page did not show the look-alike, so the given note does not count."""
    assert enrol(bare, "me", consent_version="2027-01").status_code == 201
    joined_by_import(course, outsider)
    client.force_login(teacher)
    assert row_of(teacher, outsider)["courses_left"] == 1
    assert "Not compared yet" in client.get("/approvals/").text
    first = approve(teacher, waiting(outsider))
    assert (first.status_code, first.json()["code"]) == (409, "look_alike_found")
    assert waiting(outsider)
    again = approve(teacher, waiting(outsider), note="")
    assert (again.status_code, again.json()["code"]) == (400, "note_required")
    assert approve(teacher, waiting(outsider), note="They are twins.").status_code == 200


def test_after_an_import_the_nightly_run_finds_it(
    both_approved, course, outsider, student, admin_user, client
):
    joined_by_import(course, outsider)
    assert pairs_of(admin_user) == []
    client.force_login(admin_user)
    assert "Face not compared yet" in client.get("/people/").text
    call_command("compare_faces")
    [pair] = pairs_of(admin_user)
    assert numbers(pair) == {"S1", "S9"}
    people = client.get("/people/").text
    assert people.count("Face looks like another student") == 2
    assert "Face not compared yet" not in people
    assert "Face looks like another student" in client.get(f"/people/{student.pk}/").text


def test_the_nightly_run_touches_nothing_twice(both_approved, course, outsider):
    joined_by_import(course, outsider)
    call_command("compare_faces")
    logged = TemplateAccess.objects.count()
    call_command("compare_faces")
    assert TemplateAccess.objects.count() == logged
    assert queries.comparisons_due() == []
    assert LookAlike.objects.count() == 1


def test_who_left_and_came_back_is_compared_with_who_came_meanwhile(
    phone, second, student, outsider, course, teacher, colleague
):
    assert approve(colleague, waiting(outsider)).status_code == 200
    call_command("compare_faces")
    teaching.end_enrolment(course, student.pk, now=NOW)
    join(course, teacher, outsider)
    assert not LookAlike.objects.exists()
    join(course, teacher, student)
    assert LookAlike.objects.count() == 1


def test_students_who_share_no_course_are_not_compared(both_approved, outsider):
    call_command("compare_faces")
    assert not LookAlike.objects.exists()
    assert not TemplateAccess.objects.filter(student=outsider, purpose="compared").exists()


def test_a_face_measured_anew_is_compared_anew(phone, course, student):
    call_command("compare_faces")
    assert CourseComparison.objects.filter(course=course).exists()
    CourseComparison.objects.all().delete()
    assert [due.place.student_id for due in queries.comparisons_due()] == [student.pk]


def test_a_large_enrolment_is_left_to_the_nightly_run(
    both_approved, course, outsider, classmate, teacher, monkeypatch
):
    monkeypatch.setattr("verification.services.faces.course_faces.AT_ONCE", 1)
    body = {"students": [str(outsider.pk), str(classmate.pk)]}
    path = f"/api/v1/courses/{course.pk}/enrolments"
    signed_in(teacher).post(path, body, format="json")
    assert not LookAlike.objects.exists()
    assert [done.pairs for done in services.compare_due(now=NOW)] == [1]


def test_blocks_of_a_course_find_every_pair_once(
    fake_engine, course, student, classmate, outsider, monkeypatch
):
    monkeypatch.setattr("verification.services.faces.course_faces.BLOCK", 1)
    joined_by_import(course, outsider)
    for person in (student, classmate, outsider):
        keep_face(person, face_of("me"))
    call_command("compare_faces")
    assert LookAlike.objects.count() == 3
    assert set(FaceTemplate.objects.values_list("compared_with", flat=True)) == {2}


# --- answering ------------------------------------------------------------------------


@pytest.fixture
def pair(both_approved, course, teacher, outsider) -> LookAlike:
    join(course, teacher, outsider)
    return LookAlike.objects.get()


def answer(user, pair, **body):
    path = f"/api/v1/face/look-alikes/{pair.pk}"
    return signed_in(user).post(path, body, format="json")


def test_two_people_are_told_apart_with_a_note(pair, teacher):
    bare_word = answer(teacher, pair)
    assert (bare_word.status_code, bare_word.json()["code"]) == (400, "note_required")
    assert answer(teacher, pair, note="They are twins.").status_code == 204
    assert pairs_of(teacher) == []
    pair.refresh_from_db()
    assert (pair.answered_by_id, pair.note) == (teacher.pk, "They are twins.")


def test_the_face_of_one_is_rejected_and_forgotten(pair, teacher, outsider):
    body = {"reject": str(outsider.pk), "note": "A second account."}
    assert answer(teacher, pair, **body).status_code == 204
    face = FaceTemplate.objects.get(student=outsider)
    assert (face.status, bytes(face.ciphertext), face.note) == (
        "rejected",
        b"",
        "A second account.",
    )
    assert pairs_of(teacher) == []
    assert answer(teacher, pair, note="Twins.").status_code == 404


def test_a_student_who_is_neither_is_not_rejected(pair, teacher, classmate):
    wrong = answer(teacher, pair, reject=str(classmate.pk), note="No.")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_input")


def test_who_teaches_only_one_of_them_decides_nothing(pair, colleague):
    assert pairs_of(colleague) == []
    assert answer(colleague, pair, note="Twins.").status_code == 404


@pytest.mark.parametrize("verdict", ["", "yes", "1", "x" * 40])
def test_a_verdict_that_is_none_is_refused_by_the_page(pair, teacher, client, verdict):
    client.force_login(teacher)
    url = f"/look-alikes/{pair.pk}/verdict/"
    assert client.post(url, {"verdict": verdict, "note": "x"}).status_code == 400
    assert LookAlike.objects.get().answered_at is None


def test_the_page_answers_it_once(pair, teacher, client):
    client.force_login(teacher)
    url = f"/look-alikes/{pair.pk}/verdict/"
    body = {"verdict": "two_people", "note": "They are twins.", "back": "approvals"}
    assert client.post(url, body).headers["Location"] == "/approvals/#faces"
    assert client.post(url, body).status_code == 404
