"""Cheats that combine honest steps: two phones, many tries, evidence replaced by better."""

from sessions_app.models import Attendance
from verification.engines.fake import honest_burst
from verification.tests.support import (
    StudentPhone,
    challenge_of,
    sightings,
    tokens,
)


def codes_of(answer):
    return {reason["code"] for reason in answer["reasons"]}


def nobody_got_in(session):
    assert not Attendance.objects.filter(session=session, status__in=["present", "late"]).exists()


# --- two phones -----------------------------------------------------------------------


def test_a_face_shown_to_another_phone_than_the_one_in_the_room_does_not_count(
    phone, student, open_session
):
    """A friend carries the registered phone; its owner films the moves at home with another."""
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    at_home = StudentPhone(student)
    shown = at_home.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    assert (shown.status_code, shown.json()["code"]) == (409, "device_changed")
    assert phone.mark(step["attempt"]).json()["outcome"] == "refused"
    nobody_got_in(open_session)


def test_a_beacon_heard_by_another_phone_than_the_one_that_scanned_does_not_count(
    phone, student, open_session
):
    step = phone.scan(tokens(open_session)).json()
    in_the_room = StudentPhone(student)
    heard = in_the_room.hear(step["attempt"], sightings(open_session))
    assert (heard.status_code, heard.json()["code"]) == (409, "device_changed")
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"bluetooth_missing"})
