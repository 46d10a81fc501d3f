"""Being present by somebody else's face, trace or codes, from a phone that signs its calls."""

import json

import pytest

from attendance_project.tests.doors.outsider import at_once, told
from lab.fake_engine import honest_burst, picture
from sessions_app.models import Enrolment
from verification.models import FaceTemplate, LookAlike
from verification.tests.support import (
    after_code_and_radio,
    answer_to,
    challenge_of,
    codes_of,
    enrol,
    new_nonce,
    nobody_got_in,
    sightings,
    tokens,
)
from verification.tests.test_cheats_kept import Kept, long_open

__all__ = ["long_open"]
AGREED = {"consent_version": "2027-01"}


@pytest.fixture
def desk(come, teacher):
    """The teacher, who has a browser and no phone."""
    visitor = come()
    visitor.take_token(teacher.email)
    return visitor


def test_an_honest_student_gets_in(phone, open_session):
    assert phone.check_in(open_session)["outcome"] == "present"


# --- one face, two accounts -----------------------------------------------------------


def test_a_face_enrolled_by_two_before_they_share_a_course_is_found(
    fake_engine, phone_of, desk, course, classmate, outsider, student
):
    Enrolment.objects.filter(student=student).update(course=course)
    for person in (student, classmate):
        assert enrol(phone_of(person), "me", **AGREED).status_code == 201
    rows = desk.call("GET", "/face/waiting").json()["results"]
    assert {len(row["look_alikes"]) for row in rows} == {1}
    assert LookAlike.objects.count() == 1
    answer = desk.call("POST", f"/face/waiting/{rows[0]['id']}", {"verdict": "approve"})
    assert told(answer) == (400, "note_required")


def test_a_face_compared_with_nobody_needs_a_note(fake_engine, phone_of, desk, course, student):
    assert enrol(phone_of(student), "me", **AGREED).status_code == 201
    (row,) = desk.call("GET", "/face/waiting").json()["results"]
    answer = desk.call("POST", f"/face/waiting/{row['id']}", {"verdict": "approve"})
    assert told(answer) == (400, "not_compared_yet")


def test_one_file_sent_three_times_enrols_nobody(fake_engine, phone_of, course, student):
    def thrice(challenge):
        return [(at_s, picture("me")) for at_s in (0.3, 1.0, 1.7)]

    answer = enrol(phone_of(student), thrice, **AGREED)
    assert answer.json()["status"] == "not_enrolled"
    assert "moves_not_seen" in answer.json()["reasons"]
    assert not FaceTemplate.objects.exists()


def test_nobody_approves_their_own_face_or_anothers(fake_engine, phone_of, course, student):
    own = phone_of(student)
    assert enrol(own, "me", **AGREED).status_code == 201
    face = FaceTemplate.objects.get()
    answer = own.post(f"/face/waiting/{face.pk}", {"verdict": "approve", "note": "It is me."})
    assert answer.status_code == 403
    assert FaceTemplate.objects.get().status == "waiting"


# --- copied traces --------------------------------------------------------------------


def retouched(heard):
    """A friend's trace, 2 dB weaker, with another value in place of one in ten."""
    trace = [s | {"rssi_dbm": [r - 2.0 for r in s["rssi_dbm"]]} for s in heard]
    trace[0]["rssi_dbm"][-1] += 9.0
    return trace


@pytest.mark.parametrize("change", [list, retouched])
def test_a_friends_trace_is_refused(phone, friend, open_session, change):
    heard = sightings(open_session)
    step = friend.scan(tokens(open_session)).json()
    assert friend.hear(step["attempt"], heard).json()["accepted"] is True
    step = phone.scan(tokens(open_session)).json()
    assert phone.hear(step["attempt"], change(heard)).json()["accepted"] is False
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("refused", {"bluetooth_copied"})
    nobody_got_in(open_session)


# --- laundering through review --------------------------------------------------------


def test_anothers_face_stays_refused_with_a_second_face_in_the_picture(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = [
        (at_s, json.dumps(json.loads(frame) | {"faces": 2, "beside": "another"}).encode())
        for at_s, frame in honest_burst("a friend", challenge_of(step))
    ]
    phone.show(step["attempt"], 1, burst)
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert "face_mismatch" in codes_of(answer)
    nobody_got_in(open_session)


def test_many_tries_are_one_row_for_the_teacher(phone, desk, open_session):
    for _ in range(4):
        assert phone.check_in(open_session, hears=False)["outcome"] == "review"
    (row,) = desk.call("GET", "/attendance/reviews").json()["results"]
    assert row["tries_count"] == 4


def test_one_attempt_is_decided_once_though_asked_many_times_at_once(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answers = at_once(8, lambda: phone.mark(step["attempt"]))
    decisions = {answer.json()["decision"] for answer in answers if answer.status_code == 200}
    assert len(decisions) == 1


# --- kept check-ins -------------------------------------------------------------------


def test_codes_photographed_by_a_friend_and_signed_later_are_refused(phone, long_open):
    answer = Kept(phone, long_open, 100).send_codes_alone()
    assert answer.status_code == 200, answer.content
    assert answer.json()["outcome"] == "refused"
    assert "code_alone" in codes_of(answer.json())
    nobody_got_in(long_open)


def test_a_kept_check_in_with_the_beacons_answer_waits_for_the_teacher(phone, long_open):
    assert Kept(phone, long_open, 100).send().json()["outcome"] == "review"
    nobody_got_in(long_open)


# --- somebody else's attempt ----------------------------------------------------------


def test_nobody_adds_to_anothers_attempt(phone, friend, open_session):
    step = friend.scan(tokens(open_session)).json()
    attempt = step["attempt"]
    tried = [
        phone.hear(attempt, sightings(open_session)),
        phone.hear(attempt, [], answers=[answer_to(step, open_session)]),
        phone.show(attempt, 1, honest_burst("me", challenge_of(step))),
        phone.mark(attempt),
        phone.post("/qr/scan", {"attempt": attempt, "tokens": [], "nonce": new_nonce()}),
    ]
    assert {answer.status_code for answer in tried} <= {400, 403, 404, 409}
    nobody_got_in(open_session)
