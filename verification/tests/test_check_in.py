"""The doorman: every reason by name."""

from dataclasses import replace

import pytest

from sessions_app.domain.requirements import Requirement
from verification.domain.camera_signs import CameraSign
from verification.domain.check_in import Outcome, decide
from verification.domain.evidence import (
    CodeEvidence,
    DeviceEvidence,
    DeviceStanding,
    FaceReference,
    PassiveResult,
    RadioEvidence,
    Standing,
)
from verification.domain.reasons import RULES, Effect, Reason
from verification.tests.good_evidence import (
    ANSWERED,
    CODE,
    FACE,
    GOOD,
    HEARD,
    POLICY,
    SOUND,
    with_code,
    with_device,
    with_face,
    with_heard,
    with_liveness,
    with_sound_only,
    without_face,
)

ONE_FAULT = {
    Reason.SESSION_NOT_OPEN: replace(GOOD, standing=Standing(session_open=False, enrolled=True)),
    Reason.NOT_ENROLLED: replace(GOOD, standing=Standing(session_open=True, enrolled=False)),
    Reason.DEVICE_UNKNOWN: with_device(DeviceStanding.UNKNOWN),
    Reason.DEVICE_WAITING: with_device(DeviceStanding.WAITING),
    Reason.DEVICE_REVOKED: with_device(DeviceStanding.REVOKED),
    Reason.DEVICE_OF_ANOTHER_STUDENT: with_device(DeviceStanding.OF_ANOTHER_STUDENT),
    Reason.DEVICE_CHANGED: replace(
        GOOD, device=DeviceEvidence(standing=DeviceStanding.ACTIVE, same_as_opened=False)
    ),
    Reason.CODE_MISSING: replace(GOOD, code=None),
    Reason.CODE_UNREADABLE: with_code(malformed=1),
    Reason.CODE_FORGED: with_code(forged=1),
    Reason.CODE_OF_ANOTHER_SESSION: with_code(other_session=1),
    Reason.CODE_OUTSIDE_OPENING: with_code(outside_opening=1),
    Reason.CODE_TOO_FEW: with_code(slots=(101,)),
    Reason.CODE_TOO_OLD: with_code(newest_age_s=6.1),
    Reason.CODE_KEPT: with_code(newest_age_s=61),
    Reason.CODE_ARRIVED_LATE: with_code(newest_age_s=12, one_request=True),
    Reason.CODE_ALONE: with_code(newest_age_s=200, kept_s=195),
    Reason.SHORT_CODE_USED: replace(GOOD, code=CodeEvidence(age_s=1, short=True, slots=(7,))),
    Reason.SHORT_CODE_WRONG: replace(GOOD, code=CodeEvidence(age_s=1, short=True)),
    Reason.BLUETOOTH_MISSING: replace(GOOD, radio=None),
    Reason.BLUETOOTH_TOO_LITTLE: with_heard(samples=4),
    Reason.BLUETOOTH_REPLAYED: with_heard(slots=(40, 41), replayed_ids=0),
    Reason.BLUETOOTH_COPIED: with_heard(copied=True),
    Reason.BLUETOOTH_FLAT: with_heard(rssi_spread_db=0.0),
    Reason.BLUETOOTH_ANSWER_COPIED: with_heard(answered_slots=(41,), foreign_answers=1),
    Reason.BLUETOOTH_ANSWER_INVENTED: with_heard(invented_answers=1),
    Reason.BLUETOOTH_ANSWER_SLOW: replace(GOOD, radio=replace(ANSWERED, answer_latency_s=31)),
    Reason.BLUETOOTH_TWO_ROOMS: with_heard(other_room=True),
    Reason.FACE_DECLINED: without_face(FaceReference.DECLINED),
    Reason.FACE_NOT_ENROLLED: without_face(FaceReference.NONE),
    Reason.FACE_WAITING: without_face(FaceReference.WAITING),
    Reason.FACE_ENROL_AGAIN: without_face(FaceReference.OTHER_ENGINE),
    Reason.FACE_MISSING: replace(GOOD, face=None, liveness=None),
    Reason.FACE_SPARED: replace(GOOD, face=None, liveness=None, without_face=True),
    Reason.FACE_NOT_SEEN: with_face(frames_without_face=5),
    Reason.FACE_POOR_CAPTURE: with_face(capture_hint="too_dark"),
    Reason.FACE_SEVERAL: with_face(faces_max=2, capture_hint="several_faces"),
    Reason.FACE_SWAPPED: with_face(lowest_self_fmr=0.02),
    Reason.FACE_IN_DOUBT: with_face(comparison_fmr=2e-4),
    Reason.FACE_MISMATCH: with_face(comparison_fmr=0.04),
    Reason.MANY_CHALLENGES: replace(GOOD, challenges_given=7),
    Reason.CHALLENGE_EXPIRED: with_liveness(challenge_expired=True),
    Reason.MOVES_UNREADABLE: with_liveness(moves_unreadable=("blink",)),
    Reason.BLINK_SPARED: with_liveness(blink_spared=True),
    Reason.MOVES_NOT_SEEN: with_liveness(moves_missing=("turn_left",)),
    Reason.MOVES_UNPROMPTED: with_liveness(unprompted_at_s=(2.2,)),
    Reason.NO_FRONTAL_START: with_liveness(frontal_start=False),
    Reason.PICTURE_FLAT: with_liveness(flat=True),
    Reason.PICTURE_FROZEN: with_liveness(frozen=True),
    Reason.TIMES_IMPOSSIBLE: with_liveness(impossible_times=True),
    Reason.FILM_RETURNS: with_liveness(camera_signs=("picture_returned",)),
    Reason.FILM_HELD: with_liveness(camera_signs=("picture_held",)),
    Reason.FILM_SPLICED: with_liveness(camera_signs=("scene_flickers",)),
    Reason.FILM_NOISE: with_liveness(camera_signs=("noise_repeated",)),
    Reason.FILM_MIXED: with_liveness(camera_signs=("encodings_mixed",)),
    Reason.SCREEN_FILMED: with_liveness(camera_signs=("screen_filmed",)),
    Reason.ATTACK_SUSPECTED: with_liveness(passive=PassiveResult.ATTACK, passive_score=0.1),
    Reason.EARLIER_TRY: replace(GOOD, earlier=("face_mismatch",)),
    Reason.EVIDENCE_EXPIRED: with_code(age_s=120.5),
}
# These two only speak where nothing fresh was heard, which is a fault of its own.
del ONE_FAULT[Reason.BLUETOOTH_REPLAYED]
TWO_FAULTS = {
    Reason.SPARED_TOO_OFTEN: replace(
        GOOD, face=None, liveness=None, without_face=True, spared_number=7
    ),
    Reason.BLUETOOTH_REPLAYED: with_heard(slots=(), samples=0, replayed_ids=3),
    Reason.BLUETOOTH_INVENTED: with_heard(slots=(), samples=0, unknown_ids=3),
    Reason.SOUND_REPLAYED: with_sound_only(slots=(), replayed=1),
    Reason.SOUND_INVENTED: with_sound_only(slots=(), unknown=1),
}
# What the sound leads to depends on what was heard by radio, and on the policy.
OF_SOUND = {Reason.SOUND_ONLY, Reason.SOUND_NOT_IN_TIME}
# A passkey is asked for at level Standard alone (test_levels.py).
OF_PASSKEYS = {Reason.PASSKEY_MISSING, Reason.PASSKEY_SYNCED}


def test_good_evidence_is_present_without_a_reason():
    decision = decide(GOOD, POLICY)
    assert decision.outcome is Outcome.PRESENT
    assert decision.reasons == ()
    assert decision.counted == ("code", "bluetooth", "face")


def test_good_evidence_after_the_limit_is_late():
    late = replace(GOOD, standing=Standing(session_open=True, enrolled=True, late=True))
    assert decide(late, POLICY).outcome is Outcome.LATE


def test_every_reason_is_in_a_table_here():
    assert {*ONE_FAULT, *TWO_FAULTS, *OF_SOUND, *OF_PASSKEYS} == set(Reason) == set(RULES)


@pytest.mark.parametrize("reason", ONE_FAULT, ids=str)
def test_one_fault_gives_its_one_reason_and_effect(reason):
    decision = decide(ONE_FAULT[reason], POLICY)
    assert decision.reasons == (reason,)
    review = reason in {Reason.BLUETOOTH_MISSING, Reason.BLUETOOTH_TOO_LITTLE}
    expected = Effect.REVIEW if review else RULES[reason].effect
    assert decision.outcome is (Outcome.REFUSED if expected is Effect.REFUSE else Outcome.REVIEW)


@pytest.mark.parametrize("reason", TWO_FAULTS, ids=str)
def test_a_fault_that_comes_with_another_is_refused(reason):
    decision = decide(TWO_FAULTS[reason], POLICY)
    assert reason in decision.reasons
    assert decision.outcome is Outcome.REFUSED


def test_all_faults_are_told_at_once_worst_first():
    evidence = replace(
        GOOD,
        code=replace(CODE, forged=1),
        radio=replace(HEARD, rssi_spread_db=0.0),
        face=replace(FACE, comparison_fmr=0.2),
    )
    decision = decide(evidence, POLICY)
    assert set(decision.reasons) == {
        Reason.CODE_FORGED,
        Reason.BLUETOOTH_FLAT,
        Reason.FACE_MISMATCH,
    }
    assert [f.effect for f in decision.findings] == sorted(
        (f.effect for f in decision.findings), reverse=True
    )


def test_who_is_stopped_at_the_door_is_not_told_of_steps_never_asked_for():
    evidence = replace(with_code(forged=1), radio=None, face=None, liveness=None)
    assert decide(evidence, POLICY).reasons == (Reason.CODE_FORGED,)


@pytest.mark.parametrize(
    ("requirement", "outcome"),
    [
        (Requirement.REQUIRED, "refused"),
        (Requirement.PREFERRED, "review"),
        (Requirement.OFF, "present"),
    ],
)
def test_missing_bluetooth_follows_the_policy(requirement, outcome):
    policy = replace(POLICY, bluetooth=requirement)
    assert decide(replace(GOOD, radio=None), policy).outcome == outcome


@pytest.mark.parametrize(
    ("requirement", "outcome"),
    [
        (Requirement.REQUIRED, "refused"),
        (Requirement.PREFERRED, "review"),
        (Requirement.OFF, "present"),
    ],
)
def test_missing_face_follows_the_policy(requirement, outcome):
    policy = replace(POLICY, face=requirement)
    assert decide(replace(GOOD, face=None, liveness=None), policy).outcome == outcome


def test_a_fault_that_several_pieces_share_is_told_once():
    evidence = replace(GOOD, code=replace(CODE, age_s=130), radio=replace(HEARD, age_s=125))
    assert decide(evidence, POLICY).reasons == (Reason.EVIDENCE_EXPIRED,)


def test_preferred_does_not_excuse_a_face_that_is_another_s():
    policy = replace(POLICY, face=Requirement.PREFERRED)
    assert decide(with_face(comparison_fmr=0.3), policy).outcome is Outcome.REFUSED


@pytest.mark.parametrize("missing", ["comparison_fmr", "lowest_self_fmr"])
def test_a_burst_that_never_shows_who_it_is_proves_nobody(missing):
    decision = decide(with_face(**{missing: None}), POLICY)
    assert decision.reasons == (Reason.FACE_NOT_SEEN,)


def test_who_declined_is_not_judged_by_a_face_sent_anyway():
    sent_anyway = with_face(comparison_fmr=None, reference=FaceReference.DECLINED)
    evidence = replace(sent_anyway, face_reference=FaceReference.DECLINED)
    assert decide(evidence, POLICY).reasons == (Reason.FACE_DECLINED,)


@pytest.mark.parametrize("fault", [{"comparison_fmr": 0.3}, {"lowest_self_fmr": 0.3}], ids=str)
@pytest.mark.parametrize("bad", [{"capture_hint": "too_dark"}, {"faces_max": 2}], ids=str)
def test_nobody_is_accused_on_pictures_too_bad_to_tell_by(bad, fault):
    decision = decide(with_face(**bad, **fault), POLICY)
    assert decision.outcome is Outcome.REVIEW
    assert all(finding.severity is None for finding in decision.findings)


@pytest.mark.parametrize(
    ("others_fmr", "poor", "is_mismatch"),
    [(0.3, False, True), (0.3, True, False), (1e-4, False, False)],
)
def test_a_second_face_excuses_anothers_only_where_it_may_be_ones_own(
    others_fmr, poor, is_mismatch
):
    two = {"faces_max": 2, "capture_hint": "several_faces", "comparison_fmr": 0.3}
    decision = decide(with_face(**two, others_fmr=others_fmr, poor=poor), POLICY)
    assert (Reason.FACE_MISMATCH in decision.reasons) is is_mismatch
    assert (decision.outcome is Outcome.REFUSED) is is_mismatch


def test_every_sign_of_a_camera_has_a_reason_and_films_put_together_are_refused():
    outcomes = {
        s: decide(with_liveness(camera_signs=(s.value,)), POLICY).outcome for s in CameraSign
    }
    refused = {sign for sign, outcome in outcomes.items() if outcome is Outcome.REFUSED}
    assert refused == {
        CameraSign.PICTURE_RETURNED,
        CameraSign.PICTURE_HELD,
        CameraSign.SCENE_FLICKERS,
    }
    assert set(outcomes.values()) == {Outcome.REFUSED, Outcome.REVIEW}


def test_moves_by_somebody_else_ask_the_teacher():
    assert decide(with_face(moves_fmr=0.05), POLICY).reasons == (Reason.FACE_IN_DOUBT,)


def test_a_stricter_target_asks_the_teacher_more_often():
    evidence = with_face(comparison_fmr=8e-5)
    assert decide(evidence, POLICY).outcome is Outcome.PRESENT
    stricter = decide(evidence, replace(POLICY, face_target_fmr=5e-5))
    assert stricter.reasons == (Reason.FACE_IN_DOUBT,)


def test_stale_ids_beside_fresh_ones_are_normal():
    evidence = with_heard(stale_ids=2, replayed_ids=1, unknown_ids=4)
    assert decide(evidence, POLICY).outcome is Outcome.PRESENT


def test_distance_refuses_nobody():
    evidence = with_heard(median_rssi_dbm=-97, distance_m=90.0)
    assert decide(evidence, POLICY).outcome is Outcome.PRESENT


def test_an_answered_challenge_is_enough_where_nothing_was_heard():
    decision = decide(
        replace(GOOD, radio=ANSWERED), replace(POLICY, bluetooth=Requirement.REQUIRED)
    )
    assert (decision.outcome, decision.reasons) == (Outcome.PRESENT, ())
    assert "bluetooth" in decision.counted


def test_a_stale_answer_alone_is_too_little_and_accuses_nobody():
    evidence = replace(GOOD, radio=RadioEvidence(age_s=8, stale_answers=1))
    assert decide(evidence, POLICY).reasons == (Reason.BLUETOOTH_TOO_LITTLE,)


def test_a_slow_answer_beside_ids_that_were_heard_is_a_note_and_still_counts():
    decision = decide(with_heard(answered_slots=(41,), answer_latency_s=31), POLICY)
    assert decision.outcome is Outcome.PRESENT
    assert decision.reasons == (Reason.BLUETOOTH_ANSWER_SLOW,)
    assert "bluetooth" in decision.counted


def test_what_was_heard_beside_an_answer_cannot_have_been_invented():
    heard = replace(ANSWERED, unknown_ids=3, replayed_ids=1, invented_answers=1)
    assert decide(replace(GOOD, radio=heard), POLICY).outcome is Outcome.PRESENT


def test_codes_far_apart_do_not_add_up():
    decision = decide(with_code(slots=(50, 101)), POLICY)
    assert decision.reasons == (Reason.CODE_TOO_FEW,)


def test_slow_slots_can_still_be_collected():
    """With a slot of 30 s two codes lie 30 s apart, and the newest may be 30 s old."""
    policy = replace(POLICY, qr_slot_s=30)
    assert decide(with_code(slots=(7, 8), newest_age_s=29.0), policy).outcome is Outcome.PRESENT
    assert decide(with_code(slots=(7, 8), newest_age_s=40.0), policy).outcome is Outcome.REFUSED


def test_a_late_upload_is_excused_only_in_one_request_and_not_for_long():
    assert decide(with_code(newest_age_s=12), POLICY).outcome is Outcome.REFUSED
    late = with_code(newest_age_s=31, one_request=True)
    assert decide(late, POLICY).outcome is Outcome.REFUSED


def test_approval_between_burst_and_decision_compares_nothing():
    decision = decide(with_face(reference=FaceReference.WAITING, comparison_fmr=None), POLICY)
    assert decision.reasons == (Reason.FACE_WAITING,)


# --- the room's sound -----------------------------------------------------------------


def test_fresh_sound_takes_the_place_of_preferred_bluetooth():
    decision = decide(with_sound_only(), POLICY)
    assert (decision.outcome, decision.reasons) == (Outcome.PRESENT, ())
    assert decision.counted == ("code", "sound", "face")


def test_fresh_sound_makes_up_for_bluetooth_heard_too_briefly_which_does_not_count():
    brief = replace(GOOD, radio=replace(HEARD, samples=4), sound=SOUND)
    decision = decide(brief, POLICY)
    assert (decision.outcome, decision.reasons) == (Outcome.PRESENT, ())
    assert decision.counted == ("code", "sound", "face")


@pytest.mark.parametrize("radio", [None, replace(HEARD, samples=4)], ids=["none", "too little"])
def test_where_bluetooth_is_required_sound_asks_the_teacher_and_says_so(radio):
    required = replace(POLICY, bluetooth=Requirement.REQUIRED)
    decision = decide(replace(GOOD, radio=radio, sound=SOUND), required)
    assert (decision.outcome, decision.reasons) == (Outcome.REVIEW, (Reason.SOUND_ONLY,))
    assert "call" in RULES[Reason.SOUND_ONLY].words
    assert decide(replace(GOOD, radio=radio), required).outcome is Outcome.REFUSED


def test_sound_beside_good_bluetooth_counts_as_well():
    decision = decide(replace(GOOD, sound=SOUND), replace(POLICY, bluetooth=Requirement.REQUIRED))
    assert decision.outcome is Outcome.PRESENT
    assert decision.counted == ("code", "bluetooth", "sound", "face")


@pytest.mark.parametrize(
    "forged", [{"copied": True}, {"foreign_answers": 1}, {"other_room": True}], ids=str
)
def test_sound_excuses_nothing_that_speaks_against_the_radio(forged):
    with_both = replace(GOOD, radio=replace(HEARD, **forged), sound=SOUND)
    assert decide(with_both, POLICY).findings == decide(with_heard(**forged), POLICY).findings


def test_sound_that_came_too_late_is_told_and_held_against_nobody():
    late = replace(SOUND, slots=(), stale=1)
    decision = decide(replace(GOOD, sound=late), POLICY)
    assert (decision.outcome, decision.reasons) == (Outcome.PRESENT, (Reason.SOUND_NOT_IN_TIME,))
    assert "sound" not in decision.counted
    alone = decide(with_sound_only(slots=(), stale=1), POLICY)
    assert alone.outcome is Outcome.REVIEW
    assert Reason.BLUETOOTH_MISSING in alone.reasons


def test_what_was_said_earlier_or_next_door_is_normal_beside_fresh_sound():
    decision = decide(with_sound_only(stale=2, replayed=1, unknown=1), POLICY)
    assert (decision.outcome, decision.reasons) == (Outcome.PRESENT, ())


def test_sound_that_has_aged_is_no_better_than_other_evidence_that_has():
    decision = decide(with_sound_only(age_s=120.5), POLICY)
    assert decision.outcome is Outcome.REFUSED
    assert set(decision.reasons) == {Reason.EVIDENCE_EXPIRED, Reason.BLUETOOTH_MISSING}


def test_where_bluetooth_is_not_asked_for_sound_is_not_judged():
    off = replace(POLICY, bluetooth=Requirement.OFF)
    assert decide(with_sound_only(slots=(), unknown=1), off).outcome is Outcome.PRESENT


def test_forged_sound_weighs_what_forged_radio_weighs():
    for sound, radio in (
        (Reason.SOUND_REPLAYED, Reason.BLUETOOTH_REPLAYED),
        (Reason.SOUND_INVENTED, Reason.BLUETOOTH_INVENTED),
    ):
        assert RULES[sound].severity == RULES[radio].severity
        assert RULES[sound].effect == RULES[radio].effect
