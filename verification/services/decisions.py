"""Deciding an attempt on everything that it has gathered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sessions_app.models import Session
from verification.domain.check_in import (
    decide,
    grave_reasons,
    judge_burst,
    judge_proximity,
)
from verification.domain.evidence import (
    CodeEvidence,
    DeviceEvidence,
    DeviceStanding,
    Evidence,
    FaceEvidence,
    LivenessEvidence,
    ProximityEvidence,
    SoundEvidence,
)
from verification.domain.findings import Finding
from verification.domain.policy import Need, Policy
from verification.domain.sound import judge_sound
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    EvidenceKind,
    EvidenceRecord,
)
from verification.services import attempts, consequences, faces, late
from verification.services.attempts import Caller
from verification.services.late import Span


def mark(
    caller: Caller, attempt: CheckInAttempt, *, now: datetime, without_face: bool = False
) -> CheckInDecision:
    """Decide the attempt once, and see to the consequences. Calling again changes nothing.

    ``without_face``: the student says that they cannot make the moves, so the teacher looks.

    The decision is written first: if the process dies before its consequences are, the next
    call finds it and sees to them again, each of which is harmless to repeat.
    """
    decision = CheckInDecision.objects.filter(attempt=attempt).first()
    if decision is None:
        device = attempts.device_evidence(caller, attempt)
        decision = _decide(attempt, device, now, without_face=without_face)
    consequences.apply_decision(decision)
    return decision


def settle_expired(session: Session, now: datetime) -> int:
    """Decide what was begun and left: leaving after a bad try must not hide the try.

    Attempts that may still be finished are left alone, so that closing a session costs nobody
    a check-in that is on its way. Returns how many were decided.
    """
    left = CheckInAttempt.objects.filter(session=session, expires_at__lt=now)
    decided = set(
        CheckInDecision.objects.filter(session=session).values_list("attempt_id", flat=True)
    )
    with_evidence = set(
        EvidenceRecord.objects.filter(session=session).values_list("attempt_id", flat=True)
    )
    undecided = [a for a in left if a.pk in with_evidence and a.pk not in decided]
    for attempt in undecided:
        settle(attempt, now=now)
    return len(undecided)


def settle(attempt: CheckInAttempt, *, now: datetime) -> CheckInDecision:
    """Decide an attempt that its student left, as of the last evidence received."""
    last = EvidenceRecord.objects.filter(attempt=attempt).order_by("-received_at")[0]
    device = DeviceEvidence(
        standing=DeviceStanding.ACTIVE if attempt.device_id else DeviceStanding.UNKNOWN
    )
    decision = _decide(attempt, device, now, as_of=last.received_at)
    consequences.apply_decision(decision)
    return decision


def _decide(
    attempt: CheckInAttempt,
    device: DeviceEvidence,
    now: datetime,
    as_of: datetime | None = None,
    *,
    without_face: bool = False,
) -> CheckInDecision:
    policy = attempts.policy_for(attempt.session)
    evidence, engine = _gather(attempt, device, policy, as_of or now)
    evidence = replace(evidence, without_face=without_face)
    decision = decide(evidence, policy)
    stored, _ = CheckInDecision.objects.get_or_create(
        attempt=attempt,
        defaults={
            "session_id": attempt.session_id,
            "student_id": attempt.student_id,
            "outcome": decision.outcome.value,
            "reasons": [reason.value for reason in decision.reasons],
            "counted": list(decision.counted),
            "evidence": evidence.to_json(),
            "policy": policy.to_json(),
            "policy_version": policy.version,
            "engine": engine,
            "decided_at": now,
        },
    )
    return stored


def _gather(
    attempt: CheckInAttempt, device: DeviceEvidence, policy: Policy, at: datetime
) -> tuple[Evidence, str]:
    """The newest record of each kind as evidence, and the engine that measured the face."""
    records = list(EvidenceRecord.objects.filter(attempt=attempt).order_by("received_at"))
    newest = {record.kind: record for record in records}
    code = newest.get(EvidenceKind.CODE)
    span = gathered_during(code, attempt, at=at)
    seen_at = span.seen_at
    if code is not None and code.measured["code"].get("kept_s") is not None:
        at = span.done_at  # of what was kept, part may have arrived in time
    face, liveness = face_evidence(newest.get(EvidenceKind.FACE), at=at)
    evidence = Evidence(
        standing=attempts.standing_of(attempt.student, attempt.session, at=seen_at),
        device=device,
        face_reference=faces.reference_standing(attempt.student),
        code=code_evidence(code, at=at),
        proximity=proximity_evidence(newest.get(EvidenceKind.BLUETOOTH), at=at),
        sound=sound_evidence(newest.get(EvidenceKind.SOUND), at=at),
        face=face,
        liveness=liveness,
        challenges_given=attempts.challenges_given(attempt),
        earlier=_earlier([r for r in records if r is not newest[r.kind]], policy),
    )
    engine = newest[EvidenceKind.FACE].measured["engine"] if face else ""
    return evidence, engine


def _earlier(records: list[EvidenceRecord], policy: Policy) -> tuple[str, ...]:
    """What spoke gravely against records that newer ones took the place of."""
    findings: list[Finding] = []
    for record in records:
        if record.kind == EvidenceKind.BLUETOOTH:
            heard = proximity_evidence(record, at=record.received_at)
            findings += judge_proximity(heard, policy)
        elif record.kind == EvidenceKind.SOUND:
            findings += judge_sound(sound_evidence(record, at=record.received_at), policy)
        elif record.kind == EvidenceKind.FACE and policy.face is not Need.OFF:
            face, liveness = face_evidence(record, at=record.received_at)
            findings += judge_burst(face, liveness, policy) if face else ()
    return tuple(dict.fromkeys(grave_reasons(findings)))


# --- from stored measurements back to evidence ----------------------------------------


def code_evidence(record: EvidenceRecord | None, *, at: datetime) -> CodeEvidence | None:
    if record is None:
        return None
    data = record.measured["code"]
    return CodeEvidence(**data | {"slots": tuple(data["slots"]), "age_s": _age_s(record, at)})


def gathered_during(
    record: EvidenceRecord | None, attempt: CheckInAttempt, *, at: datetime
) -> Span:
    """From when to when, going by the record of the code; ``at`` where there is none."""
    received_at = record.received_at if record else at
    return late.span_of(code_evidence(record, at=received_at), attempt.session, received_at)


def proximity_evidence(record: EvidenceRecord | None, *, at: datetime) -> ProximityEvidence | None:
    if record is None:
        return None
    data = dict(record.measured["proximity"]) | {"age_s": _age_s(record, at)}
    for name in ("slots", "answered_slots"):
        data[name] = tuple(data.get(name, ()))
    return ProximityEvidence(**data)


def sound_evidence(record: EvidenceRecord | None, *, at: datetime) -> SoundEvidence | None:
    if record is None:
        return None
    data = record.measured["sound"]
    return SoundEvidence(**data | {"slots": tuple(data["slots"]), "age_s": _age_s(record, at)})


def face_evidence(
    record: EvidenceRecord | None, *, at: datetime
) -> tuple[FaceEvidence | None, LivenessEvidence | None]:
    if record is None:
        return None, None
    face = record.measured["face"] | {"age_s": _age_s(record, at)}
    liveness = record.measured["liveness"]
    return FaceEvidence.from_json(face), LivenessEvidence.from_json(liveness)


def _age_s(record: EvidenceRecord, at: datetime) -> float:
    return max((at - record.received_at).total_seconds(), 0.0)
