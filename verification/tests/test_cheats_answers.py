"""Cheats with the beacon's answers, and signs of a relay: each over HTTP, with its own reason."""

import json
import secrets
from datetime import timedelta

import pytest
from django.db.models import F

import sessions_app.services as teaching
from attendance_project import clock
from lab.fake_engine import honest_burst
from sessions_app.models import Session
from verification.models import CheckInAttempt, EvidenceRecord, IssuedChallenge, Warning
from verification.tests.support import (
    answer_to,
    challenge_of,
    codes_of,
    form_of,
    new_nonce,
    nobody_got_in,
    sightings,
    tokens,
)


def scanned(phone, session):
    return phone.scan(tokens(session)).json()


def finish(phone, step):
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    return phone.mark(step["attempt"]).json()


def proximity_of(step):
    record = EvidenceRecord.objects.get(attempt_id=step["attempt"], kind="bluetooth")
    return record.measured["proximity"]


def refused(phone, session, step, answers, reason):
    assert phone.hear(step["attempt"], [], answers=answers).json()["accepted"] is False
    answer = finish(phone, step)
    assert answer["outcome"] == "refused"
    assert reason in codes_of(answer)
    assert Warning.objects.filter(reason=reason).exists()
    nobody_got_in(session)


def waits_for_the_teacher(phone, step, reasons):
    answer = finish(phone, step)
    assert (answer["outcome"], codes_of(answer)) == ("review", reasons)
    assert not Warning.objects.exists()


# --- honest phones --------------------------------------------------------------------


@pytest.mark.parametrize("requirement", ["preferred", "required"])
def test_an_answer_is_enough_where_nothing_could_be_heard(
    phone, open_session, stopped_clock, requirement
):
    """As a web page does it, which cannot scan."""
    Session.objects.update(bluetooth=requirement)
    step = scanned(phone, open_session)
    body = phone.hear(step["attempt"], [], answers=[answer_to(step, open_session)]).json()
    assert (body["accepted"], body["reasons"]) == (True, [])
    answer = finish(phone, step)
    assert answer["outcome"] == "present"
    assert "bluetooth" in answer["counted"]
    measured = proximity_of(step)
    assert (measured["slots"], len(measured["answered_slots"])) == ([], 1)
    assert measured["answer_latency_s"] == 0.0


def test_a_phone_that_hears_and_asks_reports_both(phone, open_session, stopped_clock):
    step = scanned(phone, open_session)
    heard = [s | {"heard_s_ago": [9.0, 8.5, 7.0, 6.5, 6.0]} for s in sightings(open_session)[:1]]
    heard += [s | {"heard_s_ago": [4.0, 3.0, 2.0, 1.0, 0.5]} for s in sightings(open_session)[1:]]
    sent_at = stopped_clock + timedelta(seconds=3)
    answers = [answer_to(step, open_session)]
    phone.hear(step["attempt"], heard, answers=answers, sent_at=sent_at.isoformat())
    assert finish(phone, step)["outcome"] == "present"
    measured = proximity_of(step)
    assert (len(measured["slots"]), len(measured["answered_slots"])) == (2, 1)
    assert measured["nearest_m"] < measured["distance_m"] < measured["farthest_m"]
    assert measured["phone_clock_s"] == 3.0


def test_a_device_that_keeps_its_rooms_key_is_heard_and_answers(phone, open_session):
    _, key = teaching.issue_room_key("B-204", by=None, now=clock.now())
    step = scanned(phone, open_session)
    answers = [answer_to(step, open_session, key=bytes.fromhex(key))]
    assert phone.hear(step["attempt"], [], answers=answers).json()["reasons"] == []


def test_a_rooms_key_is_taken_in_its_room_only_and_accuses_nobody_next_door(phone, open_session):
    _, key = teaching.issue_room_key("B-205", by=None, now=clock.now())
    step = scanned(phone, open_session)
    answers = [answer_to(step, open_session, key=bytes.fromhex(key))]
    phone.hear(step["attempt"], [], answers=answers)
    waits_for_the_teacher(phone, step, {"bluetooth_too_little"})


def test_the_beacon_next_door_answers_for_nobody_here(phone, open_session, other_session):
    step = scanned(phone, open_session)
    phone.hear(step["attempt"], [], answers=[answer_to(step, other_session)])
    waits_for_the_teacher(phone, step, {"bluetooth_too_little"})


def test_an_answer_goes_with_a_check_in_in_one_request(phone, open_session):
    body = {"session": str(open_session.pk), "nonce": new_nonce()}
    attempt = phone.post("/attendance/attempts", body).json()
    form = form_of(honest_burst("me", challenge_of(attempt)))
    fields = {
        "attempt": attempt["attempt"],
        "challenge": 1,
        "nonce": new_nonce(),
        "tokens": json.dumps(tokens(open_session)),
        "answers": json.dumps([answer_to(attempt, open_session)]),
    }
    answer = phone.send_form("/attendance/check-in", form | fields).json()
    assert "bluetooth" in answer["counted"]


# --- cheats ---------------------------------------------------------------------------


def test_a_friends_answer_is_refused(phone, friend, open_session):
    """The friend sits in the room and hands over what the beacon told him."""
    handed_over = answer_to(scanned(friend, open_session), open_session)
    step = scanned(phone, open_session)
    refused(phone, open_session, step, [handed_over], "bluetooth_answer_copied")


def test_a_friends_answer_is_refused_beside_a_good_one(phone, friend, open_session):
    handed_over = answer_to(scanned(friend, open_session), open_session)
    step = scanned(phone, open_session)
    answers = [answer_to(step, open_session), handed_over]
    refused(phone, open_session, step, answers, "bluetooth_answer_copied")


def test_an_invented_answer_is_refused(phone, open_session):
    step = scanned(phone, open_session)
    slot = answer_to(step, open_session)[8:16]
    invented = "01" + step["beacon_nonce"][:6] + slot + secrets.token_hex(12)
    refused(phone, open_session, step, [invented], "bluetooth_answer_invented")


def test_an_answer_moved_to_another_slot_is_invented(phone, open_session):
    step = scanned(phone, open_session)
    old, new = (answer_to(step, open_session, age=age) for age in (9, 0))
    refused(
        phone, open_session, step, [old[:8] + new[8:16] + old[16:]], "bluetooth_answer_invented"
    )


@pytest.mark.parametrize("age", [4, 12, 500, -2])
def test_an_answer_of_another_slot_is_not_enough(phone, open_session, age):
    step = scanned(phone, open_session)
    phone.hear(step["attempt"], [], answers=[answer_to(step, open_session, age=age)])
    waits_for_the_teacher(phone, step, {"bluetooth_too_little"})


def test_the_answer_of_an_earlier_try_is_not_enough_and_no_crime(phone, open_session):
    first = scanned(phone, open_session)
    step = scanned(phone, open_session)
    assert first["attempt"] != step["attempt"]
    phone.hear(step["attempt"], [], answers=[answer_to(first, open_session)])
    waits_for_the_teacher(phone, step, {"bluetooth_too_little"})


def test_each_check_in_has_a_nonce_of_its_own_that_never_changes(phone, friend, open_session):
    step = scanned(phone, open_session)
    again = phone.hear(step["attempt"], sightings(open_session)).json()
    assert again["beacon_nonce"] == step["beacon_nonce"]
    others = {scanned(p, open_session)["beacon_nonce"] for p in (phone, friend)}
    assert len(others | {step["beacon_nonce"]}) == 3


# --- signs of a relay -----------------------------------------------------------------


def late_by(step, seconds):
    """Let the nonce have been given so long ago."""
    at = clock.now() - timedelta(seconds=seconds)
    CheckInAttempt.objects.filter(pk=step["attempt"]).update(opened_at=at)


def test_an_answer_that_comes_slowly_and_alone_waits_for_the_teacher(phone, open_session):
    """A friend in the room asks by hand what he was sent."""
    step = scanned(phone, open_session)
    late_by(step, 45)
    body = phone.hear(step["attempt"], [], answers=[answer_to(step, open_session)]).json()
    assert body["accepted"] is True
    assert proximity_of(step)["answer_latency_s"] >= 45
    waits_for_the_teacher(phone, step, {"bluetooth_answer_slow"})


def test_a_slow_answer_of_a_phone_that_hears_the_room_is_only_noted(phone, open_session):
    step = scanned(phone, open_session)
    late_by(step, 45)
    answers = [answer_to(step, open_session)]
    body = phone.hear(step["attempt"], sightings(open_session), answers=answers).json()
    assert [reason["effect"] for reason in body["reasons"]] == ["note"]
    assert finish(phone, step)["outcome"] == "present"


@pytest.mark.parametrize(
    ("age", "seconds"), [(4, 0), (0, 45)], ids=["of another slot", "after 45 s"]
)
def test_an_answer_that_arrives_too_late_takes_nothing_from_what_was_heard(
    phone, open_session, age, seconds
):
    """The network was away for a while after the first report."""
    step = scanned(phone, open_session)
    assert phone.hear(step["attempt"], sightings(open_session)).json()["reasons"] == []
    late_by(step, seconds)
    late = [answer_to(step, open_session, age=age)]
    assert phone.hear(step["attempt"], [], answers=late).json()["reasons"] != []
    answer = finish(phone, step)
    assert (answer["outcome"], codes_of(answer)) == ("present", set())


def test_a_report_that_arrives_too_late_hides_no_forgery(phone, open_session):
    step = scanned(phone, open_session)
    phone.hear(step["attempt"], sightings(open_session))
    phone.hear(step["attempt"], [], answers=[answer_to(step, open_session, key=bytes(32))])
    phone.hear(step["attempt"], [], answers=[answer_to(step, open_session, age=4)])
    answer = finish(phone, step)
    assert (answer["outcome"], codes_of(answer)) == ("review", {"earlier_try"})


@pytest.fixture
def next_door(other_session):
    Session.objects.filter(pk=other_session.pk).update(room="B-205")
    other_session.refresh_from_db()
    return other_session


def hear_in(phone, session, *, asks=False):
    step = scanned(phone, session)
    if asks:
        phone.hear(step["attempt"], [], answers=[answer_to(step, session)])
    else:
        phone.hear(step["attempt"], sightings(session))
    return step


@pytest.mark.parametrize("asks", [False, True])
def test_a_phone_in_two_rooms_at_once_waits_for_the_teacher(phone, open_session, next_door, asks):
    hear_in(phone, next_door, asks=asks)
    step = hear_in(phone, open_session, asks=asks)
    assert proximity_of(step)["other_room"] is True
    waits_for_the_teacher(phone, step, {"bluetooth_two_rooms"})


def test_a_student_who_changes_rooms_between_lessons_is_not_in_doubt(
    phone, open_session, next_door
):
    hear_in(phone, next_door)
    earlier = clock.now() - timedelta(minutes=3)
    EvidenceRecord.objects.update(received_at=earlier)
    step = hear_in(phone, open_session)
    assert finish(phone, step)["outcome"] == "present"


@pytest.mark.parametrize("room", ["b-204", ""])
def test_two_sessions_that_may_share_a_room_are_not_two_rooms(
    phone, open_session, other_session, room
):
    Session.objects.filter(pk=other_session.pk).update(room=room)
    other_session.refresh_from_db()
    hear_in(phone, other_session)
    step = hear_in(phone, open_session)
    assert finish(phone, step)["outcome"] == "present"


def test_what_was_only_tried_next_door_is_no_sign(phone, open_session, next_door):
    step = scanned(phone, next_door)
    phone.hear(step["attempt"], sightings(next_door, ages=(40,)))
    step = hear_in(phone, open_session)
    assert proximity_of(step)["other_room"] is False


# --- malformed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers",
    [
        *(["zz"], ["01"], [""], [None], [1], [{}], [[]], "01", {"a": 1}),
        ["02" + "00" * 19],
        ["01" + "00" * 20],
        ["01" * 20] * 5,
        ["٠١" * 20],
    ],
)
def test_answers_of_another_shape_are_told_so(phone, open_session, answers):
    step = scanned(phone, open_session)
    answer = phone.hear(step["attempt"], [], answers=answers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_input"
    assert not EvidenceRecord.objects.filter(kind="bluetooth").exists()


@pytest.mark.parametrize(
    "body",
    [
        {"sightings": []},
        {"sightings": [{"eid": "00" * 8, "rssi_dbm": [-60.0], "heard_s_ago": [1.0, 2.0]}]},
        {"sightings": [{"eid": "00" * 8, "rssi_dbm": [-60.0], "heard_s_ago": [-1.0]}]},
        {"sightings": [{"eid": "00" * 8, "rssi_dbm": [-60.0], "heard_s_ago": ["nan"]}]},
        {"sightings": [{"eid": "00" * 8, "rssi_dbm": [-60.0]}], "sent_at": "yesterday"},
    ],
)
def test_a_report_that_says_nothing_or_nonsense_is_told_so(phone, open_session, body):
    step = scanned(phone, open_session)
    given = {"attempt": step["attempt"], "nonce": new_nonce(), **body}
    assert phone.post("/bluetooth/check", given).status_code == 400


def test_the_name_of_a_scan_in_time_does_not_make_a_later_burst_timely(phone, open_session):
    """What is sent in one request under the scan's nonce is of now, and not of the scan."""
    nonce, seen = new_nonce(), tokens(open_session)
    opening = {"session": str(open_session.pk), "nonce": nonce}
    opened = phone.post("/attendance/attempts", opening).json()
    earlier(seconds=10)  # an honest burst takes as long
    phone.scan(seen, attempt=opened["attempt"], nonce=nonce)
    phone.hear(opened["attempt"], sightings(open_session))
    earlier(seconds=75)  # filmed at leisure, while code and radio still count
    form = {"attempt": opened["attempt"], "nonce": nonce, "tokens": json.dumps(seen)}
    burst = form_of(honest_burst("me", challenge_of(opened)))
    answer = phone.send_form("/attendance/check-in", form | burst | {"challenge": 1}).json()
    assert "challenge_expired" in codes_of(answer)
    nobody_got_in(open_session)


def earlier(seconds):
    """Let everything so far have happened so much earlier."""
    ago = timedelta(seconds=seconds)
    EvidenceRecord.objects.update(received_at=F("received_at") - ago)
    IssuedChallenge.objects.update(issued_at=F("issued_at") - ago, expires_at=F("expires_at") - ago)
    CheckInAttempt.objects.update(opened_at=F("opened_at") - ago, expires_at=F("expires_at") - ago)
