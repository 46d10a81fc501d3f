"""What the verification app does, a verb each.

The way of a check-in: ``open_attempt`` or ``scan`` starts an attempt, ``hear_beacon`` and
``verify_face`` add evidence, ``mark`` decides and lets the consequences follow.
"""

from verification.services.attempts import (
    Caller,
    IssuedPrompt,
    attempt_for,
    identify,
    open_attempt,
    policy_for,
)
from verification.services.consequences import apply_decision
from verification.services.decisions import mark, settle, settle_expired
from verification.services.face_step import FaceCapture, verify_face
from verification.services.faces import (
    EnrolmentResult,
    decide_face,
    decline_face,
    enrol_face,
    erase_face,
    face_reference,
    give_consent,
    rotate_template_keys,
)
from verification.services.radio import RadioReport, beacon_nonce, hear_beacon
from verification.services.reviews import review, undo_review
from verification.services.steps import StepResult, scan
from verification.services.warnings import answer_warning, appeal

__all__ = [
    "Caller",
    "EnrolmentResult",
    "FaceCapture",
    "IssuedPrompt",
    "RadioReport",
    "StepResult",
    "answer_warning",
    "appeal",
    "apply_decision",
    "attempt_for",
    "beacon_nonce",
    "decide_face",
    "decline_face",
    "enrol_face",
    "erase_face",
    "face_reference",
    "give_consent",
    "hear_beacon",
    "identify",
    "mark",
    "open_attempt",
    "policy_for",
    "review",
    "rotate_template_keys",
    "scan",
    "settle",
    "settle_expired",
    "undo_review",
    "verify_face",
]
