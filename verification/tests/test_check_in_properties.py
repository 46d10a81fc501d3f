"""The doorman, whatever comes: better evidence never worsens an outcome, and nobody slips in."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.domain.levels import Level
from sessions_app.domain.requirements import Requirement
from verification.domain.camera_signs import CameraSign
from verification.domain.check_in import Outcome, decide
from verification.domain.evidence import (
    CodeEvidence,
    DeviceEvidence,
    DeviceStanding,
    Evidence,
    FaceAsk,
    FaceEvidence,
    FaceReference,
    LivenessEvidence,
    PassiveResult,
    PasskeyEvidence,
    RadioEvidence,
    SoundEvidence,
    Standing,
)
from verification.domain.policy import Policy
from verification.tests.good_evidence import (
    CODE,
    FACE,
    GOOD,
    HEARD,
    SOUND,
)

rates = st.one_of(st.none(), st.floats(3e-5, 0.3))
codes = st.builds(
    CodeEvidence,
    age_s=st.floats(0, 300),
    slots=st.lists(st.integers(90, 110), max_size=4, unique=True).map(lambda s: tuple(sorted(s))),
    newest_age_s=st.one_of(st.none(), st.floats(0, 700)),
    forged=st.integers(0, 2),
    malformed=st.integers(0, 2),
    other_session=st.integers(0, 2),
    outside_opening=st.integers(0, 2),
    one_request=st.booleans(),
    kept_s=st.one_of(st.none(), st.floats(-10, 700)),
    took_s=st.floats(0, 200),
    short=st.booleans(),
)
heards = st.builds(
    RadioEvidence,
    age_s=st.floats(0, 300),
    slots=st.lists(st.integers(1, 5), max_size=3, unique=True).map(lambda s: tuple(sorted(s))),
    samples=st.integers(0, 20),
    rssi_spread_db=st.one_of(st.none(), st.floats(0, 10)),
    distance_m=st.one_of(st.none(), st.floats(0, 100)),
    stale_ids=st.integers(0, 3),
    replayed_ids=st.integers(0, 3),
    unknown_ids=st.integers(0, 3),
    copied=st.booleans(),
    answered_slots=st.sampled_from([(), (41,)]),
    answer_latency_s=st.one_of(st.none(), st.floats(0, 200)),
    stale_answers=st.integers(0, 2),
    foreign_answers=st.integers(0, 2),
    invented_answers=st.integers(0, 2),
    other_room=st.booleans(),
)
sounds = st.builds(
    SoundEvidence,
    age_s=st.floats(0, 300),
    slots=st.sampled_from([(), (41,), (40, 41)]),
    stale=st.integers(0, 2),
    replayed=st.integers(0, 2),
    unknown=st.integers(0, 2),
    heard_s_ago=st.one_of(st.none(), st.floats(0, 30)),
)
faces = st.builds(
    FaceEvidence,
    age_s=st.floats(0, 300),
    reference=st.sampled_from(FaceReference),
    comparison_fmr=rates,
    lowest_self_fmr=rates,
    moves_fmr=rates,
    faces_max=st.integers(0, 3),
    frames=st.just(16),
    frames_without_face=st.integers(0, 16),
    capture_hint=st.sampled_from([None, "too_dark"]),
)
livenesses = st.builds(
    LivenessEvidence,
    challenge_expired=st.booleans(),
    moves_missing=st.sampled_from([(), ("turn_left",)]),
    moves_unreadable=st.sampled_from([(), ("blink",)]),
    blink_spared=st.booleans(),
    unprompted_at_s=st.sampled_from([(), (1.5,)]),
    frontal_start=st.booleans(),
    flat=st.booleans(),
    frozen=st.booleans(),
    impossible_times=st.booleans(),
    camera_signs=st.lists(st.sampled_from([s.value for s in CameraSign]), unique=True).map(tuple),
    passive=st.sampled_from(PassiveResult),
)
evidences = st.builds(
    Evidence,
    standing=st.builds(
        Standing, session_open=st.booleans(), enrolled=st.booleans(), late=st.booleans()
    ),
    device=st.builds(
        DeviceEvidence, standing=st.sampled_from(DeviceStanding), same_as_opened=st.booleans()
    ),
    face_reference=st.sampled_from(FaceReference),
    code=st.one_of(st.none(), codes),
    radio=st.one_of(st.none(), heards),
    sound=st.one_of(st.none(), sounds),
    face=st.one_of(st.none(), faces),
    liveness=st.one_of(st.none(), livenesses),
    challenges_given=st.integers(0, 9),
    earlier=st.sampled_from([(), ("bluetooth_copied",)]),
)
at_standard = st.builds(
    lambda evidence, **lot: replace(evidence, **lot),
    st.one_of(evidences, st.sampled_from([GOOD, replace(GOOD, face=None, liveness=None)])),
    face_ask=st.sampled_from([None, *FaceAsk]),
    passkey_asked=st.booleans(),
    passkey=st.one_of(
        st.none(),
        st.builds(PasskeyEvidence, age_s=st.floats(0, 300), device_bound=st.booleans()),
    ),
)
policies = st.builds(
    Policy,
    face=st.sampled_from(Requirement),
    bluetooth=st.sampled_from(Requirement),
    qr_slots_needed=st.integers(1, 4),
)
RANK = {Outcome.REFUSED: 0, Outcome.REVIEW: 1, Outcome.LATE: 2, Outcome.PRESENT: 3}
BETTER = [
    ("standing", GOOD.standing),
    ("device", GOOD.device),
    ("code", replace(CODE, slots=(97, 98, 99, 100, 101))),
    ("radio", HEARD),
    ("sound", SOUND),
    ("face", FACE),
    ("liveness", LivenessEvidence()),
]


@given(evidences, policies, st.sampled_from(BETTER))
def test_better_evidence_never_worsens_an_outcome(evidence, policy, better):
    """Replace any one kind by its best: the outcome stays or rises.

    A student who declined, or whose face waits, is compared with nothing, so a burst there is
    judged for what it shows all the same; the best one shows nothing wrong.
    """
    name, best = better
    before = decide(evidence, policy).outcome
    after = decide(replace(evidence, **{name: best}), policy).outcome
    if name == "standing":
        best_rank = {Outcome.LATE: Outcome.PRESENT}.get(before, before)
        assert RANK[after] >= RANK[best_rank] or after is Outcome.PRESENT
    else:
        assert RANK[after] >= RANK[before]


@given(evidences, policies)
def test_nobody_gets_in_without_a_code_of_this_session(evidence, policy):
    decision = decide(evidence, policy)
    if decision.accepted:
        assert evidence.code is not None
        assert not evidence.code.short
        assert len(evidence.code.slots) >= policy.qr_slots_needed
        assert evidence.device.standing is DeviceStanding.ACTIVE
        assert evidence.standing.session_open
        assert evidence.standing.enrolled


@given(evidences, policies, st.floats(0, 700))
def test_a_statement_that_holds_never_lets_anybody_in(evidence, policy, age_s):
    """Whatever else is in order: whoever has the phone can sign any time."""
    stated = replace(CODE, newest_age_s=age_s, kept_s=age_s)
    decision = decide(replace(evidence, code=stated), policy)
    assert not decision.accepted


@given(evidences, policies)
def test_who_gets_in_where_a_face_is_required_matched_and_moved(evidence, policy):
    if policy.face is Requirement.REQUIRED and decide(evidence, policy).accepted:
        assert evidence.face_reference is FaceReference.APPROVED
        assert evidence.face.reference is FaceReference.APPROVED
        assert evidence.face.comparison_fmr <= policy.face_target_fmr
        assert evidence.face.faces_max <= 1
        assert not evidence.liveness.moves_missing


@given(at_standard, policies.map(lambda policy: replace(policy, level="standard", face="required")))
def test_who_gets_in_at_standard_showed_the_face_or_was_not_drawn(evidence, policy):
    policy = Policy.from_json(policy.to_json())
    if not decide(evidence, policy).accepted:
        return
    is_matched = (
        evidence.face is not None
        and evidence.face.reference is FaceReference.APPROVED
        and (evidence.face.comparison_fmr or 0) <= policy.face_target_fmr
    )
    if evidence.face_ask is not FaceAsk.NOT_ASKED:
        assert is_matched
    elif evidence.passkey_asked and not is_matched:
        assert evidence.passkey is not None
        assert evidence.passkey.device_bound


@given(at_standard, policies)
def test_a_lot_spares_nobody_the_face_at_another_level(evidence, policy):
    undrawn = replace(evidence, face_ask=None, passkey_asked=False, passkey=None)
    assert decide(evidence, policy) == decide(undrawn, policy)


@given(at_standard, policies)
def test_a_stored_decision_at_standard_can_be_replayed(evidence, policy):
    policy = replace(policy, level=Level.STANDARD)
    stored = json.loads(json.dumps([evidence.to_json(), policy.to_json()]))
    again = decide(Evidence.from_json(stored[0]), Policy.from_json(stored[1]))
    assert again == decide(evidence, policy)


@given(evidences, policies)
def test_sound_alone_lets_nobody_in_where_bluetooth_is_required(evidence, policy):
    if policy.bluetooth is Requirement.REQUIRED and decide(evidence, policy).accepted:
        assert evidence.radio is not None
        assert evidence.radio.heard or evidence.radio.answered


@given(evidences, policies)
def test_a_decision_from_before_there_was_sound_is_replayed_without(evidence, policy):
    silent = replace(evidence, sound=None)
    stored = json.loads(json.dumps(silent.to_json()))
    del stored["sound"]
    assert decide(Evidence.from_json(stored), policy) == decide(silent, policy)


@given(evidences, policies)
def test_a_stored_decision_can_be_replayed(evidence, policy):
    stored = json.loads(json.dumps([evidence.to_json(), policy.to_json()]))
    again = decide(Evidence.from_json(stored[0]), Policy.from_json(stored[1]))
    assert again == decide(evidence, policy)
