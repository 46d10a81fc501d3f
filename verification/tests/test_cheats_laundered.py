"""Cheats that combine honest steps: two phones, many tries, evidence replaced by better."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.tests.phone import signed_in
from attendance_project import clock
from lab.fake_engine import honest_burst
from sessions_app.models import Attendance, Session
from verification import services
from verification.models import CheckInAttempt, EvidenceRecord, Warning
from verification.queries import register_extras
from verification.services.face_calls import MOST_REPORTS
from verification.tests.support import (
    StudentPhone,
    challenge_of,
    new_nonce,
    sightings,
    sounds,
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
    """A friend carries the registered phone. Its owner films the moves at home with another one."""
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


# --- many tries -----------------------------------------------------------------------


def test_picking_a_challenge_that_fits_a_kept_film_waits_for_the_teacher(phone, open_session):
    """One stored film in thirty-five fits a challenge, so nobody may get challenges for asking."""
    body = {"session": str(open_session.pk)}
    for _ in range(6):
        assert phone.post("/attendance/attempts", body | {"nonce": new_nonce()}).status_code == 201
    answer = phone.check_in(open_session)
    assert (answer["outcome"], codes_of(answer)) == ("review", {"many_challenges"})
    nobody_got_in(open_session)


def test_scans_that_failed_cost_no_challenge(phone, open_session):
    """A shaking hand in the last row is no cheat."""
    for _ in range(8):
        assert phone.scan(tokens(open_session, ages=(0,))).json()["challenge"] is None
    assert phone.check_in(open_session)["outcome"] == "present"


@pytest.mark.slow
def test_short_codes_cannot_be_guessed_one_after_the_other(phone, open_session):
    body = {"session": str(open_session.pk)}
    statuses = [
        phone.post("/qr/scan", body | {"nonce": new_nonce(), "short_code": f"{n:06d}"}).status_code
        for n in range(31)
    ]
    assert statuses == [200] * 30 + [429]
    assert CheckInAttempt.objects.count() == 30


def test_after_too_many_attempts_the_known_one_still_goes_on(phone, open_session):
    body = {"session": str(open_session.pk)}
    nonces = [new_nonce() for _ in range(31)]
    answers = [phone.post("/attendance/attempts", body | {"nonce": n}) for n in nonces]
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "too_many_attempts")
    again = phone.post("/attendance/attempts", body | {"nonce": nonces[0]})
    assert again.json()["attempt"] == answers[0].json()["attempt"]
    CheckInAttempt.objects.update(opened_at=clock.now() - timedelta(minutes=6))
    assert phone.post("/attendance/attempts", body | {"nonce": new_nonce()}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_no_more_attempts_are_opened_at_the_same_moment(phone, open_session, student):
    body = {"session": str(open_session.pk)}
    for _ in range(25):
        phone.post("/attendance/attempts", body | {"nonce": new_nonce()})

    def send(nonce):
        try:
            return phone.post("/attendance/attempts", body | {"nonce": nonce}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(send, [new_nonce() for _ in range(12)]))
    assert set(statuses) <= {201, 429}
    assert CheckInAttempt.objects.count() <= 30


@pytest.mark.django_db(transaction=True)
def test_no_more_calls_with_pictures_are_let_in_at_the_same_moment(student):
    now = clock.now()
    everybody = Barrier(16)

    def call(_):
        everybody.wait()
        try:
            return services.wait_for_turn(student, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(call, range(16)))
    assert waits.count(None) <= 10
    later = now + timedelta(minutes=1, seconds=1)
    assert services.wait_for_turn(student, now=later) is None
    assert services.purge_calls(now=later) == waits.count(None)


# --- evidence replaced by better ------------------------------------------------------


def test_a_copied_trace_is_not_forgotten_over_a_better_one(phone, friend, open_session):
    heard = sightings(open_session)
    friend.hear(friend.scan(tokens(open_session)).json()["attempt"], heard)
    step = phone.scan(tokens(open_session)).json()
    assert phone.hear(step["attempt"], heard).json()["accepted"] is False
    assert phone.hear(step["attempt"], sightings(open_session)).json()["accepted"] is True
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"earlier_try"})
    warning = Warning.objects.get()
    assert (warning.severity, warning.measured["earlier"]) == ("low", ["bluetooth_copied"])
    nobody_got_in(open_session)


def test_anothers_face_is_not_forgotten_over_ones_own(phone, open_session):
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    again = phone.show(step["attempt"], 1, honest_burst("a friend", challenge_of(step))).json()
    shown = phone.show(step["attempt"], 2, honest_burst("me", challenge_of(again))).json()
    assert shown["accepted"] is True
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"earlier_try"})
    nobody_got_in(open_session)


@pytest.mark.parametrize("way_out", ["decline", "withdraw"])
def test_a_face_that_did_not_match_is_not_taken_back(phone, open_session, way_out):
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    phone.show(step["attempt"], 1, honest_burst("a friend", challenge_of(step)))
    assert phone.post("/face/consent", {"action": way_out}).status_code == 200
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert "face_mismatch" in codes_of(answer)


def test_a_burst_of_who_declined_is_not_measured(phone, open_session):
    phone.post("/face/consent", {"action": "decline"})
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    shown = phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step))).json()
    assert (shown["accepted"], codes_of(shown)) == (True, {"face_declined"})
    assert not EvidenceRecord.objects.filter(kind="face").exists()
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"face_declined"})


# --- nobody is accused of another's clock or beacon -----------------------------------


def waits_for_the_teacher_unaccused(phone, session, heard):
    step = phone.scan(tokens(session)).json()
    phone.hear(step["attempt"], heard)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"bluetooth_too_little"})
    assert not Warning.objects.exists()


def test_a_beacon_whose_clock_is_fast_accuses_nobody_of_inventing(phone, open_session):
    """Nobody without the key can make tomorrow's id, so it was heard and not invented."""
    heard = sightings(open_session, ages=(-6, -7))
    waits_for_the_teacher_unaccused(phone, open_session, heard)


def test_the_beacon_of_the_last_lesson_accuses_nobody_of_inventing(phone, course, open_session):
    """The teacher's beacon still runs for the session before."""
    last = Session.objects.create(
        course=course,
        subject=course.subject,
        class_group=course.class_group,
        teacher=course.teacher,
        starts_at=open_session.starts_at - timedelta(hours=1),
        ends_at=open_session.starts_at,
        time_zone="UTC",
        state="closed",
        opened_at=open_session.starts_at - timedelta(hours=1),
        closed_at=open_session.starts_at,
    )
    waits_for_the_teacher_unaccused(phone, open_session, sightings(last))


# --- work that a phone can cause ------------------------------------------------------


def test_bursts_cannot_keep_the_server_busy(phone, open_session):
    """Unreadable frames use up no challenge, and others are measured for a second each."""
    step = phone.scan(tokens(open_session)).json()
    burst = honest_burst("me", challenge_of(step))
    broken = [*burst[:-1], (burst[-1][0], b"no picture")]
    seen = [phone.show(step["attempt"], 1, broken).status_code for _ in range(11)]
    assert (seen.count(400), seen[-1]) == (10, 429)
    answer = phone.enrol()
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) <= 61


@pytest.mark.slow
def test_reports_to_one_attempt_are_few(phone, open_session):
    step = phone.scan(tokens(open_session)).json()
    heard = sounds(open_session)
    seen = [phone.hear_sound(step["attempt"], heard).status_code for _ in range(31)]
    assert seen == [200] * 30 + [429]
    assert EvidenceRecord.objects.filter(kind="sound").count() == 30


@pytest.mark.slow
def test_traces_cannot_keep_the_server_busy_nor_hide_one_behind_others(phone, open_session):
    """Each trace is compared with those of classmates, the newest 200 of them."""
    first, second = (phone.scan(tokens(open_session)).json()["attempt"] for _ in range(2))
    heard = sightings(open_session)
    for _ in range(MOST_REPORTS):
        assert phone.hear(first, heard).status_code == 200
    answer = phone.hear(second, heard)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_reports")
    assert int(answer.headers["Retry-After"]) <= 61
    assert EvidenceRecord.objects.filter(kind="bluetooth").count() == MOST_REPORTS


# --- what people are told -------------------------------------------------------------


def test_where_the_beacon_is_required_nobody_is_told_to_wait_for_the_teacher(phone, open_session):
    """Refused is refused: no teacher is ever asked."""
    Session.objects.filter(pk=open_session.pk).update(bluetooth="required")
    answer = phone.check_in(open_session, hears=False)
    assert (answer["outcome"], codes_of(answer)) == ("refused", {"bluetooth_missing"})
    assert answer["reasons"][0]["effect"] == "refuse"
    assert "teacher will confirm" not in json.dumps(answer)


def test_a_warning_shows_what_it_is_about_and_no_other_measurement(phone, teacher, open_session):
    """Scores of the face are not shown where the radio was at fault."""
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session, ages=(41, 40)))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    assert phone.mark(step["attempt"]).json()["outcome"] == "refused"
    warning = signed_in(teacher).get("/api/v1/warnings").json()["results"][0]
    assert warning["reason"] == "bluetooth_replayed"
    assert warning["measured"]["proximity"]["replayed_ids"] == 2
    assert not {"face", "liveness"} & warning["measured"].keys()


def test_a_new_try_that_failed_does_not_hide_one_that_waits(phone, open_session):
    """The teacher's page keeps its button for the check-in that waits."""
    waits = phone.check_in(open_session, hears=False)
    assert waits["outcome"] == "review"
    phone.scan(tokens(open_session, ages=(6, 5)))
    row = register_extras(open_session)[phone.user_id]
    assert (row["outcome"], row["decision_id"]) == ("review", str(waits["decision"]))


def test_what_was_left_overnight_is_decided_too(phone, open_session):
    """A morning session in Sydney begins on the evening before, by the server's clock."""
    step = phone.scan(tokens(open_session)).json()
    phone.show(step["attempt"], 1, honest_burst("a friend", challenge_of(step)))
    yesterday = open_session.starts_at - timedelta(hours=25)
    Session.objects.filter(pk=open_session.pk).update(starts_at=yesterday)
    CheckInAttempt.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    call_command("settle_attempts")
    assert Warning.objects.filter(reason="face_mismatch").exists()
