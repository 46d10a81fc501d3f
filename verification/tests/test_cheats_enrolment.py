"""Enrolling a face that is not before the phone now: each way is refused with a code of its own."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import ConsentEvent
from attendance_project import clock
from lab.fake_engine import honest_burst, picture
from verification import services
from verification.domain.challenge import Challenge, Move, Prompt
from verification.models import EnrolmentChallenge, FaceTemplate
from verification.tests.support import (
    StudentPhone,
    begin_enrolment,
    challenge_of,
    enrol,
    form_of,
    send_enrolment,
    spoilt,
)

AGREED = {"consent_version": "2027-01"}


def begun(phone):
    """Agree and draw a challenge. Returns its number and the challenge."""
    answer = begin_enrolment(phone, **AGREED)
    assert answer.status_code == 201, answer.content
    return answer.json()["challenge"]["number"], challenge_of(answer.json())


def not_enrolled(answer, *reasons):
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["status"] == "not_enrolled"
    assert set(reasons) <= set(body["reasons"])
    assert body["message"]
    assert not FaceTemplate.objects.exists()


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not FaceTemplate.objects.exists()


# --- films of nobody who is there -----------------------------------------------------


def test_who_makes_the_moves_is_enrolled(bare):
    answer = enrol(bare, "me", **AGREED)
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["reasons"]) == ("waiting", [])


def test_one_file_sent_three_times_enrols_nobody(bare):
    not_enrolled(
        enrol(bare, lambda _: [(at_s, picture("me")) for at_s in (0.3, 1.0, 1.7)], **AGREED),
        *("moves_not_seen", "times_impossible"),
    )


def test_one_file_sent_at_each_moment_is_a_still_picture(bare):
    def repeated(challenge):
        return [(at_s, picture("me")) for at_s in challenge.pictures_s]

    not_enrolled(enrol(bare, repeated, **AGREED), "picture_frozen", "moves_not_seen")


def test_a_still_photograph_before_a_living_sensor_makes_no_moves(bare):
    def still(challenge):
        moments = enumerate(challenge.pictures_s)
        return [(at_s, picture("me", grain=n, shift=0.01 * n)) for n, at_s in moments]

    not_enrolled(enrol(bare, still, **AGREED), "moves_not_seen")


def test_a_photograph_that_is_tilted_is_flat(bare):
    not_enrolled(enrol(bare, spoilt(solid=False), **AGREED), "moves_not_seen")


def test_a_film_of_another_challenge_does_not_follow_this_one(bare):
    other = Challenge((Prompt(Move.SMILE, 1.0, 2.3), Prompt(Move.TURN_LEFT, 3.5, 4.8)), 6.8)
    _, drawn = begun(bare)
    assert drawn != other
    film = honest_burst("me", other)

    def replayed(challenge):
        return [(at_s, film[n][1]) for n, at_s in enumerate(challenge.pictures_s)]

    answer = enrol(bare, replayed, **AGREED)
    not_enrolled(answer)
    assert {"moves_not_seen", "moves_unprompted"} & set(answer.json()["reasons"])


def test_two_people_in_the_burst(bare):
    answer = enrol(bare, spoilt(faces=2), **AGREED)
    not_enrolled(answer, "face_several")
    assert answer.json()["hint"] == "several_faces"


def test_somebody_beside_in_a_single_picture(bare):
    def beside(challenge):
        burst = honest_burst("me", challenge)
        at_s, shown = burst[5]
        burst[5] = (at_s, json.dumps(json.loads(shown) | {"faces": 2}).encode())
        return burst

    not_enrolled(enrol(bare, beside, **AGREED), "face_several")


def test_another_makes_the_moves(bare):
    def swapped(challenge):
        moves = honest_burst("a friend", challenge)
        first_s = challenge.prompts[0].start_s
        return [
            mine if mine[0] < first_s else theirs
            for mine, theirs in zip(honest_burst("me", challenge), moves, strict=True)
        ]

    not_enrolled(enrol(bare, swapped, **AGREED), "face_swapped")


def test_a_burst_that_comes_before_anybody_could_film_it(bare):
    number, challenge = begun(bare)
    answer = send_enrolment(bare, number, honest_burst("me", challenge), after_s=1)
    not_enrolled(answer, "times_impossible")


@pytest.mark.parametrize(
    ("bad", "hint"),
    [
        ({"brightness": 10.0}, "too_dark"),
        ({"brightness": 250.0}, "too_bright"),
        ({"sharpness": 0.5}, "blurred"),
        ({"eye_distance_px": 15.0}, "too_small"),
        ({"visibility": 5.0}, "covered"),
    ],
)
def test_bad_pictures_are_told_how_to_mend(bare, bad, hint):
    answer = enrol(bare, spoilt(**bad), **AGREED)
    not_enrolled(answer, "face_poor_capture")
    assert answer.json()["hint"] == hint


def test_nobody_in_the_pictures(bare):
    not_enrolled(enrol(bare, spoilt(faces=0), **AGREED), "face_not_seen")


def test_eyes_that_cannot_be_read_are_not_asked_for_next(bare):
    """As behind dark glasses: the next challenge has other moves, and enrols."""
    dark = spoilt(eye_openness=0.02)
    not_enrolled(enrol(bare, dark, **AGREED), "moves_unreadable")
    number, challenge = begun(bare)
    assert Move.BLINK not in {prompt.move for prompt in challenge.prompts}
    assert send_enrolment(bare, number, dark(challenge)).status_code == 201


# --- challenges -----------------------------------------------------------------------


def test_without_a_challenge_nothing_is_measured(bare):
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})
    burst = [(n / 3, picture("me", grain=n)) for n in range(3)]
    refused(send_enrolment(bare, 1, burst), 404, "challenge_not_found")
    refused(bare.send_form("/face/enroll", form_of(burst)), 400, "invalid_input")


def test_a_challenge_is_used_up_by_a_burst_that_fails(bare):
    number, challenge = begun(bare)
    not_enrolled(send_enrolment(bare, number, spoilt(brightness=10.0)(challenge)))
    again = send_enrolment(bare, number, honest_burst("me", challenge))
    refused(again, 409, "challenge_used")


def test_a_film_that_enrolled_does_not_enrol_again(bare):
    number, challenge = begun(bare)
    film = honest_burst("me", challenge)
    assert send_enrolment(bare, number, film).status_code == 201
    FaceTemplate.objects.all().delete()
    refused(send_enrolment(bare, number, film), 409, "challenge_used")


def test_an_expired_challenge(bare):
    number, challenge = begun(bare)
    past = clock.now() - timedelta(seconds=1)
    EnrolmentChallenge.objects.update(expires_at=past)
    answer = send_enrolment(bare, number, honest_burst("me", challenge))
    refused(answer, 409, "challenge_expired")


def test_a_newer_challenge_ends_the_one_before(bare):
    number, challenge = begun(bare)
    newer, _ = begun(bare)
    assert newer == number + 1
    answer = send_enrolment(bare, number, honest_burst("me", challenge))
    refused(answer, 404, "challenge_not_found")
    assert EnrolmentChallenge.objects.count() == 1


def test_anothers_challenge(bare, classmate):
    other = StudentPhone(classmate)
    number, challenge = begun(other)
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})
    film = honest_burst("me", challenge)
    refused(send_enrolment(bare, number, film), 404, "challenge_not_found")
    assert send_enrolment(other, number, film).status_code == 201


def test_a_challenge_belongs_to_the_key_that_asked_for_it(bare):
    number, challenge = begun(bare)
    EnrolmentChallenge.objects.update(jkt="the key of an earlier phone")
    answer = send_enrolment(bare, number, honest_burst("me", challenge))
    refused(answer, 404, "challenge_not_found")


def test_another_phone_draws_none(bare, student):
    refused(begin_enrolment(StudentPhone(student), **AGREED), 403, "device_waiting")
    assert not ConsentEvent.objects.exists()


def test_none_is_drawn_without_consent(bare):
    refused(begin_enrolment(bare), 403, "consent_required")
    assert not EnrolmentChallenge.objects.exists()


def test_withdrawing_ends_the_challenge(bare):
    begun(bare)
    bare.post("/face/consent", {"action": "withdraw"})
    assert not EnrolmentChallenge.objects.exists()


def test_draws_are_counted_with_the_bursts(bare):
    seen = [begin_enrolment(bare, **AGREED).status_code for _ in range(11)]
    assert seen == [201] * 10 + [429]


def test_a_hundred_draws_begin_anew(bare):
    begun(bare)
    EnrolmentChallenge.objects.update(number=100)
    assert begun(bare)[0] == 1


def test_old_challenges_are_deleted(bare):
    begun(bare)
    assert services.purge_challenges(now=clock.now()) == 0
    assert services.purge_challenges(now=clock.now() + timedelta(days=2)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_film_sent_eight_times_at_once_is_taken_once(bare, monkeypatch):
    number, challenge = begun(bare)
    film = honest_burst("me", challenge)
    EnrolmentChallenge.objects.update(issued_at=clock.now() - timedelta(seconds=9.5))

    def one(_):
        try:
            return bare.send_form("/face/enroll", {"challenge": number, **form_of(film)})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "challenge_used"
    }


# --- what is no burst -----------------------------------------------------------------


@pytest.mark.parametrize("junk", [b"", b"\xff\xd8\xff", b"GIF89a", b"\0" * 4096])
def test_what_is_no_picture_is_a_clear_400(bare, junk):
    def with_junk(challenge):
        return [*honest_burst("me", challenge)[:-1], (challenge.duration_s, junk)]

    refused(enrol(bare, with_junk, **AGREED), 400, "unreadable_image")


def test_a_frame_that_is_too_large_is_refused_unread(bare):
    def with_large(challenge):
        return [*honest_burst("me", challenge)[:-1], (challenge.duration_s, b"x" * 2_000_001)]

    refused(enrol(bare, with_large, **AGREED), 400, "invalid_input")
    assert EnrolmentChallenge.objects.get().spent_at is None


@pytest.mark.parametrize(
    "fields",
    [{"challenge": 0}, {"challenge": "x"}, {"times_s": "[1]"}, {"times_s": "5"}, {"frames": []}],
)
def test_what_is_no_burst_is_a_clear_400(bare, fields):
    number, challenge = begun(bare)
    sent = {"challenge": number, **form_of(honest_burst("me", challenge)), **fields}
    refused(bare.send_form("/face/enroll", sent), 400, "invalid_input")


def test_frames_without_times(bare):
    number, _ = begun(bare)
    frame = SimpleUploadedFile("1.jpg", picture("me"), "image/jpeg")
    answer = bare.send_form("/face/enroll", {"challenge": number, "frames": [frame] * 3})
    refused(answer, 400, "invalid_input")
