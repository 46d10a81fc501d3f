"""The register of a session that counts for nobody is read and not changed, whatever is sent."""

from datetime import timedelta

import pytest
from django.urls import reverse

from attendance_project import clock
from sessions_app import services
from sessions_app.models import Attendance, AttendanceMark, Enrolment, Guest, Session
from sessions_app.services import screens

API = "/api/v1"
OFFERS = ("guest-add", "guest-remove", "guest-enrol", "session-heads")


@pytest.fixture
def marked(open_session, teacher, student) -> AttendanceMark:
    """A mark that its author may still undo."""
    services.mark_by_hand(
        open_session,
        student,
        status="present",
        reason="Seen.",
        by=teacher,
        now=clock.now(),
        key="key-one-1",
    )
    return AttendanceMark.objects.get()


@pytest.fixture
def guest(open_session, teacher, outsider) -> Guest:
    """A guest who has an account, so that they could be added to the course."""
    about = {"by": teacher, "now": clock.now(), "key": "guest-one"}
    return services.add_guest(open_session, name="", number=outsider.institution_number, **about)


def make_void(session: Session, state: str, by) -> None:
    if state == "annulled":
        services.annul(session, by=by, reason="Wrong week", now=clock.now())
    Session.objects.filter(pk=session.pk).update(state=state)
    session.refresh_from_db()


def offers(page: str, session: Session, guest: Guest) -> list[str]:
    """The acts whose addresses stand in the page."""
    ids = {"guest-remove": guest.pk, "guest-enrol": guest.pk}
    return [name for name in OFFERS if reverse(name, args=[ids.get(name, session.pk)]) in page]


@pytest.mark.parametrize("state", ["annulled", "cancelled"])
def test_every_change_is_refused_by_code_and_nothing_changes(
    api_as, teacher, open_session, student, outsider, marked, guest, state
):
    make_void(open_session, state, teacher)
    api, here = api_as(teacher), f"{API}/sessions/{open_session.pk}"
    by_hand = {"session": str(open_session.pk), "student": str(student.pk), "status": "absent"}
    answers = {
        "mark": api.post(
            f"{API}/attendance/manual", by_hand | {"reason": "x", "nonce": "key-two-2"}, "json"
        ),
        "add": api.post(f"{here}/guests", {"name": "Ada", "nonce": "guest-two"}, "json"),
        "remove": api.delete(f"{API}/guests/{guest.pk}"),
        "enrol": api.post(f"{API}/guests/{guest.pk}/enrol"),
    }
    refused = {name: (one.status_code, one.json().get("code")) for name, one in answers.items()}
    assert refused == dict.fromkeys(answers, (409, f"session_{state}"))
    assert Attendance.objects.get().status == "present"
    assert list(Guest.objects.filter(removed_at=None)) == [guest]
    assert not Enrolment.objects.filter(student=outsider).exists()


@pytest.mark.parametrize("state", ["annulled", "cancelled"])
def test_a_mark_is_not_undone_in_a_session_that_counts_for_nobody(
    client, teacher, open_session, marked, state
):
    make_void(open_session, state, teacher)
    client.force_login(teacher)
    undo = reverse("mark-undo", args=[marked.pk])
    answer = client.post(undo, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, f"session_{state}")
    marked.refresh_from_db()
    assert marked.undone_at is None
    assert Attendance.objects.get().status == "present"
    rows = screens.register_on_screen(open_session, now=clock.now())["rows"]
    assert {row["undo"] for row in rows} == {None}


def test_the_pages_offer_no_change_and_say_why_and_what_to_do(
    client, teacher, admin_user, open_session, student, marked, guest
):
    client.force_login(teacher)
    register = reverse("session-register", args=[open_session.pk])
    by_hand = reverse("session-mark", args=[open_session.pk, student.pk])
    assert offers(client.get(register).content.decode(), open_session, guest) == [*OFFERS]
    assert 'name="status"' in client.get(by_hand).content.decode()
    make_void(open_session, "annulled", teacher)
    page = client.get(register).content.decode()
    assert offers(page, open_session, guest) == []
    assert "Wrong week" in page
    assert "To change them, restore the session first." in page
    page = client.get(by_hand).content.decode()
    assert 'name="status"' not in page
    assert "Its marks can be read, but not changed." in page
    assert "Seen." in page


def test_a_teacher_who_may_restore_no_more_is_told_whom_to_ask(
    client, teacher, admin_user, open_session
):
    make_void(open_session, "annulled", admin_user)
    long_ago = clock.now() - timedelta(days=3)
    Session.objects.update(annulled_at=long_ago, starts_at=long_ago)
    client.force_login(teacher)
    page = client.get(reverse("session-register", args=[open_session.pk])).content.decode()
    assert "To change them, ask an admin to restore the session." in page


def test_the_pages_tell_a_refused_change(client, teacher, open_session, student, guest):
    make_void(open_session, "annulled", teacher)
    client.force_login(teacher)
    told = "This session was annulled. Restore it before you change its register."
    form = {"status": "present", "reason": "x", "key": "key-one-1"}
    posts = {
        reverse("session-mark", args=[open_session.pk, student.pk]): form,
        reverse("guest-add", args=[open_session.pk]): {"name": "Ada"},
        reverse("guest-remove", args=[guest.pk]): {},
        reverse("guest-enrol", args=[guest.pk]): {},
    }
    for address, body in posts.items():
        assert told in client.post(address, body, follow=True).content.decode(), address
    assert Guest.objects.filter(removed_at=None).count() == 1
    assert not Attendance.objects.exists()
