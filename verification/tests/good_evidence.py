"""The evidence of an honest check-in, and the same with something changed."""

from dataclasses import replace

from verification.domain.evidence import (
    CodeEvidence,
    DeviceEvidence,
    DeviceStanding,
    Evidence,
    FaceEvidence,
    FaceReference,
    LivenessEvidence,
    RadioEvidence,
    SoundEvidence,
    Standing,
)
from verification.domain.policy import Policy

POLICY = Policy()
CODE = CodeEvidence(age_s=10, slots=(100, 101), newest_age_s=1.5)
HEARD = RadioEvidence(
    age_s=8, slots=(40, 41), samples=9, median_rssi_dbm=-66, rssi_spread_db=3.1, distance_m=4.0
)
ANSWERED = RadioEvidence(age_s=8, answered_slots=(41,), answer_latency_s=3.4)
SOUND = SoundEvidence(age_s=8, slots=(41,), heard_s_ago=0.4)
FACE = FaceEvidence(
    age_s=2,
    reference=FaceReference.APPROVED,
    engine="opencv-sface-int8",
    comparison_score=0.71,
    comparison_fmr=3e-5,
    lowest_self_score=0.8,
    lowest_self_fmr=3e-5,
    moves_fmr=3e-5,
    faces_max=1,
    frames=16,
)
GOOD = Evidence(
    standing=Standing(session_open=True, enrolled=True),
    device=DeviceEvidence(standing=DeviceStanding.ACTIVE),
    face_reference=FaceReference.APPROVED,
    code=CODE,
    radio=HEARD,
    face=FACE,
    liveness=LivenessEvidence(),
    challenges_given=1,
)


def with_code(**changes):
    return replace(GOOD, code=replace(CODE, **changes))


def with_heard(**changes):
    return replace(GOOD, radio=replace(HEARD, **changes))


def with_sound_only(**changes):
    return replace(GOOD, radio=None, sound=replace(SOUND, **changes))


def with_face(**changes):
    return replace(GOOD, face=replace(FACE, **changes))


def with_liveness(**changes):
    return replace(GOOD, liveness=LivenessEvidence(**changes))


def with_device(standing):
    return replace(GOOD, device=DeviceEvidence(standing=standing))


def without_face(reference):
    return replace(GOOD, face_reference=reference, face=None, liveness=None)
