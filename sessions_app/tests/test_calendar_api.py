"""Calendars by address through the API, and the mails that a reading on the schedule sends."""

from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command

from attendance_project.tests.threads import wait_for_mails
from sessions_app.models import CalendarSubscription, Session
from sessions_app.tests.test_subscriptions import server, week

__all__ = ["server"]
API = "/api/v1/calendars"


@pytest.fixture
def api(api_as, teacher):
    return api_as(teacher)


def add(api, server, **more) -> dict:
    server.answers["/term.ics"] = (200, "", week(9, 11))
    answer = api.post(API, {"address": f"{server.address}/term.ics"} | more, format="json")
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_a_calendar_is_added_read_and_removed(api, server, course):
    made = add(api, server)
    assert (made["waiting"], made["read_at"], made["applies_itself"]) == ([], None, False)
    told = api.post(f"{API}/{made['id']}/read").json()
    assert (told["applied"], told["waiting"], told["trouble"]) == (0, 2, "")
    assert len(told["calendar"]["waiting"]) == 2
    assert not Session.objects.exists()
    listed = api.get(API).json()["results"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert api.delete(f"{API}/{made['id']}").status_code == 204
    assert api.get(f"{API}/{made['id']}").status_code == 404


def test_what_a_reading_does_is_changed(api, server, course):
    made = add(api, server)
    api.post(f"{API}/{made['id']}/read")
    body = {"applies_itself": True, "course": str(course.pk), "drop_missing": True}
    changed = api.patch(f"{API}/{made['id']}", body, format="json").json()
    assert {name: changed[name] for name in body} == body
    assert changed["waiting"] == []
    assert api.post(f"{API}/{made['id']}/read").json()["applied"] == 2
    assert Session.objects.count() == 2


def test_the_address_cannot_be_changed(api, server, course):
    made = add(api, server)
    answer = api.patch(f"{API}/{made['id']}", {"address": "https://x.example"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_changeable")


def test_a_calendar_that_cannot_be_read_says_why(api, server, course):
    made = add(api, server)
    server.answers.clear()
    told = api.post(f"{API}/{made['id']}/read").json()
    assert told["trouble"]
    assert told["calendar"]["trouble"] == told["trouble"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("https://elsewhere.example/x.ics", 400, "calendar_address"),
        ("file:///etc/passwd", 400, "calendar_address"),
        ("", 400, "invalid_input"),
    ],
)
def test_an_address_that_is_not_allowed_is_refused(api, server, course, address, status, code):
    answer = api.post(API, {"address": address}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_same_calendar_is_not_kept_twice(api, server, course):
    made = add(api, server)
    answer = api.post(API, {"address": made["address"]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize("name", ["another", "none", "inactive"])
def test_a_course_that_is_not_ones_own_is_refused(api, server, course, colleague, name):
    pk = str(uuid4()) if name == "none" else str(course.pk)
    if name == "another":
        type(course).objects.update(teacher=colleague)
    elif name == "inactive":
        type(course).objects.update(is_active=False)
    body = {"address": f"{server.address}/term.ics", "course": pk}
    answer = api.post(API, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert "course" in answer.json()["fields"]


def test_another_ones_calendar_is_not_there(api, server, course, api_as, colleague, admin_user):
    made = add(api, server)
    for other in (colleague, admin_user):
        address = f"{API}/{made['id']}"
        assert api_as(other).get(address).status_code == 404
        assert api_as(other).post(f"{address}/read").status_code == 404
        assert api_as(other).delete(address).status_code == 404
    assert CalendarSubscription.objects.count() == 1


# Mails


def read_all() -> list[str]:
    """Read on the schedule, and return the new mails as texts."""
    mail.outbox.clear()
    call_command("read_calendars", all=True, verbosity=0)
    wait_for_mails()
    return [f"{one.subject}\n{one.body}" for one in mail.outbox]


def test_the_owner_is_told_once_what_waits(api, server, course, teacher):
    add(api, server)
    (told,) = read_all()
    assert mail.outbox[0].to == [teacher.email]
    assert "Your calendar has changed" in told
    assert "2 changes wait until you look at them:" in told
    assert "/imports/calendars/" in told
    assert read_all() == []
    server.answers["/term.ics"] = (200, "", week(9, 11, 14))
    assert "3 changes wait" in read_all()[0]


def test_the_owner_is_told_what_was_applied(api, server, course):
    add(api, server, applies_itself=True)
    (told,) = read_all()
    assert "Your sessions have changed" in told
    assert "2 changes were applied:\nAdded: session Operating Systems" in told
    assert read_all() == []


def test_the_owner_is_told_once_that_a_reading_failed(api, server, course):
    add(api, server)
    read_all()
    server.answers.clear()
    (told,) = read_all()
    assert "Your calendar could not be read" in told
    assert read_all() == []


def test_who_is_switched_off_is_told_nothing(api, server, course, teacher):
    add(api, server)
    type(teacher).objects.filter(pk=teacher.pk).update(is_active=False)
    assert read_all() == []


def test_a_reading_by_button_sends_no_mail(api, server, course):
    made = add(api, server)
    mail.outbox.clear()
    api.post(f"{API}/{made['id']}/read")
    assert mail.outbox == []
