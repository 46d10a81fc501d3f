"""Whether a phone is on the network of the teacher's page, which only the teacher is told."""

import json

import pytest

import sessions_app.services as teaching
from attendance_project import clock
from sessions_app.queries import register_json
from verification.models import CheckInDecision
from verification.tests.support import new_nonce, tokens

pytestmark = pytest.mark.django_db

AT_SCHOOL, ON_MOBILE = "198.51.99.7", "203.1.113.9"


def checked_in_from(phone, session, address, **options):
    phone.client.defaults["REMOTE_ADDR"] = address
    return phone.check_in(session, **options)


def stored():
    return CheckInDecision.objects.get().evidence["code"]["same_network"]


@pytest.fixture
def shown(open_session):
    teaching.note_shown(open_session, AT_SCHOOL, now=clock.now())
    return open_session


def register_row(session):
    return next(row for row in register_json(session) if row["status"] == "review")


@pytest.mark.parametrize(
    ("address", "same", "sign"),
    [(AT_SCHOOL, True, "on your network"), (ON_MOBILE, False, "on another network")],
)
def test_the_teacher_reads_it_where_they_decide(phone, shown, address, same, sign):
    checked_in_from(phone, shown, address, hears=False)
    assert stored() is same
    assert register_row(shown)["signs"] == [sign]


def test_nothing_is_said_where_nobody_can_tell(phone, open_session):
    checked_in_from(phone, open_session, AT_SCHOOL, hears=False)
    assert stored() is None
    assert register_row(open_session)["signs"] == []


def test_a_phone_with_a_network_of_its_own_is_as_present_as_any(phone, shown):
    answer = checked_in_from(phone, shown, ON_MOBILE)
    assert (answer["outcome"], answer["reasons"]) == ("present", [])


def test_being_on_the_network_takes_the_place_of_nothing(phone, shown):
    answer = checked_in_from(phone, shown, AT_SCHOOL, hears=False)
    assert answer["outcome"] == "review"
    assert answer["counted"] == ["code", "face"]


def test_a_forwarded_address_is_not_believed_without_a_proxy_of_ours(phone, shown):
    phone.client.defaults["HTTP_X_FORWARDED_FOR"] = AT_SCHOOL
    checked_in_from(phone, shown, ON_MOBILE, hears=False)
    assert stored() is False


def test_a_word_that_is_not_needed_does_not_hide_the_network(phone, shown):
    """With a code that is in time no statement is read, whatever it says."""
    phone.client.defaults["REMOTE_ADDR"] = ON_MOBILE
    body = {"session": str(shown.pk), "nonce": new_nonce()}
    attempt = phone.post("/attendance/attempts", body).json()["attempt"]
    form = {"attempt": attempt, "nonce": new_nonce(), "tokens": json.dumps(tokens(shown))}
    phone.send_form("/attendance/check-in", form | {"gathered": "anything"})
    assert stored() is False


def test_a_phone_is_told_what_is_on_in_the_room(phone, open_session):
    phone.enrol("me")
    assert phone.scan(tokens(open_session)).json()["room"] == {"beacon": False, "sound": False}
    teaching.note_sound(open_session, now=clock.now())
    assert phone.scan(tokens(open_session)).json()["room"] == {"beacon": False, "sound": True}
