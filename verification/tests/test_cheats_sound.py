"""The room's sound over HTTP: honest, replayed, invented, and carried out of the room."""

import binascii
import json
import secrets

import pytest

from beacon.protocol import SOUND_BYTES
from lab.fake_engine import honest_burst
from sessions_app.models import Attendance, Session
from verification.models import CheckInDecision, EvidenceRecord, Warning
from verification.tests.support import (
    StudentPhone,
    challenge_of,
    codes_of,
    new_nonce,
    nobody_got_in,
    sightings,
    sounds,
    tokens,
)


def with_sound(phone, session, heard, *, radio=()):
    """Check in with ``heard`` from the loudspeaker. Returns the step's answer and the outcome."""
    step = phone.scan(tokens(session)).json()
    if radio:
        phone.hear(step["attempt"], radio)
    told = phone.hear_sound(step["attempt"], heard)
    assert told.status_code == 200, told.content
    phone.show(step["attempt"], step["challenge"]["number"], honest_burst("me", challenge_of(step)))
    return told.json(), phone.mark(step["attempt"]).json()


def required(session):
    Session.objects.filter(pk=session.pk).update(bluetooth="required")


def whole(payload):
    """A text made to look like a payload, as anybody can make it."""
    return {
        "payload": (payload + binascii.crc_hqx(payload, 0).to_bytes(2)).hex(),
        "heard_s_ago": 0.1,
    }


def test_fresh_sound_is_present_and_the_register_says_what_counted(phone, student, open_session):
    told, outcome = with_sound(phone, open_session, sounds(open_session))
    assert (told["accepted"], told["reasons"]) == (True, [])
    assert (outcome["outcome"], outcome["reasons"]) == ("present", [])
    assert outcome["counted"] == ["code", "sound", "face"]
    row = Attendance.objects.get(session=open_session, student=student)
    assert row.evidence == ["code", "sound", "face"]
    assert not Warning.objects.exists()


def test_two_students_hear_the_same_and_neither_copied(phone, friend, open_session):
    heard = sounds(open_session)
    assert with_sound(phone, open_session, heard)[1]["outcome"] == "present"
    step = friend.scan(tokens(open_session)).json()
    assert friend.hear_sound(step["attempt"], heard).json()["reasons"] == []


def test_where_bluetooth_is_required_a_call_that_carries_the_sound_gets_nobody_in(
    phone, open_session
):
    required(open_session)
    _, outcome = with_sound(phone, open_session, sounds(open_session))
    assert (outcome["outcome"], codes_of(outcome)) == ("review", {"sound_only"})
    nobody_got_in(open_session)


def test_sound_of_minutes_ago_is_replayed(phone, open_session):
    told, outcome = with_sound(phone, open_session, sounds(open_session, ages=(14,)))
    assert told["accepted"] is False
    assert outcome["outcome"] == "refused"
    assert "sound_replayed" in codes_of(outcome)
    warning = Warning.objects.get(reason="sound_replayed")
    assert (warning.severity, warning.measured["sound"]["replayed"]) == ("medium", 1)
    assert list(warning.measured) == ["sound"]
    nobody_got_in(open_session)


def test_an_invented_payload_with_a_good_check_is_invented(phone, open_session):
    told, outcome = with_sound(phone, open_session, [whole(b"\xa7" + secrets.token_bytes(8))])
    assert told["accepted"] is False
    assert (outcome["outcome"], "sound_invented" in codes_of(outcome)) == ("refused", True)
    assert Warning.objects.get(reason="sound_invented").severity == "medium"
    nobody_got_in(open_session)


def test_the_radios_id_said_as_sound_is_invented(phone, open_session):
    """Whoever heard an id by radio cannot make the sound of it."""
    eid = bytes.fromhex(sightings(open_session)[1]["eid"])
    told, _ = with_sound(phone, open_session, [whole(b"\xa7" + eid)])
    assert codes_of(told) == {"sound_invented"}


def test_a_sound_said_as_a_radios_id_is_invented(phone, open_session):
    said = bytes.fromhex(sounds(open_session)[0]["payload"])[1:9].hex()
    step = phone.scan(tokens(open_session)).json()
    told = phone.hear(step["attempt"], [{"eid": said, "rssi_dbm": [-60.0, -61.5]}]).json()
    assert "bluetooth_invented" in codes_of(told)


def test_the_room_next_door_is_not_enough_and_accuses_nobody(phone, open_session, other_session):
    told, outcome = with_sound(phone, open_session, sounds(other_session))
    assert codes_of(told) == {"sound_not_in_time"}
    assert outcome["outcome"] == "review"
    assert codes_of(outcome) == {"bluetooth_missing", "sound_not_in_time"}
    assert not Warning.objects.exists()


def test_a_copied_trace_is_not_excused_by_sound(phone, friend, open_session):
    heard = sightings(open_session)
    friend.hear(friend.scan(tokens(open_session)).json()["attempt"], heard)
    _, outcome = with_sound(phone, open_session, sounds(open_session), radio=heard)
    assert (outcome["outcome"], codes_of(outcome)) == ("refused", {"bluetooth_copied"})


def test_a_forged_try_before_a_good_one_is_seen_by_the_teacher(phone, open_session):
    step = phone.scan(tokens(open_session)).json()
    phone.hear_sound(step["attempt"], sounds(open_session, ages=(14,)))
    phone.hear_sound(step["attempt"], sounds(open_session))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    outcome = phone.mark(step["attempt"]).json()
    assert (outcome["outcome"], codes_of(outcome)) == ("review", {"earlier_try"})


def test_another_phone_cannot_hear_for_this_one(phone, student, open_session):
    step = phone.scan(tokens(open_session)).json()
    told = StudentPhone(student).hear_sound(step["attempt"], sounds(open_session))
    assert (told.status_code, told.json()["code"]) == (409, "device_changed")
    assert not EvidenceRecord.objects.filter(kind="sound").exists()


def test_another_student_cannot_hear_for_this_one(phone, friend, open_session):
    step = phone.scan(tokens(open_session)).json()
    assert friend.hear_sound(step["attempt"], sounds(open_session)).status_code == 404


def test_a_repeat_of_the_call_is_one_record(phone, open_session):
    step = phone.scan(tokens(open_session)).json()
    nonce = new_nonce()
    answers = [
        phone.hear_sound(step["attempt"], heard, nonce=nonce).json()
        for heard in (sounds(open_session), sounds(open_session, ages=(14,)))
    ]
    assert answers[0] == answers[1]
    assert EvidenceRecord.objects.filter(kind="sound").count() == 1


def test_in_one_request_sound_counts_as_well(phone, open_session):
    opened = phone.post(
        "/attendance/attempts", {"session": str(open_session.pk), "nonce": new_nonce()}
    ).json()
    burst = honest_burst("me", challenge_of(opened))
    phone.show(opened["attempt"], 1, burst)
    answer = phone.send_form(
        "/attendance/check-in",
        {
            "attempt": opened["attempt"],
            "tokens": json.dumps(tokens(open_session)),
            "heard": json.dumps(sounds(open_session)),
            "nonce": new_nonce(),
        },
    )
    assert answer.json()["counted"] == ["code", "sound", "face"]


@pytest.mark.parametrize(
    "heard",
    [
        [],
        None,
        "a7",
        [None],
        [{"payload": "zz", "heard_s_ago": 0.1}],
        [{"payload": "", "heard_s_ago": 0.1}],
        [{"payload": 7, "heard_s_ago": 0.1}],
        [{"payload": "a7" * SOUND_BYTES, "heard_s_ago": 0.1}],
        [{"payload": "a7" * 500, "heard_s_ago": 0.1}],
        [whole(b"\xa8" + bytes(8))],
        [whole(b"\xa7" + bytes(7))],
        [whole(b"\xa7" + bytes(8)) | {"heard_s_ago": -1}],
        [whole(b"\xa7" + bytes(8)) | {"heard_s_ago": "nan"}],
        [whole(b"\xa7" + bytes(8))] * 13,
    ],
    ids=lambda heard: str(heard)[:40],
)
def test_what_is_not_a_payload_is_answered_with_400_and_held_against_nobody(
    phone, open_session, heard
):
    step = phone.scan(tokens(open_session)).json()
    told = phone.hear_sound(step["attempt"], heard)
    assert (told.status_code, told.json()["code"]) == (400, "invalid_input")
    assert not EvidenceRecord.objects.filter(kind="sound").exists()
    assert not Warning.objects.exists()


def test_a_decision_on_sound_is_kept_with_what_was_measured(phone, open_session):
    with_sound(phone, open_session, sounds(open_session, ages=(1, 0)))
    stored = CheckInDecision.objects.get()
    assert len(stored.evidence["sound"]["slots"]) == 2
    assert stored.policy["sound_slots_back"] == 3
    assert "payload" not in json.dumps(stored.evidence)
