"""The student's profile and the institution's figures are for admins, and hold no secrets."""

from datetime import timedelta

import pytest

from accounts.models import ConsentEvent, Device
from attendance_project import clock
from reports.queries import profiles
from reports.tests.conftest import days_ago, meet, put_down, queries_of
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    FaceTemplate,
    ReviewVerdict,
    Warning,
)

PROFILE = "/api/v1/admin/student-profile/{}"
STATS = "/api/v1/admin/stats"


def decide(session, student, outcome: str, *reasons: str) -> CheckInDecision:
    now = clock.now()
    attempt = CheckInAttempt.objects.create(
        session=session,
        student=student,
        jkt="k" * 43,
        nonce=f"{outcome}-{CheckInAttempt.objects.count()}",
        opened_at=now,
        expires_at=now + timedelta(minutes=2),
    )
    return CheckInDecision.objects.create(
        attempt=attempt,
        session=session,
        student=student,
        outcome=outcome,
        reasons=list(reasons),
        counted=[],
        evidence={},
        policy={},
        policy_version="test",
        decided_at=now,
    )


def warn(decision: CheckInDecision, **fields) -> Warning:
    return Warning.objects.create(
        session=decision.session,
        student=decision.student,
        decision=decision,
        reason="code_of_another_session",
        severity="high",
        measured={"qr_age_s": 4},
        created_at=clock.now(),
        **fields,
    )


@pytest.fixture
def known(student, course):
    """A student with a phone, a face, a consent, a warning and an absence."""
    now = clock.now()
    Device.objects.create(
        user=student,
        jkt="secret-thumbprint",
        public_jwk={"x": "secret-key"},
        name="Blue phone",
        status="active",
        registered_at=now,
    )
    FaceTemplate.objects.create(
        student=student,
        engine="fake",
        ciphertext=b"secret-template",
        consent_version="2027-01",
        status="approved",
        enrolled_at=now,
    )
    for hours, action in ((3, "given"), (2, "withdrawn"), (1, "given")):
        ConsentEvent.objects.create(
            user=student, version="2027-01", action=action, at=now - timedelta(hours=hours)
        )
    session = meet(course, days_ago(1))
    put_down(session, student, "absent")
    warn(decide(session, student, "refused", "code_of_another_session"))
    return student


def test_profile_gathers_all_about_a_student(as_user, admin_user, known, course):
    answer = as_user(admin_user).get(PROFILE.format(known.pk)).json()
    assert answer["person"]["email"] == known.email
    assert answer["person"]["institution_number"] == "S1"
    assert [e["subject"] for e in answer["enrolments"]] == ["Operating Systems"]
    assert answer["attendance"]["total"]["absence_streak"] == 1
    assert [w["reason"] for w in answer["warnings"]] == ["code_of_another_session"]
    assert [d["name"] for d in answer["devices"]] == ["Blue phone"]
    [consent] = answer["consent"]
    assert (consent["purpose"], consent["action"]) == ("face_recognition", "given")
    assert [f["status"] for f in answer["face"]] == ["approved"]


def test_profile_holds_no_key_template_or_measurement(as_user, admin_user, known):
    text = as_user(admin_user).get(PROFILE.format(known.pk)).content.decode()
    for secret in ("secret", "jkt", "jwk", "ciphertext", "password", "measured", "qr_age_s"):
        assert secret not in text


def test_profile_has_the_latest_warnings_and_the_rest_by_pages(
    as_user, admin_user, known, course, monkeypatch
):
    monkeypatch.setattr(profiles, "LATEST_WARNINGS", 2)
    for days in range(2, 6):
        session = meet(course, days_ago(days))
        put_down(session, known)
        warn(decide(session, known, "refused"))
    profile = as_user(admin_user).get(PROFILE.format(known.pk)).json()
    path = f"{PROFILE.format(known.pk)}/warnings"
    answer = as_user(admin_user).get(f"{path}?page_size=3").json()
    assert (len(profile["warnings"]), profile["warnings_count"]) == (2, answer["count"])
    assert answer["count"] >= 4
    assert profile["warnings"] == answer["results"][:2]
    assert len(answer["results"]) == 3
    assert as_user(admin_user).get(f"{path}?search=nothing-of-this").json()["count"] == 0


def test_profile_is_for_admins_and_of_students(
    as_user, admin_user, teacher, colleague, known, classmate, course
):
    for viewer in (known, classmate, teacher, colleague):
        assert as_user(viewer).get(PROFILE.format(known.pk)).status_code == 403
    for pk in (teacher.pk, admin_user.pk, course.pk):
        assert as_user(admin_user).get(PROFILE.format(pk)).status_code == 404


def test_profile_asks_as_many_queries_for_much_as_for_little(as_user, admin_user, known, course):
    def ask() -> int:
        return queries_of(lambda: as_user(admin_user).get(PROFILE.format(known.pk)))

    assert ask() == 12
    for days in range(2, 8):
        session = meet(course, days_ago(days))
        put_down(session, known)
        warn(decide(session, known, "refused"))
    assert ask() == 12


def test_stats_count_people_sessions_and_decisions(
    as_user, admin_user, teacher, colleague, student, classmate, outsider, course
):
    session = meet(course, state="open")
    meet(course, state="planned")
    meet(course, days_ago(3))
    put_down(session, student)
    decide(session, student, "present")
    decide(session, classmate, "refused", "code_too_old", "no_face")
    decide(session, outsider, "refused", "code_too_old")
    answer = as_user(admin_user).get(STATS).json()
    assert answer["people"] == {"student": 3, "teacher": 2, "admin": 1}
    states = {"planned": 1, "open": 1, "closed": 0, "cancelled": 0, "annulled": 0}
    assert answer["sessions_today"] == states
    assert answer["check_ins_today"] == {"present": 1, "late": 0, "review": 0, "refused": 2}
    assert answer["refusals_today"] == {"code_too_old": 2, "no_face": 1}
    assert answer["attendance_today"]["rate_percent"] is None


def test_stats_count_what_waits_for_someone(as_user, admin_user, student, classmate, course):
    session = meet(course, days_ago(2))
    answered = decide(session, student, "review", "no_bluetooth")
    decide(session, classmate, "review", "no_bluetooth")
    ReviewVerdict.objects.create(
        decision=answered, verdict="refused", by=admin_user, at=clock.now()
    )
    refused = decide(session, student, "refused", "other_face")
    warn(refused)
    warn(decide(meet(course), student, "refused"), verdict="dismissed")
    answer = as_user(admin_user).get(STATS).json()
    assert (answer["reviews_waiting"], answer["warnings_open"]) == (1, 1)


def test_stats_of_a_month_leave_out_older_rows_and_unfinished_absences(
    as_user, admin_user, student, classmate, course
):
    for days, status in ((40, "absent"), (20, "present"), (10, "present"), (5, "absent")):
        put_down(meet(course, days_ago(days)), student, status)
    unfinished = meet(course, state="open")
    put_down(unfinished, student, "absent")
    put_down(unfinished, classmate, "late")
    answer = as_user(admin_user).get(STATS).json()
    assert answer["attendance_30_days"]["counted"] == 3
    assert answer["attendance_30_days"]["rate_percent"] == 66.7
    assert answer["attendance_today"]["absent"] == 0


def test_stats_are_for_admins(as_user, teacher, student):
    for viewer in (teacher, student):
        assert as_user(viewer).get(STATS).status_code == 403


def test_stats_ask_as_many_queries_for_much_as_for_little(as_user, admin_user, student, course):
    def ask() -> int:
        return queries_of(lambda: as_user(admin_user).get(STATS))

    put_down(meet(course), student)
    few = ask()
    for _ in range(8):
        session = meet(course)
        put_down(session, student)
        decide(session, student, "refused", "no_face")
    assert (few, ask()) == (14, 14)
