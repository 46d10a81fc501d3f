"""The honest check-in, step by step and in one request. Repeats are harmless."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.tests.phone import signed_in
from lab.fake_engine import honest_burst
from sessions_app.models import Attendance, AttendanceMark, Session
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    EvidenceRecord,
    FaceTemplate,
    TemplateAccess,
    Warning,
)
from verification.tests.support import challenge_of, drawn, form_of, new_nonce, sightings, tokens


def test_an_honest_check_in_is_present_with_all_that_counted(phone, student, open_session):
    answer = phone.check_in(open_session)
    assert answer["outcome"] == "present"
    assert answer["reasons"] == []
    assert answer["counted"] == ["code", "bluetooth", "face"]
    row = Attendance.objects.get(session=open_session, student=student)
    assert (row.status, row.source, row.evidence) == (
        "present",
        "check_in",
        ["code", "bluetooth", "face"],
    )
    assert not Warning.objects.exists()


def test_after_the_limit_it_is_late(phone, open_session):
    earlier = open_session.starts_at - timedelta(minutes=20)
    Session.objects.filter(pk=open_session.pk).update(starts_at=earlier)
    assert phone.check_in(open_session)["outcome"] == "late"


def test_answers_hold_no_scores(phone, open_session):
    step = phone.scan(tokens(open_session)).json()
    burst = honest_burst("someone else", challenge_of(step))
    shown = phone.show(step["attempt"], 1, burst).json()
    marked = phone.mark(step["attempt"]).json()
    assert shown["accepted"] is False
    for answer in (shown, marked):
        text = json.dumps(answer)
        assert not any(word in text for word in ("score", "rssi", "cosine", "yaw", "distance"))


def test_no_radio_waits_for_the_teacher_who_confirms_with_one_call(
    phone, student, teacher, open_session
):
    answer = phone.check_in(open_session, hears=False)
    assert answer["outcome"] == "review"
    assert [r["code"] for r in answer["reasons"]] == ["bluetooth_missing"]
    assert not Attendance.objects.exists()
    desk = signed_in(teacher)
    waiting = desk.get(f"/api/v1/attendance/reviews?session={open_session.pk}").json()["results"]
    assert [row["decision"] for row in waiting] == [answer["decision"]]
    path = f"/api/v1/attendance/reviews/{answer['decision']}"
    for _ in range(2):
        confirmed = desk.post(path, {"verdict": "confirmed"}, format="json")
        assert confirmed.json()["attendance"] == "present"
    row = AttendanceMark.objects.get(session=open_session, student=student)
    assert (row.source, row.by_id) == ("review", teacher.pk)
    assert desk.post(path, {"verdict": "refused"}, format="json").status_code == 409
    assert desk.get("/api/v1/attendance/reviews").json()["count"] == 0


def test_a_refused_review_leaves_no_attendance(phone, teacher, open_session):
    answer = phone.check_in(open_session, hears=False)
    path = f"/api/v1/attendance/reviews/{answer['decision']}"
    refused = signed_in(teacher).post(path, {"verdict": "refused", "note": "Not here"}, "json")
    assert refused.status_code == 200
    assert not Attendance.objects.exists()


def test_colleagues_cannot_see_or_answer_a_review(phone, colleague, open_session):
    answer = phone.check_in(open_session, hears=False)
    desk = signed_in(colleague)
    assert desk.get("/api/v1/attendance/reviews").json()["count"] == 0
    path = f"/api/v1/attendance/reviews/{answer['decision']}"
    assert desk.post(path, {"verdict": "confirmed"}, format="json").status_code == 404
    assert not Attendance.objects.exists()


def test_the_short_code_waits_for_the_teacher(phone, teacher, open_session):
    digits = signed_in(teacher).get(f"/api/v1/sessions/{open_session.pk}/short-code").json()
    body = {"short_code": digits["digits"], "session": str(open_session.pk), "nonce": new_nonce()}
    step = phone.post("/qr/scan", body).json()
    assert step["accepted"] is True
    phone.hear(step["attempt"], sightings(open_session))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "review"
    assert [r["code"] for r in answer["reasons"]] == ["short_code_used"]


def test_a_wrong_short_code_is_refused_without_a_warning(phone, teacher, open_session):
    digits = signed_in(teacher).get(f"/api/v1/sessions/{open_session.pk}/short-code").json()
    wrong = f"{(int(digits['digits']) + 1) % 10**6:06d}"
    body = {"short_code": wrong, "session": str(open_session.pk), "nonce": new_nonce()}
    answer = phone.post("/qr/scan", body).json()
    assert answer["decision"]["outcome"] == "refused"
    assert not Warning.objects.exists()


def test_everything_in_one_request(phone, open_session):
    body = {"session": str(open_session.pk), "nonce": new_nonce()}
    opened = phone.post("/attendance/attempts", body)
    assert opened.status_code == 201
    attempt = opened.json()
    data = {
        "attempt": attempt["attempt"],
        "challenge": attempt["challenge"]["number"],
        "nonce": new_nonce(),
        "sightings": json.dumps(sightings(open_session)),
        **form_of(honest_burst("me", challenge_of(attempt))),
        "tokens": json.dumps(tokens(open_session)),
    }
    drawn(attempt["attempt"], 1, seconds_ago=challenge_of(attempt).duration_s)
    answer = phone.send_form("/attendance/check-in", data)
    assert answer.json()["outcome"] == "present"


def test_one_request_that_took_long_waits_for_the_teacher(phone, open_session):
    attempt = phone.post(
        "/attendance/attempts", {"session": str(open_session.pk), "nonce": new_nonce()}
    ).json()
    data = {
        "attempt": attempt["attempt"],
        "challenge": 1,
        "nonce": new_nonce(),
        "sightings": json.dumps(sightings(open_session)),
        **form_of(honest_burst("me", challenge_of(attempt))),
        "tokens": json.dumps(tokens(open_session, ages=(17, 16))),
    }
    drawn(attempt["attempt"], 1, seconds_ago=challenge_of(attempt).duration_s)
    answer = phone.send_form("/attendance/check-in", data).json()
    assert answer["outcome"] == "review"
    assert [r["code"] for r in answer["reasons"]] == ["code_arrived_late"]


def test_the_same_nonce_again_finds_the_same(phone, open_session):
    scanned = {"tokens": tokens(open_session), "nonce": new_nonce()}
    steps = [phone.post("/qr/scan", scanned).json() for _ in range(2)]
    assert steps[0]["attempt"] == steps[1]["attempt"]
    heard = {
        "attempt": steps[0]["attempt"],
        "sightings": sightings(open_session),
        "nonce": new_nonce(),
    }
    for _ in range(2):
        assert phone.post("/bluetooth/check", heard).json()["accepted"] is True
    burst = honest_burst("me", challenge_of(steps[0]))
    nonce = new_nonce()
    for _ in range(2):
        assert phone.show(steps[0]["attempt"], 1, burst, nonce=nonce).json()["accepted"] is True
    marks = [phone.mark(steps[0]["attempt"]).json() for _ in range(2)]
    assert marks[0] == marks[1]
    assert EvidenceRecord.objects.count() == 3
    assert CheckInAttempt.objects.count() == CheckInDecision.objects.count() == 1
    assert AttendanceMark.objects.count() == 1


def test_a_nonce_of_one_session_opens_nothing_at_another(phone, open_session, course, teacher):
    nonce = new_nonce()
    phone.post("/attendance/attempts", {"session": str(open_session.pk), "nonce": nonce})
    other = Session.objects.create(
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
    answer = phone.post("/attendance/attempts", {"session": str(other.pk), "nonce": nonce})
    assert (answer.status_code, answer.json()["code"]) == (409, "nonce_reused")


def test_a_bad_capture_gives_a_hint_and_a_new_challenge_and_no_strike(phone, open_session):
    from lab.fake_engine import picture

    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    dark = [
        (at_s, picture("me", yaw=json.loads(frame)["yaw"], grain=n, shift=0.05, brightness=20.0))
        for n, (at_s, frame) in enumerate(honest_burst("me", challenge_of(step)))
    ]
    answer = phone.show(step["attempt"], 1, dark).json()
    assert answer["hint"] == "too_dark"
    assert answer["tries_left"] == 2
    assert answer["challenge"]["number"] == 2
    again = phone.show(step["attempt"], 2, honest_burst("me", challenge_of(answer))).json()
    assert again["accepted"] is True
    assert phone.mark(step["attempt"]).json()["outcome"] == "present"
    assert not Warning.objects.exists()


def test_tries_are_few(phone, open_session):
    step = phone.scan(tokens(open_session)).json()
    answer = step
    for number in (1, 2, 3):
        burst = honest_burst("other", challenge_of(answer))
        answer = phone.show(step["attempt"], number, burst).json()
    assert (answer["tries_left"], answer["challenge"]) == (0, None)
    assert phone.show(step["attempt"], 4, burst).json()["code"] == "challenge_not_found"


def test_closing_while_a_check_in_is_on_its_way_loses_nobody(phone, teacher, student, open_session):
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    closed = signed_in(teacher).post(f"/api/v1/sessions/{open_session.pk}/close")
    assert closed.status_code == 200
    assert Attendance.objects.get(session=open_session, student=student).status == "absent"
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    assert phone.mark(step["attempt"]).json()["outcome"] == "present"
    assert Attendance.objects.get(session=open_session, student=student).status == "present"


def test_what_was_left_undecided_is_decided_at_closing(phone, teacher, open_session):
    """Leaving after a bad try does not hide the try."""
    step = phone.scan(tokens(open_session)).json()
    phone.show(step["attempt"], 1, honest_burst("someone else", challenge_of(step)))
    assert not Warning.objects.exists()
    opened = CheckInAttempt.objects.get().opened_at
    CheckInAttempt.objects.update(expires_at=opened - timedelta(seconds=1))
    signed_in(teacher).post(f"/api/v1/sessions/{open_session.pk}/close")
    decision = CheckInDecision.objects.get()
    assert decision.outcome == "refused"
    assert "face_mismatch" in decision.reasons
    assert Warning.objects.get().reason == "face_mismatch"


def test_a_manual_mark_stands_against_a_later_check_in(phone, student, teacher, open_session):
    body = {
        "session": str(open_session.pk),
        "student": str(student.pk),
        "status": "excused",
        "reason": "Told me before",
        "nonce": new_nonce(),
    }
    assert signed_in(teacher).post("/api/v1/attendance/manual", body, "json").status_code in (
        200,
        201,
    )
    answer = phone.check_in(open_session)
    assert answer["outcome"] == "present"
    assert answer["attendance"] == "excused"


def test_who_declined_the_face_is_confirmed_by_the_teacher(phone, open_session):
    declined = phone.post("/face/consent", {"action": "decline"})
    assert declined.json()["faces"] == []
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    answer = phone.mark(step["attempt"]).json()
    assert answer["outcome"] == "review"
    assert [r["code"] for r in answer["reasons"]] == ["face_declined"]


def test_erasing_the_face_leaves_no_template(phone, student):
    for _ in range(2):
        assert phone.delete("/face").status_code == 204
    assert not FaceTemplate.objects.filter(student=student).exists()
    purposes = set(TemplateAccess.objects.filter(student=student).values_list("purpose", flat=True))
    assert purposes == {"enrolled", "approved", "erased"}


def test_every_read_of_a_template_is_logged(phone, student, open_session):
    phone.check_in(open_session)
    reads = TemplateAccess.objects.filter(student=student, purpose="check_in")
    assert [access.actor_id for access in reads] == [student.pk]


@pytest.mark.django_db(transaction=True)
def test_marking_sixteen_times_at_once_leaves_one_row(phone, student, open_session):
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))

    def mark(_):
        try:
            return phone.__class__.mark(phone, step["attempt"]).json()["decision"]
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        decisions = set(pool.map(mark, range(16)))
    assert len(decisions) == 1
    assert Attendance.objects.filter(session=open_session, student=student).count() == 1
    assert AttendanceMark.objects.count() == CheckInDecision.objects.count() == 1
