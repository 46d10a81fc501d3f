"""Level Standard: when the face is asked for, and what stands for it when it is not."""

import json
from dataclasses import replace

import pytest

from accounts.models import Passkey, PasskeyChallenge
from attendance_project import clock
from sessions_app.domain.levels import Level, never_caught, percent
from sessions_app.domain.requirements import Requirement
from sessions_app.models import Attendance, Session
from verification import services
from verification.domain.asking import Past, Shown, must_ask, shown_by
from verification.domain.check_in import Outcome, decide
from verification.domain.evidence import Evidence, FaceAsk, FaceReference, PasskeyEvidence
from verification.domain.policy import Policy
from verification.domain.reasons import Reason
from verification.models import CheckInDecision
from verification.tests.good_evidence import FACE, GOOD, without_face
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
    show,
    throw,
    with_passkey,
)
from verification.tests.support import codes_of, new_nonce, nobody_got_in, tokens

STANDARD = Policy(level=Level.STANDARD)
UNASKED = replace(without_face(FaceReference.NONE), face_ask=FaceAsk.NOT_ASKED)
OWN = PasskeyEvidence(age_s=3, device_bound=True)


@pytest.fixture(autouse=True)
def own_site(settings):
    settings.PUBLIC_URL = SITE["origin"]


@pytest.fixture
def first(phone, open_session):
    """The first session of the course at Standard, where the student showed the face."""
    seen(phone, at_standard(open_session))
    return open_session


# --- figures --------------------------------------------------------------------------


def test_the_figures_beside_the_choice():
    assert {n: percent(never_caught(n)) for n in (2, 3, 5, 20)} == {
        2: "0.02",
        3: "0.8",
        5: "7",
        20: "54",
    }
    assert percent(never_caught(3, 1)) == "67"


# --- the rule, without a database -----------------------------------------------------


@pytest.mark.parametrize(
    ("past", "in_doubt", "ask"),
    [
        (Past(), False, FaceAsk.FIRST),
        (Past(phone="mine"), False, None),
        (Past(phone="mine"), True, FaceAsk.DOUBT),
        (Past(phone="mine", has_doubt=True), False, FaceAsk.DOUBT),
        (Past(phone="mine", has_doubt=True, has_left=True), False, FaceAsk.LEFT),
        (Past(phone="another"), False, FaceAsk.NEW_PHONE),
        (Past(phone="mine", lost_passkey=True), False, FaceAsk.NO_PASSKEY),
    ],
)
def test_when_the_face_has_to_be_asked_for(past, in_doubt, ask):
    assert must_ask(past, "mine", in_doubt=in_doubt) is ask


@pytest.mark.parametrize(
    ("outcome", "reasons", "counted", "shown"),
    [
        ("present", [], ["code", "face"], Shown.SEEN),
        ("late", [], ["code", "face"], Shown.SEEN),
        ("present", [], ["code"], Shown.NOTHING),
        ("present", [], ["code", "passkey"], Shown.NOTHING),
        ("review", ["bluetooth_missing"], ["code", "face"], Shown.SEEN),
        ("review", ["bluetooth_missing"], ["code"], Shown.DOUBT),
        ("review", ["earlier_try"], ["code", "face"], Shown.DOUBT),
        ("refused", ["code_too_old"], ["face"], Shown.DOUBT),
    ],
)
def test_what_an_earlier_check_in_shows(outcome, reasons, counted, shown):
    assert shown_by(outcome, reasons, counted, is_confirmed=False) is shown


def test_who_declined_was_seen_where_the_teacher_confirmed():
    row = ("review", ["face_declined"], ["code"])
    assert shown_by(*row, is_confirmed=True) is Shown.SEEN
    assert shown_by(*row, is_confirmed=False) is Shown.DOUBT


# --- the decision, a pure function ----------------------------------------------------


def test_where_no_face_is_asked_for_the_rest_decides():
    decision = decide(UNASKED, STANDARD)
    assert decision.outcome is Outcome.PRESENT
    assert "face" not in decision.counted


@pytest.mark.parametrize("ask", [None, *(ask for ask in FaceAsk if ask is not FaceAsk.NOT_ASKED)])
def test_whatever_the_cause_a_face_that_is_asked_for_is_required(ask):
    decision = decide(
        replace(UNASKED, face_ask=ask, face_reference=FaceReference.APPROVED), STANDARD
    )
    assert decision.outcome is Outcome.REFUSED
    assert Reason.FACE_MISSING in decision.reasons


def test_at_strict_no_lot_spares_anybody_the_face():
    evidence = replace(UNASKED, face_reference=FaceReference.APPROVED)
    assert Reason.FACE_MISSING in decide(evidence, Policy()).reasons


@pytest.mark.parametrize(
    ("passkey", "outcome", "reasons"),
    [
        (None, Outcome.REFUSED, (Reason.PASSKEY_MISSING,)),
        (OWN, Outcome.PRESENT, ()),
        (replace(OWN, device_bound=False), Outcome.REFUSED, (Reason.PASSKEY_SYNCED,)),
        (replace(OWN, age_s=500), Outcome.REFUSED, (Reason.EVIDENCE_EXPIRED,)),
    ],
)
def test_a_passkey_stands_for_the_face(passkey, outcome, reasons):
    decision = decide(replace(UNASKED, passkey_asked=True, passkey=passkey), STANDARD)
    assert (decision.outcome, decision.reasons) == (outcome, reasons)
    assert ("passkey" in decision.counted) == (passkey is OWN)


def test_a_face_that_was_filmed_before_anybody_knew_stands_for_the_passkey():
    evidence = replace(GOOD, face_ask=FaceAsk.NOT_ASKED, passkey_asked=True)
    decision = decide(evidence, STANDARD)
    assert decision.outcome is Outcome.PRESENT
    assert "face" in decision.counted


def test_who_has_neither_network_nor_passkey_is_spared_the_check():
    evidence = replace(UNASKED, passkey_asked=True, without_face=True, spared_number=1)
    decision = decide(evidence, STANDARD)
    assert (decision.outcome, decision.reasons) == (Outcome.REVIEW, (Reason.FACE_SPARED,))
    often = replace(evidence, spared_number=STANDARD.spared_per_term + 1)
    assert decide(often, STANDARD).outcome is Outcome.REFUSED


def test_an_unasked_face_is_held_against_nobody_but_a_cheat():
    blurred = replace(GOOD, face=replace(FACE, capture_hint="more_light"))
    decision = decide(replace(blurred, face_ask=FaceAsk.NOT_ASKED), STANDARD)
    assert decision.outcome is Outcome.PRESENT
    assert "face" not in decision.counted
    others = replace(GOOD, face=replace(FACE, comparison_fmr=0.5), face_ask=FaceAsk.NOT_ASKED)
    assert Reason.FACE_MISMATCH in decide(others, STANDARD).reasons


def test_a_decision_from_before_there_were_levels_is_replayed_as_it_was():
    for requirement in Requirement:
        policy, evidence = Policy(face=requirement), without_face(FaceReference.NONE)
        stored = json.loads(json.dumps([evidence.to_json(), policy.to_json()]))
        for name in ("face_ask", "passkey_asked", "passkey"):
            del stored[0][name]
        for name in ("level", "face_one_in"):
            del stored[1][name]
        again = decide(Evidence.from_json(stored[0]), Policy.from_json(stored[1]))
        assert again == decide(evidence, policy)


# --- over HTTP ------------------------------------------------------------------------


def test_the_first_check_in_of_a_course_asks_and_later_ones_by_lot(
    phone, student, first, monkeypatch
):
    assert lot_of(phone, first).ask == "first"
    throw(monkeypatch, NEVER, ALWAYS)
    second, third = another(first), another(first)
    step = scan(phone, second)
    assert step["decision"]["outcome"] == "present"  # one call
    assert step["needs"]["face"] == "off"
    assert step["challenge"] is None
    assert step["passkey"] is None
    assert asks(step) == "not_asked"
    row = Attendance.objects.get(session=second, student=student)
    assert row.evidence == ["code", "not_asked"]
    step = scan(phone, third)
    assert (asks(step), step["decision"]) == ("lot", None)
    assert "chosen at random" in step["needs"]["face_ask_message"]
    assert show(phone, step)["decision"]["outcome"] == "present"
    row = Attendance.objects.get(session=third, student=student)
    assert row.evidence == ["code", "face", "lot"]


def test_the_lot_asks_one_time_in_so_many(phone, first, monkeypatch):
    asked = []
    monkeypatch.setattr(
        services.lots.secrets, "randbelow", lambda sides: asked.append(sides) or NEVER
    )
    scan(phone, another(first, face_one_in=7))
    assert asked == [7]


def test_a_face_at_a_strict_session_of_the_course_counts_as_the_first(
    phone, open_session, monkeypatch
):
    Session.objects.filter(pk=open_session.pk).update(bluetooth="off")
    open_session.refresh_from_db()
    step = scan(phone, open_session)
    assert asks(step) is None
    assert show(phone, step)["decision"]["outcome"] == "present"
    throw(monkeypatch, NEVER)
    later = another(open_session, level="standard")
    assert asks(scan(phone, later)) == "not_asked"


def test_who_declined_is_asked_to_show_themselves_as_often_as_others(
    phone, student, teacher, open_session, monkeypatch
):
    services.decline_face(student, now=clock.now())
    at_standard(open_session)
    step = scan(phone, open_session)
    assert asks(step) == "first"
    decision = phone.mark(step["attempt"]).json()
    assert decision["outcome"] == "review"
    throw(monkeypatch, NEVER)
    row = CheckInDecision.objects.get(pk=decision["decision"])
    services.answer_review(row, verdict="confirmed", note="", by=teacher, now=clock.now())
    assert scan(phone, another(open_session))["decision"]["outcome"] == "present"


def test_a_passkey_of_the_phone_stands_for_the_face(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    authenticator = with_passkey(phone)
    session = another(first)
    step = scan(phone, session)
    assert (step["needs"]["face"], step["needs"]["passkey"]) == ("off", "required")
    assert step["decision"] is None
    nobody_got_in(session)
    body = {"attempt": step["attempt"], "nonce": new_nonce(), "finish": True}
    body["credential"] = authenticator.get(step["passkey"])
    answer = phone.post("/passkey/check", body).json()
    assert answer["decision"]["outcome"] == "present"
    assert answer["decision"]["counted"] == ["code", "passkey"]
    assert phone.post("/passkey/check", body).json()["decision"] == answer["decision"]


def test_whoever_cannot_use_the_passkey_shows_the_face(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    with_passkey(phone)
    session = another(first)
    step = scan(phone, session)
    body = {"attempt": step["attempt"], "nonce": new_nonce(), "finish": True}
    step = phone.post("/passkey/check", body).json()
    assert (step["needs"]["face"], step["needs"]["passkey"]) == ("required", "off")
    assert asks(step) == "instead"
    assert show(phone, step)["decision"]["outcome"] == "present"


def test_where_no_passkey_is_asked_for_there_is_no_face_to_choose(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    step = phone.scan(tokens(another(first))).json()
    body = {"attempt": step["attempt"], "nonce": new_nonce()}
    assert phone.post("/passkey/check", body).json()["code"] == "no_face_asked"
    phone.mark(step["attempt"])
    assert phone.post("/passkey/check", body).json()["code"] == "attempt_decided"


def test_without_a_passkey_the_check_in_is_not_finished(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    with_passkey(phone)
    step = scan(phone, another(first))
    assert "passkey_missing" in codes_of(phone.mark(step["attempt"]).json())


def test_a_synced_passkey_is_not_asked_for(phone, first, monkeypatch):
    throw(monkeypatch, NEVER)
    with_passkey(phone, synced=True)
    assert scan(phone, another(first))["decision"]["outcome"] == "present"
    assert not PasskeyChallenge.objects.filter(purpose="check_in").exists()
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize(("level", "needs"), [("strict", "required"), ("room", "off")])
def test_at_the_other_levels_no_lot_is_drawn(phone, open_session, level, needs):
    Session.objects.filter(pk=open_session.pk).update(level=level)
    step = scan(phone, open_session)
    assert step["needs"]["face"] == needs
    assert (asks(step), step["needs"]["passkey"]) == (None, "off")
