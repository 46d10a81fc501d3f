"""The steps of a check-in: each measures, records what it measured, and says how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

import sessions_app.services as teaching
from sessions_app.models import Session, SessionState
from verification.domain import proximity
from verification.domain.capture import CaptureLimits, capture_hint
from verification.domain.challenge import Challenge
from verification.domain.check_in import (
    Finding,
    judge_burst,
    judge_code,
    judge_device,
    judge_proximity,
    judge_standing,
)
from verification.domain.evidence import (
    CodeEvidence,
    FaceEvidence,
    FaceReference,
    LivenessEvidence,
    ProximityEvidence,
)
from verification.domain.liveness import (
    FrameMeasurement,
    LivenessLimits,
    judge_moves,
)
from verification.domain.reasons import RULES, Effect, Reason
from verification.engines import get_engine
from verification.engines.base import BurstMeasurement, FaceEngine
from verification.errors import Refusal
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    EvidenceKind,
    EvidenceRecord,
    IssuedChallenge,
)
from verification.services import attempts, codes, decisions, faces
from verification.services.attempts import Caller, IssuedPrompt


@dataclass(frozen=True)
class StepResult:
    """How a step went. ``decision`` is there where the step ended the attempt."""

    attempt: CheckInAttempt
    findings: tuple[Finding, ...]
    prompt: IssuedPrompt | None = None
    decision: CheckInDecision | None = None
    hint: str | None = None
    tries_left: int | None = None

    @property
    def accepted(self) -> bool:
        return all(finding.effect is not Effect.REFUSE for finding in self.findings)


@dataclass(frozen=True)
class FaceCapture:
    """A burst as a phone sent it: encoded frames, and seconds since the challenge was started."""

    frames: Sequence[bytes]
    times_s: Sequence[float]
    challenge_number: int


# --- the code -------------------------------------------------------------------------


def scan(
    caller: Caller,
    attempt: CheckInAttempt,
    *,
    tokens: Sequence[str] = (),
    short_code: str = "",
    nonce: str,
    now: datetime,
    one_request: bool = False,
) -> StepResult:
    """Record the codes. What is wrong with them, or with who sends them, ends the attempt."""
    known = _recorded(attempt, EvidenceKind.CODE, nonce)
    if known is None:
        _require_room(attempt, EvidenceKind.CODE, now)
        session = attempt.session
        code = (
            codes.measure_short_code(short_code, session=session, received_at=now)
            if short_code
            else codes.measure_codes(
                tokens, session=session, received_at=now, one_request=one_request
            )
        )
        known = _record(attempt, EvidenceKind.CODE, key=nonce, nonce=nonce, now=now, code=code)
    findings = _findings_on_scan(caller, attempt, known)
    decision = None
    if any(finding.effect is Effect.REFUSE for finding in findings):
        decision = decisions.mark(caller, attempt, now=now)
    prompt = None if decision else attempts.give_challenge(attempt, now)
    return StepResult(attempt, findings, prompt=prompt, decision=decision)


def _findings_on_scan(
    caller: Caller, attempt: CheckInAttempt, record: EvidenceRecord
) -> tuple[Finding, ...]:
    policy = attempts.policy_for(attempt.session)
    code = decisions.code_evidence(record, at=record.received_at)
    standing = attempts.standing_of(caller.user, attempt.session, at=record.received_at)
    return (
        *judge_standing(standing),
        *judge_device(attempts.device_evidence(caller, attempt)),
        *judge_code(code, policy),
    )


# --- the room's radio -----------------------------------------------------------------


def hear_beacon(
    caller: Caller,
    attempt: CheckInAttempt,
    *,
    sightings: Sequence[proximity.Sighting],
    nonce: str,
    now: datetime,
) -> StepResult:
    """Record what the phone heard of the room's beacon. Raises Refusal for another phone."""
    attempts.require_same_device(caller, attempt)
    policy = attempts.policy_for(attempt.session)
    record = _recorded(attempt, EvidenceKind.BLUETOOTH, nonce)
    if record is None:
        _require_room(attempt, EvidenceKind.BLUETOOTH, now)
        digest = proximity.trace_digest(sightings)
        heard = proximity.measure(
            sightings,
            key=teaching.beacon_key(attempt.session),
            other_keys=_keys_of_other_sessions(attempt.session, now),
            received_unix_s=now.timestamp(),
            copied=_is_copied(attempt, digest),
            policy=policy,
        )
        record = _record(
            attempt,
            EvidenceKind.BLUETOOTH,
            key=nonce,
            nonce=nonce,
            now=now,
            trace_digest=digest,
            proximity=heard,
        )
    stored = decisions.proximity_evidence(record, at=record.received_at)
    return StepResult(attempt, tuple(judge_proximity(stored, policy)))


BEACON_LEFT_ON = timedelta(hours=3)
"""How long before or after a session its beacon may be on: for a long lecture in the room."""


def _keys_of_other_sessions(session: Session, now: datetime) -> list[bytes]:
    """Those whose beacons may be on: next door, for the lesson to come, or left on after one."""
    around = (now - BEACON_LEFT_ON, now + BEACON_LEFT_ON)
    near = Q(state=SessionState.OPEN) | Q(closed_at__gt=around[0]) | Q(starts_at__range=around)
    others = Session.objects.filter(near).exclude(pk=session.pk)
    return [teaching.beacon_key(other) for other in others]


def _is_copied(attempt: CheckInAttempt, digest: str) -> bool:
    if not digest:
        return False
    same = EvidenceRecord.objects.filter(session_id=attempt.session_id, trace_digest=digest)
    return same.exclude(student_id=attempt.student_id).exists()


# --- the face -------------------------------------------------------------------------


def verify_face(
    caller: Caller, attempt: CheckInAttempt, capture: FaceCapture, *, nonce: str, now: datetime
) -> StepResult:
    """Measure a burst against the challenge that it names, which is thereby used up.

    The face of a student who declined is not measured at all. Raises Refusal for another
    phone and for a challenge that is not the attempt's or was used by another call, and
    UnreadableImage.
    """
    attempts.require_same_device(caller, attempt)
    if faces.reference_standing(caller.user) is FaceReference.DECLINED:
        declined = Reason.FACE_DECLINED
        return StepResult(attempt, (Finding(declined, RULES[declined].effect),))
    issued = _issued_challenge(attempt, capture.challenge_number)
    record = _recorded(attempt, EvidenceKind.FACE, str(issued.number))
    if record is None:
        attempts.require_open(attempt, now)
        record = _judge_and_record(attempt, issued, capture, nonce=nonce, now=now)
    if record.nonce != nonce:
        raise Refusal("challenge_used", "This challenge was used already. Use the newest one.")
    return _face_result(attempt, record, issued, now)


def _issued_challenge(attempt: CheckInAttempt, number: int) -> IssuedChallenge:
    issued = IssuedChallenge.objects.filter(attempt=attempt, number=number).first()
    if issued is None:
        raise Refusal("challenge_not_found", "No such challenge. Use the newest one.", status=404)
    return issued


def _judge_and_record(
    attempt: CheckInAttempt,
    issued: IssuedChallenge,
    capture: FaceCapture,
    *,
    nonce: str,
    now: datetime,
) -> EvidenceRecord:
    reference, template = faces.face_reference(
        attempt.student, actor=attempt.student, purpose="check_in", now=now
    )
    measured = _engine().measure_burst(capture.frames, capture.times_s, template)
    challenge = Challenge.from_json(issued.challenge)
    findings = judge_moves(measured.frames, challenge, LivenessLimits())
    face = FaceEvidence(
        age_s=0.0,
        reference=reference,
        comparison_score=_rounded(measured.comparison_score),
        lowest_self_score=_rounded(measured.lowest_self_score),
        faces_max=measured.faces_max,
        frames=len(measured.frames),
        frames_without_face=measured.frames_without_face,
        capture_hint=_burst_hint(measured, challenge),
    )
    liveness = LivenessEvidence(
        challenge_expired=now > issued.expires_at,
        moves_missing=tuple(findings.missing),
        unprompted_at_s=findings.unprompted_at_s,
        frontal_start=findings.frontal_start,
        flat=findings.flat,
        frozen=findings.frozen,
        impossible_times=findings.impossible_times or _came_too_soon(capture, issued, now),
    )
    return _record(
        attempt,
        EvidenceKind.FACE,
        key=str(issued.number),
        nonce=nonce,
        now=now,
        face=face,
        liveness=liveness,
        frames=[asdict(frame) for frame in measured.frames],
        engine=_engine().name,
    )


def _came_too_soon(capture: FaceCapture, issued: IssuedChallenge, now: datetime) -> bool:
    """A burst cannot last longer than it is since its challenge was drawn.

    Made-up frames can be sent at once; a camera has to wait for the prompts. Both times are
    the server's own.
    """
    return max(capture.times_s, default=0.0) > (now - issued.issued_at).total_seconds() + 0.25


def _burst_hint(measured: BurstMeasurement, challenge: Challenge) -> str | None:
    """What to mend where most of the frames before the first prompt are bad."""
    first_s = challenge.prompts[0].start_s
    calm = [frame for frame in measured.frames if frame.at_s <= first_s]
    hints = [hint for frame in calm if (hint := _hint(frame)) is not None]
    return max(set(hints), key=hints.count) if len(hints) * 2 > len(calm) else None


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


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)


# --- records --------------------------------------------------------------------------


RECORDS_OF_A_KIND = 30
"""A phone that reports the radio with each id it hears, for as long as evidence lives, sends 24."""


def _require_room(attempt: CheckInAttempt, kind: EvidenceKind, now: datetime) -> None:
    """Raises Refusal where nothing, or no more of the kind, can be added to the attempt."""
    attempts.require_open(attempt, now)
    if EvidenceRecord.objects.filter(attempt=attempt, kind=kind).count() >= RECORDS_OF_A_KIND:
        raise Refusal("too_many_reports", "That was sent too often. Start again.", status=429)


def _recorded(attempt: CheckInAttempt, kind: EvidenceKind, key: str) -> EvidenceRecord | None:
    return EvidenceRecord.objects.filter(attempt=attempt, kind=kind, key=key).first()


def _record(
    attempt: CheckInAttempt,
    kind: EvidenceKind,
    *,
    key: str,
    nonce: str,
    now: datetime,
    trace_digest: str = "",
    **measured: CodeEvidence
    | ProximityEvidence
    | FaceEvidence
    | LivenessEvidence
    | list[dict[str, Any]]
    | str,
) -> EvidenceRecord:
    """Write the row, or find the one that a racing call with the same key wrote first."""
    plain = {
        name: value if isinstance(value, str | list) else asdict(value)
        for name, value in measured.items()
    }
    record, _ = EvidenceRecord.objects.get_or_create(
        attempt=attempt,
        kind=kind,
        key=key,
        defaults={
            "session_id": attempt.session_id,
            "student_id": attempt.student_id,
            "nonce": nonce,
            "measured": plain,
            "trace_digest": trace_digest,
            "received_at": now,
        },
    )
    return record
