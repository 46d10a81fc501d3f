"""Every cheat over HTTP: none gets in, and each is answered with its own reason."""

import json
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

import sessions_app.services as teaching
from accounts.models import Device
from accounts.testing import HOST, DeviceKey, signed_in
from sessions_app.models import Attendance, Session
from verification.domain.challenge import Challenge, Move, Prompt
from verification.engines.fake import honest_burst, picture
from verification.models import CheckInDecision, EvidenceRecord, FaceTemplate, Warning
from verification.tests.support import (
    READINGS,
    StudentPhone,
    challenge_of,
    drawn,
    form_of,
    new_nonce,
    sightings,
    tokens,
)


def codes_of(answer):
    return {reason["code"] for reason in answer["reasons"]}


def nobody_got_in(session):
    assert not Attendance.objects.filter(session=session, status__in=["present", "late"]).exists()


def refused(answer, reason, session):
    """The scan ended the attempt with this reason."""
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["accepted"] is False
    assert body["decision"]["outcome"] == "refused"
    assert reason in codes_of(body["decision"])
    nobody_got_in(session)


@pytest.fixture
def other_session(course, teacher, open_session):
    return Session.objects.create(
        course=course,
        subject=course.subject,
        class_group=course.class_group,
        teacher=teacher,
        starts_at=open_session.starts_at,
        ends_at=open_session.ends_at,
        time_zone="UTC",
        state="open",
        opened_at=open_session.opened_at,
    )


# --- the code -------------------------------------------------------------------------


def test_one_photographed_code_is_not_enough(phone, open_session):
    refused(phone.scan(tokens(open_session, ages=(0,))), "code_too_few", open_session)


def test_the_same_code_twice_is_one_code(phone, open_session):
    refused(phone.scan(tokens(open_session, ages=(0,)) * 2), "code_too_few", open_session)


def test_photographs_sent_on_are_too_old(phone, open_session):
    refused(phone.scan(tokens(open_session, ages=(6, 5))), "code_too_old", open_session)
    assert not Warning.objects.exists()


def test_photographs_kept_for_minutes_leave_a_warning(phone, open_session):
    refused(phone.scan(tokens(open_session, ages=(61, 60))), "code_kept", open_session)
    assert Warning.objects.get().severity == "low"


def test_old_codes_do_not_pass_by_the_one_request_either(phone, open_session):
    body = {"session": str(open_session.pk), "nonce": new_nonce()}
    attempt = phone.post("/attendance/attempts", body).json()
    data = {
        "attempt": attempt["attempt"],
        "challenge": 1,
        "nonce": new_nonce(),
        "sightings": json.dumps(sightings(open_session)),
        "tokens": json.dumps(tokens(open_session, ages=(18, 17))),
        **form_of(honest_burst("me", challenge_of(attempt))),
    }
    drawn(attempt["attempt"], 1, seconds_ago=6)
    answer = phone.send_form("/attendance/check-in", data).json()
    assert answer["outcome"] == "refused"
    assert "code_too_old" in codes_of(answer)


def test_codes_that_are_not_shown_yet_are_worth_nothing(phone, open_session):
    """A stolen key aside, nobody has them; the server does not take them even so."""
    refused(phone.scan(tokens(open_session, ages=(-4, -5))), "code_outside_opening", open_session)


def test_codes_of_another_session_are_refused(phone, open_session, other_session):
    mixed = [*tokens(open_session, ages=(0,)), *tokens(other_session, ages=(1,))]
    refused(phone.scan(mixed), "code_of_another_session", open_session)
    body = {"session": str(open_session.pk)}
    answer = phone.scan(tokens(other_session), **body)
    refused(answer, "code_of_another_session", open_session)


@pytest.mark.parametrize("flip", [0, 13, 31])
def test_forged_codes_are_refused_with_a_warning(phone, open_session, flip):
    """One character changed, in the session, the slot or the MAC."""
    good = tokens(open_session)
    changed = "A" if good[0][flip] != "A" else "B"
    forged = good[0][:flip] + changed + good[0][flip + 1 :]
    answer = phone.scan([forged, good[1]], session=str(open_session.pk)).json()
    assert answer["decision"]["outcome"] == "refused"
    expected = "code_of_another_session" if flip == 0 else "code_forged"
    assert expected in codes_of(answer["decision"])
    assert Warning.objects.filter(reason=expected).exists()
    nobody_got_in(open_session)


def test_codes_made_with_a_guessed_key_are_forged(phone, open_session):
    forged = tokens(open_session, key=secrets.token_bytes(32))
    refused(phone.scan(forged), "code_forged", open_session)
    assert Warning.objects.get().severity == "high"


@pytest.mark.parametrize("cut", [1, 16, 31])
def test_truncated_codes_are_unreadable(phone, open_session, cut):
    seen = [token[:cut] for token in tokens(open_session)]
    refused(phone.scan(seen, session=str(open_session.pk)), "code_unreadable", open_session)


@pytest.mark.parametrize("text", ["HTTPS://EVIL.TEST/Q/AAAA", "", "\u202e", "🂡" * 32, "=" * 32])
def test_what_is_no_code_opens_nothing(phone, open_session, text):
    answer = phone.scan([text or " "])
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json()["attempt"] is None
        assert codes_of(answer.json()) == {"code_unreadable"}


def test_a_code_scanned_before_opening_is_refused(phone, open_session):
    Session.objects.filter(pk=open_session.pk).update(state="planned", opened_at=None)
    refused(phone.scan(tokens(open_session)), "session_not_open", open_session)


def test_a_code_of_before_the_opening_is_refused_after_it(phone, open_session):
    now = datetime.now(UTC)
    Session.objects.filter(pk=open_session.pk).update(opened_at=now)
    refused(phone.scan(tokens(open_session, ages=(3, 2))), "code_outside_opening", open_session)


def test_a_code_scanned_after_closing_is_refused(phone, open_session):
    closed_at = datetime.now(UTC) - timedelta(minutes=1)
    Session.objects.filter(pk=open_session.pk).update(state="closed", closed_at=closed_at)
    refused(phone.scan(tokens(open_session)), "session_not_open", open_session)


# --- who and with what ----------------------------------------------------------------


def test_a_student_who_is_not_enrolled_is_refused(fake_engine, outsider, open_session):
    stranger = StudentPhone(outsider)
    refused(stranger.scan(tokens(open_session)), "not_enrolled", open_session)


def test_a_student_who_left_the_course_is_refused(phone, student, open_session):
    student.enrolments.update(is_active=False)
    refused(phone.scan(tokens(open_session)), "not_enrolled", open_session)


def test_another_students_attempt_is_not_found(phone, friend, open_session):
    step = phone.scan(tokens(open_session)).json()
    for answer in (
        friend.mark(step["attempt"]),
        friend.hear(step["attempt"], sightings(open_session)),
        friend.show(step["attempt"], 1, honest_burst("friend", challenge_of(step))),
        friend.scan(tokens(open_session), attempt=step["attempt"]),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "attempt_not_found")
    nobody_got_in(open_session)


def test_a_stolen_token_without_the_key_does_nothing(phone, open_session):
    body = {"tokens": tokens(open_session), "nonce": new_nonce()}
    for scheme in ("Bearer", "DPoP"):
        thief = APIClient()
        thief.credentials(HTTP_AUTHORIZATION=f"{scheme} {phone.access}")
        answer = thief.post("/api/v1/qr/scan", body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (401, "device_proof_required")
    other = DeviceKey()
    proof = other.proof("POST", f"{HOST}/api/v1/qr/scan", phone.access)
    thief.credentials(HTTP_AUTHORIZATION=f"DPoP {phone.access}", HTTP_DPOP=proof)
    answer = thief.post("/api/v1/qr/scan", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_device_proof")
    nobody_got_in(open_session)


def test_a_replayed_proof_is_refused(phone, open_session):
    headers = phone.headers("POST", "/qr/scan")
    body = {"tokens": tokens(open_session), "nonce": new_nonce()}
    first = phone.client.post("/api/v1/qr/scan", body, format="json", **headers)
    again = phone.client.post("/api/v1/qr/scan", body, format="json", **headers)
    assert first.status_code == 200
    assert (again.status_code, again.json()["code"]) == (401, "device_proof_replayed")


def test_a_token_without_a_key_cannot_check_in(phone, student, open_session):
    plain = signed_in(student)
    body = {"tokens": tokens(open_session), "nonce": new_nonce()}
    answer = plain.post("/api/v1/qr/scan", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "device_key_required")


def test_a_second_student_on_the_same_phone_is_refused_with_a_warning(
    phone, classmate, open_session
):
    borrowed = StudentPhone(classmate, key=phone.key)
    refused(borrowed.scan(tokens(open_session)), "device_of_another_student", open_session)
    assert Warning.objects.get().student == classmate


def test_a_new_phone_minutes_before_class_waits(phone, student, open_session):
    new = StudentPhone(student)
    refused(new.scan(tokens(open_session)), "device_waiting", open_session)
    assert not Warning.objects.exists()


def test_an_attempt_cannot_move_to_another_phone(phone, student, open_session):
    """The old phone opens the attempt in the room, a new one elsewhere would end it."""
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    new = StudentPhone(student)
    Device.objects.filter(jkt=phone.key.jkt).update(status="revoked")
    Device.objects.filter(jkt=new.key.jkt).update(status="active")
    answer = new.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert "device_changed" in codes_of(answer)


# --- the face -------------------------------------------------------------------------


def after_code_and_radio(phone, session):
    step = phone.scan(tokens(session)).json()
    phone.hear(step["attempt"], sightings(session))
    return step


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
    """The same person, alive, but recorded for other prompts."""
    step = after_code_and_radio(phone, open_session)
    now = challenge_of(step)
    flipped = {Move.TURN_LEFT: Move.TURN_RIGHT, Move.TURN_RIGHT: Move.TURN_LEFT}
    earlier = Challenge(
        tuple(Prompt(flipped[p.move], p.start_s, p.end_s) for p in now.prompts), now.duration_s
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


def test_two_people_in_the_frame_are_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    burst = honest_burst("me", challenge_of(step))
    at_s, frame = burst[5]
    burst[5] = (at_s, json.dumps(json.loads(frame) | {"faces": 2}).encode())
    refused_face(phone, open_session, burst, "face_several", step=step)


def test_a_swap_in_the_middle_is_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    mine = honest_burst("me", challenge_of(step))
    theirs = honest_burst("friend", challenge_of(step))
    refused_face(phone, open_session, mine[:9] + theirs[9:], "face_swapped", step=step)


def test_an_expired_challenge_is_refused(phone, open_session):
    from verification.models import IssuedChallenge

    step = after_code_and_radio(phone, open_session)
    IssuedChallenge.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
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
    mine = FaceTemplate.objects.get(student_id=phone.login["user"]["id"])
    theirs = FaceTemplate.objects.filter(student_id=friend.login["user"]["id"])
    theirs.update(ciphertext=bytes(mine.ciphertext))
    step = after_code_and_radio(friend, open_session)
    answer = friend.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    assert (answer.status_code, answer.json()["code"]) == (409, "template_unreadable")
    nobody_got_in(open_session)


# --- the radio ------------------------------------------------------------------------


def radio_refused(phone, session, heard, reason):
    step = phone.scan(tokens(session)).json()
    assert phone.hear(step["attempt"], heard).json()["accepted"] is False
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert reason in codes_of(answer)
    assert Warning.objects.filter(reason=reason).exists()
    nobody_got_in(session)


def test_ids_of_an_earlier_slot_are_replayed(phone, open_session):
    heard = sightings(open_session, ages=(41, 40))
    radio_refused(phone, open_session, heard, "bluetooth_replayed")


def test_invented_ids_are_refused(phone, open_session):
    heard = [
        {"eid": secrets.token_hex(8), "rssi_dbm": list(READINGS)},
        {"eid": secrets.token_hex(8), "rssi_dbm": list(READINGS)},
    ]
    radio_refused(phone, open_session, heard, "bluetooth_invented")


@pytest.mark.parametrize("louder_db", [0.0, -4.0])
def test_a_friends_trace_is_a_copy_even_when_made_louder(phone, friend, open_session, louder_db):
    heard = sightings(open_session)
    step = friend.scan(tokens(open_session)).json()
    assert friend.hear(step["attempt"], heard).json()["accepted"] is True
    copy = [s | {"rssi_dbm": [round(r + louder_db, 2) for r in s["rssi_dbm"]]} for s in heard]
    radio_refused(phone, open_session, copy, "bluetooth_copied")


def test_a_signal_that_never_varies_waits_for_the_teacher(phone, open_session):
    flat = [s | {"rssi_dbm": [-60.0] * 5} for s in sightings(open_session)]
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], flat)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "review"
    assert codes_of(answer) == {"bluetooth_flat"}


def test_the_beacon_of_the_next_room_is_no_invention(phone, open_session, other_session):
    heard = [*sightings(other_session), *sightings(open_session)]
    step = phone.scan(tokens(open_session)).json()
    assert phone.hear(step["attempt"], heard).json()["reasons"] == []


def test_only_the_next_rooms_beacon_is_not_enough(phone, open_session, other_session):
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(other_session))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert (answer["outcome"], codes_of(answer)) == ("review", {"bluetooth_too_little"})


# --- the decision ---------------------------------------------------------------------


def test_expired_evidence_is_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    old = datetime.now(UTC) - timedelta(seconds=121)
    EvidenceRecord.objects.update(received_at=old)
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert "evidence_expired" in codes_of(answer)
    nobody_got_in(open_session)


def test_nothing_is_added_to_a_decided_or_expired_attempt(phone, open_session):
    step = phone.scan(tokens(open_session)).json()
    phone.mark(step["attempt"])
    late = phone.hear(step["attempt"], sightings(open_session))
    assert (late.status_code, late.json()["code"]) == (409, "attempt_decided")


def test_claims_by_the_client_are_not_even_read(phone, open_session):
    claims = {
        "passed": True,
        "verified": True,
        "liveness": True,
        "face_match": 1.0,
        "outcome": "present",
        "accepted": True,
    }
    step = phone.scan(tokens(open_session, ages=(0,)), **claims).json()
    assert step["decision"]["outcome"] == "refused"
    step = phone.scan(tokens(open_session), **claims).json()
    answer = phone.mark(step["attempt"], **claims).json()
    assert answer["outcome"] == "refused"
    assert "face_missing" in codes_of(answer)
    nobody_got_in(open_session)


def test_an_attempt_without_any_evidence_is_refused(phone, open_session):
    body = {"session": str(open_session.pk), "nonce": new_nonce()}
    attempt = phone.post("/attendance/attempts", body).json()["attempt"]
    answer = phone.mark(attempt).json()
    assert answer["outcome"] == "refused"
    assert codes_of(answer) == {"code_missing"}


def test_a_teacher_cannot_mark_in_anothers_session(colleague, student, open_session):
    body = {
        "session": str(open_session.pk),
        "student": str(student.pk),
        "status": "present",
        "reason": "A favour",
        "nonce": new_nonce(),
    }
    answer = signed_in(colleague).post("/api/v1/attendance/manual", body, format="json")
    assert answer.status_code == 404
    assert not Attendance.objects.exists()


def test_a_student_cannot_mark_or_confirm_by_hand(phone, student, open_session):
    answer = phone.check_in(open_session, hears=False)
    path = f"/attendance/reviews/{answer['decision']}"
    assert phone.post(path, {"verdict": "confirmed"}).status_code == 403
    body = {
        "session": str(open_session.pk),
        "student": str(student.pk),
        "status": "present",
        "reason": "I am here",
        "nonce": new_nonce(),
    }
    assert phone.post("/attendance/manual", body).status_code in (403, 404)
    nobody_got_in(open_session)


def test_a_student_reads_nothing_of_another(phone, friend, classmate, open_session):
    friend.check_in(open_session, who="another")
    assert Warning.objects.filter(student=classmate).exists()
    assert phone.get(f"/profile/{classmate.pk}").status_code == 404
    assert phone.get(f"/attendance/statistics/today/{classmate.pk}").status_code == 404
    assert phone.get(f"/attendance/statistics/all/{classmate.pk}").status_code == 404
    assert phone.get("/warnings").json()["count"] == 0
    assert phone.get("/warned-users").status_code == 403
    assert phone.get("/face/waiting").status_code == 403
    warning = Warning.objects.get(student=classmate, reason="face_mismatch")
    appeal = phone.post(f"/warnings/{warning.pk}/appeal", {"text": "That was me"})
    assert appeal.status_code == 404


def test_a_teacher_cannot_approve_the_face_of_a_stranger(fake_engine, outsider, teacher):
    stranger = StudentPhone(outsider)
    assert stranger.enrol("x").status_code == 201
    template = FaceTemplate.objects.get()
    desk = signed_in(teacher)
    assert desk.get("/api/v1/face/waiting").json()["count"] == 0
    path = f"/api/v1/face/waiting/{template.pk}"
    assert desk.post(path, {"verdict": "approve"}, format="json").status_code == 404


def test_no_role_is_had_by_asking(phone, student):
    for body in ({"role": "admin"}, {"is_superuser": True}, {"role": "teacher", "is_staff": True}):
        phone.put(f"/profile/update/{student.pk}", {"full_name": "Me", **body})
    student.refresh_from_db()
    assert (student.role, student.is_superuser) == ("student", False)


def test_three_strikes_tell_the_admin_and_punish_nobody(
    phone, student, admin_user, open_session, mailoutbox
):
    for attack in ("forged", "face", "radio"):
        if attack == "forged":
            phone.scan(tokens(open_session, key=secrets.token_bytes(32)))
            continue
        step = phone.scan(tokens(open_session)).json()
        invented = [{"eid": secrets.token_hex(8), "rssi_dbm": list(READINGS)}]
        heard = invented if attack == "radio" else sightings(open_session)
        phone.hear(step["attempt"], heard)
        who = "friend" if attack == "face" else "me"
        phone.show(step["attempt"], 1, honest_burst(who, challenge_of(step)))
        phone.mark(step["attempt"])
    assert [mail.to for mail in mailoutbox] == [[admin_user.email]]
    assert "3 warnings" in mailoutbox[0].subject
    rows = signed_in(admin_user).get("/api/v1/warned-users").json()["results"]
    assert [(row["full_name"], row["strikes"]) for row in rows] == [(student.full_name, 3)]
    assert phone.check_in(open_session)["outcome"] == "present"


def test_the_student_is_heard_and_a_person_decides(phone, teacher, colleague, open_session):
    phone.check_in(open_session, who="another")
    warning = phone.get("/warnings").json()["results"][0]
    assert "measured" not in warning
    heard = phone.post(f"/warnings/{warning['id']}/appeal", {"text": "I had a beard."})
    assert heard.json()["appeal"] == "I had a beard."
    again = phone.post(f"/warnings/{warning['id']}/appeal", {"text": "And another thing"})
    assert again.status_code == 409
    path = f"/api/v1/warnings/{warning['id']}/verdict"
    body = {"verdict": "dismissed", "note": "I know him"}
    assert signed_in(colleague).post(path, body, format="json").status_code == 404
    assert phone.post(path, body).status_code == 403
    decided = signed_in(teacher).post(path, body, format="json").json()
    assert (decided["verdict"], decided["appeal"]) == ("dismissed", "I had a beard.")
    assert signed_in(teacher).post(path, body, format="json").status_code == 409


def test_every_decision_keeps_what_it_needs_to_be_replayed(phone, open_session):
    from verification.domain.check_in import decide
    from verification.domain.evidence import Evidence
    from verification.domain.policy import Policy

    phone.check_in(open_session, who="another")
    stored = CheckInDecision.objects.get()
    again = decide(Evidence.from_json(stored.evidence), Policy.from_json(stored.policy))
    assert (again.outcome.value, list(again.reasons)) == (stored.outcome, stored.reasons)
    assert (stored.policy_version, stored.engine) == ("2026.1", "fake")


def test_the_beacon_key_and_codes_are_the_teachers_alone(
    phone, teacher, colleague, admin_user, open_session
):
    paths = [
        f"/api/v1/qr/generate/{open_session.pk}",
        f"/api/v1/sessions/{open_session.pk}/beacon",
        f"/api/v1/sessions/{open_session.pk}/short-code",
    ]
    for path in paths:
        assert signed_in(teacher).get(path).status_code == 200
        assert signed_in(colleague).get(path).status_code == 404
        assert phone.get(path).status_code in (403, 404)
    keys = {teaching.code_key(open_session), teaching.beacon_key(open_session)}
    assert len(keys) == 2
