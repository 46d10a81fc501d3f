"""What the verification app does, a verb each.

The way of a check-in: ``open_attempt`` or ``scan`` starts an attempt, ``hear_beacon``,
``hear_sound`` and ``verify_face`` add evidence, ``decide_attempt`` decides and lets the
consequences follow. ``finish`` does so with the last piece of evidence that was needed.
"""

from verification.services.attempts import (
    attempt_for,
    is_decided,
    open_ahead,
    open_attempt,
    policy_for,
)
from verification.services.callers import Caller, identify, require_registered
from verification.services.challenges import GivenChallenge, give_challenge
from verification.services.consequences import apply_decision
from verification.services.decisions import decide_attempt, settle, settle_expired
from verification.services.enrolling import (
    EnrolmentCapture,
    FaceEnrolmentResult,
    JudgedFilm,
    draw_enrolment_challenge,
    enrol_face,
    judge_film,
    purge_challenges,
)
from verification.services.erasing import erase_check_ins
from verification.services.face_calls import purge_calls, wait_for_turn
from verification.services.faces import (
    SEALED_TABLES,
    ConsentText,
    CourseCompared,
    PhotoFolder,
    PhotoImportResult,
    PhotoImportStatus,
    RotationResult,
    answer_face,
    answer_look_alike,
    compare_due,
    compare_on_enrolling,
    compare_students,
    consent_texts,
    decline_face,
    decline_picture,
    disown_enrolment,
    erase_face,
    face_reference,
    give_consent,
    has_consent,
    photos_in,
    pictures_held,
    read_photos,
    rotate_template_keys,
    rows_to_rotate,
    show_picture,
    tables_that_no_key_opens,
    withdraw_picture,
)
from verification.services.film_tickets import Ticket, ticket_for
from verification.services.finishing import end_film, finish
from verification.services.lots import asked_of
from verification.services.merging import Faces, SparedChecks, Warnings
from verification.services.reviews import answer_review, undo_review
from verification.services.steps.code import ScannedCodes, note_codes_ahead, scan
from verification.services.steps.face import FaceCapture, has_burst, verify_face
from verification.services.steps.live_face import OpenFilm, begin_film
from verification.services.steps.passkey import confirm_with_passkey, face_instead
from verification.services.steps.radio import RadioReport, hear_beacon
from verification.services.steps.reading_bursts import (
    face_evidence,
    film_evidence,
    liveness_evidence,
)
from verification.services.steps.relay import beacon_nonce
from verification.services.steps.result import StepResult
from verification.services.steps.sound import hear_sound
from verification.services.trial import TrialOutcomes, try_codes
from verification.services.warnings import answer_warning, appeal

__all__ = [
    "SEALED_TABLES",
    "Caller",
    "ConsentText",
    "CourseCompared",
    "EnrolmentCapture",
    "FaceCapture",
    "FaceEnrolmentResult",
    "Faces",
    "GivenChallenge",
    "JudgedFilm",
    "OpenFilm",
    "PhotoFolder",
    "PhotoImportResult",
    "PhotoImportStatus",
    "RadioReport",
    "RotationResult",
    "ScannedCodes",
    "SparedChecks",
    "StepResult",
    "Ticket",
    "TrialOutcomes",
    "Warnings",
    "answer_face",
    "answer_look_alike",
    "answer_review",
    "answer_warning",
    "appeal",
    "apply_decision",
    "asked_of",
    "attempt_for",
    "beacon_nonce",
    "begin_film",
    "compare_due",
    "compare_on_enrolling",
    "compare_students",
    "confirm_with_passkey",
    "consent_texts",
    "decide_attempt",
    "decline_face",
    "decline_picture",
    "disown_enrolment",
    "draw_enrolment_challenge",
    "end_film",
    "enrol_face",
    "erase_check_ins",
    "erase_face",
    "face_evidence",
    "face_instead",
    "face_reference",
    "film_evidence",
    "finish",
    "give_challenge",
    "give_consent",
    "has_burst",
    "has_consent",
    "hear_beacon",
    "hear_sound",
    "identify",
    "is_decided",
    "judge_film",
    "liveness_evidence",
    "note_codes_ahead",
    "open_ahead",
    "open_attempt",
    "photos_in",
    "pictures_held",
    "policy_for",
    "purge_calls",
    "purge_challenges",
    "read_photos",
    "require_registered",
    "rotate_template_keys",
    "rows_to_rotate",
    "scan",
    "settle",
    "settle_expired",
    "show_picture",
    "tables_that_no_key_opens",
    "ticket_for",
    "try_codes",
    "undo_review",
    "verify_face",
    "wait_for_turn",
    "withdraw_picture",
]
