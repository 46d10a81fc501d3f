"""Cheats that send one try after the other, to wear out or to outrun the person who decides."""

import pytest

from accounts.tests.phone import signed_in
from attendance_project.refusals import Refusal
from sessions_app.models import Attendance
from verification import queries, services
from verification.models import CheckInDecision, ReviewVerdict
from verification.services import reviews
from verification.tests.support import codes_of, nobody_got_in

REVIEWS = "/api/v1/attendance/reviews"


@pytest.fixture
def desk(teacher):
    return signed_in(teacher)


def asks_again(phone, session):
    """A check-in that waits for the teacher. Returns the key of its decision."""
    answer = phone.check_in(session, hears=False)
    assert answer["outcome"] == "review"
    return answer["decision"]


def waiting(desk):
    return desk.get(REVIEWS).json()["results"]


def answer(desk, decision, verdict):
    return desk.post(f"{REVIEWS}/{decision}", {"verdict": verdict}, format="json")


def test_many_tries_of_one_student_are_one_row_with_the_newest_state(
    phone, desk, client, teacher, open_session
):
    tries = [asks_again(phone, open_session) for _ in range(4)]
    (row,) = waiting(desk)
    assert (row["decision"], row["tries_count"]) == (tries[-1], 4)
    assert [one["outcome"] for one in row["tries"]] == ["review"] * 4
    client.force_login(teacher)
    page = client.get("/approvals/").content.decode()
    assert page.count("/verdict/") == 1
    assert "4 tries" in page


def test_a_refused_try_stands_among_the_tries(phone, desk, open_session):
    asks_again(phone, open_session)
    cheat = phone.check_in(open_session, who="a friend")
    assert "face_mismatch" in codes_of(cheat)
    (row,) = waiting(desk)
    assert [one["outcome"] for one in row["tries"]] == ["refused", "review"]
    assert row["tries"][0]["reasons"]


def test_one_answer_refuses_all_tries_up_to_the_one_shown(phone, desk, open_session):
    tries = [asks_again(phone, open_session) for _ in range(3)]
    assert answer(desk, tries[-1], "refused").status_code == 200
    assert waiting(desk) == []
    assert ReviewVerdict.objects.count() == 1
    student = CheckInDecision.objects.first().student
    unmarked = queries.unmarked_check_ins(student, [open_session.pk])
    assert unmarked == {open_session.pk: "refused"}
    nobody_got_in(open_session)


def test_a_newer_try_hinders_no_answer_and_waits_on(phone, desk, open_session):
    shown = asks_again(phone, open_session)
    newer = asks_again(phone, open_session)
    assert answer(desk, shown, "refused").status_code == 200
    (row,) = waiting(desk)
    assert row["decision"] == newer
    assert [one["was_refused"] for one in row["tries"]] == [False, True]


def test_a_confirmed_try_ends_the_waiting_of_newer_ones(phone, desk, open_session):
    shown = asks_again(phone, open_session)
    asks_again(phone, open_session)
    assert answer(desk, shown, "confirmed").status_code == 200
    assert waiting(desk) == []
    assert Attendance.objects.get().status == "present"


def test_an_earlier_try_is_not_confirmed_after_a_later_one_was_refused(phone, desk, open_session):
    earlier = asks_again(phone, open_session)
    later = asks_again(phone, open_session)
    assert answer(desk, later, "refused").status_code == 200
    again = answer(desk, earlier, "confirmed")
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    assert answer(desk, earlier, "refused").status_code == 200
    assert ReviewVerdict.objects.count() == 1
    nobody_got_in(open_session)


def test_of_two_answers_at_one_moment_the_one_on_the_later_try_is_heard(
    phone, teacher, admin_user, open_session, monkeypatch
):
    """The other person answers between this one's look and this one's writing."""
    asks_again(phone, open_session)
    asks_again(phone, open_session)
    earlier, later = CheckInDecision.objects.order_by("decided_at")
    look = reviews._answer_to_a_later_try

    def looked_too_soon(decision):
        monkeypatch.setattr(reviews, "_answer_to_a_later_try", look)
        services.answer_review(
            later, verdict="refused", note="", by=admin_user, now=later.decided_at
        )

    monkeypatch.setattr(reviews, "_answer_to_a_later_try", looked_too_soon)
    with pytest.raises(Refusal) as caught:
        services.answer_review(
            earlier, verdict="confirmed", note="", by=teacher, now=later.decided_at
        )
    assert caught.value.code == "already_answered"
    assert ReviewVerdict.objects.get(is_undone=False).decision == later
    nobody_got_in(open_session)


def test_an_answer_taken_back_lets_all_its_tries_wait_again(phone, teacher, desk, open_session):
    tries = [asks_again(phone, open_session) for _ in range(2)]
    answer(desk, tries[-1], "refused")
    given = ReviewVerdict.objects.get()
    services.undo_review(given, by=teacher, now=given.at)
    (row,) = waiting(desk)
    assert (row["decision"], row["tries_count"]) == (tries[-1], 2)


def test_the_register_asks_no_more_about_tries_before_a_refused_one(phone, desk, open_session):
    tries = [asks_again(phone, open_session) for _ in range(2)]
    answer(desk, tries[-1], "refused")
    (extra,) = queries.register_extras(open_session).values()
    assert (extra["outcome"], extra["decision_id"]) == ("refused", None)
