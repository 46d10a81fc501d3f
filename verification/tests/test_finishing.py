"""A decision that comes with the last piece of evidence, where the phone asks to finish."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

import sessions_app.services as teaching
from attendance_project import clock
from lab.fake_engine import honest_burst
from sessions_app.models import Attendance, AttendanceMark, Enrolment, Session
from verification.models import CheckInDecision, EvidenceRecord
from verification.tests.support import (
    challenge_of,
    codes_of,
    new_nonce,
    nobody_got_in,
    sightings,
    sounds,
    tokens,
)


@pytest.fixture(autouse=True)
def _loaded(phone):
    """The first call of a process loads what the server needs, and a code is good for seconds."""
    phone.get("/face")


@pytest.fixture
def asks_for():
    """Change what a session asks for besides the code."""

    def change(session, **needs):
        Session.objects.filter(pk=session.pk).update(**needs)

    return change


def test_a_scan_ends_the_check_in_where_the_code_is_all_that_is_asked_for(
    phone, student, open_session, asks_for
):
    asks_for(open_session, level="room", bluetooth="off")
    step = phone.scan(tokens(open_session), finish=True).json()
    assert step["decision"]["outcome"] == "present"
    assert step["decision"]["counted"] == ["code"]
    assert step["decision"]["attendance"] == "present"
    assert step["challenge"] is None
    assert Attendance.objects.get(session=open_session, student=student).status == "present"
    assert phone.mark(step["attempt"]).json() == step["decision"]  # the old way still answers


def test_the_room_ends_it_where_no_face_is_asked_for(phone, open_session, asks_for):
    asks_for(open_session, level="room", bluetooth="required")
    step = phone.scan(tokens(open_session), finish=True).json()
    assert step["decision"] is None
    heard = phone.hear(step["attempt"], sightings(open_session), finish=True).json()
    assert heard["decision"]["outcome"] == "present"
    assert heard["decision"]["counted"] == ["code", "bluetooth"]


def test_the_rooms_sound_ends_it_where_it_may_stand_for_bluetooth(phone, open_session, asks_for):
    asks_for(open_session, level="room", bluetooth="preferred")
    step = phone.scan(tokens(open_session), finish=True).json()
    heard = phone.hear_sound(step["attempt"], sounds(open_session), finish=True).json()
    assert heard["decision"]["outcome"] == "present"


def test_sound_alone_leaves_time_for_bluetooth_where_that_is_required(
    phone, open_session, asks_for
):
    asks_for(open_session, level="room", bluetooth="required")
    step = phone.scan(tokens(open_session), finish=True).json()
    heard = phone.hear_sound(step["attempt"], sounds(open_session), finish=True).json()
    assert heard["decision"] is None
    later = phone.hear(step["attempt"], sightings(open_session), finish=True).json()
    assert later["decision"]["outcome"] == "present"


def test_the_face_ends_it_with_the_burst(phone, open_session):
    step = phone.scan(tokens(open_session), finish=True).json()
    heard = phone.hear(step["attempt"], sightings(open_session), finish=True).json()
    assert (step["decision"], heard["decision"]) == (None, None)
    burst = honest_burst("me", challenge_of(step))
    shown = phone.show(step["attempt"], 1, burst, finish="true").json()
    assert shown["decision"]["outcome"] == "present"
    assert shown["decision"]["counted"] == ["code", "bluetooth", "face"]


def test_whatever_comes_last_ends_it(phone, open_session):
    step = phone.scan(tokens(open_session), finish=True).json()
    burst = honest_burst("me", challenge_of(step))
    assert phone.show(step["attempt"], 1, burst, finish="true").json()["decision"] is None
    heard = phone.hear(step["attempt"], sightings(open_session), finish=True).json()
    assert heard["decision"]["outcome"] == "present"


def test_a_phone_that_does_not_ask_gets_no_decision(phone, open_session, asks_for):
    asks_for(open_session, level="room", bluetooth="off")
    step = phone.scan(tokens(open_session)).json()
    assert step["decision"] is None
    assert not CheckInDecision.objects.exists()


@pytest.mark.parametrize("bluetooth", ["preferred", "required"])
def test_nobody_skips_the_room_by_asking_to_finish(phone, open_session, asks_for, bluetooth):
    asks_for(open_session, level="room", bluetooth=bluetooth)
    step = phone.scan(tokens(open_session), finish=True).json()
    assert step["decision"] is None
    nobody_got_in(open_session)


def test_nobody_skips_the_face_by_asking_to_finish(phone, open_session, asks_for):
    asks_for(open_session, bluetooth="off")
    step = phone.scan(tokens(open_session), finish=True).json()
    assert step["decision"] is None
    assert step["challenge"] is not None
    nobody_got_in(open_session)


def test_somebody_elses_face_is_not_decided_while_tries_are_left(phone, open_session, asks_for):
    asks_for(open_session, bluetooth="off")
    step = phone.scan(tokens(open_session), finish=True).json()
    stranger = honest_burst("someone else", challenge_of(step))
    shown = phone.show(step["attempt"], 1, stranger, finish="true").json()
    assert (shown["accepted"], shown["decision"]) == (False, None)
    again = honest_burst("me", challenge_of(shown))
    shown = phone.show(step["attempt"], 2, again, finish="true").json()
    # A grave fault of an earlier try is the teacher's to judge, so that it is not accepted here.
    assert shown["decision"] is None
    assert "earlier_try" in codes_of(phone.mark(step["attempt"]).json())
    nobody_got_in(open_session)


def test_a_refused_scan_ends_it_as_before(phone, open_session, asks_for):
    asks_for(open_session, level="room", bluetooth="off")
    step = phone.scan(tokens(open_session, ages=(900, 899)), finish=True).json()
    assert step["decision"]["outcome"] == "refused"
    nobody_got_in(open_session)


def test_a_short_code_waits_for_the_call_that_asks_the_teacher(phone, open_session, asks_for):
    asks_for(open_session, level="room", bluetooth="off")
    open_session.refresh_from_db()
    digits = teaching.short_code(open_session, now=clock.now()).digits
    body = {"short_code": digits, "session": open_session.pk, "nonce": new_nonce()}
    step = phone.post("/qr/scan", body | {"finish": True}).json()
    assert step["decision"] is None
    assert phone.mark(step["attempt"]).json()["outcome"] == "review"


def test_who_left_the_course_between_scan_and_room_does_not_get_in(
    phone, student, open_session, asks_for
):
    asks_for(open_session, level="room", bluetooth="required")
    step = phone.scan(tokens(open_session), finish=True).json()
    Enrolment.objects.filter(student=student).update(is_active=False)
    heard = phone.hear(step["attempt"], sightings(open_session), finish=True).json()
    assert heard["decision"] is None
    assert phone.mark(step["attempt"]).json()["outcome"] == "refused"
    nobody_got_in(open_session)


def test_a_copied_trace_does_not_end_it(phone, friend, open_session, asks_for):
    asks_for(open_session, level="room", bluetooth="required")
    heard = sightings(open_session)
    first = friend.scan(tokens(open_session), finish=True).json()
    assert friend.hear(first["attempt"], heard, finish=True).json()["decision"] is not None
    step = phone.scan(tokens(open_session), finish=True).json()
    assert phone.hear(step["attempt"], heard, finish=True).json()["decision"] is None
    assert "bluetooth_copied" in codes_of(phone.mark(step["attempt"]).json())


def test_another_phone_cannot_finish_it(phone, friend, open_session, asks_for):
    asks_for(open_session, level="room", bluetooth="required")
    step = phone.scan(tokens(open_session), finish=True).json()
    answer = friend.hear(step["attempt"], sightings(open_session), finish=True)
    assert answer.status_code == 404
    nobody_got_in(open_session)


def test_a_step_that_is_sent_again_after_a_lost_answer_has_the_same_decision(
    phone, open_session, asks_for
):
    asks_for(open_session, level="room", bluetooth="off")
    nonce, seen = new_nonce(), tokens(open_session)
    first, again = (phone.scan(seen, nonce=nonce, finish=True).json()["decision"] for _ in range(2))
    assert first == again
    assert AttendanceMark.objects.count() == CheckInDecision.objects.count() == 1


def test_a_room_that_is_sent_again_after_a_lost_answer_has_the_same_decision(
    phone, open_session, asks_for
):
    asks_for(open_session, level="room", bluetooth="required")
    step = phone.scan(tokens(open_session), finish=True).json()
    nonce, heard = new_nonce(), sightings(open_session)
    first, again = (
        phone.hear(step["attempt"], heard, nonce=nonce, finish=True).json()["decision"]
        for _ in range(2)
    )
    assert first == again
    assert EvidenceRecord.objects.filter(kind="bluetooth").count() == 1


def test_a_crash_before_the_mark_is_mended_by_the_repeated_step(
    phone, student, open_session, asks_for
):
    asks_for(open_session, level="room", bluetooth="off")
    nonce, seen = new_nonce(), tokens(open_session)
    phone.scan(seen, nonce=nonce, finish=True)
    Attendance.objects.all().delete()
    AttendanceMark.objects.all().delete()
    assert phone.scan(seen, nonce=nonce, finish=True).json()["decision"]["attendance"] == "present"
    assert Attendance.objects.get(student=student).status == "present"


def test_what_took_too_long_is_not_finished(phone, open_session, asks_for):
    asks_for(open_session, level="room", bluetooth="required")
    step = phone.scan(tokens(open_session), finish=True).json()
    long_ago = clock.now() - timedelta(minutes=3)
    EvidenceRecord.objects.filter(kind="code").update(received_at=long_ago)
    heard = phone.hear(step["attempt"], sightings(open_session), finish=True).json()
    assert heard["decision"] is None
    nobody_got_in(open_session)


@pytest.mark.django_db(transaction=True)
def test_last_pieces_that_arrive_at_the_same_moment_are_decided_once(phone, open_session):
    step = phone.scan(tokens(open_session), finish=True).json()
    attempt, burst = step["attempt"], honest_burst("me", challenge_of(step))
    heard = sightings(open_session)

    def call(last):
        try:
            return last().json()["decision"]
        finally:
            connection.close()

    lasts = [
        lambda: phone.show(attempt, 1, burst, finish="true"),
        lambda: phone.hear(attempt, heard, finish=True),
    ]
    with ThreadPoolExecutor(2) as pool:
        decisions = [each for each in pool.map(call, lasts) if each is not None]
    assert decisions  # whichever was stored last has seen the other
    assert {each["outcome"] for each in decisions} == {"present"}
    assert AttendanceMark.objects.count() == CheckInDecision.objects.count() == 1
