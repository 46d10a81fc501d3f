"""The approvals page, and taking a verdict back within ten seconds."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Device
from attendance_project import clock
from attendance_project.refusals import Kind, Refusal
from conftest import NOW
from sessions_app import queries as teaching
from sessions_app import services as teaching_services
from sessions_app.models import Attendance, AttendanceMark
from verification import queries, services
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    FaceTemplate,
    ReviewVerdict,
    Warning,
)
from verification.tests.support import SEEN


def after(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def decision(open_session, student):
    attempt = CheckInAttempt.objects.create(
        session=open_session,
        student=student,
        jkt="key",
        nonce="nonce-00001",
        opened_at=NOW,
        expires_at=after(120),
    )
    return CheckInDecision.objects.create(
        attempt=attempt,
        session=open_session,
        student=student,
        outcome="review",
        reasons=["bluetooth_missing"],
        counted=["code", "face"],
        evidence={"standing": {"late": False}},
        policy={},
        policy_version="test",
        decided_at=NOW,
    )


@pytest.fixture
def warning(decision):
    return Warning.objects.create(
        session=decision.session,
        student=decision.student,
        decision=decision,
        reason="code_of_another_session",
        severity="high",
        measured={},
        created_at=NOW,
        appeal="The projector showed the wrong room.",
        appealed_at=NOW,
    )


@pytest.fixture
def face(student):
    return FaceTemplate.objects.create(
        student=student,
        engine="fake",
        ciphertext=b"sealed",
        consent_version="2027-01",
        status="waiting",
        enrolled_at=NOW,
    )


@pytest.fixture
def phone(student):
    return Device.objects.create(
        user=student,
        jkt="second",
        public_jwk={"kty": "EC"},
        name="New phone",
        status="pending",
        registered_at=NOW,
    )


@pytest.fixture
def desk(client, teacher):
    client.force_login(teacher)
    return client


def answer(decision, verdict, by, now=NOW):
    return services.answer_review(decision, verdict=verdict, note="", by=by, now=now)


def status_of(session, student):
    rows = {row.student_id: row.status for row in teaching.register_of(session)}
    return rows[student.pk]


@pytest.mark.parametrize(("verdict", "becomes"), [("confirmed", "present"), ("refused", "refused")])
def test_a_verdict_taken_back_lets_the_check_in_wait_again(
    decision, open_session, student, teacher, verdict, becomes
):
    given = answer(decision, verdict, teacher)
    assert status_of(open_session, student) == becomes
    services.undo_review(given, by=teacher, now=after(9.9))
    assert status_of(open_session, student) == "review"
    assert list(queries.waiting_reviews(teacher)) == [decision]
    assert not Attendance.objects.exists()
    given.refresh_from_db()
    assert (given.is_undone, given.undone_at) == (True, after(9.9))


def test_reviews_of_an_annulled_session_wait_again_when_it_is_restored(
    decision, open_session, teacher, admin_user
):
    now = clock.now()
    teaching_services.annul(open_session, by=teacher, reason="A slip.", now=now)
    assert list(queries.waiting_reviews(teacher)) == []
    assert not any(todo["count"] for todo in queries.to_dos(teacher))
    with pytest.raises(Refusal) as caught:
        answer(CheckInDecision.objects.get(pk=decision.pk), "confirmed", teacher)
    assert caught.value.code == "session_annulled"
    teaching_services.restore(open_session, by=teacher, now=now)
    assert list(queries.waiting_reviews(teacher)) == [decision]


def test_a_verdict_is_not_undone_in_an_annulled_session(decision, open_session, student, teacher):
    given = answer(decision, "confirmed", teacher)
    teaching_services.annul(open_session, by=teacher, reason="A slip.", now=NOW)
    given = ReviewVerdict.objects.get(pk=given.pk)
    with pytest.raises(Refusal) as caught:
        services.undo_review(given, by=teacher, now=after(1))
    assert caught.value.code == "session_annulled"
    given.refresh_from_db()
    assert not given.is_undone
    assert Attendance.objects.get().status == "present"


def test_the_first_verdict_stands_against_another(decision, teacher, admin_user):
    answer(decision, "confirmed", teacher)
    with pytest.raises(Refusal) as caught:
        answer(decision, "refused", admin_user)
    assert caught.value.code == "already_answered"
    assert Attendance.objects.get().status == "present"


@pytest.mark.parametrize("outcome", ["present", "late", "refused"])
def test_what_did_not_ask_for_a_verdict_takes_none(decision, teacher, outcome):
    CheckInDecision.objects.filter(pk=decision.pk).update(outcome=outcome)
    decision.refresh_from_db()
    with pytest.raises(Refusal) as caught:
        answer(decision, "confirmed", teacher)
    assert caught.value.code == "not_in_review"
    assert not ReviewVerdict.objects.exists()


def test_a_verdict_that_is_undone_before_its_mark_is_written_leaves_no_attendance(
    decision, teacher, monkeypatch
):
    record_mark = teaching_services.record_mark

    def undone_first(**mark):
        ReviewVerdict.objects.update(is_undone=True, undone_at=NOW)
        return record_mark(**mark)

    monkeypatch.setattr(teaching_services, "record_mark", undone_first)
    answer(decision, "confirmed", teacher)
    assert not Attendance.objects.exists()
    assert AttendanceMark.objects.get().undone_at == NOW


@pytest.mark.parametrize("seconds", [10, 60])
def test_it_is_too_late_after_ten_seconds(decision, teacher, seconds):
    given = answer(decision, "confirmed", teacher)
    with pytest.raises(Refusal) as caught:
        services.undo_review(given, by=teacher, now=after(seconds))
    assert caught.value.code == "undo_too_late"
    assert Attendance.objects.get().status == "present"


def test_only_who_gave_it_takes_it_back(decision, teacher, admin_user):
    given = answer(decision, "confirmed", teacher)
    with pytest.raises(Refusal) as caught:
        services.undo_review(given, by=admin_user, now=after(1))
    assert (caught.value.code, caught.value.kind) == ("not_yours", Kind.NOT_ALLOWED)
    assert Attendance.objects.get().status == "present"


def test_twice_is_harmless_and_finishes_what_a_crash_left(decision, teacher):
    given = answer(decision, "confirmed", teacher)
    ReviewVerdict.objects.update(is_undone=True, undone_at=after(1))
    services.undo_review(given, by=teacher, now=after(60))
    assert not Attendance.objects.exists()
    services.undo_review(given, by=teacher, now=after(90))
    assert ReviewVerdict.objects.get().undone_at == after(1)


def test_another_verdict_can_be_given_after_it(decision, open_session, student, teacher):
    services.undo_review(answer(decision, "refused", teacher), by=teacher, now=after(1))
    answer(decision, "confirmed", teacher, now=after(2))
    assert status_of(open_session, student) == "present"
    assert ReviewVerdict.objects.count() == 2
    assert AttendanceMark.objects.filter(undone_at=None).count() == 1


def test_the_database_holds_one_standing_verdict(decision, teacher):
    answer(decision, "confirmed", teacher)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewVerdict.objects.create(decision=decision, verdict="refused", by=teacher, at=NOW)


def test_in_a_closed_session_the_absence_stands_below_the_review(
    decision, open_session, student, teacher
):
    teaching_services.close_session(open_session, by=teacher, now=open_session.ends_at)
    services.undo_review(answer(decision, "confirmed", teacher), by=teacher, now=after(1))
    assert Attendance.objects.get(student=student).status == "absent"
    assert status_of(open_session, student) == "review"


def test_the_screen_offers_it_to_its_author(decision, open_session, student, teacher):
    given = answer(decision, "refused", teacher)
    assert teaching.undos_of(open_session, since=NOW - timedelta(seconds=1)) == {
        student.pk: {"url": f"/verdicts/{given.pk}/undo/", "by": teacher.pk, "at": NOW}
    }
    assert teaching.undos_of(open_session, since=NOW) == {}


def test_the_page_takes_a_verdict_back(desk, decision):
    desk.post(f"/reviews/{decision.pk}/verdict/", {"verdict": "confirmed"})
    undo = f"/verdicts/{ReviewVerdict.objects.get().pk}/undo/"
    assert desk.post(undo).status_code == 302
    assert not Attendance.objects.exists()
    ReviewVerdict.objects.update(is_undone=False, at=clock.now() - timedelta(seconds=11))
    late = desk.post(undo, headers={"accept": "application/json"})
    assert (late.status_code, late.json()["code"]) == (409, "undo_too_late")


def test_an_excused_student_whose_check_in_waits_still_waits(
    decision, open_session, student, teacher
):
    day = open_session.local_start.date()
    teaching_services.give_excuse(
        open_session.course,
        student,
        from_date=day,
        until_date=day,
        note="Ill.",
        by=teacher,
        now=NOW,
    )
    teaching_services.close_session(open_session, by=teacher, now=NOW)
    assert list(queries.waiting_reviews(teacher)) == [decision]
    assert status_of(open_session, student) == "review"


def test_everything_that_waits_stands_on_the_page(desk, student, warning, face, phone):
    html = desk.get("/approvals/").content.decode()
    assert html.count(student.full_name) >= 4
    assert "The projector showed the wrong room." in html
    assert "New phone" in html


def test_nothing_of_another_teachers_students_stands_there(
    client, colleague, student, warning, face, phone
):
    client.force_login(colleague)
    html = client.get("/approvals/").content.decode()
    assert student.full_name not in html
    for waiting in ("check-ins", "faces", "phones"):
        assert f"No {waiting} to " in html


def test_home_counts_what_waits(desk, warning, face, phone):
    to_dos = desk.get("/").context["to_dos"]
    assert [(to_do["count"], to_do["url"]) for to_do in to_dos] == [
        (1, "/approvals/#reviews"),
        (1, "/approvals/#warnings"),
        (1, "/approvals/#faces"),
        (1, "/approvals/#phones"),
    ]


def test_home_is_quiet_where_nothing_waits(desk, open_session):
    assert desk.get("/").context["to_dos"] == []


def test_warnings_faces_and_phones_are_decided_on_it(desk, warning, face, phone):
    back = {"back": "approvals"}
    body = {"verdict": "dismissed", "note": "Thank you for telling us."} | back
    posts = [
        ("warnings", f"/warnings/{warning.pk}/verdict/", body),
        ("faces", f"/faces/{face.pk}/verdict/", {"verdict": "approve", "note": SEEN} | back),
        ("phones", f"/phones/{phone.pk}/approve/", back),
    ]
    for part, url, data in posts:
        assert desk.post(url, data).headers["Location"] == f"/approvals/#{part}"
    warning.refresh_from_db()
    face.refresh_from_db()
    phone.refresh_from_db()
    assert (warning.verdict, warning.verdict_note) == ("dismissed", "Thank you for telling us.")
    assert (face.status, phone.status) == ("approved", "active")


@pytest.mark.parametrize("verdict", ["", "yes", "open"])
def test_a_verdict_that_is_none_is_refused(desk, warning, face, decision, verdict):
    for url in (
        f"/warnings/{warning.pk}/verdict/",
        f"/faces/{face.pk}/verdict/",
        f"/reviews/{decision.pk}/verdict/",
    ):
        answer = desk.post(url, {"verdict": verdict})
        assert answer.status_code == 400
        assert "This request could not be read" in answer.text
    assert not ReviewVerdict.objects.exists()


def test_a_note_that_is_too_long_is_told_and_nothing_is_decided(desk, decision):
    url = f"/reviews/{decision.pk}/verdict/"
    answer = desk.post(
        url, {"verdict": "confirmed", "note": "x" * 301, "back": "approvals"}, follow=True
    )
    assert "at most 300 characters" in answer.text
    assert not ReviewVerdict.objects.exists()


def test_deciding_twice_is_told_and_changes_nothing(desk, warning):
    url = f"/warnings/{warning.pk}/verdict/"
    desk.post(url, {"verdict": "dismissed", "back": "approvals"})
    page = desk.post(url, {"verdict": "upheld", "back": "approvals"}, follow=True)
    assert "already decided" in page.content.decode()
    warning.refresh_from_db()
    assert warning.verdict == "dismissed"
