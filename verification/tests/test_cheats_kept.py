"""Check-ins that were kept without a network and sent later, and what cheats make of that.

The honest ones wait for the teacher. Nobody gets in by what their own phone states, and codes alone
are refused.
"""

import json
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

import sessions_app.services as teaching
from accounts.domain.gathered import frames_digest, tokens_digest
from accounts.tests.phone import DeviceKey, signed_in
from attendance_project import clock
from beacon.protocol import SLOT_S
from lab.fake_engine import honest_burst
from sessions_app.domain import qr_tokens
from sessions_app.models import Attendance, Session
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    EvidenceRecord,
    IssuedChallenge,
    Warning,
)
from verification.tests.levels import NEVER, another, at_standard, seen, throw
from verification.tests.support import (
    answer_to,
    challenge_of,
    codes_of,
    new_nonce,
    nobody_got_in,
    sightings,
    tokens,
)

BURST_S = 9.0
"""Seconds from the code to the last frame of the burst."""


@pytest.fixture
def long_open(open_session):
    """Open for twenty minutes."""
    opened_at = clock.now() - timedelta(minutes=20)
    Session.objects.filter(pk=open_session.pk).update(
        opened_at=opened_at, late_after_min=90, starts_at=opened_at
    )
    open_session.refresh_from_db()
    return open_session


class Kept:
    """A check-in that an honest phone gathered ``ago_s`` seconds ago; tests change its parts."""

    def __init__(
        self,
        phone,
        session,
        ago_s,
        *,
        skew_s=0.0,
        attempt_ago_s=None,
        codes_ago_s=None,
        codes_key=None,
    ):
        """Codes go with the opening of the attempt where ``codes_ago_s`` says how old they are."""
        self.phone, self.session, self.ago_s = phone, session, ago_s
        self.key, self.nonce, self.skew_s = phone.key, new_nonce(), skew_s
        body = {"session": str(session.pk), "nonce": new_nonce()}
        if codes_ago_s is not None:
            slots = round(codes_ago_s / session.qr_slot_s)
            body["tokens"] = tokens(session, ages=(slots + 1, slots), key=codes_key)
        self.attempt = phone.post("/attendance/attempts", body).json()
        self.attempt_ago_s = attempt_ago_s or ago_s + 5
        self.age_attempt(self.attempt_ago_s)
        slots = round(ago_s / session.qr_slot_s)
        self.tokens = tokens(session, ages=(slots + 1, slots))
        seen_slot = qr_tokens.slot_at(time.time(), session.qr_slot_s) - slots
        self.seen_at = qr_tokens.slot_start(seen_slot, session.qr_slot_s) + 1.0
        self.burst = honest_burst("me", challenge_of(self.attempt))
        self.answers = [
            answer_to(self.attempt, session, age=int(ago_s // SLOT_S)),
        ]
        self.claims = {}

    def age_attempt(self, ago_s):
        opened_at = clock.now() - timedelta(seconds=ago_s)
        pk = self.attempt["attempt"]
        CheckInAttempt.objects.filter(pk=pk).update(
            opened_at=opened_at, expires_at=opened_at + timedelta(minutes=4)
        )
        IssuedChallenge.objects.filter(attempt_id=pk).update(
            issued_at=opened_at, expires_at=opened_at + timedelta(seconds=45)
        )

    def sent_in_time(self, *, scanned):
        """Let the codes that the attempt has had come when they were seen."""
        if scanned:
            CheckInAttempt.objects.update(expires_at=clock.now() + timedelta(seconds=30))
            body = {"attempt": self.attempt["attempt"], "nonce": new_nonce()}
            step = self.phone.post("/qr/scan", body | {"tokens": tokens(self.session)})
            assert step.json()["accepted"] is True, step.content
        ago_s = self.ago_s - 1
        received_at = clock.now() - timedelta(seconds=ago_s)
        EvidenceRecord.objects.filter(kind="code").update(received_at=received_at)
        self.age_attempt(self.attempt_ago_s)

    def statement(self):
        frames = [frame for _, frame in self.burst]
        claims = {
            "nonce": self.nonce,
            "iat": self.seen_at + self.skew_s,
            "done": self.seen_at + self.skew_s + BURST_S,
            "tokens": tokens_digest(self.tokens),
            "frames": frames_digest(frames),
        }
        return self.key.signed("gathered+jwt", claims | self.claims)

    def send(self, **changes):
        """The answer; ``changes`` replace what was signed by something else."""
        form = {
            "attempt": self.attempt["attempt"],
            "nonce": self.nonce,
            "tokens": json.dumps(self.tokens),
            "answers": json.dumps(self.answers),
            "gathered": self.statement(),
            "challenge": 1,
            "times_s": json.dumps([at_s for at_s, _ in self.burst]),
        } | changes
        form.setdefault("frames", _files([frame for _, frame in self.burst]))
        form = {name: value for name, value in form.items() if value is not None}
        path = "/attendance/check-in"
        proof = self.phone.key.proof(
            "POST",
            f"http://testserver/api/v1{path}",
            self.phone.access,
            now=clock.now() + timedelta(seconds=self.skew_s),
        )
        return self.phone.post(path, form, format="multipart", HTTP_DPOP=proof)

    def send_codes_alone(self):
        """The answer to codes without anything else, of a phone that got no challenge."""
        self.burst = []
        nothing = dict.fromkeys(("attempt", "answers", "challenge", "times_s", "frames"))
        return self.send(without_face="true", **nothing)


def _files(frames):
    return [SimpleUploadedFile(f"{n}.jpg", f, "image/jpeg") for n, f in enumerate(frames)]


def waits(answer, session):
    assert answer.status_code == 200, answer.content
    assert answer.json()["outcome"] == "review", answer.json()
    assert "code_arrived_late" in codes_of(answer.json())
    nobody_got_in(session)


def refused(answer, reason, fault):
    """It is refused for its age, and its statement has this fault, as an old code leaves it."""
    assert answer.status_code == 200, answer.content
    assert answer.json()["outcome"] == "refused"
    assert reason in codes_of(answer.json())
    assert CheckInDecision.objects.latest("decided_at").evidence["code"]["word_fault"] == fault
    assert Warning.objects.filter(reason=reason).exists() is (reason == "code_kept")
    assert not Attendance.objects.filter(status__in=["present", "late"]).exists()


# --- honest ---------------------------------------------------------------------------


@pytest.mark.parametrize("ago_s", [40, 120, 300, 580])
def test_a_kept_check_in_waits_for_the_teacher_and_nothing_else_is_held_against_it(
    phone, long_open, ago_s
):
    answer = Kept(phone, long_open, ago_s).send()
    waits(answer, long_open)
    assert codes_of(answer.json()) <= {"code_arrived_late"}
    assert answer.json()["counted"] == ["bluetooth", "face"]
    assert not Warning.objects.exists()


@pytest.mark.parametrize("skew_s", [-90, 90])
def test_a_clock_that_is_wrong_does_no_harm(phone, long_open, skew_s):
    waits(Kept(phone, long_open, 200, skew_s=skew_s).send(), long_open)


def test_codes_alone_can_wait_while_one_request_may_take(phone, long_open):
    """The network was away for a moment, and no challenge was to be had."""
    answer = Kept(phone, long_open, 20).send_codes_alone()
    assert answer.json()["outcome"] == "review"
    assert {"code_arrived_late"} <= codes_of(answer.json())
    assert "code_alone" not in codes_of(answer.json())


def test_who_scanned_before_the_network_went_waits_for_the_teacher(phone, long_open):
    """Where a course has no beacon, the challenge was drawn in the room all the same."""
    kept = Kept(phone, long_open, 100)
    kept.sent_in_time(scanned=True)
    answer = kept.send(answers=None)
    waits(answer, long_open)
    assert codes_of(answer.json()) == {"code_arrived_late", "bluetooth_missing"}
    assert "face" in answer.json()["counted"]


def test_who_opened_ahead_with_codes_waits_for_the_teacher(phone, long_open):
    kept = Kept(phone, long_open, 100, codes_ago_s=20)
    assert kept.attempt["codes_in_time"] is True
    kept.sent_in_time(scanned=False)
    waits(kept.send(answers=None), long_open)


def test_an_answer_that_had_arrived_by_itself_is_enough(phone, long_open):
    """The beacon's answer went out, and then the network went."""
    kept = Kept(phone, long_open, 100)
    body = {"attempt": kept.attempt["attempt"], "nonce": new_nonce()}
    CheckInAttempt.objects.update(expires_at=clock.now() + timedelta(seconds=30))
    heard = phone.post("/bluetooth/check", body | {"answers": [answer_to(kept.attempt, long_open)]})
    assert heard.json()["accepted"] is True, heard.content
    then = clock.now() - timedelta(seconds=95)
    record = EvidenceRecord.objects.get(kind="bluetooth")
    slot = int(then.timestamp() // SLOT_S)
    record.measured["proximity"]["answered_slots"] = [slot]
    EvidenceRecord.objects.update(received_at=then, measured=record.measured)
    waits(kept.send(answers=None), long_open)


def test_an_attempt_whose_burst_may_be_kept_is_not_decided_before_it_comes(phone, long_open):
    kept = Kept(phone, long_open, 300)
    kept.sent_in_time(scanned=True)
    call_command("settle_attempts")
    assert not CheckInDecision.objects.exists()
    waits(kept.send(), long_open)


def test_an_attempt_of_which_nothing_came_is_decided_in_the_end(phone, long_open):
    kept = Kept(phone, long_open, 300, attempt_ago_s=900)
    kept.sent_in_time(scanned=True)
    call_command("settle_attempts")
    assert "face_missing" in CheckInDecision.objects.get().reasons


def test_a_session_that_closed_since_was_open_then(phone, teacher, long_open):
    kept = Kept(phone, long_open, 200)
    closed_at = clock.now() - timedelta(seconds=100)
    Session.objects.filter(pk=long_open.pk).update(state="closed", closed_at=closed_at)
    waits(kept.send(), long_open)
    decision = CheckInDecision.objects.get()
    client = signed_in(teacher)
    path = f"/api/v1/attendance/reviews/{decision.pk}"
    assert client.post(path, {"verdict": "confirmed"}, format="json").status_code == 200
    assert Attendance.objects.get(session=long_open, student=decision.student).status == "present"


def test_late_is_counted_from_when_the_code_was_seen(phone, long_open):
    kept = Kept(phone, long_open, 200)
    minutes = 18  # the session is open for 20; the code was seen after less than 17
    Session.objects.filter(pk=long_open.pk).update(late_after_min=minutes)
    waits(kept.send(), long_open)
    assert CheckInDecision.objects.get().evidence["standing"]["late"] is False


def test_who_is_in_time_is_present_whatever_the_phone_says(phone, long_open):
    kept = Kept(phone, long_open, 0, attempt_ago_s=12)
    kept.claims = {"done": kept.seen_at}
    assert kept.send().json()["outcome"] == "present"


def test_sending_again_finds_the_same_decision(phone, long_open):
    kept = Kept(phone, long_open, 200)
    first, again = kept.send().json(), kept.send().json()
    assert first["decision"] == again["decision"]
    assert CheckInDecision.objects.count() == 1


# --- cheats ---------------------------------------------------------------------------


def test_without_a_word_kept_codes_are_refused_as_ever(phone, long_open):
    answer = Kept(phone, long_open, 100, attempt_ago_s=110).send(gathered=None)
    assert "code_kept" in codes_of(answer.json())
    assert answer.json()["outcome"] == "refused"


def test_another_keys_word_is_worth_nothing(phone, long_open):
    kept = Kept(phone, long_open, 100)
    kept.key = DeviceKey()
    refused(kept.send(), "code_kept", "other_key")


def test_another_students_word_is_worth_nothing(phone, friend, long_open):
    kept = Kept(phone, long_open, 100)
    kept.key = friend.key
    refused(kept.send(), "code_kept", "other_key")


def test_other_codes_than_those_signed_are_refused(phone, long_open):
    kept = Kept(phone, long_open, 100)
    others = json.dumps(tokens(long_open, ages=(99, 98)))
    refused(kept.send(tokens=others), "code_kept", "wrong_tokens")


def test_other_pictures_than_those_signed_are_refused(phone, long_open):
    kept = Kept(phone, long_open, 100)
    others = [frame for _, frame in honest_burst("another", challenge_of(kept.attempt))]
    refused(kept.send(frames=_files(others)), "code_kept", "wrong_frames")


def test_a_word_on_another_call_is_refused(phone, long_open):
    kept = Kept(phone, long_open, 100)
    refused(kept.send(nonce=new_nonce()), "code_kept", "wrong_nonce")


@pytest.mark.parametrize("moved_s", [-30, -10, 60])
def test_a_time_that_is_not_the_codes_is_refused(phone, long_open, moved_s):
    kept = Kept(phone, long_open, 200)
    kept.seen_at += moved_s
    refused(kept.send(), "code_kept", "time_moved")


def test_a_time_to_come_is_refused(phone, long_open):
    kept = Kept(phone, long_open, 100)
    kept.claims = {"done": time.time() + 20}
    refused(kept.send(), "code_kept", "bad_time")


def test_after_ten_minutes_no_word_helps(phone, long_open):
    refused(Kept(phone, long_open, 604, attempt_ago_s=200).send(), "code_kept", "too_old")


def test_an_attempt_that_was_over_before_the_code_is_over(phone, long_open):
    kept = Kept(phone, long_open, 100, attempt_ago_s=400)
    answer = kept.send()
    assert (answer.status_code, answer.json()["code"]) == (409, "attempt_expired")


def test_without_a_good_word_an_expired_attempt_is_over_as_ever(phone, long_open):
    kept = Kept(phone, long_open, 300)
    kept.key = DeviceKey()
    answer = kept.send()
    assert (answer.status_code, answer.json()["code"]) == (409, "attempt_expired")


def test_a_code_of_before_the_opening_is_refused_with_any_word(phone, long_open):
    kept = Kept(phone, long_open, 200)
    opened_at = clock.now() - timedelta(seconds=100)
    Session.objects.filter(pk=long_open.pk).update(opened_at=opened_at)
    answer = kept.send().json()
    assert answer["outcome"] == "refused"
    assert "code_outside_opening" in codes_of(answer)


def test_a_code_of_after_the_closing_is_refused_with_any_word(phone, long_open):
    kept = Kept(phone, long_open, 100)
    closed_at = clock.now() - timedelta(seconds=150)
    Session.objects.filter(pk=long_open.pk).update(state="closed", closed_at=closed_at)
    answer = kept.send()
    assert answer.json()["outcome"] == "refused"
    assert "code_outside_opening" in codes_of(answer.json())


def test_a_word_counts_for_one_check_in(phone, long_open):
    kept = Kept(phone, long_open, 100)
    waits(kept.send(), long_open)
    second = Kept(phone, long_open, 100)
    second.nonce = kept.nonce
    refused(second.send(), "code_kept", "repeated")


def alone(answer, session):
    """It is refused, and the student is told to show themselves. Nobody is accused."""
    assert answer.status_code == 200, answer.content
    assert answer.json()["outcome"] == "refused", answer.json()
    assert "code_alone" in codes_of(answer.json())
    assert "code_arrived_late" not in codes_of(answer.json())
    (words,) = [r["message"] for r in answer.json()["reasons"] if r["code"] == "code_alone"]
    assert "Show yourself to your teacher" in words
    assert not Warning.objects.exists()
    nobody_got_in(session)


@pytest.mark.parametrize("ago_s", [34, 100, 590])
def test_codes_of_a_friends_photographs_signed_late_are_refused(phone, long_open, ago_s):
    """The phone says that it saw them itself: it has the key, so nothing forbids it."""
    alone(Kept(phone, long_open, ago_s).send_codes_alone(), long_open)


def test_a_film_for_a_challenge_drawn_at_home_does_not_help(phone, long_open):
    """Any phone with a network gets a challenge. It was drawn before the code was seen."""
    alone(Kept(phone, long_open, 100).send(answers=None), long_open)


@pytest.mark.parametrize("skew_s", [-100, 100])
def test_a_shifted_clock_makes_no_code_younger(phone, long_open, skew_s):
    alone(Kept(phone, long_open, 100, skew_s=skew_s).send(answers=None), long_open)


@pytest.mark.parametrize("codes_ago_s", [34, 100])
def test_photographs_that_came_late_to_the_opening_are_no_help(phone, long_open, codes_ago_s):
    kept = Kept(phone, long_open, 100, codes_ago_s=codes_ago_s)
    assert kept.attempt["codes_in_time"] is False
    kept.sent_in_time(scanned=False)
    alone(kept.send(answers=None), long_open)


def test_forged_codes_at_the_opening_are_no_help(phone, long_open):
    kept = Kept(phone, long_open, 100, codes_ago_s=4, codes_key=b"k" * 32)
    assert kept.attempt["codes_in_time"] is False
    alone(kept.send(answers=None), long_open)


def test_one_code_at_the_opening_is_no_help(phone, long_open):
    body = {"session": str(long_open.pk), "tokens": tokens(long_open)[:1], "nonce": new_nonce()}
    assert phone.post("/attendance/attempts", body).json()["codes_in_time"] is False


def test_a_short_code_in_time_is_no_help(phone, long_open):
    """A friend reads six digits out over the telephone, and sends the photographs later."""
    kept = Kept(phone, long_open, 100)
    digits = teaching.short_code(long_open, now=clock.now()).digits
    CheckInAttempt.objects.update(expires_at=clock.now() + timedelta(seconds=30))
    body = {"short_code": digits, "attempt": kept.attempt["attempt"], "nonce": new_nonce()}
    assert phone.post("/qr/scan", body).json()["accepted"] is True
    alone(kept.send(answers=None), long_open)


def test_codes_in_time_at_another_attempt_are_no_help(phone, long_open):
    first = Kept(phone, long_open, 100)
    first.sent_in_time(scanned=True)
    alone(Kept(phone, long_open, 100).send(answers=None), long_open)


def test_an_answer_to_another_nonce_is_no_help(phone, friend, long_open):
    """It was given to an earlier try of the student, or to a friend's check-in."""
    earlier, friends = Kept(phone, long_open, 100), Kept(friend, long_open, 100)
    for of in (earlier, friends):
        kept = Kept(phone, long_open, 100)
        answer = kept.send(answers=json.dumps(of.answers))
        assert answer.json()["outcome"] == "refused"
        assert "code_alone" in codes_of(answer.json())
    nobody_got_in(long_open)


def test_an_answer_of_long_before_is_no_help(phone, long_open):
    kept = Kept(phone, long_open, 100, attempt_ago_s=200)
    kept.answers = [answer_to(kept.attempt, long_open, age=38)]
    answer = kept.send()
    assert answer.json()["outcome"] == "refused"
    assert "code_alone" in codes_of(answer.json())


def test_an_answer_of_after_the_check_in_is_no_help(phone, long_open):
    """The student comes a while later, and would have been in time by a friend's photographs."""
    kept = Kept(phone, long_open, 100)
    body = {"attempt": kept.attempt["attempt"], "nonce": new_nonce()}
    CheckInAttempt.objects.update(expires_at=clock.now() + timedelta(seconds=30))
    late = [answer_to(kept.attempt, long_open)]
    assert phone.post("/bluetooth/check", body | {"answers": late}).json()["accepted"] is True
    alone(kept.send(answers=None), long_open)


def test_what_the_beacon_advertised_is_no_help(phone, long_open):
    """Its ids are not of this check-in, so a friend can send them on like the codes."""
    kept = Kept(phone, long_open, 100)
    slots = int(100 // SLOT_S)
    heard = sightings(long_open, ages=(slots + 1, slots))
    alone(kept.send(answers=None, sightings=json.dumps(heard)), long_open)


def test_a_burst_filmed_after_its_challenges_time_is_refused(phone, long_open):
    kept = Kept(phone, long_open, 100)
    kept.claims = {"done": kept.seen_at + 50}
    answer = kept.send().json()
    assert answer["outcome"] == "refused"
    assert "challenge_expired" in codes_of(answer)


def test_a_burst_filmed_before_its_challenge_was_drawn_is_refused(phone, long_open):
    """The codes were seen, and a film was made, before there was a challenge to follow."""
    kept = Kept(phone, long_open, 100, attempt_ago_s=95)
    answer = kept.send().json()
    assert answer["outcome"] == "refused"
    assert "times_impossible" in codes_of(answer)


def test_forged_codes_stay_forged(phone, long_open):
    kept = Kept(phone, long_open, 100)
    kept.tokens = tokens(long_open, ages=(101, 100), key=b"k" * 32)
    answer = kept.send().json()
    assert answer["outcome"] == "refused"
    assert "code_forged" in codes_of(answer)


def test_an_invented_answer_of_the_beacon_stays_one(phone, long_open):
    kept = Kept(phone, long_open, 100)
    kept.answers = [answer_to(kept.attempt, long_open, age=20, key=b"k" * 32)]
    answer = kept.send().json()
    assert answer["outcome"] == "refused"
    assert "bluetooth_answer_invented" in codes_of(answer)


def test_another_face_stays_another_face(phone, long_open):
    kept = Kept(phone, long_open, 100)
    kept.burst = honest_burst("another", challenge_of(kept.attempt))
    answer = kept.send().json()
    assert answer["outcome"] == "refused"
    assert "face_mismatch" in codes_of(answer)


@pytest.mark.parametrize("text", ["x", "a.b.c", "a" * 4096, "e30.e30.", "🂡", "\u202e"])
def test_what_is_no_word_is_judged_as_if_there_were_none(phone, long_open, text):
    answer = Kept(phone, long_open, 100).send(gathered=text)
    assert answer.status_code == 200, answer.content
    assert "code_kept" in codes_of(answer.json())


def test_a_word_of_more_than_the_most_is_a_clear_error(phone, long_open):
    answer = Kept(phone, long_open, 100).send(gathered="a" * 4097)
    assert answer.status_code == 400
    assert "gathered" in answer.json()["fields"]


def test_a_burst_that_had_arrived_though_its_answer_was_lost_is_no_obstacle(phone, long_open):
    kept = Kept(phone, long_open, 300)
    in_time = clock.now() + timedelta(seconds=30)
    IssuedChallenge.objects.update(expires_at=in_time)
    CheckInAttempt.objects.update(expires_at=in_time)
    shown = phone.show(kept.attempt["attempt"], 1, kept.burst)
    assert shown.status_code == 200, shown.content
    EvidenceRecord.objects.update(received_at=clock.now() - timedelta(seconds=290))
    waits(kept.send(), long_open)
    assert EvidenceRecord.objects.filter(kind="face").count() == 1
    assert "face" in CheckInDecision.objects.get().counted


def test_a_second_burst_for_a_challenge_changes_nothing_of_the_first(phone, long_open):
    kept = Kept(phone, long_open, 100)
    others = honest_burst("somebody else", challenge_of(kept.attempt))
    phone.show(kept.attempt["attempt"], 1, others)
    answer = kept.send()
    assert answer.status_code == 200, answer.content
    assert "face" not in answer.json()["counted"]
    nobody_got_in(long_open)


# --- at level Standard ----------------------------------------------------------------


@pytest.fixture
def at_a_later_session(phone, long_open, monkeypatch):
    """The session at Standard, of a course where the face was shown; the lot would ask nobody."""
    at_standard(long_open)
    seen(phone, another(long_open))
    throw(monkeypatch, NEVER)
    return long_open


def test_a_kept_check_in_brings_the_face_since_its_codes_are_in_doubt(phone, at_a_later_session):
    answer = Kept(phone, at_a_later_session, 100).send()
    waits(answer, at_a_later_session)
    decision = CheckInDecision.objects.get(session=at_a_later_session)
    assert decision.evidence["face_ask"] == "doubt"
    assert "face" in decision.counted


def test_a_kept_check_in_without_a_face_is_a_spared_check(phone, at_a_later_session):
    kept = Kept(phone, at_a_later_session, 100)
    kept.burst = []
    film = dict.fromkeys(("challenge", "times_s", "frames"))
    answer = kept.send(without_face="true", **film)
    waits(answer, at_a_later_session)
    assert "face_spared" in codes_of(answer.json())
    assert answer.json()["spared"]["number"] == 1


def test_a_kept_check_in_without_a_face_that_says_nothing_of_it_is_refused(
    phone, at_a_later_session
):
    kept = Kept(phone, at_a_later_session, 100)
    kept.burst = []
    answer = kept.send(**dict.fromkeys(("challenge", "times_s", "frames")))
    assert "face_missing" in codes_of(answer.json())
    nobody_got_in(at_a_later_session)
