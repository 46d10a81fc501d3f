"""Cheats at level Standard: who is drawn, or does not want to be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

import sessions_app.services as teaching
from accounts.models import Device, Passkey
from attendance_project import clock
from lab.fake_engine import honest_burst
from sessions_app.models import Attendance, Session
from verification.models import CheckInAttempt, CheckInDecision, FaceLot
from verification.queries.register import register_extras
from verification.tests.levels import (
    ALWAYS,
    NEVER,
    SITE,
    another,
    asks,
    at_standard,
    lot_of,
    scan,
    seen,
    settle,
    show,
    throw,
    with_passkey,
)
from verification.tests.support import (
    StudentPhone,
    challenge_of,
    codes_of,
    form_of,
    new_nonce,
    nobody_got_in,
    tokens,
)


@pytest.fixture(autouse=True)
def own_site(settings):
    settings.PUBLIC_URL = SITE["origin"]


@pytest.fixture
def first(phone, open_session):
    """The first session of the course at Standard, where the student showed the face."""
    seen(phone, at_standard(open_session))
    return open_session


@pytest.fixture
def drawn(phone, first, monkeypatch):
    """A later session where the student is drawn, and whoever comes after them is not."""
    throw(monkeypatch, ALWAYS, NEVER)
    session = another(first)
    step = scan(phone, session)
    assert asks(step) == "lot"
    return session, step


# --- leaving, and coming again --------------------------------------------------------


def test_who_is_drawn_and_comes_again_is_asked_again(phone, drawn):
    session, _ = drawn
    for _ in range(3):
        step = scan(phone, session)
        assert (asks(step), step["decision"]) == ("lot", None)
    assert FaceLot.objects.filter(session=session).count() == 1
    nobody_got_in(session)


def test_who_is_drawn_and_leaves_is_noted_and_asked_next_time(phone, first, drawn):
    session, _ = drawn
    settle(session)
    left = CheckInDecision.objects.get(session=session)
    assert (left.outcome, left.reasons) == ("refused", ["face_missing"])
    assert left.evidence["face_ask"] == "lot"
    step = scan(phone, another(first))
    assert (asks(step), step["decision"]) == ("left", None)
    assert "you were asked for it last time" in step["needs"]["face_ask_message"]


def test_leaving_is_noted_before_the_attempt_is_settled(phone, first, drawn):
    assert asks(scan(phone, another(first))) == "left"


def test_who_left_is_asked_until_a_face_is_shown(phone, first, drawn):
    assert asks(scan(phone, another(first))) == "left"
    session = another(first)
    step = scan(phone, session)
    assert asks(step) == "left"
    assert show(phone, step)["decision"]["outcome"] == "present"
    assert asks(scan(phone, another(first))) == "not_asked"


def test_a_friend_who_sends_no_face_gets_nobody_in(phone, drawn):
    session, step = drawn
    assert "face_missing" in codes_of(phone.mark(step["attempt"]).json())
    nobody_got_in(session)


def test_a_friends_own_face_is_a_mismatch_and_the_next_time_asks(phone, first, drawn):
    session, step = drawn
    for _ in range(3):
        step = show(phone, step, "friend") or step
    assert "face_mismatch" in codes_of(phone.mark(step["attempt"]).json())
    nobody_got_in(session)
    assert asks(scan(phone, another(first))) in ("left", "doubt")


# --- another attempt, another phone, a race -------------------------------------------


def test_who_was_not_drawn_is_not_drawn_later(phone, first, monkeypatch):
    throw(monkeypatch, NEVER, ALWAYS)
    session = another(first)
    Session.objects.filter(pk=session.pk).update(bluetooth="required")
    session.refresh_from_db()
    assert {asks(scan(phone, session)) for _ in range(4)} == {"not_asked"}


def test_another_phone_is_asked_and_no_lot_spares_it(phone, student, first, monkeypatch):
    throw(monkeypatch, NEVER)
    session = another(first)
    Session.objects.filter(pk=session.pk).update(bluetooth="required")
    session.refresh_from_db()
    assert asks(scan(phone, session)) == "not_asked"
    Device.objects.filter(user=student).update(status="revoked")
    new = StudentPhone(student)
    Device.objects.filter(jkt=new.key.jkt).update(status="active")
    assert asks(scan(new, session)) == "new_phone"
    assert lot_of(phone, session).ask == "new_phone"


def test_a_doubt_at_the_same_session_asks_for_the_face(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    session = another(first)
    Session.objects.filter(pk=session.pk).update(bluetooth="required")
    session.refresh_from_db()
    step = scan(phone, session)
    assert asks(step) == "not_asked"
    assert phone.mark(step["attempt"]).json()["outcome"] == "refused"  # without the room
    assert asks(scan(phone, session)) == "doubt"
    assert lot_of(phone, session).ask == "doubt"


def test_a_lot_that_asks_never_becomes_one_that_does_not(phone, drawn):
    session, _ = drawn
    show(phone, scan(phone, session))
    assert asks(scan(phone, session)) == "lot"


def test_the_database_allows_one_lot(phone, student, drawn):
    session, _ = drawn
    same = {"student": student, "session": session, "course": session.course}
    with pytest.raises(IntegrityError), transaction.atomic():
        FaceLot.objects.create(**same, ask="not_asked", passkey=False, drawn_at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_scans_at_the_same_moment_draw_one_lot(phone, open_session, monkeypatch):
    seen(phone, at_standard(open_session))
    session = another(open_session)
    Session.objects.filter(pk=session.pk).update(bluetooth="required")
    session.refresh_from_db()
    throw(monkeypatch, ALWAYS, NEVER, ALWAYS, NEVER)
    seen_codes = tokens(session)

    def call(_n):
        try:
            return asks(phone.scan(seen_codes).json())
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        told = set(pool.map(call, range(3)))
    assert told == {lot_of(phone, session).ask}


# --- all at once, and later -----------------------------------------------------------


def at_once(phone, session, *, film=None, **fields):
    """A check-in in one request, with a film for the attempt's challenge where one is given."""
    opened = phone.post("/attendance/attempts", {"session": session.pk, "nonce": new_nonce()})
    attempt = opened.json()
    assert attempt["needs"]["face"] == "required"
    body = {"attempt": attempt["attempt"], "nonce": new_nonce()}
    body["tokens"] = str(tokens(session)).replace("'", '"')
    if film:
        at = clock.now() - timedelta(seconds=9.5)
        CheckInAttempt.objects.get(pk=attempt["attempt"]).challenges.update(issued_at=at)
        body |= {"challenge": 1, **form_of(honest_burst(film, challenge_of(attempt)))}
    return phone.send_form("/attendance/check-in", body | fields).json()


def test_one_request_is_drawn_when_its_codes_are_taken(phone, first, monkeypatch):
    throw(monkeypatch, ALWAYS)
    session = another(first)
    assert "face_missing" in codes_of(at_once(phone, session))
    assert "face_missing" in codes_of(at_once(phone, session, asked="false"))
    nobody_got_in(session)
    answer = at_once(phone, session, film="me")
    assert answer["outcome"] == "present"


def test_one_request_that_was_not_drawn_needs_no_face(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    assert at_once(phone, another(first))["outcome"] == "present"


def test_one_request_does_not_get_round_the_passkey(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    with_passkey(phone)
    session = another(first)
    assert "passkey_missing" in codes_of(at_once(phone, session))
    nobody_got_in(session)
    assert at_once(phone, session, film="me")["outcome"] == "present"


def test_one_request_with_a_friends_face_is_a_mismatch_though_none_was_asked_for(
    phone, first, monkeypatch
):
    throw(monkeypatch, NEVER)
    assert "face_mismatch" in codes_of(at_once(phone, another(first), film="friend"))


def test_opening_ahead_without_good_codes_draws_nothing(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    session = another(first)
    body = {"session": session.pk, "nonce": new_nonce(), "tokens": tokens(session, ages=(90, 89))}
    opened = phone.post("/attendance/attempts", body).json()
    assert (opened["needs"]["face"], opened["needs"]["face_ask"]) == ("required", None)
    assert not FaceLot.objects.filter(session=session).exists()


def test_opening_ahead_with_good_codes_draws(phone, first, drawn, monkeypatch):
    session = another(first)
    body = {"session": session.pk, "nonce": new_nonce(), "tokens": tokens(session)}
    opened = phone.post("/attendance/attempts", body).json()
    assert opened["needs"]["face_ask"] == "left"
    assert opened["needs"]["face"] == "required"


def test_who_is_drawn_ahead_and_leaves_is_asked_next_time(phone, first, monkeypatch):
    throw(monkeypatch, ALWAYS, NEVER)
    session = another(first)
    body = {"session": session.pk, "nonce": new_nonce(), "tokens": tokens(session)}
    opened = phone.post("/attendance/attempts", body).json()
    assert opened["needs"]["face_ask"] == "lot"
    settle(session)
    assert asks(scan(phone, another(first))) == "left"


def test_digits_that_anybody_can_read_out_ask_for_the_face(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    session = another(first)
    digits = teaching.short_code(session, now=clock.now()).digits
    body = {"short_code": digits, "session": session.pk, "nonce": new_nonce()}
    step = phone.post("/qr/scan", body).json()
    assert (asks(step), step["needs"]["face"]) == ("doubt", "required")


def test_the_register_says_that_who_left_was_drawn(phone, drawn, teacher):
    session, _ = drawn
    settle(session)
    extra = register_extras(session)[phone.user_id]
    assert (extra["outcome"], extra["reasons"]) == ("refused", ["No face step"])
    assert extra["signs"] == ["face asked by lot"]


def test_codes_that_are_refused_draw_nothing(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    session = another(first)
    step = phone.scan(tokens(session, ages=(90, 89))).json()
    assert step["decision"]["outcome"] == "refused"
    assert not FaceLot.objects.filter(session=session).exists()
    assert asks(scan(phone, session)) == "doubt"  # since something was refused


def test_a_stranger_draws_nothing(phone, friend, first, monkeypatch):
    """The friend's own phone draws for the friend alone."""
    throw(monkeypatch, NEVER)
    session = another(first)
    assert asks(scan(friend, session)) == "first"
    assert not FaceLot.objects.filter(session=session, student_id=phone.user_id).exists()


# --- claims ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        {"face_ask": "not_asked"},
        {"needs": {"face": "off"}},
        {"level": "room"},
        {"passkey": True},
        {"drawn": False},
    ],
    ids=str,
)
def test_a_phone_that_claims_not_to_be_drawn_is_not_believed(phone, first, drawn, claim):
    session, _ = drawn
    step = phone.scan(tokens(session), finish=True, **claim).json()
    assert (asks(step), step["decision"]) == ("lot", None)
    decision = phone.post(
        "/attendance/mark", {"attempt": step["attempt"], "nonce": new_nonce(), **claim}
    ).json()
    assert decision["outcome"] == "refused"
    nobody_got_in(session)


def test_a_level_that_becomes_strict_counts_at_once(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    session = another(first)
    Session.objects.filter(pk=session.pk).update(bluetooth="required")
    session.refresh_from_db()
    step = scan(phone, session)
    assert asks(step) == "not_asked"
    Session.objects.filter(pk=session.pk).update(level="strict", bluetooth="off")
    assert "face_missing" in codes_of(phone.mark(step["attempt"]).json())
    nobody_got_in(session)


def test_a_course_that_becomes_laxer_changes_no_session_that_is_there(phone, first, drawn):
    session, _ = drawn
    type(session.course).objects.filter(pk=session.course_id).update(level="room")
    assert asks(scan(phone, session)) == "lot"


# --- passkeys -------------------------------------------------------------------------


@pytest.fixture
def unasked(phone, first, monkeypatch):
    """A session where a passkey stands for the face, the answer to its scan, the authenticator."""
    throw(monkeypatch, NEVER)
    authenticator = with_passkey(phone)
    session = another(first)
    return session, scan(phone, session), authenticator


def answer(phone, step, credential, **more):
    body = {"attempt": step["attempt"], "nonce": new_nonce(), "finish": True}
    return phone.post("/passkey/check", body | {"credential": credential} | more)


def test_a_passkey_of_another_account_does_not_count(phone, friend, unasked):
    session, step, _ = unasked
    theirs = with_passkey(friend)
    response = answer(phone, step, theirs.get(step["passkey"]))
    assert (response.status_code, response.json()["code"]) == (400, "invalid_passkey")
    nobody_got_in(session)


def test_a_synced_passkey_does_not_count(phone, unasked):
    session, step, _ = unasked
    synced = with_passkey(phone, synced=True)
    assert answer(phone, step, synced.get(step["passkey"])).json()["code"] == "invalid_passkey"
    nobody_got_in(session)


def test_a_passkey_that_turns_out_to_be_synced_does_not_count(phone, unasked):
    session, step, authenticator = unasked
    authenticator.flags |= 0x08
    answered = answer(phone, step, authenticator.get(step["passkey"]))
    if answered.status_code == 200:
        assert answered.json()["decision"] is None
        assert "passkey_synced" in codes_of(phone.mark(step["attempt"]).json())
    nobody_got_in(session)


def test_a_passkey_without_the_phones_lock_does_not_count(phone, unasked):
    session, step, authenticator = unasked
    authenticator.flags &= ~0x04
    assert answer(phone, step, authenticator.get(step["passkey"])).status_code == 400
    nobody_got_in(session)


def test_an_answer_counts_for_its_own_attempt_only(phone, first, unasked):
    _, step, authenticator = unasked
    other = scan(phone, another(first))
    response = answer(phone, other, authenticator.get(step["passkey"]))
    assert response.json()["code"] == "passkey_challenge_over"


def test_an_answer_counts_once(phone, first, unasked):
    _, step, authenticator = unasked
    Session.objects.update(bluetooth="required")
    credential = authenticator.get(step["passkey"])
    assert answer(phone, step, credential).status_code == 200
    assert answer(phone, step, credential).json()["code"] == "passkey_challenge_over"


def test_no_challenge_of_a_check_in_is_drawn_ahead(phone, unasked):
    response = phone.post("/passkeys/challenge", {"purpose": "check_in"})
    assert response.status_code == 400


def test_an_enrolments_answer_is_no_check_ins(phone, unasked):
    session, step, authenticator = unasked
    options = phone.post("/passkeys/challenge", {"purpose": "enrol"}).json()["options"]
    response = answer(phone, step, authenticator.get(options))
    assert response.json()["code"] == "passkey_challenge_over"
    nobody_got_in(session)


def test_who_removes_the_passkey_shows_the_face_next_time(phone, first, unasked):
    _, step, authenticator = unasked
    credential = authenticator.get(step["passkey"])
    assert answer(phone, step, credential).json()["decision"]["outcome"] == "present"
    Passkey.objects.all().delete()
    assert asks(scan(phone, another(first))) == "no_passkey"


def test_who_removes_the_passkey_amid_a_check_in_is_not_let_in(phone, unasked):
    session, step, _ = unasked
    Passkey.objects.all().delete()
    assert "passkey_missing" in codes_of(phone.mark(step["attempt"]).json())
    nobody_got_in(session)


def test_who_chose_the_face_has_to_show_it(phone, unasked):
    session, step, authenticator = unasked
    instead = answer(phone, step, None).json()
    assert asks(instead) == "instead"
    answer(phone, step, authenticator.get(step["passkey"]))
    assert "face_missing" in codes_of(phone.mark(step["attempt"]).json())
    nobody_got_in(session)


def test_another_phone_answers_for_nobody(phone, friend, unasked):
    _, step, authenticator = unasked
    assert answer(friend, step, authenticator.get(step["passkey"])).status_code == 404
    assert not Attendance.objects.filter(session_id=step["session"]).exists()
