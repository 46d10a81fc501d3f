"""The face step: a burst of frames against the challenge that it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from verification.domain.calibration import false_match_rate
from verification.domain.camera_signs import CameraLimits, judge_camera
from verification.domain.capture import CaptureLimits, capture_hint
from verification.domain.challenge import Challenge
from verification.domain.check_in import judge_burst
from verification.domain.evidence import (
    FaceEvidence,
    FaceReference,
    LivenessEvidence,
    PassiveResult,
)
from verification.domain.findings import Finding
from verification.domain.liveness import FrameMeasurement, LivenessLimits, judge_moves
from verification.domain.reasons import RULES, Reason
from verification.engines import get_engine
from verification.engines.base import BurstMeasurement, FaceEngine
from verification.errors import Refusal
from verification.models import CheckInAttempt, EvidenceKind, EvidenceRecord, IssuedChallenge
from verification.services import attempts, decisions, faces, records
from verification.services.attempts import Caller
from verification.services.late import Span
from verification.services.steps import StepResult


@dataclass(frozen=True)
class FaceCapture:
    """A burst as a phone sent it: encoded frames, and seconds since the challenge was started."""

    frames: Sequence[bytes]
    times_s: Sequence[float]
    challenge_number: int


def verify_face(
    caller: Caller,
    attempt: CheckInAttempt,
    capture: FaceCapture,
    *,
    nonce: str,
    now: datetime,
    span: Span | None = None,
) -> StepResult:
    """Measure a burst against the challenge that it names, which is thereby used up.

    ``span`` is when a check-in in one request was gathered; a burst alone was filmed just now.

    The face of a student who declined is not measured at all. Raises Refusal for another
    phone and for a challenge that is not the attempt's or was used by another call, and
    UnreadableImage.
    """
    attempts.require_same_device(caller, attempt)
    if faces.reference_standing(caller.user) is FaceReference.DECLINED:
        declined = Reason.FACE_DECLINED
        return StepResult(attempt, (Finding(declined, RULES[declined].effect),))
    issued = _issued_challenge(attempt, capture.challenge_number)
    record = records.recorded(attempt, EvidenceKind.FACE, str(issued.number))
    if record is None:
        span = span or Span(now, now)
        attempts.require_open(attempt, span.seen_at)
        record = _judge_and_record(attempt, issued, capture, span, nonce=nonce, now=now)
    if record.nonce != nonce:
        raise Refusal("challenge_used", _("This challenge was used already. Use the newest one."))
    return _face_result(attempt, record, issued, now)


def has_burst(attempt: CheckInAttempt, challenge_number: int) -> bool:
    """Whether a burst that answers this challenge was measured already."""
    return records.recorded(attempt, EvidenceKind.FACE, str(challenge_number)) is not None


def _issued_challenge(attempt: CheckInAttempt, number: int) -> IssuedChallenge:
    issued = IssuedChallenge.objects.filter(attempt=attempt, number=number).first()
    if issued is None:
        raise Refusal(
            "challenge_not_found", _("No such challenge. Use the newest one."), status=404
        )
    return issued


def _judge_and_record(
    attempt: CheckInAttempt,
    issued: IssuedChallenge,
    capture: FaceCapture,
    span: Span,
    *,
    nonce: str,
    now: datetime,
) -> EvidenceRecord:
    reference, template = faces.face_reference(
        attempt.student, actor=attempt.student, purpose="check_in", now=now
    )
    challenge = Challenge.from_json(issued.challenge)
    measured = _engine().measure_burst(capture.frames, capture.times_s, template, challenge)
    return records.record(
        attempt,
        EvidenceKind.FACE,
        key=str(issued.number),
        nonce=nonce,
        now=now,
        face=face_evidence(measured, reference, challenge, engine=_engine().name),
        liveness=liveness_evidence(
            measured,
            challenge,
            expired=span.done_at > issued.expires_at,
            too_soon=_came_too_soon(capture, issued, span.done_at),
        ),
        engine=_engine().name,
    )


def face_evidence(
    measured: BurstMeasurement, reference: FaceReference, challenge: Challenge, *, engine: str
) -> FaceEvidence:
    """Whose face it is, by the engine of that name."""
    return FaceEvidence(
        age_s=0.0,
        reference=reference,
        engine=engine,
        comparison_score=_rounded(measured.comparison_score),
        comparison_fmr=_false_match_rate(engine, measured.comparison_score),
        lowest_self_score=_rounded(measured.lowest_self_score),
        lowest_self_fmr=_false_match_rate(engine, measured.lowest_self_score),
        moves_fmr=_false_match_rate(engine, measured.moves_score),
        faces_max=measured.faces_max,
        frames=len(measured.frames),
        frames_without_face=measured.frames_without_face,
        capture_hint=_burst_hint(measured, challenge),
    )


def _came_too_soon(capture: FaceCapture, issued: IssuedChallenge, done_at: datetime) -> bool:
    """A burst cannot last longer than it is since its challenge was drawn.

    Made-up frames can be sent at once; a camera has to wait for the prompts. Both times are
    the server's own.
    """
    return max(capture.times_s, default=0.0) > (done_at - issued.issued_at).total_seconds() + 0.25


def _burst_hint(measured: BurstMeasurement, challenge: Challenge) -> str | None:
    """What to mend: a second face in any frame, or what spoils most before the first prompt."""
    if measured.faces_max > 1:
        return "several_faces"
    first_s = challenge.prompts[0].start_s
    calm = [frame for frame in measured.frames if frame.at_s <= first_s]
    hints = [hint for frame in calm if (hint := _hint(frame)) is not None]
    return max(hints, key=hints.count) if len(hints) * 2 > len(calm) else None


def _hint(frame: FrameMeasurement) -> str | None:
    return capture_hint(frame, CaptureLimits())


def _face_result(
    attempt: CheckInAttempt, record: EvidenceRecord, issued: IssuedChallenge, now: datetime
) -> StepResult:
    """Not accepted and tries left: a fresh challenge. A bad capture is told how to mend."""
    policy = attempts.policy_for(attempt.session)
    face, liveness = decisions.face_evidence(record, at=record.received_at)
    findings = tuple(judge_burst(face, liveness, policy)) if face else ()
    good = face is not None and face.capture_hint is None and not findings
    tries_left = max(policy.face_tries - issued.number, 0)
    if not good and tries_left:
        attempts.issue_challenge(attempt, number=issued.number + 1, now=now)
    prompt = attempts.latest_prompt(attempt) if not good and tries_left else None
    hint = face.capture_hint if face else None
    return StepResult(attempt, findings, prompt=prompt, hint=hint, tries_left=tries_left)


def _engine() -> FaceEngine:
    return get_engine(settings.FACE_ENGINE)


def liveness_evidence(
    measured: BurstMeasurement, challenge: Challenge, *, expired: bool, too_soon: bool
) -> LivenessEvidence:
    """Whether a living person did what the challenge asks, before a camera."""
    findings = judge_moves(measured.frames, challenge, LivenessLimits())
    return LivenessEvidence(
        challenge_expired=expired,
        moves_missing=findings.moves.missing,
        moves_unreadable=findings.moves.unreadable,
        blink_spared=findings.moves.blink_spared,
        unprompted_at_s=findings.moves.unprompted_at_s,
        frontal_start=findings.moves.frontal_start,
        flat=findings.flat,
        frozen=findings.frozen,
        impossible_times=findings.impossible_times or too_soon,
        camera_signs=judge_camera(measured.camera, CameraLimits()),
        passive=_passive_result(measured.passive_score),
        passive_score=_rounded(measured.passive_score),
    )


def _passive_result(score: float | None) -> PassiveResult:
    if score is None:
        return PassiveResult.NOT_PROVEN
    live = score >= settings.FACE_PASSIVE_THRESHOLD
    return PassiveResult.LIVE if live else PassiveResult.ATTACK


def _false_match_rate(engine: str, score: float | None) -> float | None:
    return None if score is None else false_match_rate(engine, score)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
