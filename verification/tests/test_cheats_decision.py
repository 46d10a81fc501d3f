"""Cheats around the decision: expired evidence, claims, favours, other people's data.

Each is tried over HTTP, lets nobody in, and is answered with its own reason.
"""

import secrets
from datetime import timedelta

import sessions_app.services as teaching
from accounts.tests.phone import signed_in
from attendance_project import clock
from lab.fake_engine import honest_burst
from sessions_app.models import Attendance, Enrolment, Subject
from verification import services
from verification.models import CheckInDecision, EvidenceRecord, FaceTemplate, Warning
from verification.services import records
from verification.tests.support import (
    READINGS,
    StudentPhone,
    after_code_and_radio,
    challenge_of,
    codes_of,
    new_nonce,
    nobody_got_in,
    sightings,
    tokens,
)


def test_expired_evidence_is_refused(phone, open_session):
    step = after_code_and_radio(phone, open_session)
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    old = clock.now() - timedelta(seconds=121)
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


def test_a_teacher_cannot_approve_the_face_of_a_stranger(
    fake_engine, outsider, teacher, colleague, course
):
    course.pk, course.teacher, course.subject = None, colleague, Subject.objects.create(code="DB")
    course.save(force_insert=True)
    Enrolment.objects.create(course=course, student=outsider, enrolled_at=clock.now())
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


def test_a_decision_whose_consequences_are_repeated_tells_the_admin_once(
    phone, admin_user, open_session, settings, mailoutbox
):
    settings.STRIKES_BEFORE_NOTICE = 1
    phone.scan(tokens(open_session, key=secrets.token_bytes(32)))
    services.apply_decision(CheckInDecision.objects.get())
    assert [mail.to for mail in mailoutbox] == [[admin_user.email]]
    Warning.objects.all().delete()
    services.apply_decision(CheckInDecision.objects.get())
    assert len(mailoutbox) == 1


def test_reports_of_one_kind_are_few(phone, open_session, monkeypatch):
    monkeypatch.setattr(records, "RECORDS_OF_A_KIND", 2)
    attempt = phone.scan(tokens(open_session)).json()["attempt"]
    heard = [phone.hear(attempt, sightings(open_session)) for _ in range(3)]
    assert [answer.status_code for answer in heard] == [200, 200, 429]
    assert heard[2].json()["code"] == "too_many_reports"


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
    assert (stored.policy_version, stored.engine) == ("2026.8", "fake")


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
