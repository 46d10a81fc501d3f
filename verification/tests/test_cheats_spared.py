"""Cheats who say at each session that they cannot make the moves: that is counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.services import merge_accounts, undo_merge
from accounts.tests.phone import signed_in
from attendance_project import clock
from lab.fake_engine import honest_burst
from sessions_app.models import Session
from verification.domain.spared import term_of
from verification.models import CheckInDecision, SparedCheck
from verification.tests.support import (
    after_code_and_radio,
    challenge_of,
    codes_of,
    nobody_got_in,
    tokens,
)

MOST = 2


@pytest.fixture(autouse=True)
def few(settings):
    settings.SPARED_CHECKS_PER_TERM = MOST


@pytest.fixture
def sessions(open_session):
    """Four open sessions of one course."""
    same = ("course", "subject", "class_group", "teacher", "starts_at", "ends_at", "time_zone")
    same += ("state", "opened_at")
    values = {name: getattr(open_session, name) for name in same}
    return [open_session, *(Session.objects.create(**values) for _ in range(3))]


def says_they_cannot(phone, session):
    step = after_code_and_radio(phone, session)
    return phone.mark(step["attempt"], without_face=True).json()


def test_a_check_is_spared_as_often_as_a_term_allows_and_then_refused(phone, sessions):
    answers = [says_they_cannot(phone, session) for session in sessions]
    assert [a["outcome"] for a in answers] == ["review", "review", "refused", "refused"]
    assert [a["spared"]["number"] for a in answers] == [1, 2, 2, 2]
    assert answers[0]["spared"]["most"] == MOST
    (against,) = [r for r in answers[2]["reasons"] if r["effect"] != "note"]
    assert against["code"] == "spared_too_often"
    assert "show yourself to your teacher" in against["message"]
    for session in sessions:
        nobody_got_in(session)
    assert SparedCheck.objects.count() == MOST


def test_tries_at_one_session_are_counted_once(phone, sessions):
    answers = [says_they_cannot(phone, sessions[0]) for _ in range(4)]
    assert {(a["outcome"], a["spared"]["number"]) for a in answers} == {("review", 1)}


def test_who_makes_the_moves_is_in_though_nothing_is_left(phone, sessions):
    for session in sessions[: MOST + 1]:
        says_they_cannot(phone, session)
    answer = phone.check_in(sessions[-1])
    assert (answer["outcome"], answer["spared"]) == ("present", None)


def test_what_is_refused_anyway_is_not_counted(phone, sessions):
    step = phone.scan(tokens(sessions[0])).json()
    phone.show(step["attempt"], 1, honest_burst("a friend", challenge_of(step)))
    answer = phone.mark(step["attempt"], without_face=True).json()
    assert (answer["outcome"], answer["spared"]) == ("refused", None)
    assert not SparedCheck.objects.exists()


def test_who_declined_the_face_is_never_refused_for_it(phone, sessions):
    phone.post("/face/consent", {"action": "decline"})
    for session in sessions:
        step = after_code_and_radio(phone, session)
        answer = phone.mark(step["attempt"]).json()
        assert (answer["outcome"], codes_of(answer)) == ("review", {"face_declined"})
    assert not SparedCheck.objects.exists()


def test_the_next_term_begins_anew(phone, sessions):
    for session in sessions[:MOST]:
        says_they_cannot(phone, session)
    SparedCheck.objects.update(term=clock.now().date() - timedelta(days=400))
    assert says_they_cannot(phone, sessions[-1])["outcome"] == "review"


def test_another_students_are_not_counted(phone, friend, sessions):
    for session in sessions[:MOST]:
        says_they_cannot(phone, session)
    answer = says_they_cannot(friend, sessions[0])
    assert (answer["outcome"], answer["spared"]["number"]) == ("review", 1)


@pytest.mark.django_db(transaction=True)
def test_no_more_are_spared_at_the_same_moment(phone, sessions):
    attempts = [after_code_and_radio(phone, session)["attempt"] for session in sessions]

    def mark(attempt):
        try:
            return phone.mark(attempt, without_face=True).json()["outcome"]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as pool:
        outcomes = sorted(pool.map(mark, attempts))
    assert outcomes == ["refused"] * (len(sessions) - MOST) + ["review"] * MOST
    assert sorted(SparedCheck.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_one_session_tried_at_the_same_moment_is_counted_once(phone, open_session):
    attempts = [after_code_and_radio(phone, open_session)["attempt"] for _ in range(4)]

    def mark(attempt):
        try:
            return phone.mark(attempt, without_face=True).json()["spared"]["number"]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as pool:
        assert set(pool.map(mark, attempts)) == {1}
    assert SparedCheck.objects.count() == 1


def test_the_teacher_sees_how_often(phone, client, teacher, sessions):
    for session in sessions[:MOST]:
        says_they_cannot(phone, session)
    client.force_login(teacher)
    assert "spared a check 2 of 2 times this term" in client.get("/approvals/").content.decode()
    desk = signed_in(teacher)
    spared = [row["spared"] for row in desk.get("/api/v1/attendance/reviews").json()["results"]]
    assert sorted(each["number"] for each in spared) == [1, 2]
    register = desk.get(f"/api/v1/sessions/{sessions[1].pk}/register").json()
    (signs,) = [row["signs"] for row in register["rows"] if row["signs"]]
    assert "spared a check 2 of 2 times this term" in signs


def test_the_teacher_sees_it_of_who_was_refused_for_it(phone, teacher, sessions):
    for session in sessions[: MOST + 1]:
        says_they_cannot(phone, session)
    register = signed_in(teacher).get(f"/api/v1/sessions/{sessions[MOST].pk}/register").json()
    (row,) = [row for row in register["rows"] if row["signs"]]
    assert row["signs"] == ["spared a check 2 of 2 times this term"]
    assert "Spared a check too often" in row["reasons"]


def test_it_is_part_of_ones_own_data(phone, sessions):
    says_they_cannot(phone, sessions[0])
    (row,) = phone.get("/my-data").json()["spared_checks"]
    assert (row["session_id"], row["number"]) == (str(sessions[0].pk), 1)


def test_an_older_decision_has_nothing_to_show(phone, open_session):
    answer = says_they_cannot(phone, open_session)
    decision = CheckInDecision.objects.get(pk=answer["decision"])
    del decision.evidence["spared_number"], decision.policy["spared_per_term"]
    CheckInDecision.objects.filter(pk=decision.pk).update(
        evidence=decision.evidence, policy=decision.policy
    )
    again = phone.mark(decision.attempt_id, without_face=True).json()
    assert (again["outcome"], again["spared"]) == ("review", None)


@pytest.mark.parametrize(
    ("day", "began"),
    [
        ("2027-01-31", "2026-09-01"),
        ("2027-02-01", "2027-02-01"),
        ("2027-08-31", "2027-02-01"),
        ("2027-09-01", "2027-09-01"),
    ],
)
def test_a_day_belongs_to_the_term_that_began_last(day, began):
    begins = [(2, 1), (9, 1)]
    assert term_of(date.fromisoformat(day), begins) == date.fromisoformat(began)


def spared(student, session, number, term=None):
    term = term or term_of(session.starts_at.date(), [(2, 1), (9, 1)])
    return SparedCheck.objects.create(
        student=student, session=session, term=term, number=number, at=clock.now()
    )


def numbers_of(student):
    rows = SparedCheck.objects.filter(student=student).order_by("term", "number")
    return [(row.term.year, row.number) for row in rows]


def test_two_accounts_share_one_budget_once_they_are_merged(
    sessions, student, classmate, admin_user
):
    """Numbers that both have are given anew, and one session counts once."""
    first, second, third, fourth = sessions
    spared(student, first, 1)
    spared(student, second, 2)
    spared(classmate, third, 1)
    both = spared(classmate, second, 2)
    old = spared(classmate, fourth, 1, term=date(2020, 2, 1))
    year = clock.now().year if clock.now().month >= 2 else clock.now().year - 1
    merge = merge_accounts(student, classmate, by=admin_user, now=clock.now())
    assert numbers_of(student) == [(2020, 1), (year, 1), (year, 2), (year, 3)]
    assert list(SparedCheck.objects.filter(student=classmate)) == [both]
    undo_merge(merge, by=admin_user, now=clock.now())
    assert numbers_of(student) == [(year, 1), (year, 2)]
    assert numbers_of(classmate) == [(2020, 1), (year, 2), (year, 3)]
    old.refresh_from_db()
    assert old.student == classmate
