"""Teaching in Django's admin, on both databases."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from conftest import NOW
from sessions_app import services
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    ClassGroup,
    Course,
    Enrolment,
    Excuse,
    Session,
    Subject,
)

MODELS = [Subject, ClassGroup, Course, Enrolment, Session, Attendance, AttendanceMark]


@pytest.fixture
def desk(client, admin_user):
    client.force_login(admin_user)
    return client


@pytest.fixture
def marked(open_session, student):
    return services.record_mark(
        session=open_session, student=student, status="present", source="check_in", key="k", now=NOW
    )


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_lists_searches_and_details_open(desk, marked, model):
    assert desk.get(url(model, "changelist")).status_code == 200
    assert desk.get(url(model, "changelist"), {"q": "a"}).status_code == 200
    assert desk.get(url(model, "change", model.objects.first().pk)).status_code == 200


@pytest.mark.parametrize("model", [Attendance, AttendanceMark])
def test_what_was_marked_is_read_only(desk, marked, model):
    row = model.objects.get()
    assert desk.get(url(model, "add")).status_code == 403
    assert desk.post(url(model, "change", row.pk), {"status": "absent"}).status_code == 403
    assert desk.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    desk.post(
        url(model, "changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )
    assert model.objects.get().status == "present"


def test_only_a_confirmed_address_is_enrolled(desk, course, outsider):
    fields = {
        "course": course.pk,
        "student": outsider.pk,
        "is_active": "on",
        "enrolled_at_0": "2026-03-02",
        "enrolled_at_1": "09:00",
    }
    User.objects.filter(pk=outsider.pk).update(email_confirmed_at=None)
    assert "Not confirmed yet" in desk.post(url(Enrolment, "add"), fields).content.decode()
    assert not Enrolment.objects.filter(student=outsider).exists()
    User.objects.filter(pk=outsider.pk).update(email_confirmed_at=NOW)
    assert desk.post(url(Enrolment, "add"), fields).status_code == 302


def test_enrolments_are_deleted_in_bulk(desk, course):
    ids = [row.pk for row in Enrolment.objects.all()]
    body = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}
    assert desk.post(url(Enrolment, "changelist"), body).status_code == 302
    assert not Enrolment.objects.exists()


def plan(course, **fields):
    body = {
        "course": course.pk,
        "starts_at_0": "2026-12-01",
        "starts_at_1": "09:00",
        "ends_at_0": "2026-12-01",
        "ends_at_1": "10:00",
        "time_zone": "",
        "room": "B-204",
        "level": "strict",
        "face_one_in": "3",
        "bluetooth": "preferred",
        "qr_slot_s": "2",
        "qr_slots_needed": "2",
        "late_after_min": "10",
    }
    return body | fields


def test_a_session_planned_here_repeats_its_course(desk, course):
    assert desk.post(url(Session, "add"), plan(course)).status_code == 302
    session = Session.objects.get()
    assert session.teacher_id == course.teacher_id
    assert session.subject_id == course.subject_id
    assert (session.time_zone, session.state) == ("Europe/Paris", "planned")


@pytest.mark.parametrize(
    "fields",
    [
        {"ends_at_1": "08:00"},
        {"ends_at_0": "2026-12-09"},
        {"time_zone": "Mars"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_impossible_session_is_not_planned_here_either(desk, course, fields):
    response = desk.post(url(Session, "add"), plan(course, **fields))
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not Session.objects.exists()


def test_state_and_a_judged_policy_cannot_be_changed_here(desk, open_session):
    body = plan(open_session.course, level="room", state="planned", room="C-1")
    desk.post(url(Session, "change", open_session.pk), body)
    session = Session.objects.get()
    assert (session.level, session.state) == ("strict", "open")


def test_only_admins_get_in(client, teacher):
    client.force_login(teacher)
    assert client.get(url(Session, "changelist")).status_code == 302
    assert {admin.site.is_registered(model) for model in MODELS} == {True}


def test_a_session_added_here_starts_from_its_courses_policy(desk, course):
    Course.objects.update(bluetooth="off", late_after_min=25)
    body = plan(course, bluetooth="required", head_count="9", cancelled_at_0="2026-01-01")
    assert desk.post(url(Session, "add"), body).status_code == 302
    row = Session.objects.get()
    assert (row.bluetooth, row.late_after_min, row.head_count) == ("off", 25, None)
    assert row.cancelled_at is None


def test_a_session_added_here_has_no_life_yet(desk, course, teacher):
    """What follows from annulling, recording and cancelling cannot be written into the form."""
    form = desk.get(url(Session, "add")).context["adminform"].form
    assert set(form.fields) <= services.CHANGEABLE["planned"] | {"course"}
    life = {
        "annulled_at_0": "2026-01-01",
        "annulled_at_1": "09:00",
        "annul_reason": "x",
        "recorded_at_0": "2026-01-01",
        "recorded_at_1": "09:00",
        "recorded_by": str(teacher.pk),
        "state": "closed",
    }
    assert desk.post(url(Session, "add"), plan(course, **life)).status_code == 302
    row = Session.objects.get()
    assert (row.state, row.annulled_at, row.annul_reason) == ("planned", None, "")
    assert (row.recorded_at, row.recorded_by) == (None, None)


def test_excuses_are_read_here_and_not_changed(desk, course, student, teacher):
    row = Excuse.objects.create(
        student=student,
        course=course,
        from_date="2026-03-02",
        until_date="2026-03-02",
        note="Ill.",
        by=teacher,
        at=NOW,
    )
    assert desk.get(url(Excuse, "changelist"), {"q": "Ill"}).status_code == 200
    assert desk.get(url(Excuse, "change", row.pk)).status_code == 200
    assert desk.post(url(Excuse, "change", row.pk), {"note": "x"}).status_code == 403
    assert desk.post(url(Excuse, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("fields", [{"qr_slot_s": "31"}, {"level": "maybe"}])
def test_an_impossible_policy_is_not_given_to_a_planned_session(desk, session, fields):
    response = desk.post(url(Session, "change", session.pk), plan(session.course, **fields))
    assert "errorlist" in response.content.decode()
    session.refresh_from_db()
    assert (session.qr_slot_s, session.level) == (1, "strict")


def test_marks_made_ahead_go_along_when_a_session_is_moved_here(desk, session, student):
    services.record_mark(
        session=session, student=student, status="excused", source="manual", key="k", now=NOW
    )
    body = plan(session.course) | {"time_zone": session.time_zone}
    answer = desk.post(url(Session, "change", session.pk), body)
    assert answer.status_code == 302, answer.context["errors"]
    assert Attendance.objects.get().local_date == "2026-12-01"


def test_a_code_in_another_spelling_is_refused_with_a_sentence(desk, course):
    for model, code in ((Subject, "os"), (ClassGroup, "cse-a")):
        answer = desk.post(url(model, "add"), {"code": code, "name": "Again"})
        assert "This code is there already" in answer.content.decode()
    body = {"code": "Os", "name": "Operating Systems", "department": "CS"}
    assert desk.post(url(Subject, "change", course.subject_id), body).status_code == 302
    assert Subject.objects.get().code == "Os"
