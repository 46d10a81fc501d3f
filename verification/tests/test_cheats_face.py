"""Cheats with pictures: another face, photos, and films for other prompts.

Each is tried over HTTP, lets nobody in, and is answered with its own reason.
"""

import json
from datetime import timedelta

import pytest

from attendance_project import clock
from lab.fake_engine import honest_burst, picture
from verification.domain.challenge import Challenge, Move, Prompt
from verification.models import FaceTemplate, Warning
from verification.tests.support import (
    StudentPhone,
    after_code_and_radio,
    challenge_of,
    codes_of,
    nobody_got_in,
)


def refused_face(phone, session, burst, reason, *, number=1, step=None):
    step = step or after_code_and_radio(phone, session)
    shown = phone.show(step["attempt"], number, burst).json()
    assert shown["accepted"] is False
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert reason in codes_of(answer)
    nobody_got_in(session)


def test_another_persons_face_is_refused_with_a_warning(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = honest_burst("a friend", challenge_of(step))
    refused_face(phone, open_session, burst, "face_mismatch", step=step)
    assert Warning.objects.get().severity == "high"


def test_a_still_photo_is_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = [(at_s, picture("me")) for at_s, _ in honest_burst("me", challenge_of(step))]
    refused_face(phone, open_session, burst, "picture_frozen", step=step)


def test_a_photo_moved_about_is_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = [
        (at_s, picture("me", yaw=json.loads(frame)["yaw"], solid=False, shift=0.1, grain=n))
        for n, (at_s, frame) in enumerate(honest_burst("me", challenge_of(step)))
    ]
    refused_face(phone, open_session, burst, "moves_not_seen", step=step)


def test_a_burst_for_an_earlier_challenge_is_refused(phone, open_session):
    """The film shows the same living person, but was recorded for other prompts."""
    step = after_code_and_radio(phone, open_session)
    now = challenge_of(step)
    flipped = {Move.TURN_LEFT: Move.TURN_RIGHT, Move.TURN_RIGHT: Move.TURN_LEFT}
    earlier = Challenge(
        tuple(Prompt(flipped.get(p.move, p.move), p.start_s, p.end_s) for p in now.prompts),
        now.duration_s,
    )
    refused_face(phone, open_session, honest_burst("me", earlier), "moves_not_seen", step=step)


def test_the_burst_of_the_last_try_cannot_be_sent_again(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = honest_burst("someone else", challenge_of(step))
    again = phone.show(step["attempt"], 1, burst).json()
    assert again["challenge"]["number"] == 2
    own = honest_burst("me", challenge_of(step))
    answer = phone.show(step["attempt"], 1, own)
    assert (answer.status_code, answer.json()["code"]) == (409, "challenge_used")


def test_frames_faster_than_a_camera_are_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = [(at_s / 100, f) for at_s, f in honest_burst("me", challenge_of(step))]
    refused_face(phone, open_session, burst, "times_impossible", step=step)


def test_a_burst_that_comes_sooner_than_a_camera_can_film_is_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = honest_burst("me", challenge_of(step))
    shown = phone.show(step["attempt"], 1, burst, after_s=1.0).json()
    assert "times_impossible" in codes_of(shown)
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"


def beside_somebody(burst, frames, *, who="somebody beside"):
    """The burst with a second face in the frames of these numbers."""
    second = {"faces": 2, "beside": who}
    return [
        (at_s, json.dumps(json.loads(frame) | second).encode() if n in frames else frame)
        for n, (at_s, frame) in enumerate(burst)
    ]


SOME_FRAMES = pytest.mark.parametrize(
    "frames", [{0}, {5}, set(range(100))], ids=["first", "one", "all"]
)


def three_bursts_beside(phone, session, who, frames, *, beside):
    """Film three times with a second face. Returns the decision."""
    step = shown = after_code_and_radio(phone, session)
    for number in (1, 2, 3):
        burst = beside_somebody(honest_burst(who, challenge_of(shown)), frames, who=beside)
        shown = phone.show(step["attempt"], number, burst).json()
        assert (shown["hint"], shown["tries_left"]) == ("several_faces", 3 - number)
        assert "face_several" in codes_of(shown)
    assert shown["challenge"] is None
    nobody_got_in(session)
    return phone.mark(step["attempt"]).json()


@SOME_FRAMES
@pytest.mark.parametrize(
    ("who", "beside"), [("me", "a friend"), ("a friend", "me")], ids=["own first", "own second"]
)
def test_a_second_face_beside_ones_own_gets_nobody_in_without_the_teacher(
    phone, open_session, who, beside, frames
):
    answer = three_bursts_beside(phone, open_session, who, frames, beside=beside)
    assert (answer["outcome"], "face" in answer["counted"]) == ("review", False)
    assert not Warning.objects.exists()


@SOME_FRAMES
def test_anothers_face_is_refused_with_a_warning_though_a_second_one_is_in_the_picture(
    phone, open_session, frames
):
    """The teacher is not asked to wave through a friend who brings somebody along."""
    answer = three_bursts_beside(phone, open_session, "a friend", frames, beside="a stranger")
    assert answer["outcome"] == "refused"
    assert {"face_mismatch", "face_several"} <= codes_of(answer)
    assert Warning.objects.get(reason="face_mismatch").severity == "high"


def test_whoever_steps_aside_is_let_in_at_the_next_try(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = beside_somebody(honest_burst("me", challenge_of(step)), {5})
    again = phone.show(step["attempt"], 1, burst).json()
    phone.show(step["attempt"], 2, honest_burst("me", challenge_of(again)))
    assert phone.mark(step["attempt"]).json()["outcome"] == "present"
    assert not Warning.objects.exists()


def test_a_photo_beside_a_living_face_is_refused_all_the_same(phone, open_session):
    """A second face excuses no other fault."""
    step = after_code_and_radio(phone, open_session)
    still = [(at_s, picture("me", faces=2)) for at_s, _ in honest_burst("me", challenge_of(step))]
    refused_face(phone, open_session, still, "picture_frozen", step=step)


def test_a_swap_in_the_middle_is_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    mine = honest_burst("me", challenge_of(step))
    theirs = honest_burst("friend", challenge_of(step))
    refused_face(phone, open_session, mine[:9] + theirs[9:], "face_swapped", step=step)


def test_an_expired_challenge_is_refused(phone, open_session):
    from verification.models import IssuedChallenge

    step = after_code_and_radio(phone, open_session)
    IssuedChallenge.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    burst = honest_burst("me", challenge_of(step))
    refused_face(phone, open_session, burst, "challenge_expired", step=step)


def test_without_an_enrolled_face_the_check_in_is_refused(fake_engine, classmate, open_session):
    bare = StudentPhone(classmate)
    step = after_code_and_radio(bare, open_session)
    bare.show(step["attempt"], 1, honest_burst("anyone", challenge_of(step)))
    answer = bare.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert "face_not_enrolled" in codes_of(answer)


def test_a_face_that_nobody_approved_gets_nobody_in(fake_engine, classmate, open_session):
    eager = StudentPhone(classmate)
    assert eager.enrol("a friend").status_code == 201
    step = after_code_and_radio(eager, open_session)
    eager.show(step["attempt"], 1, honest_burst("a friend", challenge_of(step)))
    answer = eager.mark(step["attempt"]).json()
    assert answer["outcome"] == "review"
    assert "face_waiting" in codes_of(answer)
    nobody_got_in(open_session)


def test_a_new_face_does_not_replace_the_approved_one_by_itself(phone, open_session):
    assert phone.enrol("a friend").status_code == 201
    step = after_code_and_radio(phone, open_session)
    burst = honest_burst("a friend", challenge_of(step))
    refused_face(phone, open_session, burst, "face_mismatch", step=step)


def test_a_template_moved_to_another_student_does_not_open(phone, friend, open_session):
    mine = FaceTemplate.objects.get(student_id=phone.user_id)
    theirs = FaceTemplate.objects.filter(student_id=friend.user_id)
    theirs.update(ciphertext=bytes(mine.ciphertext))
    step = after_code_and_radio(friend, open_session)
    answer = friend.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    assert (answer.status_code, answer.json()["code"]) == (409, "template_unreadable")
    nobody_got_in(open_session)


def test_eyes_shown_too_late_are_no_way_around_the_blink(phone, open_session):
    """Glare comes first, so that no blink is asked for, and then a photograph with open eyes."""
    step = after_code_and_radio(phone, open_session)
    glare = [
        (at_s, json.dumps(json.loads(frame) | {"eye_openness": 0.02}).encode())
        for at_s, frame in honest_burst("me", challenge_of(step))
    ]
    again = phone.show(step["attempt"], 1, glare).json()
    assert "moves_unreadable" in codes_of(again)
    assert all(prompt["move"] != "blink" for prompt in again["challenge"]["prompts"])

    shown = phone.show(step["attempt"], 2, honest_burst("me", challenge_of(again))).json()
    assert codes_of(shown) == {"blink_spared"}
    assert phone.mark(step["attempt"]).json()["outcome"] == "review"
    nobody_got_in(open_session)


def test_dark_glasses_cost_one_try_and_no_strike(phone, open_session):
    def with_glasses(step):
        return [
            (at_s, json.dumps(json.loads(frame) | {"eye_openness": 0.02}).encode())
            for at_s, frame in honest_burst("me", challenge_of(step))
        ]

    step = after_code_and_radio(phone, open_session)
    again = phone.show(step["attempt"], 1, with_glasses(step)).json()
    shown = phone.show(step["attempt"], 2, with_glasses(again)).json()
    assert codes_of(shown) == set()
    assert phone.mark(step["attempt"]).json()["outcome"] == "present"
    assert not Warning.objects.exists()
